"""Networks of a few units, for which all that ``dynamic_rnn`` asks costs more than the numbers."""
