"""Other engines asked the questions of ``questions.py``, and held to the bounds: ``docs/reference/scoreboard.md``."""
