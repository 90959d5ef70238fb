"""Keras 3 on PyTorch."""

import os

os.environ["KERAS_BACKEND"] = "torch"

from parity_tests.scoreboard.adapters.keras_layers import answer

NAME = "Keras 3 on PyTorch"
PACKAGES = ("keras", "torch")
DOCUMENTED = "https://keras.io/api/layers/recurrent_layers/lstm/"

__all__ = ["DOCUMENTED", "NAME", "PACKAGES", "answer"]
