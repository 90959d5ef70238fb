"""The bytes below ``tfrecord.py`` and ``sequence_example.py``: Protocol Buffers' wire format and TFRecord's frames.

From below: ``places.py``, where a reader is, or why it stopped; ``varint.py``, numbers; ``tags.py``, fields;
``feature.py``, the values of one feature; ``entries.py``, the names of one example; ``survey.py``, a schema over many
examples at once, which ``schema.py`` and ``ragged.py`` describe and ``columns.py`` carries out; ``example.py``, one
example without a schema; ``values.py``, from Python's values and back. Beside them ``crc32c.py``, the checksum, and
``frames.py``, the records of a file, over ``pieces.py``, its bytes, and under ``chunks.py``, a buffer of records.

What walks over bytes is compiled, by ``compiling.py``: as a whole, from each function that is marked ``compiled``
downwards. Compiled code checks no index by itself, so each function that takes ``data, at, end`` reads nothing outside
``data[at:end]`` and hands down no ``end`` beyond its own.
"""
