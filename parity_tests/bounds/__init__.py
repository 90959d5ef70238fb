"""Bounds of the rounding error, derived, and the exact numbers they are held against: ``docs/rounding.md``."""
