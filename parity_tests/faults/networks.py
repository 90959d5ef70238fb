"""Faults in layers, networks and trainers, and in the programs that are written with them."""

from parity_tests.faults.fault import faults_in

PROGRAMS = "test_combinations.py::test_every_program_hands_on_its_engine"

FAULTS = [
    *faults_in(
        "training/network.py",
        "training/test_network.py::test_agrees_with_tensorflow",
        (
            "the first layer differentiated first",
            "in list(self.layers.items())[:0:-1]:",
            "in list(self.layers.items())[1:]:",
        ),
        (
            "moving statistics forgotten",
            "without_nothing({name: kept.moving for name, kept in caches.items()})",
            "{}",
        ),
        (
            "every layer as wide as x",
            "layer.chain_params(rng, shape[-1], dtype)",
            "layer.chain_params(rng, input_size, dtype)",
        ),
    ),
    *faults_in(
        "layer.py",
        "tasks/test_echo.py::test_training_runs_agree_with_tensorflow[part 5]",
        (
            "the state of no layer",
            "self._replace(state=own[0], ",
            "self._replace(state=None, ",
        ),
    ),
    *faults_in(
        "training/network.py",
        "training/test_network.py::test_the_lowest_layer_of_a_step_makes_no_gradient_of_its_input",
        (
            "the lowest layer asked for all",
            "layer.chain_d_params(params.get(name, {}), kept.cache[name], d_x)",
            "layer.chain_backward(params.get(name, {}), kept.cache[name], d_x)[1]",
        ),
    ),
    *faults_in(
        "layer.py",
        "training/test_network.py::test_agrees_with_tensorflow",
        (
            "masks of the network for a layer",
            "masks=own[1], ",
            "",
        ),
    ),
    *faults_in(
        "training/layers.py",
        "training/test_layers.py",
        (
            "the last step of all is read",
            "y = x[np.arange(batch_size), lengths - 1]",
            "y = x[:, -1]",
        ),
        (
            "every output has the gradient of the last",
            "d_x[np.arange(shape[0]), lengths - 1] = np.where(lengths[:, None] > 0, d_y, 0)",
            "d_x[:] = np.where(lengths[:, None] > 0, d_y, 0)[:, None]",
        ),
        (
            "a batch of no steps has no answer",
            "if num_steps else np.zeros_like(x, shape=(batch_size, x.shape[2]))",
            "",
        ),
        (
            "a row of no steps has a last output",
            "np.where(lengths[:, None] > 0, y, 0), Kept",
            "y, Kept",
        ),
        (
            "lengths forgotten by both directions",
            "            given.sequence_length,\n            state[0],",
            "            None,\n            state[0],",
        ),
        (
            "lengths forgotten by the cell",
            "cell, params, x, given.sequence_length, given.state,",
            "cell, params, x, None, given.state,",
        ),
        (
            "directions exchanged",
            "np.concatenate(outputs, axis=2)",
            "np.concatenate(outputs[::-1], axis=2)",
        ),
        (
            "the gradient cut in the middle",
            "np.split(d_y, [self.cell_fw.output_size], axis=2)",
            "np.split(d_y, 2, axis=2)",
        ),
        (
            "what is kept not scaled",
            "np.where(given.masks, x / self.keep_prob, 0)",
            "np.where(given.masks, x, 0)",
        ),
        (
            "the gradient passes where nothing passed",
            "np.where(kept.cache, d_y / self.keep_prob, 0)",
            "d_y / self.keep_prob",
        ),
        (
            "as much dropped as should be kept",
            "rng.random(shape) < self.keep_prob",
            "rng.random(shape) > self.keep_prob",
        ),
    ),
    *faults_in(
        "cells/dropout.py",
        "training/test_layers.py::test_a_cell_without_its_dropout_is_the_cell",
        (
            "a wrapper inside a wrapper kept",
            "return replace(cell, cell=without_dropout(cell.cell))",
            "return cell",
        ),
    ),
    *faults_in(
        "training/losses.py",
        "training/test_trainer.py::test_a_run_agrees_with_tensorflow",
        (
            "the loss's gradient is that of the sum",
            "np.full(cache.labels.shape, 1 / cache.labels.size, cache.p.dtype)",
            "np.ones(cache.labels.shape, cache.p.dtype)",
        ),
        (
            "always the mean over the steps",
            "mask_by_length(labels, sequence_length), self.mean)",
            'mask_by_length(labels, sequence_length), "steps")',
        ),
        (
            "padding counted",
            "if sequence_length is None or logits.ndim < 3:",
            "if True:",
        ),
    ),
    *faults_in(
        "training/clipping.py",
        "training/test_trainer.py::test_a_run_agrees_with_tensorflow",
        (
            "the output layer clipped as well",
            "clip_by_norm(gradients, self.limit, self.skip)",
            "clip_by_norm(gradients, self.limit)",
        ),
        (
            "clipped from above alone",
            "clip_by_value(gradients, -self.limit, self.limit)",
            "clip_by_value(gradients, -np.finfo(np.float32).max, self.limit)",
        ),
    ),
    *faults_in(
        "training/trainer.py",
        "training/test_trainer.py::test_a_run_agrees_with_tensorflow",
        (
            "clipped, and trained on the raw gradients",
            "apply_gradients(self.params, clipped, self.slots)",
            "apply_gradients(self.params, gradients, self.slots)",
        ),
        (
            "the schedule a step ahead",
            "self.schedule(self.global_step)",
            "self.schedule(self.global_step + 1)",
        ),
        (
            "the state not carried",
            "self.state = kept.state if self.carry_state",
            "self.state = None if self.carry_state",
        ),
        (
            "the moving statistics stand still",
            "self.moving, self.global_step = kept.moving, self.global_step + 1",
            "self.global_step += 1",
        ),
        (
            "the accuracy of the labels",
            "(self.y.argmax(axis=-1) == self.labels).mean()",
            "(self.labels == self.labels).mean()",
        ),
    ),
    *faults_in(
        "training/trainer.py",
        "training/test_trainer.py::test_a_run_that_was_saved_goes_on_bit_for_bit",
        (
            "slots not restored",
            "= params, moving, slots, step\n",
            "= params, moving, self.slots, step\n",
        ),
        (
            "weights not restored",
            "= params, moving, slots, step\n",
            "= self.params, moving, slots, step\n",
        ),
        (
            "the count starts anew",
            "= params, moving, slots, step\n",
            "= params, moving, slots, 0\n",
        ),
        (
            "the state not restored",
            'self.state = tree.get("state", self.state)',
            "self.state = self.state",
        ),
    ),
    *faults_in(
        "training/trainer.py",
        PROGRAMS,
        (
            "engine not passed on",
            "self.training, self.engine)",
            "self.training)",
        ),
        (
            "a tape kept for nothing",
            "engine=self.engine, keep_tape=False)",
            "engine=self.engine)",
        ),
        (
            "engine not passed on to what predicts",
            "engine=self.engine, keep_tape=False)",
            "keep_tape=False)",
        ),
    ),
    *faults_in(
        "training/schedules.py",
        "training/test_schedules.py",
        (
            "no staircase",
            "return math.floor(periods) if self.staircase else periods",
            "return periods",
        ),
        (
            "the wave not stopped at its end",
            "min(check_step(step), self.decay_steps) / self.decay_steps",
            "check_step(step) / self.decay_steps",
        ),
        (
            "alpha beside the wave",
            "((1 - self.alpha) * wave + self.alpha)",
            "(wave + self.alpha)",
        ),
        (
            "a boundary belongs to what is after it",
            "sum(step > boundary for",
            "sum(step >= boundary for",
        ),
        (
            "a cycle as if it were the first",
            "max(1, math.ceil(step / steps))",
            "1",
        ),
        (
            "the schedule has gone on during the warm-up",
            "self.schedule(step - self.warmup_steps)",
            "self.schedule(step)",
        ),
        (
            "warmed up from nothing",
            "return start + (self.schedule(0) - start) * step",
            "return (self.schedule(0) - start) * step",
        ),
    ),
    *faults_in(
        "training/dense.py",
        "training/test_dense.py",
        (
            "kernel initialiser ignored",
            "self.kernel_initializer if kernel_initializer is None else kernel_initializer",
            "self.kernel_initializer",
        ),
    ),
    *faults_in(
        "tasks/echo.py",
        "tasks/test_echo.py::test_training_runs_agree_with_tensorflow[part 5]",
        (
            "state not carried from window to window",
            'step.probabilities, self.trainer.state["rnn"]',
            "step.probabilities, state",
        ),
    ),
    *faults_in(
        "tasks/tagging.py",
        "tasks/test_tagging.py::test_the_gradient_of_a_batch_is_that_of_its_parts_weighted_by_their_words",
        (
            "mean over the examples",
            'CrossEntropy("steps")',
            'CrossEntropy("examples")',
        ),
    ),
    *faults_in(
        "tasks/mnist.py",
        "tasks/test_mnist.py::test_training_agrees_with_tensorflow[lee2]",
        (
            "batch normalisation in training mode",
            "    training = False\n",
            "    training = True\n",
        ),
    ),
    *faults_in(
        "options.py",
        "test_options.py::test_fields[DropoutWrapper.input_keep_prob]",
        (
            "more than 1 kept",
            '    if value > 1:\n        raise ValueError(f"{name} must be at most 1',
            '    if value > 2:\n        raise ValueError(f"{name} must be at most 1',
        ),
    ),
]
