"""A saved Keras model, taken apart with Keras and run without it. ``examples/run_model.py`` is the program.

    saved.py        what a file is, and the model in it; the one file that opens what strangers have written
    export.py       the layers of a model, who calls whom, and the weights: a description without Keras
    exported.py     the file between the two commands, and the layers made of it
    graph.py        the run: every call of the description in turn, each tensor with its mask
    kinds.py        the table: for each layer of Keras the options that can be run, its weights, its function

The functions of the table, by hand in NumPy or by ``scratch``: ``recurrent.py`` and ``cells.py``, ``simple.py``,
``activations.py``, ``merging.py``, ``along_time.py``, ``attention.py``, and ``operations.py`` for what is no layer.
"""


class Refused(Exception):
    """What the user is told, in one line."""
