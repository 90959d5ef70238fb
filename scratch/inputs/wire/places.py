"""Where a reader is, or why it could not go on.

A place is an integer: from 0 on an index into the bytes; below 0 a reason and the index where it was found, in one.
So every reader returns one place, and whoever called it asks once whether that is negative and hands it up as it is.
"""

from scratch.inputs.wire.compiling import inlined

CUT, LONG, LARGE, BAD_TAG, BAD_GROUP, DEEP, BAD_NAME, BAD_ENTRY, BAD_FLOAT, BAD_LENGTH, BAD_DATA = range(1, 12)
# Not damaged, but not what a schema asks for.
OTHER_KIND, OTHER_SIZE, MISSING = range(12, 15)

WORDS = {
    CUT: "it goes on past the end of what it is in",
    LONG: "a number has no end within the bytes that it may take",
    LARGE: "a tag or a length is too large",
    BAD_TAG: "a tag has the field number 0 or a wire type that there is not",
    BAD_GROUP: "a group ends that did not begin",
    DEEP: "groups are nested more than 100 deep",
    BAD_NAME: "a name is not UTF-8",
    BAD_ENTRY: "an entry holds something besides a name and a value",
    BAD_FLOAT: "a float has fewer than four bytes",
    BAD_LENGTH: "its length does not have the checksum that stands beside it",
    BAD_DATA: "its bytes do not have the checksum that stands behind them",
}


@inlined
def failed(reason, at):
    """Return the place that says: for this reason, at this index."""
    return -16 * at - reason


def reason_and_index(place):
    """Return ``(reason, index)`` of a negative place."""
    return -place % 16, -place // 16
