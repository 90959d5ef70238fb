"""Faults in the output layer and the losses."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "gradient_check.py",
        "test_gradient_check.py",
        ("a step not taken back", "    leaf[index] = kept\n", ""),
        ("NaN like any number", "np.inf if np.isnan(part) else part", "part"),
        ("small gradients measured by large ones", "SMALL = 1e-4", "SMALL = 1.0"),
        ("a gradient of rounding measured by itself", "SMALL = 1e-4", "SMALL = 0.0"),
        ("measured by what is by hand alone", "abs(entry.by_hand), abs(entry.by_complex_step))", "abs(entry.by_hand))"),
        ("the least wrong entry told", "np.argmax(parts)", "np.argmin(parts)"),
        ("the last error of an array for its largest", "max(errors[entry.name], part)", "part"),
        ("all entries looked at", "num_entries >= len(indices)", "num_entries >= 0"),
        ("the same entry drawn more than once", "num_entries, replace=False", "num_entries"),
        ("not compared with a difference", "    check_seen(function, tree)\n", ""),
        ("a real result taken", "result.shape != () or result.dtype != np.complex128", "result.shape != ()"),
        ("the caller's arrays moved", "    moved = to_complex(tree)\n    gradient =", "    moved = tree\n    gradient ="),
    ),
    *faults_in(
        "training/dense.py",
        "training/test_dense.py",
        (
            "bias dropped",
            ' + params["bias"], inputs',
            ", inputs",
        ),
        (
            "kernel gradient of the first row only",
            "x.T @ d_y",
            "x[:1].T @ d_y[:1]",
        ),
        (
            "bias gradient averaged",
            "d_y.sum(axis=0)",
            "d_y.mean(axis=0)",
        ),
    ),
    *faults_in(
        "initializers.py",
        "training/test_dense.py::test_an_orthogonal_kernel_leans_nowhere",
        (
            "signs of QR's own",
            "q = q * np.sign(np.diag(r))",
            "",
        ),
    ),
    *faults_in(
        "training/embedding.py",
        "training/test_embedding.py",
        (
            "of a word that repeats the last place alone counts",
            "np.add.at(d_embeddings, numbers, d_vectors)",
            "d_embeddings[numbers] += d_vectors",
        ),
        (
            "each word averaged over its places",
            'return {"embeddings": d_embeddings}',
            'count = np.bincount(numbers.ravel(), minlength=len(embeddings))\n        return {"embeddings": d_embeddings / np.maximum(count, 1)[:, None].astype(d_embeddings.dtype)}',
        ),
        (
            "the word before",
            'return params["embeddings"][numbers], numbers',
            'return params["embeddings"][numbers - 1], numbers',
        ),
        (
            "a negative number counts from the end",
            "wrong = (numbers < 0) | (",
            "wrong = (",
        ),
    ),
    *faults_in(
        "training/losses.py",
        "training/test_losses.py",
        (
            "labels not taken off the probabilities",
            "(cache.p - cache.labels)",
            "cache.p",
        ),
        (
            "gradient of the loss ignored",
            "d_loss[..., None] * (cache.p",
            "1.0 * (cache.p",
        ),
        (
            "exponentials overflow",
            "logits - logits.max(axis=-1, keepdims=True)",
            "logits - 0.0",
        ),
        (
            "averaged over the classes",
            "-(labels * log_p).sum(axis=-1)",
            "-(labels * log_p).mean(axis=-1)",
        ),
        (
            "classes counted from 1",
            "return -pick(log_p, labels)",
            "return -pick(log_p, labels - 1)",
        ),
        (
            "class number not taken off the probabilities",
            "pick(cache.p, cache.labels) - 1",
            "pick(cache.p, cache.labels)",
        ),
    ),
    *faults_in(
        "training/losses.py",
        "training/test_losses.py",
        (
            "padding labelled -1 counts as a class by sign",
            "if (labels < 0).any():",
            "if (labels < -1).any():",
        ),
        (
            "one step too many by length",
            "np.arange(labels.shape[1]) < lengths",
            "np.arange(labels.shape[1]) <= lengths",
        ),
        (
            "mean over the padding as well",
            "lengths = mask.sum(axis=1, keepdims=True)",
            "lengths = np.ones_like(mask).sum(axis=1, keepdims=True)",
        ),
        (
            "an example of no steps counted in the batch",
            "lengths * np.count_nonzero(lengths)",
            "lengths * len(lengths)",
        ),
        (
            "the two means are one",
            'if mean == "steps" else',
            "if mean else",
        ),
        (
            "a mask of nothing divides by 0",
            "1 / np.maximum(count, 1)",
            "1 / np.maximum(count, 0)",
        ),
        (
            "the padding is looked at",
            "np.where(mask[..., None], logits, 0)",
            "logits",
        ),
        (
            "the gradient goes to the padding too",
            "d_loss * cache.share)",
            "d_loss * cache.share.max(axis=1, keepdims=True) + 0 * cache.share)",
        ),
        (
            "the gradient of the masked loss ignored",
            "d_loss * cache.share)",
            "cache.share)",
        ),
    ),
    *faults_in(
        "training/sequence_loss.py",
        "training/test_sequence_loss.py",
        (
            "averages divide by the count of the weights",
            "counted = weights if any(averages)",
            "counted = (weights != 0).astype(weights.dtype) if any(averages)",
        ),
        (
            "sums do not divide",
            "keepdims=True) if axes else np.ones_like(weights)",
            "keepdims=True) if any(averages) else np.ones_like(weights)",
        ),
        (
            "axes the wrong way round",
            "(average_across_batch, average_across_timesteps), (",
            "(average_across_timesteps, average_across_batch), (",
        ),
        (
            "nothing over nothing",
            "where=size != 0)",
            "where=size >= 0)",
        ),
        (
            "the 1e-12 of the elder losses left out",
            "weights.sum(axis=1, keepdims=True) + 1e-12)",
            "np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))",
        ),
        (
            "each example divided by the weights of the batch",
            "weights.sum(axis=1, keepdims=True) + 1e-12)",
            "weights.sum() + 1e-12)",
        ),
        (
            "the batch averaged whatever is asked",
            "    if average_across_batch:\n",
            "    if True:\n",
        ),
        (
            "an example of no steps not counted",
            "share / max(len(share), 1)",
            "share / max(np.count_nonzero(share.any(axis=1)), 1)",
        ),
        (
            "gradient of each example given to each step",
            "np.expand_dims(d_loss, cache.axes)",
            "np.resize(d_loss, share.shape)",
        ),
        (
            "rows and steps of a list exchanged on the way back",
            "list(d_logits.swapaxes(0, 1))",
            "list(d_logits)",
        ),
        (
            "a weight may be negative",
            " | (weights.real < 0)",
            "",
        ),
        (
            "the padding is looked at",
            "np.where(weights[..., None] != 0, logits, 0)",
            "logits",
        ),
    ),
    *faults_in(
        "training/batches.py",
        "training/test_batches.py",
        (
            "the rest of an epoch thrown away",
            "            self.position = batch_size - len(chosen)\n",
            "            chosen, self.position = chosen[:0], batch_size\n",
        ),
        (
            "one order for all epochs",
            "            self.order = self.rng.permutation(len(self.order))\n",
            "",
        ),
        (
            "a new epoch before it is needed",
            "if self.position > len(self.order):",
            "if self.position >= len(self.order):",
        ),
        (
            "generator not set back",
            '        restore_generator(self.rng, state["generator"])\n',
            "",
        ),
        (
            "position not set back",
            "self.order, self.position, self.epochs_completed = order, position, completed",
            "self.order, self.epochs_completed = order, completed",
        ),
    ),
    *faults_in(
        "archives.py",
        "training/test_checkpoint.py",
        (
            "float64 saved as float32",
            "write_array(member, np.asarray(array), allow_pickle=False)",
            "write_array(member, array.astype(np.float32) if array.dtype == np.float64 else np.asarray(array))",
        ),
    ),
    *faults_in(
        "archives.py",
        "training/test_checkpoint.py::test_a_save_that_fails_halfway_leaves_what_was_there",
        (
            "written in place",
            "with written_whole(path) as unfinished, zipfile.ZipFile(unfinished",
            "with zipfile.ZipFile(path",
        ),
    ),
    *faults_in(
        "archives.py",
        "training/test_checkpoint.py::test_a_shorter_array_in_a_damaged_header_is_noticed",
        (
            "checksum not read to the end",
            "            yield entry, member.read(entry.file_size)",
            "            member._expected_crc = None\n            yield entry, member.read(entry.file_size)",
        ),
    ),
    *faults_in(
        "training/checkpoint.py",
        "training/test_checkpoint.py::test_foreign_files_are_refused",
        (
            "contents not counted",
            "    if found not in wanted:\n",
            "    if not found.startswith(FORMAT[:24]):\n",
        ),
    ),
    *faults_in(
        "training/checkpoint.py",
        "training/test_trees.py",
        (
            "a file of before refused",
            "VERSIONS = 1, 2\n",
            "VERSIONS = (2,)\n",
        ),
        (
            "any named tuple taken for the one of its name",
            "STATES | {kind.__name__: lambda fields, kind=kind: kind for kind in kinds}",
            "STATES | {kind.__name__: lambda fields: LSTMState for kind in kinds}",
        ),
        (
            "each of the kinds is the last of them",
            "lambda fields, kind=kind: kind for",
            "lambda fields: kinds[0] for",
        ),
    ),
    *faults_in(
        "training/checkpoint.py",
        "training/test_checkpoint.py",
        (
            "an array alone, which has no name",
            "    if not isinstance(tree, dict | tuple):\n        raise TypeError(f\"tree must be a dict or",
            "    if False:\n        raise TypeError(f\"tree must be a dict or",
        ),
        (
            "a state alone, beside which no step can stand",
            "        if not isinstance(tree, dict):\n            raise",
            "        if False:\n            raise",
        ),
    ),
    *faults_in(
        "tree.py",
        "training/test_checkpoint.py",
        (
            "keys inside a tuple not looked at",
            "    if isinstance(tree, dict | tuple):\n        for label, branch in branches(tree):\n            check_keys",
            "    if isinstance(tree, dict):\n        for label, branch in branches(tree):\n            check_keys",
        ),
        (
            "a number for a name, which comes back as text",
            "        if not isinstance(key, str):\n            raise TypeError(f\"a name",
            "        key = str(key)\n        if False:\n            raise TypeError(f\"a name",
        ),
    ),
    *faults_in(
        "tree.py",
        "training/test_trees.py",
        ("named tuples kept as plain ones", '    if hasattr(tree, "_fields"):\n        return {f"', '    if False:\n        return {f"'),
        ("tuples come back as lists", "return tuple(tree_from_outline(", "return list(tree_from_outline("),
        ("a named tuple with other fields taken", "    if found._fields != tuple(fields):\n", "    if False:\n"),
    ),
    *faults_in(
        "cells/grid_lstm.py",
        "training/test_trees.py",
        (
            "a type of its own for a state that was loaded",
            "return grid_state_type(tuple(blocks.values()))",
            'return namedtuple("GridLSTMStateTuple", fields)',
        ),
    ),
    *faults_in(
        "fit.py",
        "test_fit.py",
        ("the inputs not named", "        if fitting is None:\n", "        if True:\n"),
        ("any width that one kernel suits", "flat_shapes(param_shapes(fitting)) == found", "True"),
        ("a width of less than one", "fitting > 0 and ", ""),
        ("the other way round", "fitting = width + have - want", "fitting = width + want - have"),
    ),
    *faults_in(
        "shown.py",
        "test_fit.py",
        ("long values shown whole", "SHORTENED.repr(value)", "repr(value)"),
        ("an array over several lines", '.replace("\\n", " ")', ""),
    ),
    *faults_in(
        "inputs/vocabulary.py",
        "test_fit.py",
        ("a whole text in an error", "but is the string {shown(values)}", "but is the string {values!r}"),
    ),
    *faults_in(
        "training/summaries.py",
        "training/test_summaries.py",
        ("the tag of a histogram not named", 'f"the histogram {tag!r} at step {shown(step)}: {error}"', 'str(error)'),
        ("a layer of the graph without its variables", '"Layer", (read, *own)', '"Layer", (read,)'),
        ("layers of the graph side by side", 'variables + own, f"{scope}/layer"', 'variables + own, "inputs/x"'),
        ("the scope of a stack left out", 'f"{scope}/{cell.scope}/{name}"', 'f"{scope}/{name}"'),
        ("names in the graph not looked at", "            check_tag(node.name)\n", "            pass\n"),
    ),
    *faults_in(
        "variables.py",
        "test_variables.py",
        ("names of PyTorch not cut", 'begins = f"{name}/", f"{name}."', 'begins = f"{name}/"'),
        ("the shortest path stands for a name", "key=len, reverse=True", "key=len"),
        ("the parts of a path in any order", "all(part in scopes for", "all(part in name.split('/') for"),
        ("the end of a name does not count", 'return name.rsplit("/", 1)[-1]', 'return ""'),
        ("a name that only holds the path is as good as the path", "[path] if path in found else found", "found"),
        ("the first of several names taken", "        if len(candidates) > 1:\n", "        if False:\n"),
        (
            "another shape taken",
            'check_array(f"variables/{name}", variables[name], leaf.shape, leaf.dtype)',
            "pass",
        ),
        (
            "all names below the first part",
            'key.startswith(begins)',
            "key.startswith(name)",
        ),
    ),
    *faults_in(
        "training/checkpoint.py",
        "training/test_checkpoint.py::test_the_last_and_the_best_are_kept",
        (
            "the best deleted with the old",
            ", self.best_step()}",
            "}",
        ),
        (
            "the latest of equals is best",
            "(self.validations[step], -step)",
            "(self.validations[step], step)",
        ),
        (
            "steps in the order of the alphabet",
            "return dict(sorted(found.items()))",
            "return dict(sorted(found.items(), key=str))",
        ),
    ),
    *faults_in(
        "training/checkpoint.py",
        "training/test_checkpoint.py::test_refusals_of_the_manager",
        (
            "an earlier step over a later one",
            "    if self.validations and step <= max",
            "    if self.validations and step < max",
        ),
    ),
    *faults_in(
        "training/checkpoint.py",
        "training/test_checkpoint.py::test_a_killed_run_resumes_bit_for_bit",
        (
            "leftovers of a killed run kept",
            "            remove_unfinished(unfinished)\n",
            "            pass\n",
        ),
    ),
    *faults_in(
        "training/summaries.py",
        "training/test_summaries.py",
        (
            "limits as powers, rounded once",
            "positive.append(positive[-1] * 1.1)",
            "positive.append(1e-12 * 1.1 ** len(positive))",
        ),
        (
            "a value on a limit below it",
            'side="right"',
            'side="left"',
        ),
        (
            "the first of the empty buckets stands for all",
            "np.append(counts[1:] > 0, True)",
            "np.append(True, counts[:-1] > 0)",
        ),
        (
            "subnormal numbers kept",
            "    flat[np.abs(flat) < np.finfo(values.dtype).tiny] = 0\n",
            "",
        ),
        (
            "no version, and TensorBoard takes the file for an old one",
            '        self.write(file_version="brain.Event:2")\n',
            "",
        ),
        (
            "step forgotten",
            "self.write(step=step, summary",
            "self.write(summary",
        ),
    ),
]
