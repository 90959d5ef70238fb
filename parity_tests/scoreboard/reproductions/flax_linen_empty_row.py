"""Flax, a row of length 0: its final carry is that of the last step there is, and not the initial carry."""

import jax
import jax.numpy as jnp
from flax import linen as nn

layer, x, start = nn.RNN(nn.SimpleCell(2), return_carry=True), jnp.ones((1, 3, 1)), jnp.full((1, 2), 0.7)
params = layer.init(jax.random.key(0), x)
carry, outputs = layer.apply(params, x, initial_carry=start, seq_lengths=jnp.array([0]))
print("length 0, initial carry", start[0].tolist(), "carry", carry[0].tolist(), "last output", outputs[0, -1].tolist())
