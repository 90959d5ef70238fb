"""Common confusions, each refused with words that say what was meant."""

import re

import numpy as np
import pytest

import scratch
from scratch import BasicLSTMCell, DropoutWrapper, LSTMCell, LSTMState, dynamic_rnn

CELL = BasicLSTMCell(4)
PARAMS = CELL.init_params(np.random.default_rng(0), 3)
INPUTS = np.zeros((5, 6, 3), np.float32)
C, H = np.zeros((5, 4), np.float32), np.ones((5, 4), np.float32)
PROJECTED = LSTMCell(4, num_proj=2)
MASK = np.ones((5, 6), bool)
ONE_HOT = np.eye(3, dtype=np.float32)[[0, 2]]
LOGITS = np.zeros((2, 3), np.float32)
KERAS = {"kernel": np.zeros((3, 16), np.float32), "recurrent_kernel": np.zeros((4, 16), np.float32)}


def unroll(cell=CELL, params=PARAMS, **options):
    return lambda: dynamic_rnn(cell, params, INPUTS, **options)


CONFUSIONS = {
    "time-major inputs": (
        unroll(sequence_length=[1] * 6),
        "one for each time step: time_major=True is for",
    ),
    "batch-major inputs": (
        unroll(sequence_length=[1] * 5, time_major=True),
        "one for each time step: time_major=True is",
    ),
    "lengths as floats": (unroll(sequence_length=[1.0, 2, 3, 0, 6]), "if they are counts, give them .astype(int)"),
    "a pair as a state": (
        unroll(initial_state=(H, C)),
        "write LSTMState(c=…, h=…) by name: Keras",
    ),
    "c and h swapped": (
        unroll(
            PROJECTED,
            PROJECTED.init_params(np.random.default_rng(0), 3),
            initial_state=LSTMState(c=C[:, :2], h=H),
        ),
        "must have c of width 4 and h of width 2; c and h are in each other's place",
    ),
    "a list of layers": (unroll([CELL] * 2), "but is list; layers on top of one another are MultiRNNCell([…])"),
    "a class": (unroll(BasicLSTMCell), "but is type; it is the class: write its number of units behind it"),
    "a mask of steps": (
        unroll(masks=MASK),
        "None for a cell without dropout, but is an array; masks are",
    ),
    "a mask of steps, with dropout": (
        unroll(DropoutWrapper(CELL, 0.5), masks=MASK),
        "from cell.draw_masks: a mask of steps [B, T] is the argument mask",
    ),
    "a mask [T, B]": (unroll(mask=MASK.T), "but has [6, 5]; it is [T, B]: give its transpose, in either layout"),
    "Keras's weights": (unroll(params=[*KERAS.values(), np.zeros(16)]), "come in by lstm_from_keras and its like"),
    "Keras's names": (unroll(params=KERAS), "come in by lstm_from_keras and its like, which put the gates in order"),
    "PyTorch's names": (unroll(params={"weight_ih_l0": C}), "PyTorch has its gates in another order"),
    "one-hot labels": (
        lambda: scratch.sparse_softmax_cross_entropy_with_logits(ONE_HOT, LOGITS),
        "but is float32; these look one-hot: give labels.argmax(axis=-1), the classes",
    ),
    "one-hot integers": (
        lambda: scratch.sparse_softmax_cross_entropy_with_logits(ONE_HOT.astype(int), LOGITS),
        "but has [2, 3]; these look one-hot: give labels.argmax(axis=-1), the classes",
    ),
}


@pytest.mark.parametrize("name", CONFUSIONS)
def test_a_confusion_is_named(name):
    call, words = CONFUSIONS[name]
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        call()


def test_what_is_no_confusion_has_no_hint():
    for call, words in [
        (unroll(sequence_length=[1] * 4), r"but has \[4\]$"),
        (unroll(sequence_length=[1.5] * 5), "its dtype is float64$"),
        (unroll(initial_state=(C, H, C)), "but is tuple of 3$"),
        (unroll(params=[]), "but is list$"),
        (unroll("lstm"), "but is str$"),
        (unroll(masks=np.ones(3, bool)), "but is an array$"),
    ]:
        with pytest.raises((TypeError, ValueError), match=words):
            call()
