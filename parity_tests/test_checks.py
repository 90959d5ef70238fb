"""Every check of arrays at its exact boundary, with the words of the refusal."""

import re
from typing import NamedTuple

import numpy as np
import pytest

from scratch.cells.lstm import LSTMState
from scratch.checks import (
    as_dtype,
    check_array,
    check_dtype,
    check_labels,
    check_lengths,
    check_like,
    check_masks,
    check_params,
    check_state,
    check_structure,
    shape_text,
    structure_text,
)


class Subclass(np.ndarray):
    pass


class OtherPair(NamedTuple):
    c: object
    h: object


F32, F64 = np.float32, np.float64
COUNTS = "; if they are counts, give them .astype(int)"
BY_NAME = "; write LSTMState(c=…, h=…) by name: Keras and PyTorch have h first, TensorFlow has c"


def refused(error, words):
    return pytest.raises(error, match=f"^{re.escape(words)}$")


@pytest.mark.parametrize(
    ("shape", "wanted", "dtype"),
    [
        ((2, 3), (2, 3), F64),
        ((2, 3), ("B", 3), F64),
        ((2, 3), ("B", "D"), None),
        ((0, 3), ("B", 3), F64),
        ((2, 3), (..., 3), F64),
        ((3,), (..., 3), F64),
        ((4, 2, 3), (..., 2, 3), F64),
        ((2, 3), (..., 2, 3), F64),
        ((4, 2, 3), (..., "T", 3), F64),
        ((), (), F64),
        ((), (...,), F64),
        ((5,), (...,), F64),
    ],
    ids=str,
)
def test_arrays_that_fit(shape, wanted, dtype):
    check_array("x", np.zeros(shape), wanted, dtype)
    check_array("x", np.zeros(shape).view(np.memmap), wanted, dtype)


@pytest.mark.parametrize(
    ("shape", "wanted", "words"),
    [
        ((2, 3), (2, 4), "x must have shape [2, 4], but has [2, 3]"),
        ((2, 3), (3, 3), "x must have shape [3, 3], but has [2, 3]"),
        ((2, 3), ("B", 4), "x must have shape [B, 4], but has [2, 3]"),
        ((2, 3), (2, 3, "D"), "x must have shape [2, 3, D], but has [2, 3]"),
        ((2, 3, 1), (2, 3), "x must have shape [2, 3], but has [2, 3, 1]"),
        ((1, 2, 3), ("B", 3), "x must have shape [B, 3], but has [1, 2, 3]"),
        ((2, 3), (..., 4), "x must have shape [..., 4], but has [2, 3]"),
        ((2, 3), (..., 3, "D", 3), "x must have shape [..., 3, D, 3], but has [2, 3]"),
        ((3,), (..., "T", 3), "x must have shape [..., T, 3], but has [3]"),
        ((), (..., "D"), "x must have shape [..., D], but has []"),
        ((1,), (), "x must have shape [], but has [1]"),
    ],
    ids=str,
)
def test_arrays_that_do_not_fit(shape, wanted, words):
    with refused(ValueError, words):
        check_array("x", np.zeros(shape), wanted)
    with refused(ValueError, words):
        check_array("x", np.zeros(shape, F32), wanted, F32)


@pytest.mark.parametrize(
    ("array", "dtype", "words"),
    [
        ([[1.0]], None, "x must be a NumPy array of shape [B, 1], but is list"),
        (np.float64(1), None, "x must be a NumPy array of shape [B, 1], but is float64"),
        (np.ma.masked_array([[1.0]]), None, "x must be a NumPy array of shape [B, 1], but is MaskedArray"),
        (np.ones((1, 1)).view(Subclass), None, "x must be a NumPy array of shape [B, 1], but is Subclass"),
        (np.zeros((1, 1), int), None, "x must be float32 or float64, but is int64"),
        (np.zeros((1, 1), np.float16), None, "x must be float32 or float64, but is float16"),
        (np.zeros((1, 1), np.complex64), None, "x must be float32 or float64, but is complex64"),
        (np.zeros((1, 1), np.longdouble), None, f"x must be float32 or float64, but is {np.dtype(np.longdouble)}"),
        (np.zeros((1, 1), ">f8"), None, "x must be float32 or float64, but is >f8"),
        (np.zeros((1, 1), object), None, "x must be float32 or float64, but is object"),
        (np.zeros((1, 1), bool), bool, "x must be float32 or float64, but is bool"),
        (np.zeros((1, 1), F32), F64, "x is float32, but the inputs are float64: use one dtype for all"),
        (np.zeros((1, 1)), F32, "x is float64, but the inputs are float32: use one dtype for all"),
        (np.zeros((1, 1)), np.complex128, "x is float64, but the inputs are complex128: use one dtype for all"),
    ],
    ids=str,
)
def test_kinds_that_do_not_fit(array, dtype, words):
    with refused(TypeError, words):
        check_array("x", array, ("B", 1), dtype)


def test_a_matrix_is_refused():
    with pytest.warns(PendingDeprecationWarning, match="matrix"):
        matrix = np.matrix([[1.0]])
    with refused(TypeError, "x must be a NumPy array of shape [1, 1], but is matrix"):
        check_array("x", matrix, (1, 1), F64)


@pytest.mark.parametrize("dtype", [F32, F64, np.complex128])
def test_dtypes_that_fit(dtype):
    check_dtype("dtype", dtype)
    check_dtype("dtype", np.dtype(dtype).name)
    check_array("x", np.zeros((2, 3), dtype), (2, "D"), dtype)
    assert as_dtype(dtype) == dtype


@pytest.mark.parametrize("dtype", [None, np.float16, "complex64", int, "no dtype", 3.0], ids=str)
def test_dtypes_that_do_not_fit(dtype):
    with refused(TypeError, f"dtype must be float32 or float64, but is {dtype!r}"):
        check_dtype("dtype", dtype)


def test_what_names_no_dtype_is_none():
    assert as_dtype(None) is None
    assert as_dtype("no dtype") is None
    assert as_dtype("int8") == np.int8


SIZES = (LSTMState(4, 2), 3)


def state(c=(5, 4), h=(5, 2), last=(5, 3), dtype=F64):
    return LSTMState(np.zeros(c, dtype), np.zeros(h, dtype)), np.zeros(last, dtype)


def test_a_state_that_fits():
    check_state("state", state(), SIZES, 5, F64)
    check_state("state", np.zeros((5, 4)), 4, 5, F64)
    check_state("state", (), (), 5, F64)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (state(c=(5, 3)), ValueError, "state[0].c must have shape [5, 4], but has [5, 3]"),
        (state(h=(4, 2)), ValueError, "state[0].h must have shape [5, 2], but has [4, 2]"),
        (state(last=(5, 3, 1)), ValueError, "state[1] must have shape [5, 3], but has [5, 3, 1]"),
        (state(dtype=F32), TypeError, "state[0].c is float32, but the inputs are float64: use one dtype for all"),
        (state()[0], TypeError, "state must be a tuple of (LSTMState(c, h), array), but is LSTMState"),
        (state()[:1], TypeError, "state must be a tuple of (LSTMState(c, h), array), but is tuple of 1"),
        ((*state(), 1), TypeError, "state must be a tuple of (LSTMState(c, h), array), but is tuple of 3"),
        (list(state()), TypeError, "state must be a tuple of (LSTMState(c, h), array), but is list"),
        ((tuple(state()[0]), state()[1]), TypeError, "state[0] must be LSTMState(c, h), but is tuple of 2" + BY_NAME),
        ((OtherPair(*state()[0]), state()[1]), TypeError, "state[0] must be LSTMState(c, h), but is OtherPair"),
        (None, TypeError, "state must be a tuple of (LSTMState(c, h), array), but is NoneType"),
        ((state()[0], None), TypeError, "state[1] must be a NumPy array of shape [5, 3], but is NoneType"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_state_that_does_not_fit(given, error, words):
    with refused(error, words):
        check_state("state", given, SIZES, 5, F64)


def test_masks():
    check_masks("masks", (np.ones((6, 5, 3), bool), ()), (3, ()), 6, 5)
    check_masks("masks", np.zeros((5, 3), bool), 3, 5)
    for given, error, words in (
        (np.ones((5, 3)), TypeError, "masks must be an array of Booleans, but is float64"),
        (np.ones((5, 3), np.int8), TypeError, "masks must be an array of Booleans, but is int8"),
        ([[True]], TypeError, "masks must be an array of Booleans, but is list"),
        (np.ones((5, 4), bool), ValueError, "masks must have shape [5, 3], but has [5, 4]"),
        (np.ones((6, 5, 3), bool), ValueError, "masks must have shape [5, 3], but has [6, 5, 3]"),
    ):
        with refused(error, words):
            check_masks("masks", given, 3, 5)
    with refused(TypeError, "masks must be a tuple of (array, a tuple of ()), but is NoneType"):
        check_masks("masks", None, (3, ()), 5)
    with refused(TypeError, "masks[1] must be a tuple of (), but is ndarray"):
        check_masks("masks", (np.ones((5, 3), bool), np.ones((5, 3), bool)), (3, ()), 5)


def test_each_leaf_is_named_and_given_its_size():
    seen = []
    check_structure("x", ("a", LSTMState("b", "c")), (1, LSTMState(2, 3)), lambda *leaf: seen.append(leaf))
    assert seen == [("x[0]", "a", 1), ("x[1].c", "b", 2), ("x[1].h", "c", 3)]


def test_shapes_and_structures_in_words():
    assert shape_text(("B", 15, 4)) == "[B, 15, 4]"
    assert shape_text((..., 4)) == "[..., 4]"
    assert shape_text(()) == "[]"
    assert structure_text(3) == "array"
    assert structure_text((LSTMState(1, 2), (3,))) == "a tuple of (LSTMState(c, h), a tuple of (array))"


SHAPES = {"gates": {"kernel": (3, 2), "bias": (2,)}, "w": (4,)}


def params(dtype=F64, **changed):
    made = {"gates": {"kernel": np.zeros((3, 2), dtype), "bias": np.zeros(2, dtype)}, "w": np.zeros(4, dtype)}
    return {**made, **changed}


def test_params_that_fit():
    check_params("params", params(), SHAPES)
    check_params("params", params(F32), SHAPES, F32)
    # The order of the names says nothing.
    check_params("params", dict(reversed(params().items())), SHAPES, F64)
    check_params("params", {}, {})
    check_like("params", params(F32), params(F32))


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ([1], TypeError, "params must be a dict with 'gates', 'w', but is list"),
        (params(gates=None), TypeError, "params/gates must be a dict with 'kernel', 'bias', but is NoneType"),
        ({"w": np.zeros(4)}, ValueError, "params has no 'gates'; it needs 'gates', 'w'"),
        (params(v=1), ValueError, "params has an unknown 'v'; it takes 'gates', 'w'"),
        (params(gates={"bias": np.zeros(2)}), ValueError, "params/gates has no 'kernel'; it needs 'kernel', 'bias'"),
        (params(w=np.zeros(5)), ValueError, "params/w must have shape [4], but has [5]"),
        (params(F32), TypeError, "params/gates/kernel is float32, but the inputs are float64: use one dtype for all"),
        (params(w=[0.0] * 4), TypeError, "params/w must be a NumPy array of shape [4], but is list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_params_that_do_not_fit(given, error, words):
    with refused(error, words):
        check_params("params", given, SHAPES, F64)
    with refused(error, words):
        check_like("params", given, params())


def test_nothing_is_to_be_in_it():
    with refused(ValueError, "params has an unknown 'w'; it takes nothing in it"):
        check_params("params", {"w": 1}, {})
    with refused(TypeError, "params must be a dict with nothing in it, but is tuple"):
        check_params("params", (), {})


def test_one_array_under_two_names_is_refused():
    shared = np.zeros(4)
    shapes = {"a": (4,), "b": {"c": (4,)}}
    check_params("params", {"a": shared, "b": {"c": shared.copy()}}, shapes)
    with refused(ValueError, "params/b/c is the same array as params/a: give each layer weights of its own"):
        check_params("params", {"a": shared, "b": {"c": shared}}, shapes)


@pytest.mark.parametrize(
    "lengths", [[4, 0, 6], (1, 2, 3), np.array([1, 6, 2], np.int8), np.array([6, 0, 0], np.uint64)], ids=str
)
def test_lengths_that_fit(lengths):
    checked = check_lengths(lengths, 3, 6)
    assert checked.dtype == np.int64
    np.testing.assert_array_equal(checked, np.asarray(lengths, np.int64))
    assert not np.shares_memory(checked, lengths)


def test_lengths_are_a_copy_of_the_callers():
    lengths = np.array([4, 0, 6])
    assert not np.shares_memory(check_lengths(lengths, 3, 6), lengths)
    assert check_lengths([], 0, 6).shape == (0,)
    assert check_lengths([], 0, 6).dtype == np.int64
    assert check_lengths([0], 1, 0).tolist() == [0]


@pytest.mark.parametrize(
    ("lengths", "error", "words"),
    [
        ([4, -1, 6], ValueError, "sequence_length[1] is -1, but a length cannot be negative"),
        ([4, 0, 7], ValueError, "sequence_length[2] is 7, but inputs have only 6 time steps"),
        ([4.0, 0, 6], TypeError, "sequence_length must be integers, but its dtype is float64" + COUNTS),
        ([True] * 3, TypeError, "sequence_length must be integers, but is [True, True, True]"),
        ([[1], [2, 3]], TypeError, "sequence_length must be integers, but is [[1], [2, 3]]"),
        (
            [4, 0],
            ValueError,
            "sequence_length must have shape [3], one length for each row of the inputs, but has [2]",
        ),
        (4, ValueError, "sequence_length must have shape [3], one length for each row of the inputs, but has []"),
        (
            [[4, 0, 6]],
            ValueError,
            "sequence_length must have shape [3], one length for each row of the inputs, but has [1, 3]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_lengths_that_do_not_fit(lengths, error, words):
    with refused(error, words):
        check_lengths(lengths, 3, 6)


def test_labels():
    check_labels(np.array([[0, 2]]), (1, 2), 3)
    check_labels(np.array([0, 2], np.uint8), (2,), 3)
    check_labels(np.zeros((0, 5), int), (0, 5), 3)
    for labels, error, words in (
        ([0, 2], TypeError, "labels must be an array of integers, but is list"),
        (np.array([0.0, 2.0]), TypeError, "labels must be an array of integers, but is float64"),
        (np.array([True, False]), TypeError, "labels must be an array of integers, but is bool"),
        (np.array([0, 2, 1]), ValueError, "labels must have shape [2], but has [3]"),
        (np.array([0, 3]), ValueError, "labels[1] is 3, but the logits have classes 0 to 2"),
        (np.array([-1, 0]), ValueError, "labels[0] is -1, but the logits have classes 0 to 2"),
    ):
        with refused(error, words):
            check_labels(labels, (2,), 3)
    # The first that is wrong is named, by all of its indices.
    with refused(ValueError, "targets[1, 0] is 5, but the logits have classes 0 to 4"):
        check_labels(np.array([[0, 4], [5, 6]]), (2, 2), 5, name="targets")
