"""Each disagreement that the scoreboard has found, in about ten lines of the engine's own: run any of them alone."""
