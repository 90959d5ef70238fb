"""Words as vectors: ``tf.nn.embedding_lookup``.

    x = E[n]        row n of the table E, for every number n

It is the product of one-hot rows with E, without the product: of D·V multiplications, D are by 1. The derivation is in
``docs/training/embedding.md``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arrays import Array, Cache, DType, Float, Initializer, Int, Params, Shapes
from scratch.checks import check_array, check_dtype, check_params, is_plain
from scratch.initializers import draw_params, glorot_uniform
from scratch.layer import Kept, Layer
from scratch.options import check_count, check_function, check_options


@dataclass(frozen=True)
class Embedding(Layer):
    """x = E[n]: a row of ``embedding_size`` numbers for each of ``vocabulary_size`` words.

    Parameters: ``embeddings`` E [V, D].
    Raises ``ValueError`` or ``TypeError`` where a size is not an integer of at least 1.
    """

    vocabulary_size: int
    embedding_size: int

    def __post_init__(self) -> None:
        check_options(self, vocabulary_size=check_count, embedding_size=check_count)

    def param_shapes(self) -> Shapes:
        return {"embeddings": (self.vocabulary_size, self.embedding_size)}

    def init_params(
        self, rng: np.random.Generator, dtype: DType = np.float32, initializer: Initializer = glorot_uniform
    ) -> Params:
        """Return ``embeddings`` drawn by ``initializer`` from a ``numpy.random.Generator``."""
        check_dtype("dtype", dtype)
        check_function("initializer", initializer)
        return draw_params(self.param_shapes(), lambda path: initializer, rng, dtype)

    def forward(self, params: Params, numbers: Int[Array, "*N"]) -> tuple[Float[Array, "*N D"], Cache]:
        """Look up integers [...] from 0 to V − 1 and return ``(vectors [..., D], cache)``.

        Raises ``ValueError`` for a number that has no row: TensorFlow does on the CPU, and on the GPU returns zeros.
        """
        check_params("params", params, self.param_shapes())
        self.check_numbers(numbers)
        # x = E[n]
        return params["embeddings"][numbers], numbers

    def backward(self, params: Params, cache: Cache, d_vectors: Float[Array, "*N D"]) -> Params:
        """Return ``d_params`` from d_vectors [..., D]. The numbers themselves have no gradient."""
        check_params("params", params, self.param_shapes())
        numbers, embeddings = cache, params["embeddings"]
        self.check_numbers(numbers, "cache")
        check_array("d_vectors", d_vectors, (*numbers.shape, self.embedding_size))
        if d_vectors.dtype != embeddings.dtype:
            raise TypeError(f"d_vectors is {d_vectors.dtype}, but params/embeddings is {embeddings.dtype}")
        # ∂L/∂E_n = Σ over the places where n stands of ∂L/∂x. With `d[numbers] += …` the last place alone would count.
        d_embeddings = np.zeros_like(embeddings)
        np.add.at(d_embeddings, numbers, d_vectors)
        return {"embeddings": d_embeddings}

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*shape[:2], self.embedding_size)

    def chain_params(self, rng: np.random.Generator, input_size: int, dtype: DType) -> Params:
        """Return ``init_params``: the width of the inputs, seen as one-hot rows, is the number of words."""
        if check_count("input_size", input_size) != self.vocabulary_size:
            raise ValueError(f"input_size must be {self.vocabulary_size}, the number of words, but is {input_size}")
        return self.init_params(rng, dtype)

    def chain_backward(self, params: Params, kept: Kept, d_y: Array) -> tuple[Array | None, Params]:
        return None, self.backward(params, kept.cache, d_y)

    def check_numbers(self, numbers: Any, name: str = "numbers") -> None:
        """Refuse all but integers that each name a row."""
        if not is_plain(numbers) or numbers.dtype.kind not in "iu":
            came = numbers.dtype if is_plain(numbers) else type(numbers).__name__
            raise TypeError(f"{name} must be an array of integers, but is {came}")
        wrong = (numbers < 0) | (numbers >= self.vocabulary_size)
        if wrong.any():
            place = ", ".join(map(str, np.argwhere(wrong)[0]))
            raise ValueError(
                f"{name}[{place}] is {numbers[wrong][0]}, but the table has rows 0 to {self.vocabulary_size - 1}"
            )
