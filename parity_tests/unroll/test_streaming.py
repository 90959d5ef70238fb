import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import (
    ATTENTION_CELLS,
    COUPLED_LSTM_CELLS,
    FULL_LSTM_CELLS,
    GRU_CELLS,
    LSTM_CELLS,
    MIXED_CELLS,
    MULTI_CELLS,
    RESIDUAL_CELLS,
    RNN_CELLS,
)
from parity_tests.harness import Case, assert_parity
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    DropoutWrapper,
    GRUCell,
    LSTMBlockCell,
    LSTMState,
    MultiRNNCell,
    ResidualWrapper,
    Stream,
    dynamic_rnn,
)
from scratch.jit.walk.forward import walk_forward
from scratch.tree import map_tree, named_leaves

# A wrapper that drops nothing is no dropout.
NOTHING_DROPPED = MultiRNNCell([DropoutWrapper(BasicLSTMCell(4)), ResidualWrapper(DropoutWrapper(GRUCell(4)))])
COVERED = [
    RNN_CELLS[1],
    LSTM_CELLS[2],
    FULL_LSTM_CELLS[4],
    FULL_LSTM_CELLS[5],
    GRU_CELLS[0],
    GRU_CELLS[2],
    COUPLED_LSTM_CELLS[2],
    MULTI_CELLS[2],
    *MIXED_CELLS,
    *RESIDUAL_CELLS,
    NOTHING_DROPPED,
]
UNCOVERED = [ATTENTION_CELLS[1], ATTENTION_CELLS[4]]
ENGINES_OF = [(cell, ("numpy", "numba")) for cell in COVERED] + [(cell, ("numpy",)) for cell in UNCOVERED]


def run_stream(stream, problem):
    """Return the outputs [B, T, output_size] and, after every step, the state."""
    outputs, states = [], []
    for x in problem.inputs.swapaxes(0, 1):
        outputs.append(stream.step(x))
        states.append(stream.state)
    return np.stack(outputs, axis=1), tuple(states)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("cell", "engines"), ENGINES_OF, ids=str)
def test_agrees_with_tensorflow_and_with_the_whole_sequence(cell, engines, dtype):
    case = Case(cell)
    problem = case.draw(dtype)
    expected = run_stream(tf_impl.Stream(cell, problem.params, problem.initial_state), problem)
    for engine in engines:
        stream = Stream(cell, problem.params, problem.initial_state, engine)
        outputs, states = run_stream(stream, problem)
        assert_parity((outputs, states), expected)
        whole = dynamic_rnn(cell, problem.params, problem.inputs, None, problem.initial_state, engine=engine)
        assert_parity((outputs, states[-1]), tuple(whole[:2]), limit=0)


def first_row(problem):
    """Return the problem of its first row alone."""
    state = map_tree(lambda leaf: leaf[:1].copy(), problem.initial_state)
    return problem._replace(inputs=problem.inputs[:1].copy(), initial_state=state)


@pytest.mark.parametrize("rows", [lambda problem: problem, first_row], ids=["some rows", "one row"])
@pytest.mark.parametrize(("cell", "engines"), ENGINES_OF, ids=str)
def test_steps_at_once(cell, engines, rows):
    problem = rows(Case(cell).draw(np.float64))
    for engine in engines:
        alone = Stream(cell, problem.params, problem.initial_state, engine)
        stream = Stream(cell, problem.params, problem.initial_state, engine)
        expected, states = run_stream(alone, problem)
        # None, one, some, in any layout, and on from there one by one.
        given = problem.inputs, np.asfortranarray(problem.inputs)
        ends = enumerate([(0, 0), (0, 1), (1, 4)])
        found = [stream.run(given[part % 2][:, first:last]) for part, (first, last) in ends]
        assert_parity((np.concatenate(found, axis=1), stream.state), (expected[:, :4], states[3]), limit=0)
        assert_parity(stream.step(problem.inputs[:, 4]), expected[:, 4], limit=0)
        # Another sequence: nothing is left of the first, and the state that is given is not kept.
        given = map_tree(np.copy, problem.initial_state)
        assert_parity(stream.run(problem.inputs[:, :0], given), expected[:, :0], limit=0)
        spoil(given)
        assert_parity(stream.run(problem.inputs[:, :4]), expected[:, :4], limit=0)
        outputs = stream.run(problem.inputs, problem.initial_state)
        assert_parity((outputs, stream.state), (expected, states[-1]), limit=0)
        with pytest.raises(ValueError, match="inputs must have shape"):
            stream.run(np.zeros((7, 2, problem.inputs.shape[2])))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda stream: pickle.loads(pickle.dumps(stream))])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_copied_stream_goes_on_by_itself(engine, again):
    case = Case(MultiRNNCell([BasicLSTMCell(4), ResidualWrapper(GRUCell(4))]))
    problem = case.draw(np.float64)
    stream = Stream(case.cell, problem.params, initial_state=problem.initial_state, engine=engine)
    stream.step(problem.inputs[:, 0])
    copied = again(stream)
    expected = stream.step(problem.inputs[:, 1]), stream.state
    assert_parity((copied.step(problem.inputs[:, 1]), copied.state), expected, limit=0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_fused_cell_streams_as_well(engine):
    """TensorFlow has it as an operation only; with these options it is an LSTMCell that it has as a cell."""
    case = Case(LSTMBlockCell(4, use_peepholes=True, forget_bias=0.3))
    problem = case.draw(np.float64)
    actual = run_stream(Stream(case.cell, problem.params, problem.initial_state, engine), problem)
    cell = scratch.LSTMCell(4, use_peepholes=True, forget_bias=0.3)
    assert_parity(actual, run_stream(tf_impl.Stream(cell, problem.params, problem.initial_state), problem))


@pytest.mark.parametrize("cell", [MULTI_CELLS[2], *MIXED_CELLS], ids=str)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_it_starts_from_zeros_or_goes_on_where_dynamic_rnn_ended(cell, engine):
    problem = Case(cell).draw(np.float64)._replace(initial_state=None)
    arguments = cell, problem.params, problem.inputs
    expected = tuple(dynamic_rnn(*arguments, engine=engine)[:2])
    stream = Stream(cell, problem.params, engine=engine)
    assert stream.state is None
    outputs, states = run_stream(stream, problem)
    assert_parity((outputs, states[-1]), expected, limit=0)
    assert_parity(outputs, run_stream(tf_impl.Stream(cell, problem.params), problem)[0])

    start, state, _ = dynamic_rnn(*arguments[:2], problem.inputs[:, :4], engine=engine)
    rest, states = run_stream(
        Stream(cell, problem.params, state, engine), problem._replace(inputs=problem.inputs[:, 4:])
    )
    assert_parity((np.concatenate([start, rest], axis=1), states[-1]), expected, limit=0)


@pytest.mark.parametrize("cell", COVERED, ids=str)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_what_goes_in_and_what_comes_out_is_the_callers(cell, engine):
    """Nothing given is written to; what is written into it after its use, or into results, changes no later step."""
    problem = Case(cell).draw(np.float64)
    before = map_tree(np.copy, problem)
    expected, _ = run_stream(Stream(cell, problem.params, problem.initial_state, engine), problem)
    assert_parity(problem, before, limit=0)
    given = map_tree(np.copy, problem.initial_state)
    stream = Stream(cell, problem.params, given, engine)
    spoil(given)
    kept = []
    for t, x in enumerate(problem.inputs.swapaxes(0, 1)):
        x = x.copy()
        output = stream.step(x)
        assert_parity(output, expected[:, t], limit=0)
        kept.append((output, output.copy()))
        spoil((x, stream.state))
        if t % 2:
            spoil(output)
    # No later step has written into the outputs that were left as they were.
    for output, before in kept[::2]:
        assert_parity(output, before, limit=0)


def spoil(tree):
    for _, array in named_leaves(tree):
        array[...] = np.nan


# A small network has a kernel of its own.
@pytest.mark.parametrize("cell", [BasicLSTMCell(4), RNN_CELLS[0]], ids=str)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_any_memory_layout_gives_the_same_bits_and_compiles_nothing_anew(engine, cell):
    problem = Case(cell).draw(np.float64)
    expected = run_stream(Stream(cell, problem.params, problem.initial_state, engine), problem)
    # Uncompiled, a kernel is a function and has none.
    compiled = list(getattr(walk_forward, "signatures", []))
    for layout in (np.asfortranarray, read_only):
        params, state = map_tree(layout, problem.params), map_tree(layout, problem.initial_state)
        stream = Stream(cell, params, state, engine)
        outputs = [stream.step(layout(x)) for x in problem.inputs.swapaxes(0, 1)]
        assert_parity((np.stack(outputs, axis=1), stream.state), (expected[0], expected[1][-1]), limit=0)
    assert list(getattr(walk_forward, "signatures", [])) == compiled


@pytest.mark.parametrize("cell", [BasicLSTMCell(4), MIXED_CELLS[0], RESIDUAL_CELLS[0]], ids=str)
def test_what_is_too_wide_for_the_small_kernel_streams_alike(cell, monkeypatch):
    """Narrow cells, without the small kernel, in whatever layout x comes; states are not changed once handed out."""
    monkeypatch.setattr("scratch.jit.stream.plan_of", lambda *arguments: None)
    problem = Case(cell).draw(np.float64)
    expected = run_stream(Stream(cell, problem.params, problem.initial_state, "numpy"), problem)
    stream = Stream(cell, problem.params, problem.initial_state, "numba")
    outputs, given, before = [], [], []
    for x in problem.inputs.swapaxes(0, 1):
        outputs.append(stream.step(np.asfortranarray(x)))
        if len(outputs) == 1:
            compiled = list(getattr(walk_forward, "signatures", []))
        given.append(stream.running.state)
        before.append(map_tree(np.copy, given[-1]))
    assert_parity((np.stack(outputs, axis=1), stream.state), (expected[0], expected[1][-1]))
    assert_parity(tuple(given), tuple(before), limit=0)
    assert list(getattr(walk_forward, "signatures", [])) == compiled


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("cell", [BasicLSTMCell(4), *MIXED_CELLS], ids=str)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_an_empty_batch_has_empty_results(cell, engine):
    stream = Stream(cell, cell.init_params(np.random.default_rng(0), 3, np.float64), engine=engine)
    for _ in range(2):
        assert stream.step(np.zeros((0, 3))).shape == (0, 4)
    for _, leaf in named_leaves(stream.state):
        assert leaf.shape[0] == 0


@dataclass(frozen=True)
class OwnCell(BasicLSTMCell):
    """A cell of a user's own, which no kernel can know, whatever it inherits."""


def test_what_does_not_fit_the_cell_is_refused_before_the_first_step():
    cell = BasicLSTMCell(4)
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is str"):
        Stream("lstm", {})
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'cuda'"):
        Stream(cell, {}, engine="cuda")
    for kept in ({"input_keep_prob": 0.5}, {"output_keep_prob": 0.5}, {"state_keep_prob": 0.5}):
        dropping = DropoutWrapper(cell, **kept)
        for unfit in (dropping, MultiRNNCell([cell, dropping]), ResidualWrapper(dropping)):
            for engine in ("numpy", "numba"):
                with pytest.raises(ValueError, match="Stream runs a cell without dropout: give it the cell that is in"):
                    Stream(unfit, {}, engine=engine)
    attending = AttentionCellWrapper(MultiRNNCell([cell]), 2)
    for unfit in (attending, MultiRNNCell([cell, OwnCell(4)]), ResidualWrapper(OwnCell(4))):
        with pytest.raises(ValueError, match="engine 'numba' runs BasicRNNCell, .* but not (OwnCell|Attention)"):
            Stream(unfit, {}, engine="numba")


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_refusals(engine):
    cell, x = BasicLSTMCell(4), np.zeros((5, 3))
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)

    def first_step(x=x, params=params, **options):
        return Stream(cell, params, engine=engine, **options).step(x)

    with pytest.raises(TypeError, match="x must be a NumPy array of shape \\[B, D\\], but is list"):
        first_step(x.tolist())
    with pytest.raises(ValueError, match="x must have shape \\[B, D\\], but has \\[3\\]"):
        first_step(x[0])
    with pytest.raises(TypeError, match="x must be float32 or float64, but is int64"):
        first_step(x.astype(np.int64))
    with pytest.raises(ValueError, match="inputs must have at least one feature, but their last axis is empty"):
        first_step(x[:, :0])
    with pytest.raises(ValueError, match="params/kernel must have shape \\[6, 16\\], but has \\[7, 16\\]"):
        first_step(x[:, :2])
    with pytest.raises(TypeError, match="params/kernel is float64, but the inputs are float32"):
        first_step(x.astype(np.float32))
    with pytest.raises(TypeError, match="params must be a dict, as cell.init_params returns it, but is list"):
        first_step(params=[])
    with pytest.raises(TypeError, match="initial_state must be LSTMState\\(c, h\\), but is list"):
        first_step(initial_state=[x, x])
    with pytest.raises(TypeError, match="initial_state.h must be a NumPy array of shape \\[5, 4\\], but is float"):
        first_step(initial_state=LSTMState(np.zeros((5, 4)), 0.0))
    with pytest.raises(ValueError, match="initial_state.c must have shape \\[5, 4\\], but has \\[1, 4\\]"):
        first_step(initial_state=cell.zero_state(1, np.float64))
    with pytest.raises(TypeError, match="initial_state.c is float32, but the inputs are float64"):
        first_step(initial_state=cell.zero_state(5))

    stream, untouched = Stream(cell, params, engine=engine), Stream(cell, params, engine=engine)
    rng = np.random.default_rng(0)
    for _ in range(2):
        x = rng.standard_normal(x.shape)
        assert_parity(stream.step(x), untouched.step(x), limit=0)
        with pytest.raises(ValueError, match="x must have shape \\[5, 3\\], but has \\[1, 3\\]"):
            stream.step(x[:1])
        with pytest.raises(ValueError, match="x must have shape \\[5, 3\\], but has \\[5, 2\\]"):
            stream.step(x[:, :2])
        with pytest.raises(TypeError, match="x is float32, but the inputs are float64"):
            stream.step(x.astype(np.float32))
    # A step that was refused has not happened.
    assert_parity(stream.state, untouched.state, limit=0)


def test_the_compiled_engine_refuses_complex_numbers():
    cell = BasicLSTMCell(4)
    params = map_tree(lambda leaf: leaf.astype(complex), cell.init_params(np.random.default_rng(0), 3, np.float64))
    with pytest.raises(TypeError, match="engine 'numba' computes in float32 and float64, but x is complex128"):
        Stream(cell, params, engine="numba").step(np.zeros((5, 3), complex))
