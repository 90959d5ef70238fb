"""Keras 3 on PyTorch, float64: a product of two float64 matrices is computed in float32."""

import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np

x, kernel = np.random.default_rng(0).standard_normal((2, 3, 3))
found = keras.ops.matmul(keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(kernel))
off = np.abs(keras.ops.convert_to_numpy(found) - x @ kernel).max()
print("keras.ops.matmul of float64 is", found.dtype, "and off by", off)
