"""What does not fit is refused by name, before any work: no number that is silently another, no wait, no bare error."""

import io
import os
import re
import socket
import zipfile

import numpy as np
import pytest

import scratch
from scratch import initializers
from scratch.cells.time_freq_lstm import MOST_WINDOWS
from scratch.files import open_file
from scratch.options import MOST
from scratch.tasks.sentences import read_sentences
from scratch.unroll.truncated import windows

RNG, F32 = np.random.default_rng(0), np.float32
WORDS, ADAM, IMAGES = scratch.Vocabulary(("a", "b")), scratch.AdamOptimizer(), np.ones((2, 3))
SLOTS = ADAM.init_slots({"w": np.ones(2)})
RNN, TIME_FREQ = scratch.BasicRNNCell(2), scratch.TimeFreqLSTMCell(1, feature_size=1)
DROPOUT = scratch.DropoutWrapper(RNN, input_keep_prob=0.5)


def grid(*counts, **columns):
    return scratch.GridLSTMCell(1, feature_size=1, frequency_skip=1, num_frequency_blocks=list(counts), **columns)


def start(initializer):
    return RNN.init_params(RNG, 3, F32, initializer)


REFUSED = [
    # Words and their numbers.
    (lambda: WORDS.numbers("ab"), "words must be a list of strings, but is the string 'ab'"),
    (lambda: WORDS.numbers(b"ab"), "words must be a list of strings, but is the string b'ab'"),
    (lambda: WORDS.numbers(3), "words must be a list of strings, but is 3"),
    (lambda: WORDS.numbers(["a", 3]), "words[1] must be a string, but is 3"),
    (lambda: WORDS.numbers([["a"]]), "words[0] must be a string, but is ['a']"),
    (lambda: WORDS.words_at([0, 4]), "numbers[1] is 4, but the vocabulary has numbers 0 to 3"),
    (lambda: WORDS.words_at([-1]), "numbers[0] is -1, but the vocabulary has numbers 0 to 3"),
    (lambda: WORDS.words_at([1.0]), "numbers[0] must be an integer, but is 1.0"),
    (lambda: WORDS.words_at([True]), "numbers[0] must be an integer, but is True"),
    (lambda: WORDS.words_at(np.ones((1, 2), int)), "numbers[0] must be an integer, but is array([1, 1])"),
    (lambda: WORDS.words_at("12"), "numbers must be a list of integers, but is the string '12'"),
    (lambda: WORDS.words_at(1), "numbers must be a list of integers, but is 1"),
    (lambda: scratch.vocabulary_of("ab"), "sentences must be a list of lists of strings, but is the string 'ab'"),
    (lambda: scratch.vocabulary_of(["ab"]), "sentences[0] must be a list of strings, but is the string 'ab'"),
    (lambda: scratch.vocabulary_of([["a"], [None]]), "sentences[1][0] must be a string, but is None"),
    (lambda: scratch.vocabulary_of([["a"], 3]), "sentences[1] must be a list of strings, but is 3"),
    # The order of pixels.
    (lambda: scratch.as_pixels(IMAGES, 3), "order must have shape [3], but has []"),
    (lambda: scratch.as_pixels(IMAGES, [0, 1]), "order must have shape [3], but has [2]"),
    (lambda: scratch.as_pixels(IMAGES, [[0], [1, 2], 0]), "order[0] must be an integer, but is [0]"),
    (lambda: scratch.as_pixels(IMAGES, [0.0, 1.0, 2.0]), "order[0] must be an integer, but is 0.0"),
    (lambda: scratch.as_pixels(IMAGES[:, :2], np.array([False, True])), "order[0] must be an integer, but is"),
    (lambda: scratch.as_pixels(IMAGES, np.ma.array([0, 1, 2])), "order must be a list or a plain array of"),
    (lambda: scratch.as_pixels(IMAGES, [0, 1, 3]), "order must hold every number from 0 to 2 once"),
    # Starts.
    (lambda: initializers.uniform(None, (2,), F32), "rng must be a numpy.random.Generator, but is NoneType"),
    (lambda: initializers.normal(np.random.RandomState(0), (2,), F32), "rng must be a numpy.random.Generator, but is"),
    (lambda: initializers.zeros(None, 3, F32), "shape must be a tuple of sizes, but is 3"),
    (lambda: initializers.ones(None, (2, 2.0), F32), "shape[1] must be an integer, but is 2.0"),
    (lambda: initializers.orthogonal(RNG, (-1, 2), F32), "shape[0] must be at least 0, but is -1"),
    (lambda: initializers.glorot_uniform(RNG, (2, 2), int), "dtype must be float32 or float64, but is <class 'int'>"),
    (lambda: initializers.glorot_uniform(RNG, (2, 2), None), "dtype must be float32 or float64, but is None"),
    (lambda: initializers.glorot_uniform(RNG, (), F32), "glorot_uniform needs at least one axis, but the shape is []"),
    (
        lambda: scratch.Embedding(5, 2).init_params(RNG, F32, None),
        "initializer must be a function, but is None",
    ),
    (
        lambda: initializers.draw_params({"kernel": (5, 2)}, lambda path: None, RNG, F32),
        "the initializer of kernel must be a function of (rng, shape, dtype), but is None",
    ),
    (lambda: start(lambda *_: np.ones(3, F32)), "what the initializer of kernel returns must have shape [5, 2],"),
    (lambda: start(lambda rng, shape, _: np.ones(shape)), "what the initializer of kernel returns must be float32,"),
    (lambda: initializers.zeros(RNG, (2**20, 2**21), F32), f"shape must be of at most {MOST} numbers,"),
    (lambda: DROPOUT.draw_masks(None, 1, 1, 1), "rng must be a numpy.random.Generator, but is NoneType"),
    (lambda: DROPOUT.draw_masks(RNG, -1, 1, 1), "num_steps must be at least 0, but is -1"),
    (lambda: DROPOUT.draw_masks(RNG, 1, 1.0, 1), "batch_size must be an integer, but is 1.0"),
    (lambda: DROPOUT.draw_masks(RNG, 1, 1, 0), "input_size must be at least 1, but is 0"),
    # Slots and variables.
    (lambda: scratch.slot_variables(3, SLOTS), "optimizer must be one such as AdamOptimizer(), but is 3"),
    (lambda: scratch.slot_variables(ADAM, [1]), "slots must be a dict of "),
    (lambda: scratch.slot_variables(ADAM, {}), "'beta2_power', but is of nothing"),
    (lambda: scratch.slot_variables(ADAM, SLOTS | {"q": {}}), "but is of 'm', 'v', 'beta1_power', 'beta2_power', 'q'"),
    (lambda: scratch.slot_variables(ADAM, SLOTS | {"m": np.ones(2)}), "slots/m must be dict, but is ndarray"),
    (lambda: scratch.slot_variables(ADAM, SLOTS | {"m": {"w": 3}}), "slots/m/w must be a NumPy array of shape [...]"),
    (lambda: scratch.slots_from_variables(3, {"w": np.ones(2)}, {}), "optimizer must be one such as AdamOptimizer()"),
    (lambda: scratch.slots_from_variables(ADAM, {"w": np.ones(2)}, [1]), "variables must be a dict {name: array}, but"),
    (lambda: scratch.params_from_variables({"w": np.ones(2)}, [1]), "variables must be a dict {name: array}, but is"),
    (lambda: scratch.params_from_variables({"w": np.ones(2)}, {1: 2}), "variables must be called by strings, but has"),
    (lambda: scratch.variables_below("w", "w/k"), "variables must be a dict {name: array}, but is str"),
    (lambda: scratch.variables_from_params({"w": np.ones(2)}, "w"), "names must be a list of strings, but is the"),
    # Counts that no array and no loop reaches.
    (lambda: scratch.BasicRNNCell(2**62), f"num_units must be at most {MOST}, but is {2**62}"),
    (lambda: scratch.sequence_mask([1], 2**63), f"maxlen must be at most {2**31 - 1}, but is {2**63}"),
    (lambda: scratch.sequence_mask([1], 2**31), f"maxlen must be at most {2**31 - 1}, but is {2**31}"),
    (lambda: scratch.sequence_mask([1, 2**62]), f"lengths must be at most {2**31 - 1}, but hold {2**62}"),
    (lambda: scratch.pad_batch([IMAGES], num_steps=2**62), f"num_steps must be at most {2**31 - 1}, but is {2**62}"),
    (lambda: windows(2**40, 1), "num_steps must be at most 1000000 windows of truncated_backprop_length 1, but is"),
    (lambda: grid(2**40), f"num_frequency_blocks must hold at most {MOST_WINDOWS} windows, but holds {2**40}"),
    (lambda: grid(3, start_freqindex_list=[0], end_freqindex_list=[2**40]), "must hold 3 windows of feature_size 1,"),
    (lambda: TIME_FREQ.init_params(RNG, 2**40), f"must hold at most {MOST_WINDOWS} windows, but holds {2**40}"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=[words[:60] for _, words in REFUSED])
def test_what_does_not_fit(call, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        call()


def test_what_fits():
    assert WORDS.numbers(["b", "c"]).tolist() == [3, 1]
    assert WORDS.words_at(iter(np.array([0, 1, 3]))) == ["", "[UNK]", "b"]
    assert scratch.vocabulary_of(iter([("b", "a"), ["b"]])).words == ("b", "a")
    np.testing.assert_array_equal(
        scratch.as_pixels(np.array([[5.0, 6.0, 7.0]]), np.array([2, 0, 1]))[..., 0], [[7, 5, 6]]
    )
    assert initializers.glorot_uniform(RNG, (0, 0), F32).shape == (0, 0)
    assert initializers.zeros(RNG, (), F32).shape == ()
    assert scratch.slot_variables(scratch.GradientDescentOptimizer(0.1), {}) == {}
    assert len(windows(10**6, 1)) == 10**6
    assert len(grid(MOST_WINDOWS).blocks(MOST_WINDOWS)[0]) == MOST_WINDOWS
    assert scratch.sequence_mask([2**31 - 1], 2).tolist() == [[True, True]]


def member(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array))
    return file.getvalue()


def test_what_a_checkpoint_cannot_hold(tmp_path):
    path = tmp_path / "model.npz"

    def write(*arrays):
        first = f"a checkpoint of unrolled, 1: {len({name for name, _ in arrays})} arrays"
        with zipfile.ZipFile(path, "w") as file:
            for number, (name, array) in enumerate((("format", first), *arrays)):
                file.NameToInfo.clear()  # Or zipfile would warn of a name that is there twice.
                file.writestr(zipfile.ZipInfo(f"{name}.npy", (1980 + number, 1, 1, 0, 0, 0)), member(array))

    write(("w", np.ones(2)))
    assert scratch.load_checkpoint(path)["w"].tolist() == [1, 1]
    write(("w", np.ones(2)), ("w", np.zeros(2)))
    with pytest.raises(ValueError, match="w is in it twice"):
        scratch.load_checkpoint(path)
    for dtype in ("V3", "M8[s]", "m8[s]", "S3", "i4,f4"):
        write(("w", np.zeros(2, dtype)))
        with pytest.raises(ValueError, match=r"w is .*, which is neither numbers nor text"):
            scratch.load_checkpoint(path)


READERS = {
    "read_idx": lambda path: scratch.read_idx(path, ("N",)),
    "read_tfrecord": lambda path: list(scratch.read_tfrecord(path)),
    "load_checkpoint": scratch.load_checkpoint,
    "load_tree": scratch.load_tree,
    "read_sentences": read_sentences,
    "open_file": open_file,
}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file(tmp_path, reader):
    pipe, other = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(os.path.relpath(other))
    for path, kind in ((pipe, "pipe"), (tmp_path, "folder"), (other, "socket"), ("/dev/zero", "device")):
        with pytest.raises(OSError, match=re.escape(f"{path} must be a file, but is a {kind}")):
            READERS[reader](path)
    with pytest.raises(IsADirectoryError):
        READERS[reader](tmp_path)
    with pytest.raises(FileNotFoundError, match="nothing"):
        READERS[reader](tmp_path / "nothing")


def test_write_idx_keeps_no_mask(tmp_path):
    with pytest.raises(TypeError, match="array must be a NumPy array, but is MaskedArray"):
        scratch.write_idx(tmp_path / "a", np.ma.array([1, 2], mask=[0, 1]))
