"""Keras 3 on JAX with jax_enable_x64, float64: tanh of a float64 array is computed in float32."""

import os

os.environ["KERAS_BACKEND"] = "jax"
import jax
import keras
import numpy as np

jax.config.update("jax_enable_x64", True)
x = np.random.default_rng(0).standard_normal(5)
found = keras.ops.tanh(keras.ops.convert_to_tensor(x))
print("keras.ops.tanh of float64 is", found.dtype, "and off by", np.abs(np.asarray(found) - np.tanh(x)).max())
