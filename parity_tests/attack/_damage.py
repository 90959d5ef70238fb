"""What happens to a file on its way, and what is made of it on purpose; and how a reading of it is judged."""

import io
import struct
import warnings
import zipfile

import numpy as np
from saved_model import Refused

REFUSALS = (Refused, ValueError, OSError)
EXTREMES = (0, 1, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1)


class Stuck(BaseException):
    """A reader has not come to its end: raised by a signal, and caught by no reader."""


def damaged(rng, data, other=b""):
    """Return the bytes of a file cut, flipped, overwritten, mixed with another; now and then with nothing done."""
    data = bytearray(data)
    for _ in range(int(rng.choice([1, 1, 1, 2, 4]))):
        at = int(rng.integers(len(data) + 1))
        stop = min(len(data), at + int(rng.integers(1, 40)))
        match rng.integers(10):
            case 0:
                del data[at:]
            case 1:
                del data[at:stop]
            case 2 | 3 | 4:
                for _ in range(int(rng.integers(1, 4))):
                    if data:
                        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
            case 5:
                data[at:stop] = bytes([int(rng.choice([0, 255]))]) * (stop - at)
            case 6:
                data[at:at] = rng.bytes(int(rng.integers(1, 20)))
            case 7:
                data[at:at] = data[at:stop]
            case 8:
                number = struct.pack("<I", EXTREMES[rng.integers(len(EXTREMES))])
                data[at : at + 4] = number if rng.integers(2) else number[::-1]
            case 9:
                data[at:stop] = other[at:stop]
    return bytes(data)


def judged(read, path, good):
    """Return ``(verdict, words)`` of a reading: right where ``good(found)``, refused where the file is named."""
    try:
        found = read(path)
    except REFUSALS as error:
        if str(path) in str(error) and "\n" not in str(error).strip():
            return "refused", str(error)
        return "wrong", f"refused in words that do not name the file: {error}"
    except Exception as error:
        return "crashed", f"{type(error).__name__}: {error}"
    return ("right", "") if good(found) else ("wrong", "read as something else")


def same_arrays(found, wanted):
    """Return whether two dicts hold the same arrays under the same names, bit by bit."""
    return found.keys() == wanted.keys() and all(
        (found[name].dtype, found[name].shape, found[name].tobytes())
        == (wanted[name].dtype, wanted[name].shape, wanted[name].tobytes())
        for name in wanted
    )


def header(text, size=0):
    """Return the bytes of an ``.npy`` file with this text for a header, and as many bytes behind it."""
    text = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(size)


def archive(members, compress=zipfile.ZIP_STORED):
    """Return the bytes of an archive of ``[(name, content)]``; names may come twice."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", compress) as file:
        # A name that comes twice is said.
        warnings.simplefilter("ignore")
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = compress
            file.writestr(info, content)
    return made.getvalue()


def one_place_many_times(content, count):
    """Return an archive whose members all are the same bytes: each skips the heads of those behind it."""
    crc, size, gap = zipfile.crc32(content), len(content), 0
    heads, directory = [], []
    names = [b"array%05d.npy" % number for number in range(count)]
    step = 30 + len(names[0])
    for number, name in enumerate(names):
        gap = step * (count - 1 - number)
        fields = (20, 0, 0, 0, 33, crc, size, size, len(name))
        heads.append(struct.pack("<4s5H3I2H", b"PK\3\4", *fields, gap) + name)
        offset = step * number
        directory.append(struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fields, 0, 0, 0, 0, 0, offset) + name)
    body, table = b"".join(heads) + content, b"".join(directory)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(table), len(body), 0)
    return body + table + end


def hostile_headers(rng):
    """Return the text of the header of an array, drawn from what no writer would write."""
    shapes = ["(10**12,)", "(1000000000000,)", "(-1,)", "(2, -3)", "(1, " * 60 + ")" * 60, "(4294967296, 4294967296)"]
    shapes += ["(0, 99999999999999999999)", "('a',)", "(True,)", "(3.0,)", "None", "__import__('os').getpid()", "(3,)"]
    kinds = ["'<f8'", "'|O'", "'<U400000000'", "'|S2147483647'", "'<M8[s]'", "[('a', '<f8')]", "'<f3'", "'|V8'", "1"]
    shape, kind = (choices[int(rng.integers(len(choices)))] for choices in (shapes, kinds))
    order = str(rng.choice(["True", "False", "2", "'no'"]))
    text = f"{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}, }}"
    return str(rng.choice([text, text, text, text[: int(rng.integers(len(text)))], "[" * 9000, "{}", "1" * 5000]))


def numbers(rng):
    """Return a few arrays by name, as parameters are."""
    return {
        "rnn/kernel": rng.standard_normal((3, 4)).astype(np.float32),
        "rnn/bias": rng.standard_normal(4),
        "step": np.int64(7),
    }
