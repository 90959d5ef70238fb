"""The notebooks of the course, run: ``python -m parity_tests.course docs/_build/html/notebooks``."""
