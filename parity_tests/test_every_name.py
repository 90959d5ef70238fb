"""Every public name of scratch, every argument of it, every unusual value in its place: right, or refused by name.

What is tried is in ``parity_tests/rows``. Results of the same numbers in other memory are the same; a refusal names the
argument; nothing that was given is changed; and a warning is an error.
"""

import inspect
from collections import Counter

import numpy as np
import pytest

import scratch
from parity_tests.rows import ROWS
from parity_tests.rows.row import GENERATOR, Row, parameters_of
from parity_tests.rows.trial import cases, tries
from parity_tests.test_options import CLASSES

# What functions return, or take as it is: tuples that are made by hand check nothing.
TUPLES = {
    "DropoutMasks",
    "Examples",
    "Given",
    "GradientCheck",
    "Histogram",
    "LSTMState",
    "MnistData",
    "PaddedBatch",
    "PaddingCost",
    "RaggedTensorValue",
    "SparseTensorValue",
}
# Methods that one part of scratch calls of another, and those that say what a thing is.
INNER = {
    *("batch", "blocks", "chain_backward", "chain_forward", "chain_moving", "chain_params", "check_branches"),
    *("check_numbers", "check_step", "check_step_back", "filtered", "initializer", "layers", "mask_sizes", "names"),
    *("of", "open", "output_shape", "param_shapes", "rows", "statistics", "weights", "windows", "count", "index"),
    *(
        "look",
        "d_params",
        "chain_d_params",
        "above_first",
        "write_value",
        "graph",
        "flush",
        "close",
        "write",
        "best_step",
        "start",
        "take",
        "numpy_step",
        "optimizer_now",
    ),
    *("check_names", "check_parts"),
    *("loss_and_gradients", "save", "default", "state", "variables", "serialize"),
}
# Fields that hold classes and functions, which look like methods.
FIELDS = {"dropout_state_filter_visitor", "kernel_initializer", "bias_initializer", "row_splits_dtype"}
# Rows given to a class one by one would say nothing new: they inherit the method.
INHERITED = {"load_mnist"}


@pytest.mark.parametrize("label", ROWS)
def test_a_row(label):
    found = [trial for trial in tries(label, ROWS[label]) if trial.fault]
    assert not found, "\n".join(f"{trial.path}, {trial.unusual}: {trial.fault}" for trial in found)


def test_there_are_many_cases():
    count = sum(len(list(cases(row))) for row in ROWS.values())
    assert count > 30_000


def labelled():
    return {label.partition(" ")[0] for label in ROWS}


def test_every_public_name_has_a_row():
    names = {name.partition(".")[0] for name in labelled()}
    public = {name for name in scratch.__all__ if callable(getattr(scratch, name))}
    assert public - names - TUPLES - INHERITED == set()
    assert names <= public


@pytest.mark.parametrize("name", [name for name in scratch.__all__ if inspect.isclass(getattr(scratch, name))])
def test_every_public_method_has_a_row(name):
    kind = getattr(scratch, name)
    methods = {method for method, value in inspect.getmembers(kind, callable) if not method.startswith("_")}
    rows = {label.removeprefix(f"{name}.") for label in labelled() if label.startswith(f"{name}.")}
    assert methods - rows - INNER - FIELDS == set() or name in TUPLES


@pytest.mark.parametrize("name", sorted(labelled()))
def test_every_parameter_is_in_a_row(name):
    given = {argument for label, row in ROWS.items() if label.partition(" ")[0] == name for argument in row.arguments}
    # Fields that are None where they are not given are in the tables of test_options.
    kinds = {kind.__name__: {*options, *others} for kind, _, options, others in CLASSES}
    assert parameters_of(name).keys() - given - kinds.get(name, set()) == set()


def faults_of(function, **arguments):
    row = Row(function, arguments)
    parameters_of.cache_clear()
    return Counter(trial.fault.partition(":")[0] for trial in tries("zeros", row) if trial.fault)


def test_the_trial_tells_what_is_wrong():
    def takes_all(values):
        return 0

    def refuses_without_a_name(values):
        if type(values) is not np.ndarray or values.shape != (2, 3):
            raise ValueError("no")
        return values.sum()

    def changes(values):
        if isinstance(values, np.ndarray) and values.flags.writeable:
            values += 1
        return 0

    def looks_at_the_memory(values):
        return values.strides

    def warns(values):
        return np.sqrt(-np.abs(values))

    values = np.ones((2, 3))
    assert faults_of(takes_all, values=values)["taken"] > 10
    assert faults_of(refuses_without_a_name, values=values)["the argument is not named"] > 10
    assert faults_of(changes, values=values)["an argument is changed"] > 2
    assert faults_of(looks_at_the_memory, values=values)["another result"] > 1
    assert faults_of(warns, values=values)["the row's own call fails"] == 1
    assert faults_of(lambda rng: None, rng=GENERATOR)["taken"] > 5
