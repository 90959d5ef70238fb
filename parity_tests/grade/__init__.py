"""A grader that names the mistake: ``python -m parity_tests.grade FILE``. It needs NumPy alone."""
