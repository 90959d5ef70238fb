"""TensorFlow's names of variables and scratch's paths: stacks, two directions, and what stands beside them."""

import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from scratch import (
    AdamOptimizer,
    BasicLSTMCell,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
    bidirectional_dynamic_rnn,
    dynamic_rnn,
    params_from_variables,
    slot_variables,
    slots_from_variables,
    variables_below,
    variables_from_params,
)
from scratch.tree import map_tree, named_leaves
from scratch.variables import match_names
from tf_impl.tensorflow import tf, v1

CELLS = [
    BasicLSTMCell(4),
    LSTMCell(3, use_peepholes=True, num_proj=2),
    ResidualWrapper(GRUCell(2)),
    LSTMCell(5, use_peepholes=True),
]


def test_parts_of_a_checkpoint_are_found_by_name():
    variables = {"rnn/kernel": np.ones(3), "rnn/kernel/Adam": np.zeros(3), "batches/order": np.arange(2)}
    variables["batches_seen"] = 1
    found = params_from_variables({"rnn": {"kernel": np.zeros(3)}}, variables)
    assert_parity(found, {"rnn": {"kernel": np.ones(3)}}, limit=0)
    assert list(variables_below("batches", variables)) == ["order"]
    # PyTorch's names.
    state = {"encoder.lstm.weight_ih_l0": np.ones(2), "encoder2.lstm.bias": np.ones(2), "encoder": np.ones(2)}
    assert list(variables_below("encoder", state)) == ["lstm.weight_ih_l0"]
    assert list(variables_below("encoder.lstm", state)) == ["weight_ih_l0"]
    with pytest.raises(ValueError, match="variables has no 'rnn/bias', which params has"):
        params_from_variables({"rnn": {"bias": np.zeros(3)}}, variables)
    with pytest.raises(ValueError, match=r"variables/rnn/kernel must have shape \[4\], but has \[3\]"):
        params_from_variables({"rnn": {"kernel": np.zeros(4)}}, variables)
    with pytest.raises(TypeError, match="variables/rnn/kernel is float64, but the inputs are float32"):
        params_from_variables({"rnn": {"kernel": np.zeros(3, np.float32)}}, variables)


class Program:
    """A TF1 program of its day: a stack in one direction, cells in two, a dense layer, trained by Adam."""

    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            inputs = tf.constant(np.random.default_rng(0).standard_normal((3, 4, 2)))
            self.stack = MultiRNNCell(CELLS)
            stack = v1.nn.rnn_cell.MultiRNNCell([tf_impl.genuine(cell, np.float64) for cell in CELLS])
            outputs, _ = v1.nn.dynamic_rnn(stack, inputs, dtype=np.float64)
            with v1.variable_scope("encoder"):
                both = [tf_impl.genuine(cell, np.float64) for cell in (LSTMCell(4), GRUCell(5))]
                (fw, bw), _ = v1.nn.bidirectional_dynamic_rnn(*both, inputs, dtype=np.float64)
            logits = v1.layers.Dense(2, name="dense")(tf.concat([outputs, fw, bw], 2))
            v1.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(logits**2))
            self.inputs, self.results = inputs, (outputs, fw, bw)
            self.session = v1.Session()
            self.session.run(v1.global_variables_initializer())


@pytest.fixture(scope="module")
def program():
    return Program()


def test_a_checkpoint_of_a_stack_and_of_two_directions_loads_by_name(program, tmp_path):
    """Written by TensorFlow's Saver; the outputs are then those of the program, so each array is in its place."""
    with program.graph.as_default():
        prefix = v1.train.Saver().save(program.session, str(tmp_path / "model"))
    variables = tf_impl.load_checkpoint(prefix)
    assert "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel" in variables
    assert "encoder/bidirectional_rnn/fw/lstm_cell/kernel/Adam" in variables
    rng = np.random.default_rng(0)
    inputs, *expected = program.session.run((program.inputs, *program.results))
    params = params_from_variables(program.stack.init_params(rng, 2, np.float64), variables)
    outputs, _, _ = dynamic_rnn(program.stack, params, inputs)
    cells = LSTMCell(4), GRUCell(5)
    both = {side: cell.init_params(rng, 2, np.float64) for side, cell in zip(("fw", "bw"), cells, strict=True)}
    both = params_from_variables(both, variables)
    (fw, bw), _, _ = bidirectional_dynamic_rnn(*cells, both, inputs)
    assert_parity((outputs, fw, bw), tuple(expected))
    # Those of one scope alone, and the optimiser's slots under the same names.
    below = variables_below("rnn/multi_rnn_cell", variables)
    assert_parity(params_from_variables(params, below), params, limit=0)
    optimizer = AdamOptimizer(0.1)
    slots = slots_from_variables(optimizer, params, variables)
    name = "rnn/multi_rnn_cell/cell_2/gru_cell/candidate/kernel"
    assert (slots["m"]["cell_2"]["candidate"]["kernel"] == variables[f"{name}/Adam"]).all()
    assert (slots["v"]["cell_2"]["candidate"]["kernel"] == variables[f"{name}/Adam_1"]).all()


def test_what_was_trained_here_goes_back_under_tensorflows_names(program):
    variables = tf_impl.session_variables(program.session)
    rng = np.random.default_rng(1)
    params = program.stack.init_params(rng, 2, np.float64)
    named = variables_from_params(params, variables)
    assert list(named) == [name for name in variables if name.startswith("rnn/") and "Adam" not in name]
    assert_parity(params_from_variables(map_tree(np.zeros_like, params), named), params, limit=0)
    # A session takes either: TensorFlow's names, or the paths of scratch.
    slots = slot_variables(AdamOptimizer(0.1), map_tree(lambda leaf: leaf + 1, AdamOptimizer(0.1).init_slots(params)))
    others = {name: array for name, array in variables.items() if not name.startswith("rnn/")}
    tf_impl.restore_session(program.session, {**dict(named_leaves(params)), **slots, **others})
    restored = tf_impl.session_variables(program.session)
    for name, leaf in named.items():
        assert (restored[name] == leaf).all()
        assert (restored[f"{name}/Adam"] == 1).all()
    with pytest.raises(ValueError, match="variables has no 'rnn/multi_rnn_cell/cell_.*', which the session has"):
        tf_impl.restore_session(program.session, others)
    bias = {"bias": np.zeros(3)} | {name: array for name, array in variables.items() if not name.endswith("bias")}
    with pytest.raises(ValueError, match="'bias' of variables would go to .*: name each as the session does"):
        tf_impl.restore_session(program.session, bias)
    tf_impl.restore_session(program.session, variables)


@pytest.mark.parametrize(
    ("paths", "names", "expected"),
    [
        # The path itself, where it is there, and no name that only holds it.
        (["w"], ["old/w", "w"], {"w": ["w"]}),
        (["a/w", "w"], ["a/w", "b/w"], {"a/w": ["a/w"], "w": ["b/w"]}),
        # The longest path of those that may stand for a name.
        (["kernel", "candidate/kernel"], ["x/kernel", "x/candidate/y/kernel"], None),
        # The order of the parts counts, and so does the end.
        (["b/a/w"], ["a/b/w"], {"b/a/w": []}),
        (["w"], ["w/Adam", "x/w_1", "aw"], {"w": []}),
        (["a/w"], ["x/a/w", "y/a/w", "z/w"], {"a/w": ["x/a/w", "y/a/w"]}),
    ],
)
def test_which_names_a_path_stands_for(paths, names, expected):
    expected = expected or {path: [name] for path, name in zip(paths, names, strict=True)}
    assert match_names(paths, names) == expected


def test_refusals_name_the_path_and_the_names():
    params = {"fw": {"kernel": np.zeros(2)}}
    variables = {"a/fw/x/kernel": np.zeros(2), "b/fw/kernel": np.zeros(2), "bw/kernel": np.zeros(2)}
    words = "variables has 2 names for 'fw/kernel', 'a/fw/x/kernel' and 'b/fw/kernel' among them: take those of one"
    for refused in (params_from_variables, variables_from_params):
        with pytest.raises(ValueError, match=words):
            refused(params, variables)
        with pytest.raises(ValueError, match="variables has no 'fw/bias', which params has"):
            refused({"fw": {"bias": np.zeros(2)}}, variables)
    with pytest.raises(ValueError, match=r"variables/b/fw/kernel must have shape \[3\], but has \[2\]"):
        params_from_variables({"b": {"kernel": np.zeros(3)}}, variables)
    with pytest.raises(ValueError, match="variables has no 'fw/kernel/Adam', which AdamOptimizer needs"):
        slots_from_variables(AdamOptimizer(0.1), params, variables)
