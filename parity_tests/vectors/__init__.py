"""The conformance vectors, for whoever computes recurrent networks otherwise: ``docs/vectors.md``."""
