"""The proof that ``scratch`` and TensorFlow agree: outputs, states, every gradient, and whole training runs."""
