"""Keras 3 on JAX."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

from parity_tests.scoreboard.adapters.keras_layers import answer

NAME = "Keras 3 on JAX"
PACKAGES = ("keras", "jax")
DOCUMENTED = "https://keras.io/api/layers/recurrent_layers/lstm/"

__all__ = ["DOCUMENTED", "NAME", "PACKAGES", "answer"]
