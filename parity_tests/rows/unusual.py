"""What may come in the place of a value: arrays of other sizes, kinds and memory, and all that is no array.

Each is a ``(name, value)``. Those of ``same_arrays`` are the same numbers otherwise laid out, and those of
``same_values`` the same value in another type: of these the result must be the same, or there must be a refusal. All
others must be refused by name, where a row does not say that it takes them.
"""

import dataclasses
from decimal import Decimal

import numpy as np

from parity_tests.rows.row import Generator
from parity_tests.test_arguments import resized, wrong_kinds
from scratch.cell import Cell
from scratch.tree import map_tree

HUGE = 2**62


class Text(str):
    """A text of a class of its own."""


def same_arrays(array):
    """Yield the same numbers in other memory: all are plain arrays, to be computed with as any other."""
    read_only = array.copy()
    read_only.flags.writeable = False
    yield "read-only", read_only
    if array.ndim:
        yield "Fortran-ordered", np.asfortranarray(array)
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        yield "strided", wide[..., ::2]
        yield "backwards in memory", array[::-1].copy()[::-1]
    if array.dtype != object:
        bytes_of = np.zeros(array.nbytes + 1, np.uint8)
        unaligned = bytes_of[1:].view(array.dtype)[: array.size].reshape(array.shape)
        unaligned[...] = array
        yield "unaligned", unaligned


def other_arrays(array):
    """Yield arrays that do not fit: of another size, another number of axes, another kind, not finite."""
    for axis in range(array.ndim):
        for by in (1, -1) if array.size else ():
            if array.shape[axis] + by > 0:
                yield f"axis {axis} by {by}", resized(array, axis, by)
    yield "an axis more in front", array[None]
    yield "an axis more behind", array[..., None]
    if array.ndim and len(array):
        yield "an axis less", array[0]
    if array.dtype.kind == "U":
        return
    yield from (kind for kind in wrong_kinds(array) if kind[0] != "list" or array.dtype.kind != "i")
    if array.dtype.kind in "if":
        yield "ragged", [*array.tolist(), [[1.0], 2.0]] if array.ndim else [[1.0], 2.0]
    if array.dtype.kind == "i":
        yield "negative", -1 - array
        yield "huge", array + HUGE
    for name, value in (
        ("nothing", None),
        ("a text", "text"),
        ("a number", 3.0),
        ("a dict", {}),
        ("an object", object()),
    ):
        yield f"no array but {name}", value


def extreme_arrays(array):
    """Yield arrays of numbers at the ends of their range, and beyond: to be computed with, or refused."""
    if array.dtype.kind != "f" or not array.size:
        return
    info, signs = np.finfo(array.dtype), np.resize(np.array([1, -1, 1], array.dtype), array.shape)
    first = array.copy()
    first.flat[0] = np.inf
    yield "one infinity", first
    yield "infinities of both signs", signs * array.dtype.type(np.inf)
    yield "NaN", np.full_like(array, np.nan)
    yield "the largest number", np.full_like(array, info.max)
    yield "the largest numbers of both signs", signs * info.max
    yield "denormals", signs * info.smallest_subnormal


def like_arrays(array):
    """Yield the same numbers in another type, which a function may take or refuse."""
    if array.dtype.kind in "if":
        yield "byte-swapped", array.astype(array.dtype.newbyteorder())
    if array.dtype.kind == "i":
        yield "int32", array.astype(np.int32)
        yield "uint8", array.astype(np.uint8)
        yield "a list", array.tolist()


def same_values(value):
    """Yield a value in another type that means the same, which a function may take or refuse."""
    if type(value) is list:
        yield "a tuple", tuple(value)
    elif type(value) is tuple:
        yield "a list", list(value)
    elif isinstance(value, bool):
        yield "np.bool", np.bool_(value)
    elif isinstance(value, int):
        yield "np.int64", np.int64(value)
        yield "np.int16", np.int16(value)
    elif isinstance(value, float):
        yield "np.float64", np.float64(value)
        yield "np.longdouble", np.longdouble(value)
    elif type(value) is str and value:
        yield "a text of its own class", Text(value)


def of_bool(value):
    return [("0", 0), ("1", 1), ("a float", 1.0), ("a text", "True"), ("nothing", None), ("an array", np.array(value))]


def of_number(value):
    whole = isinstance(value, int)
    yield from (
        ("a Boolean", True),
        ("a NumPy Boolean", np.True_),
        ("a text", "1"),
        ("bytes", b"1"),
        ("a list", [value]),
    )
    yield from (
        ("nothing", None),
        ("complex", 1j),
        ("an array", np.array([value])),
        ("an array of no axes", np.array(value)),
    )
    yield from (
        ("NaN", np.nan),
        ("infinity", np.inf),
        ("an object", object()),
        ("a dict", {}),
        ("masked", np.ma.masked),
    )
    yield from ((("a float", float(value)), ("Decimal", Decimal(value))) if whole else (("a large integer", 10**400),))
    if whole:
        yield from (("negative", -1), ("2**62", HUGE), ("2**70", 2**70), ("-2**70", -(2**70)))


def of_text(value):
    yield from (("another text", f"{value}?"), ("bytes", value.encode()), ("nothing", None), ("a number", 3))
    yield from (("a Boolean", True), ("a list", [value]), ("an array", np.array(value)), ("no text", float("nan")))


def of_path(value):
    yield from (("nothing", None), ("a number", 3), ("a Boolean", True), ("a float", 1.5), ("a list", [value]))
    yield from (("bytes", str(value).encode()), ("with a zero", f"{value}\0"), ("an object", object()))
    yield from (("too long", str(value) + "x" * 5000), ("not there", value / "no" / "where"), ("empty", ""))


def of_dtype(value):
    yield from (("nothing", None), ("int", int), ("int64", np.int64), ("float16", np.float16), ("object", object))
    yield from (("a text", "text"), ("a number", 5), ("complex64", np.complex64), ("bool", bool), ("a list", [value]))
    yield from (("byte-swapped", ">f8"), ("times", "M8[s]"), ("an array", np.ones(2)))


def of_list(value):
    yield from (("nothing", None), ("a number", 3), ("a text", "text"), ("an object", object()))
    if len(value):
        yield from (("empty", type(value)()), ("shorter", value[:-1]), ("longer", type(value)([*value, *value[-1:]])))
    if len(value) and not isinstance(value[0], Cell):
        yield "with nothing in it", type(value)([None, *value[1:]])
        yield (
            "with a text in it",
            type(value)(["text", *value[1:]]) if not isinstance(value[0], str) else [3, *value[1:]],
        )


def of_dict(value):
    yield from (
        ("nothing", None),
        ("a number", 3),
        ("a text", "text"),
        ("an object", object()),
        ("pairs", [*value.items()]),
    )
    yield from (("more", value | {"more": np.ones(2)}), ("a key that is no text", {3: 4} | value))
    if value:
        key = next(iter(value))
        rest = {name: part for name, part in value.items() if name != key}
        yield from (
            ("empty", {}),
            ("less", rest),
            ("nothing under a name", value | {key: None}),
            ("a text under a name", value | {key: "x"}),
        )


def of_any(value):
    if not callable(value):
        yield "a class", int
    yield from (("nothing", None), ("a number", 3), ("a text", "text"), ("a list", [value]), ("a dict", {}))
    yield from (("an object", object()), ("an array", np.ones(2)))


def of_named(value):
    """Yield what may come in the place of a named tuple such as ``LSTMState``."""
    yield from (
        ("a plain tuple", tuple(value)),
        ("a list", list(value)),
        ("nothing", None),
        ("a text", "text"),
        ("a number", 3),
        ("an array", np.ones(2)),
    )


def others(value):
    """Yield ``(name, value)`` for all that does not fit in the place of this value, which is no array."""
    if isinstance(value, Generator):
        return [*of_any(3), ("an old generator", np.random.RandomState(0))]
    if isinstance(value, bool):
        return of_bool(value)
    if isinstance(value, int | float):
        return of_number(value)
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, bytes):
        kinds = [
            ("bytearray", bytearray(value)),
            ("empty bytes", b""),
            ("a view", memoryview(value)),
            ("a text", "text"),
        ]
        return [*kinds, ("nothing", None), ("a number", 3), ("an array", np.zeros(3, np.uint8)), ("a list", [1, 2])]
    if hasattr(value, "__fspath__"):
        return of_path(value)
    if isinstance(value, type | np.dtype):
        return of_dtype(value)
    if hasattr(value, "_fields"):
        return of_named(value)
    if isinstance(value, dict):
        return of_dict(value)
    if isinstance(value, list | tuple):
        return of_list(value)
    return of_any(value)


def places(value, path=""):
    """Yield ``(path, value)`` for a value and for every part of it that is looked at by itself."""
    yield path, value
    if isinstance(value, dict):
        parts = [(f"{path}/{key}" if path else key, part) for key, part in value.items()]
    elif hasattr(value, "_fields"):
        parts = [(f"{path}.{field}", part) for field, part in zip(value._fields, value, strict=True)]
    elif isinstance(value, list | tuple):
        parts = [(f"{path}[{index}]", part) for index, part in enumerate(value)]
    else:
        parts = []
    for name, part in parts:
        yield from places(part, name)


def put(value, path, new, here=""):
    """Return a value with ``new`` in the place of the part at ``path``."""
    if here == path:
        return new
    if isinstance(value, dict):
        return {key: put(part, path, new, f"{here}/{key}" if here else key) for key, part in value.items()}
    if hasattr(value, "_fields"):
        parts = zip(value._fields, value, strict=True)
        return type(value)._make(put(part, path, new, f"{here}.{field}") for field, part in parts)
    if isinstance(value, list | tuple):
        return type(value)(put(part, path, new, f"{here}[{index}]") for index, part in enumerate(value))
    return value


def zero_stride(value):
    """Return ``(broadcast, the same copied)`` of an array: its first row in the place of all."""
    broadcast = np.broadcast_to(value[:1], value.shape)
    return broadcast, broadcast.copy()


def in_one_buffer(tree):
    """Return a tree whose arrays all lie in one piece of memory, one behind the other."""
    leaves = []
    map_tree(lambda leaf: leaves.append(leaf) if isinstance(leaf, np.ndarray) else None, tree)
    buffer = np.zeros(sum(-(-leaf.nbytes // 8) * 8 for leaf in leaves) or 1, np.uint8)
    at = 0

    def placed(leaf):
        nonlocal at
        if not isinstance(leaf, np.ndarray) or leaf.dtype == object:
            return leaf
        view = buffer[at : at + leaf.nbytes].view(leaf.dtype).reshape(leaf.shape)
        view[...] = leaf
        at += -(-leaf.nbytes // 8) * 8
        return view

    return map_tree(placed, tree)


def is_data(value):
    return dataclasses.is_dataclass(value) and not isinstance(value, type)
