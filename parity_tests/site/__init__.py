"""The built site: its links, and every page in a browser. ``python -m parity_tests.site docs/_build/html``."""
