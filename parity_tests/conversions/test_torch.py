"""Converted networks against PyTorch itself: ``nn.RNN``, ``nn.LSTM``, ``nn.GRU`` and their cells, in float64."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from parity_tests.conversions.networks import LENGTHS, NETWORKS, PROJECTIONS, UNBIASED, B, D, H, T, draw, run
from parity_tests.harness import Results, assert_parity
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    DropoutWrapper,
    GRUCell,
    LSTMBlockCell,
    LSTMCell,
    LSTMState,
    MultiRNNCell,
)
from scratch.conversions import (
    from_torch,
    gradients_from_torch,
    gradients_to_torch,
    state_from_torch,
    state_to_torch,
    to_torch,
)
from scratch.conversions.layers import places
from scratch.tree import map_tree, named_leaves

CASES = NETWORKS | PROJECTIONS | UNBIASED
# Lengths as PyTorch packs them: at least 1, in any order.
PACKED = (4, 2, 6, 1, 3)


def module_of(cell, **options):
    """Return PyTorch's module for a network, its weights not set."""
    found = places(cell)
    first = found[0].cell
    options.setdefault("bias", first.use_bias)
    options |= {"num_layers": found[-1].layer + 1, "bidirectional": isinstance(cell, tuple), "batch_first": True}
    if isinstance(first, BasicRNNCell):
        return torch.nn.RNN(D, H, nonlinearity=first.activation, dtype=torch.float64, **options)
    if isinstance(first, GRUCell):
        return torch.nn.GRU(D, H, dtype=torch.float64, **options)
    return torch.nn.LSTM(D, H, proj_size=getattr(first, "num_proj", None) or 0, dtype=torch.float64, **options)


def load(module, weights):
    """Give a module its weights, all of them and no others."""
    module.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()}, strict=True)
    return module


def run_torch(module, cell, problem, lengths=None):
    """Return PyTorch's ``Results``; the gradients of its weights under its own names."""
    _, inputs, state, d_outputs, d_state = problem
    x = torch.tensor(inputs, requires_grad=True)
    start = [torch.tensor(array, requires_grad=True) for array in state_to_torch(cell, state)]
    given = x if lengths is None else pack(x, lengths)
    outputs, final = module(given, tuple(start) if len(start) == 2 else start[0])
    if lengths is not None:
        outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True, total_length=T)
    finals = final if isinstance(final, tuple) else (final,)
    d_finals = [torch.tensor(array) for array in state_to_torch(cell, d_state)]
    torch.autograd.backward([outputs, *finals], [torch.tensor(d_outputs), *d_finals])
    weights = {name: weight.grad.numpy() for name, weight in module.named_parameters()}
    final, d_start = (tuple(array.detach().numpy() for array in part) for part in (finals, [s.grad for s in start]))
    return Results(
        outputs.detach().numpy(),
        state_from_torch(cell, final),
        x.grad.numpy(),
        state_from_torch(cell, d_start),
        weights,
    )


def pack(x, lengths):
    return torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)


@pytest.mark.parametrize("lengths", [None, PACKED], ids=str)
@pytest.mark.parametrize("name", CASES)
def test_a_converted_network_is_pytorchs(name, lengths):
    cell = CASES[name]
    problem = draw(cell)
    expected = run_torch(load(module_of(cell), to_torch(cell, problem[0])), cell, problem, lengths)
    actual = run(cell, problem, lengths)
    d_params = gradients_from_torch(cell, expected.d_params)
    assert_parity(actual, expected._replace(d_params=d_params))
    # And the other way: both biases of a gate have its gradient.
    assert_parity(gradients_to_torch(cell, actual.d_params), expected.d_params)


@pytest.mark.parametrize("name", CASES)
def test_pytorchs_network_is_the_converted_one(name):
    """The way back, from weights as PyTorch draws them: both biases count."""
    cell = CASES[name]
    torch.manual_seed(0)
    module = module_of(cell)
    weights = {key: value.numpy() for key, value in module.state_dict().items()}
    problem = (from_torch(cell, weights), *draw(cell)[1:])
    expected = run_torch(module, cell, problem)
    actual = run(cell, problem)
    assert_parity(actual, expected._replace(d_params=gradients_from_torch(cell, expected.d_params)))


@pytest.mark.parametrize("name", CASES)
def test_without_biases(name):
    cell = CASES[name]
    problem = draw(cell, unbiased=True)
    module = load(module_of(cell, bias=False), to_torch(cell, problem[0], bias=False))
    expected = run_torch(module, cell, problem)
    actual = run(cell, problem)
    assert_parity(actual._replace(d_params={}), expected._replace(d_params={}))
    assert_parity(gradients_to_torch(cell, actual.d_params, bias=False), expected.d_params)
    assert_parity(from_torch(cell, to_torch(cell, problem[0], bias=False)), problem[0], limit=0)
    for path, d_weight in named_leaves(gradients_from_torch(cell, expected.d_params)):
        assert not (path.endswith("bias") and d_weight.any())


@pytest.mark.parametrize("name", ["lstm", "lstm_3", "lstm_both", "lstm_2_both"])
def test_dropout_around_a_cell_has_no_weights(name):
    """PyTorch's ``dropout`` is an option of the module; here it is a wrapper, and the weights are those of the cell."""
    cell = CASES[name]

    def wrapped(one):
        if isinstance(one, tuple | list):
            return type(one)(map(wrapped, one))
        if isinstance(one, MultiRNNCell):
            return MultiRNNCell([wrapped(part) for part in one.cells])
        return DropoutWrapper(one, output_keep_prob=0.5)

    params, _, state, *_ = draw(cell)
    weights = to_torch(cell, params)
    assert_parity(to_torch(wrapped(cell), params), weights, limit=0)
    assert_parity(from_torch(wrapped(cell), weights), params, limit=0)
    assert_parity(state_to_torch(wrapped(cell), state), state_to_torch(cell, state), limit=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", CASES)
def test_there_and_back_is_bit_equal(name, dtype):
    cell = CASES[name]
    params, _, state, *_ = draw(cell, dtype)
    weights = to_torch(cell, params)
    assert_parity(from_torch(cell, weights), params, limit=0)
    assert_parity(to_torch(cell, from_torch(cell, weights)), weights, limit=0)
    assert_parity(state_from_torch(cell, state_to_torch(cell, state)), state, limit=0)
    assert all(array.flags.c_contiguous and array.dtype == dtype for array in weights.values())


@pytest.mark.parametrize(
    "cell", [BasicRNNCell(H), BasicRNNCell(H, "relu"), BasicLSTMCell(H), GRUCell(H, reset_after=True)], ids=str
)
def test_a_converted_cell_is_pytorchs_cell(cell):
    params, inputs, state, *_ = draw(cell)
    kind = {1: torch.nn.RNNCell, 3: torch.nn.GRUCell, 4: torch.nn.LSTMCell}
    weights = to_torch(cell, params, step=True)
    options = {"nonlinearity": cell.activation} if isinstance(cell, BasicRNNCell) else {}
    module = load(kind[len(weights["weight_hh"]) // H](D, H, dtype=torch.float64, **options), weights)
    given = state_to_torch(cell, state)
    start = tuple(torch.from_numpy(array[0]) for array in given)
    new = module(torch.from_numpy(inputs[:, 0].copy()), start if len(start) == 2 else start[0])
    new = new if isinstance(new, tuple) else (new,)
    output, new_state, _ = cell.forward(params, inputs[:, 0], state)
    assert_parity(new_state, state_from_torch(cell, tuple(part.detach().numpy()[None] for part in new)))
    assert_parity(output, new[0].detach().numpy())
    assert_parity(from_torch(cell, weights), params, limit=0)
    d_params = gradients_from_torch(cell, gradients_to_torch(cell, params, step=True))
    assert_parity(d_params, params, limit=0)


@pytest.mark.parametrize(
    "cell", [replace(CASES["lstm"], forget_bias=0.0), CASES["gru_2"], CASES["projected_2_both"]], ids=str
)
def test_results_share_no_memory_with_arguments(cell):
    params, _, state, *_ = draw(cell)
    weights = to_torch(cell, params)
    arguments = [
        (lambda: to_torch(cell, params), params),
        (lambda: gradients_to_torch(cell, params), params),
        (lambda: from_torch(cell, weights), weights),
        (lambda: gradients_from_torch(cell, weights), weights),
        (lambda: state_to_torch(cell, state), state),
    ]
    for convert, argument in arguments:
        before = map_tree(np.copy, argument)
        map_tree(lambda array: array.fill(np.nan), convert())
        assert_parity(argument, before, limit=0)


def test_a_row_of_length_0_is_handed_on():
    """PyTorch packs no row without steps; here there may be some, and each other row is PyTorch's, run alone."""
    cell = CASES["lstm_2_both"]
    problem = draw(cell)
    outputs, final, *_ = run(cell, problem, LENGTHS)
    module = load(module_of(cell), to_torch(cell, problem[0]))
    for row, length in enumerate(LENGTHS):
        start = [torch.from_numpy(array[:, row : row + 1].copy()) for array in state_to_torch(cell, problem[2])]
        if length:
            alone, end = module(torch.from_numpy(problem[1][row : row + 1, :length]), tuple(start))
            assert_parity(outputs[row : row + 1, :length], alone.detach().numpy())
            for have, want in zip(state_to_torch(cell, final), end, strict=True):
                assert_parity(np.ascontiguousarray(have[:, row : row + 1]), want.detach().numpy())
        assert (outputs[row, length:] == 0).all()


REFUSED = [
    (
        BasicLSTMCell(H, use_bias=False),
        ValueError,
        "forget_bias=0.0 to be converted without a bias, .* forget_bias=1.0",
    ),
    (MultiRNNCell([BasicRNNCell(4), BasicRNNCell(4, use_bias=False)]), ValueError, "one use_bias for all layers"),
    (GRUCell(H), ValueError, "cell must have reset_after=True to be converted, but has reset_after=False"),
    (GRUCell(H, "relu", reset_after=True), ValueError, "activation='tanh' to be converted, but has activation='relu'"),
    (BasicLSTMCell(H, activation="relu"), ValueError, "cell must have activation='tanh' to be converted"),
    (LSTMCell(H, use_peepholes=True), ValueError, "cell must have use_peepholes=False to be converted"),
    (LSTMBlockCell(H, cell_clip=3.0), ValueError, "cell must have cell_clip=None to be converted"),
    (LSTMCell(H, num_proj=2, proj_clip=1.0), ValueError, "cell must have proj_clip=None to be converted"),
    (MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(5)]), ValueError, "one num_units for all layers, .* 4 and 5"),
    (MultiRNNCell([BasicRNNCell(4), BasicRNNCell(4, "relu")]), ValueError, "one activation for all layers"),
    (MultiRNNCell([BasicRNNCell(4), BasicLSTMCell(4)]), ValueError, "one kind of cell for all layers"),
    ((MultiRNNCell([BasicRNNCell(4)] * 2),) * 2, TypeError, "cell must be a BasicRNNCell or .*, but is MultiRNNCell"),
    ((BasicRNNCell(4),) * 3, TypeError, "a pair \\(cell_fw, cell_bw\\), but is a tuple of 3"),
    (([BasicRNNCell(4)], []), ValueError, "as many layers forward as backward, at least one, but has 1 and 0"),
    ("LSTM", TypeError, "cell must be a BasicRNNCell or BasicLSTMCell or LSTMCell or GRUCell, but is str"),
]


@pytest.mark.parametrize(("cell", "error", "words"), REFUSED, ids=str)
def test_what_pytorch_cannot_say_is_refused_by_name(cell, error, words):
    for convert in (to_torch, from_torch, gradients_to_torch, gradients_from_torch):
        with pytest.raises(error, match=words):
            convert(cell, {})


def test_weights_that_do_not_fit_are_refused_by_name():
    cell = CASES["lstm_2_both"]
    params = draw(cell)[0]
    weights = to_torch(cell, params)
    with pytest.raises(ValueError, match="params/cell_0/fw/bias must be 0 to be left out"):
        to_torch(cell, params, bias=False)
    with pytest.raises(ValueError, match="a cell of PyTorch is one layer of one direction, but cell has 4"):
        to_torch(cell, params, step=True)
    with pytest.raises(ValueError, match="num_proj=None, which nn.LSTMCell has not"):
        to_torch(CASES["projected"], draw(CASES["projected"])[0], step=True)
    with pytest.raises(ValueError, match="weights has no 'weight_hh_l1_reverse'"):
        from_torch(cell, {name: array for name, array in weights.items() if name != "weight_hh_l1_reverse"})
    with pytest.raises(ValueError, match="weights has an unknown 'weight_hr_l0'"):
        from_torch(cell, {**weights, "weight_hr_l0": np.ones((2, 4))})
    with pytest.raises(ValueError, match="weights/weight_ih_l1 must have shape \\[16, 8\\], but has \\[16, 3\\]"):
        from_torch(cell, {**weights, "weight_ih_l1": weights["weight_ih_l0"].copy()})
    with pytest.raises(TypeError, match="weights/bias_hh_l0 is float32, but the inputs are float64"):
        from_torch(cell, {**weights, "bias_hh_l0": np.ones(16, np.float32)})
    with pytest.raises(TypeError, match="weights must be a dict of arrays by name, but is list"):
        from_torch(BasicRNNCell(4), [])
    with pytest.raises(ValueError, match="weights has no 'weight_ih_l0'; it needs 'weight_ih_l0', 'weight_hh_l0'"):
        from_torch(BasicRNNCell(4), {})
    with pytest.raises(ValueError, match="params must have 'cell_0', 'cell_1', but has 'cell_0'"):
        to_torch(cell, {"cell_0": params["cell_0"]})
    wrong = {**params["cell_1"], "fw": draw(BasicLSTMCell(H))[0]}
    with pytest.raises(ValueError, match="params/cell_1/fw/kernel must have shape \\[12, 16\\], but has \\[7, 16\\]"):
        to_torch(cell, {**params, "cell_1": wrong})
    with pytest.raises(TypeError, match="arrays must be a tuple of h and c, but is"):
        state_from_torch(cell, (np.ones((4, B, H)),))
    with pytest.raises(TypeError, match="state must be LSTMState"):
        state_to_torch(BasicLSTMCell(H), np.ones((B, H)))
    with pytest.raises(ValueError, match="state.c must have shape"):
        state_to_torch(BasicLSTMCell(H), LSTMState(np.ones((B, 3)), np.ones((B, H))))
