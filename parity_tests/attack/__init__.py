"""Attacks on ``scratch`` and its programs, each a module with ``run(rng, seconds)``, and the counts that they return.

``run`` attacks for about so many seconds, with random numbers from ``rng`` alone, and returns a list of records (see
``_counts.py``). ``python -m parity_tests.attack`` runs them and adds the records to those of the page.
"""
