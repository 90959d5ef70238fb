"""Faults of a maintainer's kind: a copy that is left out, so that a result shares memory with what lives on."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "unroll/checkpointed.py",
        "test_sharing.py::test_unrolls_with_options",
        ("states of the tape shared with the run", "outputs = np.empty((num_steps, batch_size, cell.output_size), inputs.dtype)\n", "outputs = np.empty((num_steps, batch_size, cell.output_size), inputs.dtype)\n    inputs *= 1.5\n"),
    ),
    *faults_in(
        "checks.py",
        "test_sharing.py::test_unrolls_of_unrolls",
        ("lengths not copied", "return lengths.astype(np.int64)", "return lengths.astype(np.int64, copy=False)"),
    ),
    *faults_in(
        "unroll/streaming.py",
        "test_sharing.py::test_streams",
        ("x kept, not copied", 'self.running.step(np.array(x, order="C")).copy()', "self.running.step(x)"),
    ),
    *faults_in(
        "training/clipping.py",
        "test_sharing.py::test_parts",
        ("what is left alone handed through", "g.copy() if path in skipped", "g if path in skipped"),
        ("clipped by value in place", "np.maximum(np.minimum(g, highest), lowest)", "np.clip(g, lowest, highest, out=g)"),
        ("scaled in place", "map_tree(lambda g: g * scale, gradients), norm", "map_tree(lambda g: np.multiply(g, scale, out=g), gradients), norm"),
        ("shortened in place", "return g * clip_norm / np.max", "g *= clip_norm\n    return g / np.max"),
    ),
    *faults_in(
        "training/optimizers.py",
        "test_sharing.py::test_parts",
        ("descent in place", "lambda theta, g: theta - eta * g, params, gradients), {}", "lambda theta, g: np.subtract(theta, eta * g, out=theta), params, gradients), {}"),
        ("Adagrad's sum in place", "lambda a, g: a + g * g", "lambda a, g: np.add(a, g * g, out=a)"),
        ("gradients squared in place", "lambda a, g: a + g * g", "lambda a, g: a + np.multiply(g, g, out=g)"),
    ),
    *faults_in(
        "training/momentum.py",
        "test_sharing.py::test_parts",
        ("a in place", "lambda a, g: mu * a + g, slots", "lambda a, g: np.add(mu * a, g, out=a), slots"),
        ("the weights' step in place", "lambda theta, d: theta - eta * d", "lambda theta, d: np.subtract(theta, eta * d, out=theta)"),
    ),
    *faults_in(
        "training/rmsprop.py",
        "test_sharing.py::test_parts",
        ("r in place", "lambda r, g: r + (1 - rho) * (g * g - r)", "lambda r, g: np.add(r, (1 - rho) * (g * g - r), out=r)"),
        ("q in place", "lambda q, g: q + (1 - rho) * (g - q)", "lambda q, g: np.add(q, (1 - rho) * (g - q), out=q)"),
    ),
    *faults_in(
        "training/adam.py",
        "test_sharing.py::test_parts",
        ("m in place", "lambda m, g: m + (1 - beta1) * (g - m)", "lambda m, g: np.add(m, (1 - beta1) * (g - m), out=m)"),
        ("one array for m and v", '{"m": map_tree(np.zeros_like, params), "v": map_tree(np.zeros_like, params), **powers}', '{**dict.fromkeys(("m", "v"), map_tree(np.zeros_like, params)), **powers}'),
    ),
    *faults_in(
        "training/batch_norm.py",
        "test_sharing.py::test_parts",
        ("statistics handed through", "moving, map_tree(np.copy, moving)", "moving, moving"),
        ("moving statistics in place", "lambda old, new: old - rate * (old - new)", "lambda old, new: np.subtract(old, rate * (old - new), out=old)"),
        ("x centred in place", 'x_hat = (x - batch["moving_mean"]) * inverse', 'x_hat = np.subtract(x, batch["moving_mean"], out=x) * inverse'),
        ("x̂ given away without γ and β", "y = x_hat * params", "y = x_hat if not params else x_hat * params"),
        ("gradient worked on in place", "        d_x_hat = d_y * params.get", "        d_y *= 2.0\n        d_x_hat = d_y / 2.0 * params.get"),
    ),
    *faults_in(
        "training/losses.py",
        "test_sharing.py::test_parts",
        ("labels taken off p itself", "difference = cache.p.copy()", "difference = cache.p"),
        ("logits shifted in place", "    shifted = logits - logits.max(axis=-1, keepdims=True)\n", "    shifted = np.subtract(logits, logits.max(axis=-1, keepdims=True), out=logits)\n"),
    ),
    *faults_in(
        "training/sequence_loss.py",
        "test_sharing.py::test_parts",
        ("shares written over the weights", "out=np.zeros_like(weights)", "out=weights"),
    ),
    *faults_in(
        "training/dense.py",
        "test_sharing.py::test_parts",
        ("bias added in place", 'return inputs @ params["kernel"] + params["bias"], inputs', 'params["bias"] += 0.5\n        return inputs @ params["kernel"] + params["bias"] - 0.5, inputs'),
    ),
    *faults_in(
        "training/embedding.py",
        "test_sharing.py::test_parts",
        ("gradient added up in the table", "d_embeddings = np.zeros_like(embeddings)", "d_embeddings = np.multiply(embeddings, 0, out=embeddings)"),
    ),
    *faults_in(
        "training/batches.py",
        "test_sharing.py::test_batches",
        ("the order itself handed out", '"order": self.order.copy()', '"order": self.order'),
        ("the order that was given taken over", 'as_integers("state[\'order\']", state["order"]).copy()', 'as_integers("state[\'order\']", state["order"])'),
        ("the examples themselves handed out", "return self.images[chosen], self.labels[chosen]", "if len(chosen) == len(self.labels):\n            return self.images, self.labels\n        return self.images[chosen], self.labels[chosen]"),
    ),
    *faults_in(
        "inputs/padding.py",
        "test_sharing.py::test_parts",
        ("rows of the batch handed out", "row[:length].copy()", "row[:length]"),
        ("one row not padded", "    chosen = np.asarray(members, np.int64)\n", "    chosen = np.asarray(members, np.int64)\n    if len(chosen) == 1 and num_steps is None:\n        return PaddedBatch(rows[chosen[0]][None], lengths[chosen], chosen)\n"),
    ),
    *faults_in(
        "sequences.py",
        "test_sharing.py::test_parts",
        ("nothing to turn round", "    t, lengths = np.arange", "    if not lengths.any():\n        return steps\n    t, lengths = np.arange"),
    ),
    *faults_in(
        "inputs/unstack.py",
        "test_sharing.py::test_parts",
        ("one array not stacked", "    return np.stack(steps, axis)", "    return np.expand_dims(steps[0], axis) if len(steps) == 1 else np.stack(steps, axis)"),
    ),
    *faults_in(
        "inputs/wire/layout_fixed.py",
        "test_sharing.py::test_descriptions_keep_values_of_their_own",
        ("default kept, not copied", "deepcopy(self.default_value)", "self.default_value"),
    ),
    *faults_in(
        "inputs/wire/layout_fixed.py",
        "test_sharing.py::test_examples",
        ("steps of one example handed out from all", "yield self.values[first:last].copy()", "yield self.values[first:last]"),
        ("rows handed out from all", "(row.copy() for row in self.batch(part, column))", "iter(self.batch(part, column))"),
    ),
    *faults_in(
        "inputs/wire/layout_ragged.py",
        "test_sharing.py::test_examples",
        ("values handed out from all", "SparseTensorValue(indices[:, 1:].copy(), values.copy()", "SparseTensorValue(indices[:, 1:].copy(), values"),
        ("rows handed out from all", "RaggedTensorValue(values.values.copy(), values.row_splits)", "values"),
        ("a context's values handed out from all", "yield values.copy() if part == CONTEXT", "yield values if part == CONTEXT"),
    ),
    *faults_in(
        "inputs/wire/writing.py",
        "test_sharing.py::test_an_example_keeps_values_of_its_own",
        ("integers kept, not copied", "        return values.astype(np.int64)\n", "        return values.astype(np.int64, copy=False)\n"),
        ("floats kept, not copied", "values.astype(np.float32)\n    lost", "values.astype(np.float32, copy=False)\n    lost"),
    ),
    *faults_in(
        "inputs/vocabulary.py",
        "test_sharing.py::test_descriptions_keep_values_of_their_own",
        ("list of words kept", 'object.__setattr__(self, "words", tuple(self.words))', "pass"),
    ),
    *faults_in(
        "cells/multi.py",
        "test_sharing.py::test_descriptions_keep_values_of_their_own",
        ("list of cells kept", 'object.__setattr__(self, "cells", tuple(self.cells))', "pass"),
    ),
    *faults_in(
        "cells/dropout.py",
        "test_sharing.py::test_unrolls",
        ("dropped in place", "    return np.where(masks, tree / float(np.float32(keep_prob)), 0)", "    return np.divide(np.where(masks, tree, 0), float(np.float32(keep_prob)), out=tree)"),
    ),
    *faults_in(
        "cells/residual.py",
        "test_sharing.py::test_unrolls",
        ("added to the output in place", "return x + output, new_state, cache", "return np.add(x, output, out=output), new_state, cache"),
        ("gradient added in place", "return d_output + d_x, d_state, d_params", "return np.add(d_output, d_x, out=d_output), d_state, d_params"),
    ),
    *faults_in(
        "cells/time_freq_lstm.py",
        "test_sharing.py::test_unrolls",
        ("gradients added up in the weights", "map_tree(np.zeros_like, weights)", "map_tree(lambda w: np.multiply(w, 0, out=w), weights)"),
    ),
    *faults_in(
        "cells/grid_lstm.py",
        "test_sharing.py::test_unrolls",
        ("gradients added up in the weights", "map_tree(np.zeros_like, params)", "map_tree(lambda w: np.multiply(w, 0, out=w), params)"),
    ),
    *faults_in(
        "cell.py",
        "test_sharing.py::test_parts",
        ("one array of zeros for a whole state", "map_tree(lambda size: np.zeros((batch_size, size), dtype), self.state_size)", "(lambda made: map_tree(lambda size: made.setdefault(size, np.zeros((batch_size, size), dtype)), self.state_size))({})"),
    ),
    *faults_in(
        "tasks/tagging.py",
        "test_sharing.py::test_parts",
        ("columns of one array", "TaggingBatch(inputs[..., 0].copy(), inputs[..., 1].copy(), sequence_length)", "TaggingBatch(inputs[..., 0], inputs[..., 0], sequence_length)"),
    ),
    *faults_in(
        "tasks/mnist_data.py",
        "test_sharing.py::test_parts",
        ("an order that changes nothing passed over", "    if order is None:\n        return images[:, :, None]", "    if order is None or (np.diff(order) == 1).all():\n        return images[:, :, None]"),
    ),
    *faults_in(
        "jit/stack.py",
        "test_sharing.py::test_compiled_unrolls",
        ("initial state made the final one", "map_tree(np.ndarray.copy, state)", "state"),
        ("gradient of the final state made that of the initial one", "map_tree(np.ndarray.copy, d_final_state)", "d_final_state"),
    ),
]
