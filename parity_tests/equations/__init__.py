"""The displayed equations of ``docs``, read and run: each must hold for the numbers of ``scratch``.

    reader.py      LaTeX → displays, statements, and for each statement a tree
    nodes.py       what such a tree is made of
    evaluate.py    the value of a tree where every name has a value
    runs.py        names and their values: a run of scratch, and the equations of the forward pass with their derivatives
    cells.py, unroll.py, training.py, inputs.py      the runs that the equations of each page are held to
    changes.py     changes of one sign, index or symbol, made by rule
"""
