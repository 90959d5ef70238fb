"""A cell over time: the loops, forward and back."""
