"""Faults in the shapes of the inputs."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "inputs/unstack.py",
        "inputs/test_unstack.py",
        (
            "flattened in column order",
            "outputs.shape[0] * outputs.shape[1], *outputs.shape[2:])",
            'outputs.shape[0] * outputs.shape[1], *outputs.shape[2:], order="F")',
        ),
        (
            "series dealt out like cards",
            "series.reshape(batch_size, -1, *series.shape[1:])",
            "series.reshape(-1, batch_size, *series.shape[1:]).swapaxes(0, 1)",
        ),
        (
            "batch and time exchanged on the way back",
            "flat.reshape(batch_size, len(flat) // batch_size, *flat.shape[1:])",
            "flat.reshape(len(flat) // batch_size, batch_size, *flat.shape[1:]).swapaxes(0, 1)",
        ),
        (
            "unstacked along the batch",
            "np.moveaxis(inputs, axis, 0)",
            "np.moveaxis(inputs, 0, 0)",
        ),
        (
            "stacked along the batch",
            "np.stack(steps, axis)",
            "np.stack(steps, 0)",
        ),
        (
            "time and batch exchanged from the wrong end",
            ".swapaxes(0, 1)",
            ".swapaxes(0, -1)",
        ),
        (
            "a list checked against itself",
            "array.shape[free:] != first.shape[free:]",
            "array.shape[free:] != array.shape[free:]",
        ),
    ),
    *faults_in(
        "inputs/padding.py",
        "inputs/test_padding.py",
        (
            "a length on a boundary kept in the lower bucket",
            'lengths, side="right")',
            'lengths, side="left")',
        ),
        (
            "padded to the boundary itself",
            "[boundary - 1 for boundary in bucket_boundaries]",
            "[boundary for boundary in bucket_boundaries]",
        ),
        (
            "padded to the longest of all rows",
            "lengths[members].max() if num_steps is None",
            "lengths.max() if num_steps is None",
        ),
        (
            "padded at the front",
            "padded[: lengths[row]] = rows[row]",
            "padded[len(padded) - lengths[row] :] = rows[row]",
        ),
        (
            "always padded with zeros",
            "padding_value, rows[0].dtype)",
            "0, rows[0].dtype)",
        ),
        (
            "batches sorted by bucket instead of as they fill",
            "    if not drop_remainder:",
            "    ready.sort(key=lambda pair: pair[0])\n    if not drop_remainder:",
        ),
        (
            "remainders of the long rows first",
            "for bucket, left in enumerate(waiting) if left]",
            "for bucket, left in reversed(list(enumerate(waiting))) if left]",
        ),
        (
            "the remainder dropped where it was to be kept",
            "    if not drop_remainder:",
            "    if drop_remainder:",
        ),
        (
            "a full bucket kept for one row more",
            "len(waiting[bucket]) == bucket_batch_sizes[bucket]",
            "len(waiting[bucket]) > bucket_batch_sizes[bucket]",
        ),
        (
            "a full bucket not emptied",
            "            waiting[bucket] = []",
            "            waiting[bucket] = waiting[bucket][1:]",
        ),
        (
            "lengths in the order of the bucket, not of the batch",
            "lengths[members], members)",
            "np.sort(lengths[members]), members)",
        ),
        (
            "a mask one step too long",
            "np.arange(maxlen) < lengths",
            "np.arange(maxlen) <= lengths",
        ),
        (
            "a mask as long as the list of lengths",
            "lengths.max(initial=0) if maxlen",
            "lengths.size if maxlen",
        ),
        (
            "a mask always of truth values",
            "lengths[..., None]).astype(dtype)",
            "lengths[..., None])",
        ),
        (
            "reversed along the batch",
            "axes = batch_axis, seq_axis",
            "axes = seq_axis, batch_axis",
        ),
        (
            "reversed axes not moved back",
            "lengths), (0, 1), axes)",
            "lengths), (0, 1), (0, 1))",
        ),
        (
            "features counted as padding",
            "batch.inputs.shape[0] * batch.inputs.shape[1] for",
            "batch.inputs.size for",
        ),
        (
            "a gradient handed to the padding's own place",
            "row[:length].copy()",
            "row[len(row) - length :].copy()",
        ),
    ),
    *faults_in(
        "inputs/unstack.py",
        "inputs/test_padding.py",
        (
            "−1 taken for 255",
            "held = kept == value if",
            "held = True if",
        ),
        (
            "infinity taken for a large number",
            "np.isfinite(kept) or not np.isfinite(value)",
            "np.isfinite(value) or not np.isfinite(kept)",
        ),
    ),
    *faults_in(
        "inputs/vocabulary.py",
        "inputs/test_vocabulary.py",
        (
            "the first word shares the number of the unknown",
            "PADDING, UNKNOWN, FIRST = 0, 1, 2",
            "PADDING, UNKNOWN, FIRST = 0, 1, 1",
        ),
        (
            "the unknown taken for padding",
            "numbers_of.get(word, UNKNOWN)",
            "numbers_of.get(word, PADDING)",
        ),
        (
            "the rarest words first",
            "(-counts[word], word)",
            "(counts[word], word)",
        ),
        (
            "words that come often enough left out",
            "if count >= least_count",
            "if count > least_count",
        ),
        (
            "no rows for padding and the unknown",
            "return FIRST + len(self.words)",
            "return len(self.words)",
        ),
    ),
    *faults_in(
        "inputs/idx.py",
        "inputs/test_idx.py",
        (
            "lowest byte of a size first",
            'np.frombuffer(header, ">u4")',
            'np.frombuffer(header, "<u4")',
        ),
        (
            "decompressed by its name",
            'compressed = file.read(2) == b"\\x1f\\x8b"',
            'compressed = str(path).endswith(".gz")',
        ),
        (
            "a longer file taken, and its checksum not read",
            "file.read(expected + 1)",
            "file.read(expected)",
        ),
        (
            "as much memory as the header asks for",
            "    if expected > LARGEST:\n",
            "    if False:\n",
        ),
        (
            "a file of another kind taken for one",
            " or magic[:2] != bytes(2)",
            "",
        ),
        (
            "an empty file said to begin with something",
            "    if not magic:\n",
            "    if magic is None:\n",
        ),
        (
            "numbers read with the lowest byte first",
            'np.frombuffer(data, kind.newbyteorder(">"))',
            "np.frombuffer(data, kind)",
        ),
        (
            "numbers written with the lowest byte first",
            'array.astype(kind.newbyteorder(">")).tobytes()',
            "array.astype(kind).tobytes()",
        ),
        (
            "numbers written in the order of memory",
            '.tobytes()\n    with',
            '.tobytes("A")\n    with',
        ),
        (
            "int8 and int16 under the code between them",
            "9: np.int8, 11: np.int16",
            "9: np.int8, 10: np.int16",
        ),
        (
            "another dtype than was asked for",
            "    if wanted not in (None, kind):\n",
            "    if False:\n",
        ),
        (
            "handed out as the bytes that were read, which nobody may write to",
            '.astype(kind)\n\n\ndef read_magic',
            '.astype(kind, copy=False)\n\n\ndef read_magic',
        ),
        (
            "the time of writing in the file",
            "gzip.compress(data, mtime=0)",
            "gzip.compress(data)",
        ),
        (
            "written into its place",
            "    with written_whole(path) as unfinished:\n",
            "    unfinished = Path(path)\n    if True:\n",
        ),
        (
            "an axis longer than its four bytes can say",
            " or max(array.shape, default=0) >= 2**32",
            "",
        ),
    ),
    *faults_in(
        "inputs/tfrecord.py",
        "inputs/test_tfrecord.py::test_a_file_is_there_whole_or_not_at_all",
        (
            "half a file left behind",
            'written_whole(self.path) as unfinished, open(unfinished, "wb")',
            'open(self.path, "wb")',
        ),
    ),
    *faults_in(
        "inputs/tfrecord.py",
        "inputs/test_tfrecord.py::test_each_side_reads_what_the_other_wrote[6-GZIP]",
        ("the last bytes left in the packer", "file.write(packer.flush())", "packer.flush()"),
    ),
    *faults_in(
        "inputs/wire/crc32c.py",
        "inputs/test_tfrecord.py::test_the_published_checksums",
        ("polynomial not mirrored", "0x82F63B78", "0x1EDC6F41"),
        ("remainder starts as zeros", "    crc = 0xFFFFFFFF\n", "    crc = 0\n"),
        ("two bytes through the same table", "TABLES[2, data[at + 5]]", "TABLES[3, data[at + 5]]"),
        ("the bytes behind the last eight left out", "    while at < end:\n", "    while False:\n"),
    ),
    *faults_in(
        "inputs/wire/crc32c.py",
        "inputs/test_tfrecord.py::test_masked_checksums_are_tensorflows",
        ("mask turned by half", "crc >> 15 | crc << 17", "crc >> 16 | crc << 16"),
    ),
    *faults_in(
        "inputs/wire/frames.py",
        "inputs/test_tfrecord.py::test_what_is_wrong_is_said",
        ("highest byte of a length first", 'len(record).to_bytes(8, "little")', 'len(record).to_bytes(8, "big")'),
        ("a length believed", "if masked_crc(data, at, at + 8) != word(data, at + 8):", "if False:"),
        ("data believed", "if masked_crc(data, start, at) != word(data, at):", "if False:"),
    ),
    *faults_in(
        "inputs/wire/chunks.py",
        "inputs/test_tfrecord.py::test_records_that_end_anywhere_in_a_chunk[16-]",
        ("bytes counted from the chunk", "            offset += place\n", "            offset = place\n"),
        ("records counted from the chunk", "            number += count\n", "            number = count\n"),
    ),
    *faults_in(
        "inputs/wire/chunks.py",
        "inputs/test_tfrecord.py::test_an_absurd_length_takes_no_memory",
        ("as much memory as a length asks for", "needed > CHUNK and not pieces.hold(needed - len(rest))", "False"),
    ),
    *faults_in(
        "inputs/wire/chunks.py",
        "inputs/test_tfrecord.py::test_what_is_wrong_is_said",
        ("an end within a record taken for the end", "if filled and not more:", "if False:"),
    ),
    *faults_in(
        "inputs/wire/pieces.py",
        "inputs/test_tfrecord.py::test_records_that_end_anywhere_in_a_chunk[16-GZIP]",
        ("looked ahead and not back", "        self.file.seek(position)\n", "        self.waiting = b''\n"),
    ),
    *faults_in(
        "inputs/wire/pieces.py",
        "inputs/test_tfrecord.py::test_what_is_wrong_with_a_compressed_file_is_said",
        (
            "cut off data taken for whole",
            'raise ValueError(f"its {self.compression_type} data is cut off")',
            'return b""',
        ),
        ("bytes behind ZLIB data lost", 'self.unpacker is not None and self.compression_type == "ZLIB"', "False"),
    ),
    *faults_in(
        "inputs/wire/varint.py",
        "inputs/test_wire.py",
        ("no bit that says that more follows", "n & 127 | 128", "n & 127"),
        ("no sign", "return n + SIGN * (data[at] & 1), at + 1", "return n, at + 1"),
        ("a number of eleven bytes", "if data[at] > 127:", "if False:"),
        ("a length of any size", "(n, at) if n <= largest else (0, failed(LARGE, at))", "(n, at)"),
    ),
    *faults_in(
        "inputs/wire/tags.py",
        "inputs/test_wire.py",
        ("a length past the end of its message", "if after >= 0 and length > end - after:", "if False:"),
        ("field 0", "if after >= 0 and found < 8:", "if False:"),
        ("groups as deep as one likes", "if depth >= DEEPEST:", "if depth > DEEPEST:"),
        ("a group ended by any end", "if numbers[depth] != tag >> 3:", "if False:"),
        ("eight bytes for four", "size = 8 if wire == FIXED64 else 4", "size = 4 if wire == FIXED64 else 8"),
    ),
    *faults_in(
        "inputs/wire/feature.py",
        "inputs/test_wire.py",
        ("kinds added up", "kind, count = tag >> 3, 0", "kind = tag >> 3"),
        ("packed numbers alone", "(kind == INT64 and tag == ONE_VARINT)", "False"),
        ("a float of any bytes", "if last - at < 4:", "if last - at < 1:"),
        ("the first list of a feature and no more", "kind == 0 and data[at + 1] == size - 2 and", "kind == 0 and"),
    ),
    *faults_in(
        "inputs/wire/entries.py",
        "inputs/test_wire.py",
        ("an entry lost without a word", "if found != NAME and found != VALUE:", "if False:"),
        ("surrogates", "highest = 0x9F if first == 0xED else", "highest = 0xBF if first == 0xED else"),
        ("half a character", "if more > end - at:", "if False:"),
        ("groups of the context counted from the top", "found, 1 if inside else 0)", "found, 0)"),
        ("groups of a list counted from the top", "data, at, at + length, 3, wanted, room, kind, count", "data, at, at + length, 0, wanted, room, kind, count"),
    ),
    *faults_in(
        "inputs/wire/survey.py",
        "inputs/test_wire.py::test_one_reading_of_what_may_be_written_in_many_ways",
        ("the first of a name counts", "            if f >= 0:\n", "            if f >= 0 and found[r, f, FIRST] < 0:\n"),
    ),
    *faults_in(
        "inputs/wire/survey.py",
        "inputs/test_sequence_example.py::test_one_example_by_a_schema",
        ("names of both parts are one", "if features[f, PART] == part and ", "if "),
    ),
    *faults_in(
        "inputs/wire/survey.py",
        "inputs/test_sequence_example.py::test_an_error_names_file_record_byte_and_feature",
        ("nothing is required", "found[r, f, FIRST] < 0 and features[f, REQUIRED]", "False"),
        ("a step of any size", "if found[r, f, TROUBLE] < 0:", "if False:"),
    ),
    *faults_in(
        "inputs/wire/columns.py",
        "inputs/test_sequence_example.py::test_one_example_by_a_schema",
        ("no defaults", "filled = part == CONTEXT and", "filled = False and"),
    ),
    *faults_in(
        "inputs/wire/schema.py",
        "inputs/test_sequence_example.py::test_a_batch_by_a_schema",
        ("padded at the front", "< steps[:, None]", ">= (padded.shape[1] - steps)[:, None]"),
    ),
    *faults_in(
        "inputs/wire/schema.py",
        "inputs/test_sequence_example.py::test_files_of_examples",
        ("examples that share their memory", "yield self.values[first:last].copy()", "yield self.values[first:last]"),
    ),
    *faults_in(
        "inputs/wire/ragged.py",
        "inputs/test_sequence_example.py::test_a_batch_by_a_schema",
        ("steps and values exchanged", "[example[outer], step[outer], index]", "[example[outer], index, step[outer]]"),
        ("no row that begins", "np.concatenate([[0], np.cumsum(column.lengths)])", "np.cumsum(column.lengths)"),
    ),
    *faults_in(
        "inputs/wire/values.py",
        "inputs/test_sequence_example.py::test_values_that_the_format_cannot_hold_are_refused",
        ("2^63 is −2^63", "isinstance(values, np.ndarray) and values.dtype != np.uint64", "isinstance(values, np.ndarray)"),
        ("too large for float32 is infinite", "if lost.any():", "if False:"),
    ),
    *faults_in(
        "inputs/sequence_example.py",
        "inputs/test_sequence_example.py::test_a_thousand_examples_are_tensorflows_bytes",
        ("the shorter name first", 'key=lambda entry: entry[0] + b"\\xff"', "key=lambda entry: entry[0]"),
        ("labels of the context in the lists", "((1, context), (2, lists))", "((2, context), (1, lists))"),
    ),
    *faults_in(
        "inputs/wire/values.py",
        "inputs/test_sequence_example.py::test_a_thousand_examples_are_tensorflows_bytes",
        ("an empty list without its kind", "return message(kind)", 'return b""'),
        ("highest byte of a float first", '"<f4"', '">f4"'),
    ),
]
