"""Record files read with ``on_damage="skip"``: what is lost is what is damaged, and how much that is is said."""

import warnings
import zlib

import numpy as np
import pytest

import tf_impl
from parity_tests.inputs.damaged import damage
from parity_tests.inputs.test_tfrecord import RECORDS, header, read, write
from scratch import FixedLenFeature, SequenceExample, read_sequence_examples, read_tfrecord
from scratch.inputs.wire import chunks


def read_skipping(path, compression_type=""):
    """Return ``(records, words)``: what is read of a damaged file, and what the one warning says."""
    with pytest.warns(UserWarning, match="skipped") as warned:
        records = list(read_tfrecord(path, compression_type, on_damage="skip"))
    (warning,) = warned
    return records, str(warning.message)


@pytest.mark.parametrize("chunk", [16, 17, 40, 1000, None])
def test_reading_goes_on_behind_what_is_damaged(tmp_path, monkeypatch, chunk):
    """Data, a length, both in a row, and the end: all other records are read, and as TensorFlow reads them."""
    if chunk:
        monkeypatch.setattr(chunks, "CHUNK", chunk)
    path, rng = tmp_path / "file", np.random.default_rng(0)
    records = [rng.bytes(int(length)) for length in rng.integers(1, 100, 40)]
    offsets = np.cumsum([0, *(len(record) + 16 for record in records)]).tolist()
    sound = write(path, records).read_bytes()
    for bad_data, bad_lengths in (([3], []), ([], [3]), ([0, 5, 6], []), ([], [0, 5, 6]), ([7, 39], [8, 38])):
        damaged = bytearray(sound)
        for number in bad_data:
            damaged[offsets[number] + 12] ^= 1
        for number in bad_lengths:
            damaged[offsets[number] + int(rng.integers(12))] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        found, words = read_skipping(path)
        bad = sorted(bad_data + bad_lengths)
        kept = [record for number, record in enumerate(records) if number not in bad]
        assert found == kept
        assert list(tf_impl.read_tfrecord(write(tmp_path / "kept", kept))) == kept
        how_many = "1 damaged record was" if len(bad) == 1 else f"{len(bad)} damaged records were"
        place = f"record {bad[0]} at byte {offsets[bad[0]]}"
        assert words.startswith(f"{path}: {how_many} skipped; the first: {place}: its ")
    for end, count in ((offsets[-1] - 1, 39), (offsets[-2] + 5, 39), (offsets[-2] + 14, 39), (offsets[10] + 13, 10)):
        path.write_bytes(sound[:end])
        found, words = read_skipping(path)
        assert found == records[:count]
        place = f"record {count} at byte {offsets[count]}"
        assert f"1 damaged record was skipped; the first: {place}: it is cut off" in words
    # A file that a killed program left, and another behind it; and a hole.
    path.write_bytes(sound[: offsets[10] + 13] + sound)
    assert read_skipping(path)[0][-30:] == records[-30:]
    path.write_bytes(sound[: offsets[10] + 13] + sound[offsets[11] + 1 :])
    found, _ = read_skipping(path)
    assert found[:10] == records[:10]
    assert found[-25:] == records[-25:]
    path.write_bytes(sound)
    assert list(read_tfrecord(path, on_damage="skip")) == records  # And no warning.
    path.write_bytes(b"")
    assert list(read_tfrecord(path, on_damage="skip")) == []


def test_a_large_record_behind_damage_and_damage_behind_it(tmp_path):
    records = [b"a" * 10, b"b" * 700_000, b"c", b"d" * 300_000, b"", b"e"]
    path = tmp_path / "file"
    sound = write(path, records).read_bytes()
    at = 26 + 700_016
    for damaged, kept in ((0, records[1:]), (26, records[:1] + records[2:]), (at - 1, records[:1] + records[2:])):
        path.write_bytes(sound[:damaged] + bytes([sound[damaged] ^ 1]) + sound[damaged + 1 :])
        assert read_skipping(path)[0] == kept
    # A length with its checksum that nobody could have: none of the records behind it is lost.
    for length in (2 * 10**6, 10**9, 2**63):
        path.write_bytes(sound[:26] + header(length) + sound[26:])
        found, words = read_skipping(path)
        assert found == records
        assert f"record 1 at byte 26: it is cut off: it says that it is {length} bytes long" in words


@pytest.mark.parametrize("compression_type", ["GZIP", "ZLIB"])
def test_of_damaged_compressed_data_what_can_be_unpacked_is_read(tmp_path, compression_type):
    rng, path = np.random.default_rng(0), tmp_path / "file"
    records = [rng.bytes(1000) for _ in range(2000)]
    packed = write(path, records, compression_type).read_bytes()
    path.write_bytes(packed[: len(packed) // 2])
    found, words = read_skipping(path, compression_type)
    assert found == records[: len(found)]
    assert len(found) > 900
    assert f"1 damaged record was skipped; the first: record {len(found)} at byte " in words
    assert f"its {compression_type} data is cut off" in words
    # And just as many before the error, where it is one.
    found_before, error = read(path, compression_type)
    assert found_before == found
    assert "is cut off" in error
    # Whole data of which the records are damaged.
    plain = bytearray(write(path, RECORDS).read_bytes())
    plain[16 + 12] ^= 1
    packer = zlib.compressobj(wbits=31 if compression_type == "GZIP" else 15)
    path.write_bytes(packer.compress(bytes(plain)) + packer.flush())
    assert read_skipping(path, compression_type)[0] == RECORDS[:1] + RECORDS[2:]


def test_files_damaged_at_random_are_read_to_their_end(tmp_path):
    """Whatever happens to the bytes: the records that are found are records that were there, in their order."""
    rng, path = np.random.default_rng(1), tmp_path / "file"
    records = [bytes([number]) * int(length) for number, length in enumerate(rng.integers(1, 40, 30))]
    sound, found_in_all = write(path, records).read_bytes(), 0
    for _ in range(300):
        path.write_bytes(damage(rng, sound))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            found = list(read_tfrecord(path, on_damage="skip"))
        # A stretch that came twice is there twice.
        assert set(found) <= set(records)
        before, _ = read(path)
        assert found[: len(before)] == before
        found_in_all += len(found)
    assert found_in_all > 300 * 24


def test_examples_behind_a_damaged_record_are_read(tmp_path):
    """A record that is sound, but no example that suits, is an error as before."""
    path, features = tmp_path / "file", {"n": FixedLenFeature([], np.int64)}
    examples = [SequenceExample({"n": number}, {}).serialize() for number in range(4)]
    damaged = bytearray(write(path, examples).read_bytes())
    damaged[-5] ^= 1
    path.write_bytes(damaged)
    with pytest.warns(UserWarning, match="file: 1 damaged record was skipped; the first: record 3 at byte"):
        found = [context["n"] for context, _ in read_sequence_examples(path, features, on_damage="skip")]
    assert found == [0, 1, 2]
    with pytest.raises(ValueError, match="record 3 at byte .*: its bytes do not have the checksum"):
        list(read_sequence_examples(path, features))
    write(path, [examples[0], b"no example"])
    with pytest.raises(ValueError, match="file: record 1 at byte .* of the example: "):
        list(read_sequence_examples(path, features, on_damage="skip"))
    # What is skipped has been counted.
    damaged = bytearray(write(path, [examples[0], examples[1], b"no example"]).read_bytes())
    damaged[len(examples[0]) + 16 + 12] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="file: record 2 at byte .* of the example: "):
        list(read_sequence_examples(path, features, on_damage="skip"))
    with pytest.raises(ValueError, match="on_damage must be one of 'raise', 'skip', but is 'ignore'"):
        read_sequence_examples(path, features, on_damage="ignore")
