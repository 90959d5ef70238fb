"""What stands around a recurrence in a training step, compiled: losses, layers, clipping and optimisers."""
