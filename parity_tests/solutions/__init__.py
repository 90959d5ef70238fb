"""The exercises of ``examples/exercises``, solved: what ``parity_tests.grade`` measures against."""
