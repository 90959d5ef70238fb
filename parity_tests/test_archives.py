"""Archives of arrays, the messages about them, and the generators kept in them, where nothing else looks closely."""

import struct

import numpy as np
import pytest

from scratch.archives import read_arrays, write_arrays
from scratch.generators import generator_state
from scratch.shown import shown


def test_arrays_come_back_to_the_bit(tmp_path):
    path = tmp_path / "some.npz"
    arrays = {"a": np.array([np.nan, -0.0]), "b/c": np.array("text"), "d": np.asfortranarray(np.ones((2, 3), ">i2"))}
    write_arrays(path, {**arrays, "e": "a text"})
    found = read_arrays(path, "archive")
    assert list(found) == ["a", "b/c", "d", "e"]
    assert str(found.pop("e")) == "a text"
    for name, array in found.items():
        assert (array.dtype, array.tobytes()) == (arrays[name].dtype, arrays[name].tobytes())


def test_what_needs_a_pickle_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle=False"):
        write_arrays(tmp_path / "some.npz", {"a": np.array([print])})
    assert list(tmp_path.iterdir()) == []


def test_a_member_may_be_of_any_size(tmp_path):
    """The version that a reader of the first member needs: 4.5 is that of sizes beyond 4 GB."""
    write_arrays(tmp_path / "some.npz", {"a": np.zeros(2)})
    signature, version = struct.unpack("<4sH", (tmp_path / "some.npz").read_bytes()[:6])
    assert (signature, version) == (b"PK\3\4", 45)


def test_a_long_value_is_shown_shortened_and_on_one_line():
    assert shown("a" * 68) == repr("a" * 68)
    assert len(shown("a" * 69)) == 70
    assert shown("a" * 69)[30:40].count(".") == 3
    assert len(shown(10**70)) == 70
    assert shown(10**69) == str(10**69)
    assert shown(np.array([[1.5, 2.0], [3.0, 4.0]])) == "array([[1.5, 2. ],        [3. , 4. ]])"
    assert len(shown(np.arange(100))) == 70


def test_a_bit_generator_alone_is_no_generator():
    with pytest.raises(TypeError, match="^rng must be a numpy.random.Generator of PCG64, .*, but is of PCG64$"):
        generator_state(np.random.PCG64(0))
