from typing import NamedTuple

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import (
    BLOCK_CELLS,
    CELLS,
    DROPOUT_CELLS,
    FULL_LSTM_CELLS,
    JIT_CELLS,
    LENGTHS,
    MIXED_CELLS,
    MULTI_CELLS,
    RNN_CELLS,
    VARIATIONAL_CELLS,
)
from parity_tests.harness import Case, Problem, Results, assert_parity
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    DropoutWrapper,
    GRUCell,
    MultiRNNCell,
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    bidirectional_params,
    dynamic_rnn,
    dynamic_rnn_backward,
    static_bidirectional_rnn,
    static_bidirectional_rnn_backward,
)
from scratch.tree import map_tree, named_leaves


class Pair(NamedTuple):
    """One problem for two cells: a case for each direction, with the same lengths."""

    fw: Case
    bw: Case

    def __str__(self):
        return f"{self.fw}|{self.bw.cell!r}".replace(" ", "")

    def draw(self, dtype):
        """Return the ``Problem``: the first case's inputs, and all else as pairs."""
        fw, bw = self.fw.draw(dtype), self.bw.draw(dtype)
        pairs = {field: (getattr(fw, field), getattr(bw, field)) for field in Problem._fields}
        return Problem(**pairs)._replace(params={"fw": fw.params, "bw": bw.params}, inputs=fw.inputs)


def pairs(cells, lengths):
    """Return a pair for each cell, with the third after it as its companion, so that each is once fw and once bw."""
    companions = cells[3:] + cells[:3]
    return [Pair(Case(fw, lengths), Case(bw, lengths)) for fw, bw in zip(cells, companions, strict=True)]


PLAIN = [cell for cell in CELLS if cell not in VARIATIONAL_CELLS]
# Each cell in one direction with TensorFlow, the patterns of lengths in turn: its graphs take about a second each.
EVERY_CELL = [
    Pair(Case(fw, LENGTHS[number % 3]), Case(bw, LENGTHS[number % 3]))
    for number, (fw, bw) in enumerate(zip(CELLS[::2], CELLS[-1::-2], strict=True))
]
# In float32 those whose lengths hold 0, 1 and T, as elsewhere.
FEW = [(pair, np.float64) for lengths in LENGTHS for pair in pairs(JIT_CELLS, lengths)[1::5]]
FEW += [(pair, np.float32) for pair, _ in FEW if pair.fw.sequence_length == LENGTHS[1]]
# Short, because a static graph has a copy of both cells for every step, and TensorFlow takes seconds over each.
# The outputs of fw and bw differ in width.
SHORT = [
    Pair(Case(RNN_CELLS[1], None, num_steps=3), Case(MULTI_CELLS[2], None, num_steps=3)),
    Pair(Case(MIXED_CELLS[0], (2, 0, 3, 1, 1), num_steps=3), Case(FULL_LSTM_CELLS[3], (2, 0, 3, 1, 1), num_steps=3)),
    Pair(Case(MULTI_CELLS[0], (1, 2, 0, 1, 1), num_steps=3), Case(RNN_CELLS[0], (1, 2, 0, 1, 1), num_steps=3)),
]


def options_of(problem):
    """Return the pair of masks as an argument, where a cell takes any."""
    masks = tuple(masks if any(named_leaves(masks)) else None for masks in problem.masks)
    return {} if masks == (None, None) else {"masks": masks}


def run(backend, pair, problem, time_major=False, **options):
    """Return the ``Results``, batch-major, of ``bidirectional_dynamic_rnn`` and its backward pass in ``backend``."""

    def layout(tree):
        return map_tree(lambda array: np.ascontiguousarray(array.swapaxes(0, 1)) if time_major else array, tree)

    states = problem.initial_state
    outputs, final_states, tape = backend.bidirectional_dynamic_rnn(
        pair.fw.cell,
        pair.bw.cell,
        problem.params,
        layout(problem.inputs),
        pair.fw.sequence_length,
        states[0],
        states[1],
        time_major=time_major,
        **options_of(problem),
        **options,
    )
    d_inputs, d_initial_states, d_params = backend.bidirectional_dynamic_rnn_backward(
        tape, layout(problem.d_outputs), problem.d_final_state
    )
    return Results(layout(outputs), final_states, layout(d_inputs), d_initial_states, d_params)


def run_static(backend, pair, problem):
    """Return the same ``Results`` from ``static_bidirectional_rnn``, its outputs taken apart."""
    outputs, state_fw, state_bw, tape = backend.static_bidirectional_rnn(
        pair.fw.cell,
        pair.bw.cell,
        problem.params,
        list(problem.inputs.swapaxes(0, 1)),
        *problem.initial_state,
        pair.fw.sequence_length,
        **options_of(problem),
    )
    d_outputs = list(np.concatenate(problem.d_outputs, axis=2).swapaxes(0, 1))
    d_inputs, d_initial_states, d_params = backend.static_bidirectional_rnn_backward(
        tape, d_outputs, problem.d_final_state
    )
    width = pair.fw.cell.output_size
    outputs = np.stack(outputs, 1)[..., :width], np.stack(outputs, 1)[..., width:]
    return Results(outputs, (state_fw, state_bw), np.stack(d_inputs, 1), d_initial_states, d_params)


def assert_padding_is_zero(pair, results):
    """Fail unless both outputs and the input gradients are exactly 0 past the end of every row."""
    for row, length in enumerate(pair.fw.sequence_length or ()):
        for array in (*results.outputs, results.d_inputs):
            assert (array[row, length:] == 0).all(), f"row {row} past {length}"


@pytest.mark.parametrize("pair", EVERY_CELL, ids=str)
def test_agrees_with_tensorflow(pair):
    problem = pair.draw(np.float64)
    actual = run(scratch, pair, problem)
    assert_parity(actual, run(tf_impl, pair, problem))
    assert_padding_is_zero(pair, actual)


@pytest.mark.parametrize(("pair", "dtype"), FEW, ids=str)
def test_every_engine_agrees_with_tensorflow_in_both_layouts(pair, dtype):
    problem = pair.draw(dtype)
    expected = run(tf_impl, pair, problem, time_major=True)
    for engine in ("numpy", "numba"):
        for time_major in (False, True):
            actual = run(scratch, pair, problem, time_major, engine=engine)
            assert_parity(actual, expected)
            assert_padding_is_zero(pair, actual)


@pytest.mark.parametrize("pair", SHORT, ids=str)
def test_static_agrees_with_tensorflow(pair):
    problem = pair.draw(np.float64)
    actual = run_static(scratch, pair, problem)
    assert_parity(actual, run_static(tf_impl, pair, problem))
    assert_padding_is_zero(pair, actual)


@pytest.mark.parametrize("pair", [p for lengths in LENGTHS for p in pairs(CELLS + DROPOUT_CELLS, lengths)], ids=str)
def test_static_and_time_major_are_the_same_numbers(pair):
    problem = pair.draw(np.float64)
    actual = run(scratch, pair, problem)
    assert_parity(run_static(scratch, pair, problem), actual, limit=0)
    assert_parity(run(scratch, pair, problem, time_major=True), actual, limit=0)


@pytest.mark.parametrize("pair", pairs(DROPOUT_CELLS + VARIATIONAL_CELLS[:1], None)[::3], ids=str)
def test_dropout_agrees_with_tensorflow_given_the_same_masks(pair):
    problem = pair.draw(np.float64)
    assert_parity(run_static(scratch, pair, problem), run_static(tf_impl, pair, problem))


def each_row_alone(pair, problem, engine):
    """Return the ``Results`` of running each row by itself, once as it is and once from its end, put together again."""
    rows = []
    for row, length in enumerate(pair.fw.sequence_length):
        own = slice(row, row + 1)
        both, d_inputs = [], 0
        for side, case in enumerate(pair):
            order = slice(None, None, -1 if side else None)
            part = [problem.initial_state, problem.d_final_state]
            state, d_state = (map_tree(lambda leaf, own=own: leaf[own], tree[side]) for tree in part)
            params, d_outputs = problem.params[("fw", "bw")[side]], problem.d_outputs[side]
            if length == 0:
                both.append((0 * d_outputs[own], state, d_state, map_tree(np.zeros_like, params)))
                d_inputs = d_inputs + 0 * problem.inputs[own]
                continue
            outputs, final_state, tape = dynamic_rnn(
                case.cell, params, problem.inputs[own, :length][:, order], initial_state=state, engine=engine
            )
            d_x, d_initial_state, d_params = dynamic_rnn_backward(tape, d_outputs[own, :length][:, order], d_state)
            padding = [(0, 0), (0, case.num_steps - length), (0, 0)]
            both.append((np.pad(outputs[:, order], padding), final_state, d_initial_state, d_params))
            d_inputs = d_inputs + np.pad(d_x[:, order], padding)
        outputs, final_states, d_initial_states, d_params = zip(*both, strict=True)
        d_params = dict(zip(("fw", "bw"), d_params, strict=True))
        rows.append(Results(outputs, final_states, d_inputs, d_initial_states, d_params))
    joined = map_tree(lambda *leaves: np.concatenate(leaves), *(tuple(row[:4]) for row in rows))
    return Results(*joined, map_tree(lambda *leaves: sum(leaves), *(row.d_params for row in rows)))


@pytest.mark.parametrize(
    ("pair", "engine"),
    [(pair, "numpy") for pair in pairs(PLAIN + BLOCK_CELLS, LENGTHS[1])]
    + [(pair, "numba") for pair in pairs(JIT_CELLS, LENGTHS[1])],
    ids=str,
)
def test_a_padded_batch_is_its_rows_run_alone_from_both_ends(pair, engine):
    problem = pair.draw(np.float64)
    assert_parity(run(scratch, pair, problem, engine=engine), each_row_alone(pair, problem, engine))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("pair", pairs(JIT_CELLS, LENGTHS[1])[::2], ids=str)
def test_padding_and_the_state_of_an_empty_row_are_never_looked_at(pair, engine):
    problem = pair.draw(np.float64)
    inputs, states = problem.inputs.copy(), map_tree(np.copy, problem.initial_state)
    for row, length in enumerate(LENGTHS[1]):
        inputs[row, length:] = np.nan
    for _, leaf in named_leaves(states):
        leaf[1] = np.nan
    actual = run(scratch, pair, problem._replace(inputs=inputs, initial_state=states), engine=engine)
    expected = run(scratch, pair, problem, engine=engine)
    assert_parity((actual.outputs, *actual[2:]), (expected.outputs, *expected[2:]), limit=0)
    for _, leaf in named_leaves(actual.final_state):
        assert np.isnan(leaf[1]).all()
    # The gradient of a state that was handed through is handed through, to the last bit.
    given = map_tree(lambda leaf: leaf[1], problem.d_final_state)
    assert_parity(map_tree(lambda leaf: leaf[1], actual.d_initial_state), given, limit=0)


def test_the_backward_direction_starts_at_each_rows_own_last_step():
    pair = pairs(JIT_CELLS, LENGTHS[1])[2]
    problem = pair.draw(np.float64)
    inputs = problem.inputs.copy()
    for row, length in enumerate(LENGTHS[1]):
        inputs[row, : max(length - 1, 0)] += 1
    (fw, bw), (changed_fw, changed_bw) = (
        run(scratch, pair, problem._replace(inputs=x)).outputs for x in (problem.inputs, inputs)
    )
    for row, length in enumerate(LENGTHS[1]):
        if length > 1:
            # At its last step, fw has seen all of the row and bw nothing else of it.
            assert (changed_bw[row, length - 1] == bw[row, length - 1]).all()
            assert (changed_fw[row, length - 1] != fw[row, length - 1]).any()
            assert (changed_bw[row, 0] != bw[row, 0]).any()


@pytest.mark.parametrize("missing", ["neither", "fw", "bw"])
def test_states_not_given_are_zeros(missing):
    pair = Pair(Case(BasicLSTMCell(4), LENGTHS[1]), Case(GRUCell(2), LENGTHS[1]))
    problem = pair.draw(np.float64)
    keep = {"neither": (0, 0), "fw": (0, 1), "bw": (1, 0)}[missing]
    zeros = tuple(map_tree(lambda leaf, k=k: k * leaf, s) for k, s in zip(keep, problem.initial_state, strict=True))
    nones = tuple(s if k else None for k, s in zip(keep, problem.initial_state, strict=True))
    actual = run(scratch, pair, problem._replace(initial_state=nones))
    assert_parity(actual, run(scratch, pair, problem._replace(initial_state=zeros)), limit=0)
    assert_parity(actual, run(tf_impl, pair, problem._replace(initial_state=nones)))
    assert_parity(run_static(scratch, pair, problem._replace(initial_state=nones)), actual, limit=0)


def test_gradients_not_given_are_zeros():
    pair = pairs(JIT_CELLS, LENGTHS[1])[2]
    problem = pair.draw(np.float64)
    zeros = map_tree(np.zeros_like, (problem.d_outputs, problem.d_final_state))
    outputs, states = problem.d_outputs, problem.d_final_state
    arguments = pair.fw.cell, pair.bw.cell, problem.params
    _, _, tape = bidirectional_dynamic_rnn(*arguments, problem.inputs, LENGTHS[1], *problem.initial_state)
    for given, meant in [
        ((outputs, None), (outputs, zeros[1])),
        ((None, states), (zeros[0], states)),
        (((outputs[0], None), (None, states[1])), ((outputs[0], zeros[0][1]), (zeros[1][0], states[1]))),
        (((None, outputs[1]), (states[0], None)), ((zeros[0][0], outputs[1]), (states[0], zeros[1][1]))),
    ]:
        actual = bidirectional_dynamic_rnn_backward(tape, *given)
        assert_parity(actual, bidirectional_dynamic_rnn_backward(tape, *meant), limit=0)
    steps = list(problem.inputs.swapaxes(0, 1))
    *_, tape = static_bidirectional_rnn(*arguments, steps, *problem.initial_state, LENGTHS[1])
    d_inputs, *others = static_bidirectional_rnn_backward(tape, None, states)
    expected = run_static(scratch, pair, problem._replace(d_outputs=zeros[0]))
    assert_parity((np.stack(d_inputs, 1), *others), tuple(expected[2:]), limit=0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("lengths", LENGTHS[:2], ids=str)
def test_arguments_and_results_are_safe_from_one_another(lengths, engine):
    pair = pairs(JIT_CELLS, lengths)[2]
    problem = pair.draw(np.float64)
    before = map_tree(np.copy, problem)
    expected = run(scratch, pair, problem, engine=engine)
    run_static(scratch, pair, problem)
    assert_parity(problem, before, limit=0)
    outputs, final_states, tape = bidirectional_dynamic_rnn(
        pair.fw.cell, pair.bw.cell, problem.params, problem.inputs, lengths, *problem.initial_state, engine=engine
    )
    for _, array in named_leaves((outputs, final_states)):
        array[...] = np.nan
    actual = bidirectional_dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state)
    assert_parity(actual, tuple(expected[2:]), limit=0)


def test_params_are_drawn_by_both_cells_in_turn():
    fw, bw = BasicLSTMCell(4), GRUCell(2)
    params = bidirectional_params(np.random.default_rng(1), fw, bw, 3, np.float64)
    rng = np.random.default_rng(1)
    expected = {"fw": fw.init_params(rng, 3, np.float64), "bw": bw.init_params(rng, 3, np.float64)}
    assert_parity(params, expected, limit=0)
    with pytest.raises(TypeError, match="cell_bw must be a cell such as BasicLSTMCell\\(128\\), but is int"):
        bidirectional_params(rng, fw, 2, 3)


def test_refusals():
    fw, bw, x = BasicLSTMCell(4), BasicRNNCell(2), np.zeros((5, 6, 3))
    params = bidirectional_params(np.random.default_rng(0), fw, bw, 3, np.float64)

    def call(inputs=x, cell_fw=fw, cell_bw=bw, params=params, **options):
        return bidirectional_dynamic_rnn(cell_fw, cell_bw, params, inputs, **options)

    with pytest.raises(ValueError, match="sequence_length\\[3\\] is 7, but inputs have only 6 time steps"):
        call(sequence_length=[1, 2, 3, 7, 5])
    with pytest.raises(ValueError, match="sequence_length\\[1\\] is -1, but a length cannot be negative"):
        call(sequence_length=[1, -1, 3, 4, 5])
    with pytest.raises(TypeError, match="sequence_length must be integers, but its dtype is float64"):
        call(sequence_length=[1, 2.5, 3, 4, 5])
    with pytest.raises(ValueError, match="sequence_length must have shape \\[5\\], .* but has \\[4\\]"):
        call(sequence_length=[1, 2, 3, 4])
    with pytest.raises(TypeError, match="inputs must be a NumPy array of shape \\[B, T, D\\], but is list"):
        call(inputs=x.tolist())
    with pytest.raises(TypeError, match="inputs must be a NumPy array of shape \\[T, B, D\\], but is list"):
        call(inputs=x.tolist(), time_major=True)
    for empty in (x[:, :0], x[:, :, :0]):
        with pytest.raises(ValueError, match="inputs must have at least one time step and one feature"):
            call(inputs=empty)
    with pytest.raises(ValueError, match="time_major must be one of False, True, but is 'yes'"):
        call(time_major="yes")
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'cuda'"):
        call(engine="cuda")
    attending = AttentionCellWrapper(MultiRNNCell([GRUCell(2)]), 2)
    with pytest.raises(ValueError, match="engine 'numba' runs .* but not AttentionCellWrapper of MultiRNNCell"):
        call(
            cell_bw=attending,
            params=bidirectional_params(np.random.default_rng(0), fw, attending, 3, np.float64),
            engine="numba",
        )
    with pytest.raises(TypeError, match="cell_fw must be a cell such as BasicLSTMCell\\(128\\), but is str"):
        call(cell_fw="lstm")
    with pytest.raises(ValueError, match="params has no 'bw'; it needs 'fw', 'bw'"):
        call(params={"fw": params["fw"]})
    with pytest.raises(ValueError, match="params/bw/kernel must have shape \\[5, 2\\], but has \\[7, 16\\]"):
        call(params={"fw": params["fw"], "bw": params["fw"]})
    with pytest.raises(ValueError, match="params/bw/kernel is the same array as params/fw/kernel"):
        call(cell_bw=fw, params={"fw": params["fw"], "bw": params["fw"]})
    with pytest.raises(TypeError, match="params/fw/kernel is float64, but the inputs are float32"):
        call(inputs=x.astype(np.float32))
    with pytest.raises(ValueError, match="initial_state_bw must have shape \\[5, 2\\], but has \\[5, 4\\]"):
        call(initial_state_bw=np.zeros((5, 4)))
    with pytest.raises(TypeError, match="initial_state_fw must be LSTMState\\(c, h\\), but is ndarray"):
        call(initial_state_fw=np.zeros((5, 4)))
    with pytest.raises(ValueError, match="masks\\[1\\] must be given for a cell with dropout: cell.draw_masks\\(rng"):
        call(cell_bw=DropoutWrapper(bw, output_keep_prob=0.5))
    with pytest.raises(TypeError, match="masks must be a pair, for fw and for bw, but is dict"):
        call(masks={})
    _, _, tape = call()
    with pytest.raises(TypeError, match="tape must be the BidirectionalTape of the matching forward pass"):
        bidirectional_dynamic_rnn_backward(tape.fw)
    with pytest.raises(TypeError, match="d_outputs must be a pair, for fw and for bw, but is ndarray"):
        bidirectional_dynamic_rnn_backward(tape, np.zeros((5, 6, 6)))
    with pytest.raises(ValueError, match="d_outputs\\[1\\] must have shape \\[5, 6, 2\\], but has \\[5, 6, 4\\]"):
        bidirectional_dynamic_rnn_backward(tape, (np.zeros((5, 6, 4)), np.zeros((5, 6, 4))))
    with pytest.raises(TypeError, match="d_final_states\\[0\\] must be LSTMState\\(c, h\\), but is ndarray"):
        bidirectional_dynamic_rnn_backward(tape, None, (np.zeros((5, 4)), None))


def test_what_the_second_cell_refuses_is_refused_before_the_first_one_runs(monkeypatch):
    monkeypatch.setattr("scratch.unroll.bidirectional.dynamic_rnn", None)
    fw, bw, dropped = BasicLSTMCell(4), GRUCell(2), DropoutWrapper(GRUCell(2), 0.5)
    params = bidirectional_params(np.random.default_rng(0), fw, bw, 3, np.float64)
    attending = AttentionCellWrapper(MultiRNNCell([GRUCell(2)]), 2)
    wider = bidirectional_params(np.random.default_rng(0), fw, attending, 3, np.float64)
    with pytest.raises(ValueError, match="engine 'numba' runs .* but not AttentionCellWrapper of MultiRNNCell"):
        bidirectional_dynamic_rnn(fw, attending, wider, np.zeros((5, 6, 3)), engine="numba")
    for cell, options, message in [
        (dropped, {}, "masks\\[1\\] must be given for a cell with dropout"),
        (bw, {"initial_state_bw": np.zeros((5, 4))}, "initial_state_bw must have shape"),
    ]:
        with pytest.raises(ValueError, match=message):
            bidirectional_dynamic_rnn(fw, cell, params, np.zeros((5, 6, 3)), **options)


def test_static_refuses_a_batch_major_tape():
    cell, x = BasicRNNCell(4), np.ones((5, 5, 3))
    params = bidirectional_params(np.random.default_rng(0), cell, cell, 3, np.float64)
    _, _, tape = bidirectional_dynamic_rnn(cell, cell, params, x)
    with pytest.raises(ValueError, match="tape must be that of static_bidirectional_rnn, but is of batch-major inputs"):
        static_bidirectional_rnn_backward(tape)


def test_masks_are_named_by_their_direction():
    plain, dropout = BasicRNNCell(4), DropoutWrapper(BasicRNNCell(4), input_keep_prob=0.5)
    params = bidirectional_params(np.random.default_rng(0), plain, dropout, 3, np.float64)
    with pytest.raises(ValueError, match="masks\\[1\\] must be given for a cell with dropout"):
        bidirectional_dynamic_rnn(plain, dropout, params, np.ones((5, 6, 3)))


def test_static_refusals():
    fw, bw, xs = BasicLSTMCell(4), BasicRNNCell(2), [np.zeros((5, 3))] * 6
    params = bidirectional_params(np.random.default_rng(0), fw, bw, 3, np.float64)
    with pytest.raises(TypeError, match="inputs must be a list of arrays \\[B, D\\], one a time step, but is ndarray"):
        static_bidirectional_rnn(fw, bw, params, np.zeros((6, 5, 3)))
    with pytest.raises(ValueError, match="inputs must hold at least one time step, but is empty"):
        static_bidirectional_rnn(fw, bw, params, [])
    with pytest.raises(ValueError, match="inputs\\[1\\] must have shape \\[5, 3\\], but has \\[4, 3\\]"):
        static_bidirectional_rnn(fw, bw, params, [xs[0], xs[0][:4]])
    with pytest.raises(ValueError, match="sequence_length\\[4\\] is 7, but inputs have only 6 time steps"):
        static_bidirectional_rnn(fw, bw, params, xs, sequence_length=[1, 2, 3, 4, 7])
    *_, tape = static_bidirectional_rnn(fw, bw, params, xs)
    with pytest.raises(TypeError, match="tape must be the BidirectionalTape of the matching forward pass"):
        static_bidirectional_rnn_backward(tape.fw)
    with pytest.raises(ValueError, match="d_outputs must be a list of 6 arrays, one for each output"):
        static_bidirectional_rnn_backward(tape, [np.zeros((5, 6))] * 5)
    with pytest.raises(ValueError, match="d_outputs\\[0\\] must have shape \\[5, 6\\], but has \\[5, 4\\]"):
        static_bidirectional_rnn_backward(tape, [np.zeros((5, 4))] * 6)
