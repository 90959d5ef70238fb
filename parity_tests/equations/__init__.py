"""The displayed equations of ``docs``, read and run: each must hold for the numbers of ``scratch``.

    tokens.py      a page → its displays → their statements → tokens
    symbols.py     how a symbol is read: accents, primes, indices
    reader.py      the tokens of a statement → its tree
    nodes.py       what such a tree is made of
    reading.py     the value of a name, with its indices
    evaluate.py    the value of a tree where every name has a value
    runs.py        where names have their values from: a run of scratch, and derivatives of the forward equations
    check.py       whether a statement holds in a run
    pages.py       a page, and what is wrong in it
    book.py        all pages with their runs, and what is displayed without being an equation between numbers
    changes.py     changes of one sign, index or symbol, made by rule
    planted.py     mistakes that are planted by hand

The numbers come from ``cells.py``, ``wrappers.py``, ``frequency_cells.py``, ``unroll.py``, ``training.py`` and
``inputs.py``: for each page of a wing, the runs of scratch that its equations are held to.
"""
