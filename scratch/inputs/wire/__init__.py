"""From a file of records down to one integer: the frames of TFRecord and the wire format of Protocol Buffers.

Read the files in the order of the listing, from the outside in. ``docs/inputs/wire.md`` walks the same way.

    chunks.py             the records of a file, a buffer at a time, and what is done with damaged ones
    compression.py        the bytes of a file, plain or compressed
    frames.py             one record: its length, its bytes, and their checksums
    layout*.py            what a schema asks for, and the arrays that it gives: Schema; fixed sizes; ragged rows
    message.py            the examples in a buffer: count what is there, make room, read it
    message_entries.py    one example: names, and a value under each
    message_values.py     one feature: its values
    tags.py               one field: its tag, its length, and how to step over it
    varint.py             one integer
    writing*.py           the way back: from Python's values to bytes; many steps at once

What walks over bytes is compiled by Numba (``_compiling.py``), as a whole, from each function that is marked
``compiled`` downwards. Compiled code checks no index by itself, so each function that takes ``data, at, end`` reads
nothing outside ``data[at:end]`` and hands down no ``end`` beyond its own. It returns the place where it stopped.
"""
