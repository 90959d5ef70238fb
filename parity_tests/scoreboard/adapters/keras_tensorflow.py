"""Keras 3 on TensorFlow."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

from parity_tests.scoreboard.adapters.keras_layers import answer

NAME = "Keras 3 on TensorFlow"
PACKAGES = ("keras", "tensorflow")
DOCUMENTED = "https://keras.io/api/layers/recurrent_layers/lstm/"

__all__ = ["DOCUMENTED", "NAME", "PACKAGES", "answer"]
