"""Flax, seq_lengths: the final carry is that of the last step that counts, but outputs past the end go on."""

import jax
import jax.numpy as jnp
from flax import linen as nn

layer, x = nn.RNN(nn.SimpleCell(2), return_carry=True), jnp.ones((1, 3, 1))
params = layer.init(jax.random.key(0), x)
carry, outputs = layer.apply(params, x, seq_lengths=jnp.array([1]))
print("length 1, outputs", outputs[0].tolist(), "carry", carry[0].tolist())
