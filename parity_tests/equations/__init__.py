"""The displayed equations of ``docs``, read and run: each must hold for the numbers of ``scratch``.

tokens.py      a page → its displays → their statements → tokens
reader.py      the tokens of a statement → its tree
nodes.py       what such a tree is made of
evaluate.py    the value of a tree where every name has a value
runs.py        where names have their values from: a run of scratch, and derivatives of the forward equations
check.py       whether a statement holds in a run
pages.py       a page, and what is wrong in it
cells.py, frequency_cells.py, unroll.py, training.py, inputs.py      the runs that each page is held to
changes.py     changes of one sign, index or symbol, made by rule
planted.py     mistakes that are planted by hand
"""
