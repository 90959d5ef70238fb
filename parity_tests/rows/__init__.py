"""A call of every public name of ``scratch``, each of its parameters given: what every wrong argument is tried on.

``ROWS`` maps a label to a ``Row``. A label begins with the public name, or with its class and method, that is called;
words behind it tell several rows of one name apart. ``parity_tests/test_every_name.py`` tries them all, and fails where
a public name, or one of its parameters, has no row.
"""

from parity_tests.rows.cells import CELLS
from parity_tests.rows.conversions import CONVERSIONS
from parity_tests.rows.files import FILES
from parity_tests.rows.inputs import INPUTS
from parity_tests.rows.training import TRAINING
from parity_tests.rows.unrolls import UNROLLS

ROWS = {**CELLS, **UNROLLS, **TRAINING, **INPUTS, **CONVERSIONS, **FILES}
