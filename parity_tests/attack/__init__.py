"""Attacks on ``scratch`` and its programs, each a module with ``run(rng, seconds)``, and the counts that they return.

``run`` attacks for about so many seconds, with random numbers from ``rng`` alone, and returns a list of records (see
``_counts.py``). ``python -m parity_tests.attack`` runs them and adds the records to those of the page.
"""

import sys
from pathlib import Path

# Where the programs are, which are attacked too.
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
if str(EXAMPLES) not in sys.path:
    sys.path.insert(0, str(EXAMPLES))
