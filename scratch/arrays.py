"""The types that signatures are written in.

    x: Float[Array, "B D"]        an array [B, D] of float32 or float64; complex128 for complex steps
    lengths: Int[Array, " B"]     of integers        mask: Bool[Array, "T B"]    of Booleans

A letter is one size wherever it stands in a signature: ``x: Float[Array, "B D"]`` and ``h: Float[Array, "B H"]`` have
equally many rows. ``...`` stands for any axes, ``_`` for one axis of any size. The notation is jaxtyping's, and where
jaxtyping has been imported before, as it is for the tests, the types are its own: ``parity_tests/signatures.py`` then
holds every call to its signature. Without it they are notes to the reader and to the type checker.
"""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING or "jaxtyping" not in sys.modules:
    from typing import Annotated as Bool
    from typing import Annotated as Float
    from typing import Annotated as Int
    from typing import Annotated as Shaped
else:
    from jaxtyping import Bool, Shaped
    from jaxtyping import Inexact as Float
    from jaxtyping import Integer as Int

__all__ = [
    "Array",
    "Bool",
    "Cache",
    "DType",
    "FilePath",
    "Float",
    "Initializer",
    "Int",
    "Leaf",
    "Lengths",
    "Masks",
    "Params",
    "Shaped",
    "Shapes",
    "Sizes",
    "State",
    "Tree",
]

Array: TypeAlias = np.ndarray
FilePath: TypeAlias = str | os.PathLike[str]
# What NumPy makes a dtype of: ``np.float32``, ``"float64"``, a dtype.
DType: TypeAlias = Any
# A leaf of a tree: an array, or what stands in the place of one, such as its size.
Leaf: TypeAlias = Any
# ``sequence_length``: [B] integers from 0 to T in an array, a list or a tuple; ``None`` where all rows are full.
Lengths: TypeAlias = Any
# Dicts, tuples and named tuples with a leaf at every end.
Tree: TypeAlias = Any
# A nested dict of arrays under TensorFlow's variable names, and the same with a shape in the place of each array.
Params: TypeAlias = dict[str, Any]
Shapes: TypeAlias = dict[str, Any]
# An array [B, H], ``LSTMState(c, h)``, or a tuple of states; and the same with a width in the place of each array.
State: TypeAlias = Any
Sizes: TypeAlias = Any
# What a forward step keeps for its backward step, and the masks of dropout: each cell has its own.
Cache: TypeAlias = Any
Masks: TypeAlias = Any
# A function of (rng, shape, dtype) that draws an array.
Initializer: TypeAlias = Callable[[np.random.Generator, tuple[int, ...], DType], Array]
