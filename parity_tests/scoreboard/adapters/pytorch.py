"""``torch.nn.RNN``, ``LSTM`` and ``GRU`` as their users run them: sequences packed where rows differ."""

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from parity_tests.harness import Results
from parity_tests.scoreboard.engine import asked, first_layer, layers_of, network_of, words_for
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMBlockCell, LSTMCell
from scratch.conversions import gradients_from_torch, state_from_torch, state_to_torch, to_torch

NAME = "PyTorch"
PACKAGES = ("torch",)
DOCUMENTED = "https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html"
MODULES = {BasicRNNCell: "RNN", BasicLSTMCell: "LSTM", LSTMCell: "LSTM", LSTMBlockCell: "LSTM", GRUCell: "GRU"}


def answer(case, problem):
    network, first = network_of(case), first_layer(case.cell)
    with words_for():
        weights = to_torch(network, problem.params)
        states = state_to_torch(network, problem.initial_state)
        seeds = state_to_torch(network, problem.d_final_state)
    options = {"nonlinearity": first.activation} if isinstance(first, BasicRNNCell) else {}
    options |= {"proj_size": first.num_proj} if getattr(first, "num_proj", None) else {}
    layers = 2 if case.direction == "stack" else len(layers_of(case.cell))
    options |= {"num_layers": layers, "bidirectional": isinstance(network, tuple), "bias": first.use_bias}
    module = getattr(torch.nn, MODULES[type(first)])(case.input_size, first.num_units, batch_first=True, **options)
    module = module.to(torch.from_numpy(problem.inputs).dtype)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    inputs, *start = (torch.tensor(array, requires_grad=True) for array in (problem.inputs, *states))
    with asked():
        given = inputs
        if case.sequence_length is not None:
            given = pack_padded_sequence(inputs, case.sequence_length, batch_first=True, enforce_sorted=False)
        outputs, final = module(given, start[0] if len(start) == 1 else tuple(start))
        if case.sequence_length is not None:
            outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=case.num_steps)
    final = final if isinstance(final, tuple) else (final,)
    d_outputs = np.concatenate(problem.d_outputs, 2) if case.direction == "both" else problem.d_outputs
    torch.autograd.backward([outputs, *final], [torch.from_numpy(array) for array in (d_outputs, *seeds)])
    outputs = outputs.detach().numpy()
    return Results(
        tuple(np.split(outputs, 2, 2)) if case.direction == "both" else outputs,
        state_from_torch(network, tuple(part.detach().numpy() for part in final)),
        inputs.grad.numpy(),
        state_from_torch(network, tuple(part.grad.numpy() for part in start)),
        gradients_from_torch(network, {name: part.grad.numpy() for name, part in module.named_parameters()}),
    )
