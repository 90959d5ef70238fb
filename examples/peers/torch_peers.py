"""PyTorch: ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU``, the padding either computed and masked or packed away."""

import contextlib

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from peers.problem import STREAMING, TRAINING, DoesNotRun, name_results, one_by_one

MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


class TorchPeer:
    """A module and its gradients by autograd, time-major as PyTorch has it."""

    packed = False

    def __init__(self, problem, threads):
        if problem.kind == "gru" and not problem.reset_after:
            raise DoesNotRun("PyTorch's GRU resets after the product only")
        if self.packed and problem.lengths is None:
            raise DoesNotRun("nothing is padded, so there is nothing to pack")
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(threads)
        self.mode, self.times, input_size = problem.mode, [], problem.inputs.shape[2]
        # In a stream as well, a sequence of one step at a time: nn.LSTMCell never reaches oneDNN, which nn.LSTM does.
        self.module = MODULES[problem.kind](input_size, problem.num_units, len(problem.weights))
        self.weights = list(self.module.parameters())
        with torch.no_grad():
            for parameter, array in zip(self.weights, problem.all_weights(), strict=True):
                parameter.copy_(tensor(array))
        self.inputs, self.d_outputs = tensor(problem.inputs), tensor(problem.d_outputs)
        # An array for each part of the state, [layers, B, H]; PyTorch has h before c.
        self.state = [tensor(np.stack(part)) for part in zip(*problem.states, strict=True)][::-1]
        if self.mode == TRAINING:
            for source in (self.inputs, *self.state):
                source.requires_grad_()
        self.lengths = None if problem.lengths is None else tensor(problem.lengths.astype(np.int64))
        self.live = None if problem.lengths is None else tensor(problem.live()[..., None].astype(np.float32))
        if self.mode == STREAMING:
            self.carried = self.structure(self.state)

    @staticmethod
    def structure(parts):
        """Return the state as the modules take it: ``(h, c)``, or h itself."""
        return tuple(parts) if len(parts) == 2 else parts[0]

    def forward(self):
        if self.packed:
            packed = pack_padded_sequence(self.inputs, self.lengths, enforce_sorted=False)
            outputs, _ = self.module(packed, self.structure(self.state))
            return pad_packed_sequence(outputs, total_length=len(self.inputs))[0]
        outputs, _ = self.module(self.inputs, self.structure(self.state))
        return outputs if self.live is None else outputs * self.live

    def step(self):
        with contextlib.nullcontext() if self.mode == TRAINING else torch.inference_mode():
            if self.mode == STREAMING:
                self.outputs = one_by_one(self.take, self.inputs, self.times)
                return
            self.outputs = self.forward()
        if self.mode == TRAINING:
            sources = [self.inputs, *self.state, *self.weights]
            self.gradients = torch.autograd.grad(self.outputs, sources, self.d_outputs)

    def take(self, x):
        output, self.carried = self.module(x[None], self.carried)
        return output[0].numpy()

    def results(self):
        if self.mode == STREAMING:
            return name_results(np.stack(self.outputs))
        outputs = self.outputs.detach().numpy()
        if self.mode != TRAINING:
            return name_results(outputs)
        d_inputs, *rest = [gradient.numpy() for gradient in self.gradients]
        d_state, d_weights = rest[: len(self.state)], rest[len(self.state) :]
        d_states = [list(parts) for parts in zip(*d_state[::-1], strict=True)]
        d_weights = [d_weights[start : start + 4] for start in range(0, len(d_weights), 4)]
        return name_results(outputs, d_inputs, d_states, d_weights)


class TorchPackedPeer(TorchPeer):
    """The same on packed sequences, of which only the steps that count are computed."""

    packed = True


def tensor(array):
    return torch.from_numpy(np.ascontiguousarray(array))
