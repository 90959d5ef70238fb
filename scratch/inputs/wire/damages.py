"""What is damaged in a file of records: an error, or where it is to be skipped, a warning at the end."""

import warnings

from scratch.inputs.wire.places import BAD_LENGTH, WORDS

ON_DAMAGE = ("raise", "skip")


class Damages:
    """The damages of one file, as they are met: with ``on_damage="raise"`` the first is the last."""

    def __init__(self, path, compression_type, on_damage):
        self.path, self.compression_type, self.on_damage = path, compression_type, on_damage
        self.count, self.first = 0, None

    def add(self, words, number, offset, cause=None):
        """Take note of what is wrong with a record; ``words`` may be an error."""
        words = placed(number, offset, self.compression_type, words)
        if self.on_damage == "raise":
            raise ValueError(f"{self.path}: {words}") from cause
        self.count += 1
        self.first = self.first or words

    def tell(self):
        """Warn of how many there were, if any."""
        if self.count:
            records = "1 damaged record was" if self.count == 1 else f"{self.count} damaged records were"
            warnings.warn(f"{self.path}: {records} skipped; the first: {self.first}", stacklevel=2)


def placed(number, offset, compression_type, words):
    """Return what is wrong, with the record and the byte where it is."""
    unpacked = ", unpacked" if compression_type else ""
    return f"record {number} at byte {offset}{unpacked}: {words}"


def damage_words(reason, head, compression_type):
    """Return why a record is refused that begins with the bytes ``head``."""
    found = compression_of(head)
    if reason != BAD_LENGTH or compression_type or not found:
        return WORDS[reason]
    begins = f"it begins with {head[:2].hex(' ')}, as {found} data does"
    return f"{WORDS[reason]}; {begins}: is it a file of compression_type={found!r}?"


def compression_of(head):
    """Return ``"GZIP"`` or ``"ZLIB"`` where bytes begin as such data does, else ``""``.

    Sources: RFC 1952, 2.3.1; RFC 1950, 2.2: method 8, a window of at most 32 KB, and 31 divides the two bytes.
    """
    if head[:2] == b"\x1f\x8b":
        return "GZIP"
    if len(head) > 1 and head[0] & 15 == 8 and head[0] < 0x80 and int.from_bytes(head[:2]) % 31 == 0:
        return "ZLIB"
    return ""
