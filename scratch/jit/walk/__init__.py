"""The walk through time, which is the same for every cell."""
