"""One row at a time: inference and streaming of a single sequence."""
