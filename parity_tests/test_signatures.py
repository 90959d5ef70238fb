"""What ``signatures.py`` lets pass and what it does not, and that it is at work."""

from typing import NamedTuple

import numpy as np
import pytest

import scratch.activations
from parity_tests.signatures import SignatureError, checked
from scratch.arrays import Array, Bool, Float, Int


class Pair(NamedTuple):
    c: Float[Array, "B H"]
    joined: Float[Array, "B D+H"]


@checked
def scale(pair: Pair, x: Float[Array, "B D"], mask: Bool[Array, " B"] | None = None) -> tuple[Float[Array, "B D"], int]:
    if len(x) == 7:
        raise ValueError("seven rows")
    return (x if mask is None else x[mask]), np.int64(3)


def pair(b, d, h):
    return Pair(np.zeros((b, h)), np.zeros((b, d + h)))


def test_a_call_that_fits_passes():
    x, three = scale(pair(2, 3, 4), np.zeros((2, 3)), mask=np.array([True, True]))
    assert x.shape == (2, 3)
    assert three == 3
    scale(pair(2, 3, 4), np.zeros((2, 3), np.complex128))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((pair(2, 3, 4), np.zeros((5, 3))), "x is float64 [5, 3]"),
        ((pair(2, 3, 4), np.zeros((2, 3), np.int64)), "x is int64 [2, 3]"),
        ((pair(2, 3, 4), np.zeros((2, 9))), "pair is Pair(float64 [2, 4], float64 [2, 7])"),
        (((np.zeros((2, 4)), np.zeros((2, 7))), np.zeros((2, 3))), "pair is tuple"),
        ((pair(2, 3, 4), np.zeros((2, 3)), np.array([True, False])), "the result is tuple(float64 [1, 3], int64)"),
        ((pair(2, 3, 4), np.zeros((2, 3)), np.array([0, 1])), "mask is int64 [2]"),
    ],
)
def test_a_call_that_does_not_fit_is_named(arguments, named):
    with pytest.raises(SignatureError) as caught:
        scale(*arguments)
    assert named in str(caught.value)


def test_what_is_refused_is_refused_in_its_own_words():
    with pytest.raises(ValueError, match="seven rows"):
        scale(None, np.zeros(7))


def test_scratch_is_held_to_its_signatures():
    # Checked anew, because of many calls only one in some is looked at.
    sigmoid = checked(scratch.activations.sigmoid.__wrapped__)
    with pytest.raises(SignatureError, match="scratch.activations.sigmoid: z is int64"):
        sigmoid(np.array([0, 1]))


@checked
def one_length(lengths: Int[Array, " B"]) -> list[int]:
    return lengths.tolist()


def test_integers_of_any_width_are_integers():
    assert one_length(np.zeros(2, np.int32)) == [0, 0]
    with pytest.raises(SignatureError):
        one_length(np.zeros(2))
