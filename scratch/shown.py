"""A value in a message: enough of it to be recognised, however long it is."""

import reprlib
from typing import Any

SHORTENED = reprlib.Repr()
SHORTENED.maxstring = SHORTENED.maxother = SHORTENED.maxlong = 70


def shown(value: Any) -> str:
    """Return ``repr(value)`` on one line, its middle left out where it is longer than about 70 characters.

    Whole files and arrays come in where a word or a number was meant, and a message that prints them is not read.
    """
    return SHORTENED.repr(value).replace("\n", " ")
