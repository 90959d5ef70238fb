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
            '">u4"',
            '"<u4"',
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
            "any kind of number taken for bytes",
            "    if magic != wanted:\n",
            "    if magic[3:] != wanted[3:]:\n",
        ),
    ),
]
