"""PyTorch on whole programs: ``nn.LSTM``, ``nn.Linear``, its own optimisers."""

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from peers.problem import DoesNotRun
from peers.program_peers import ProgramPeer
from peers.programs import ECHO, MNIST, PART, PIXELS, TAGGER, TAGGING
from scratch import BasicLSTMCell, to_torch
from scratch.tasks import echo, tagging


class TorchProgram(ProgramPeer):
    """A module and its gradients by autograd. Its second bias stays 0, for the sum of both is what others have."""

    def prepare(self, feed, threads):
        if feed.name == PIXELS:
            raise DoesNotRun("its GRU has other variables, so that clipping each of them is another training")
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(threads)
        self.name, self.state, params = feed.name, None, feed.params
        cells, self.embedding = self.cells_of(params)
        weights = to_torch(*cells)
        options = {"num_layers": 3} if feed.name == ECHO else {"bidirectional": feed.name == TAGGING}
        shape = weights["weight_ih_l0"].shape
        self.rnn = torch.nn.LSTM(shape[1], shape[0] // 4, batch_first=True, **options)
        self.dense = torch.nn.Linear(*params["dense"]["kernel"].shape)
        with torch.no_grad():
            for name, parameter in self.rnn.named_parameters():
                parameter.copy_(torch.from_numpy(np.ascontiguousarray(weights[name])))
                parameter.requires_grad_("bias_hh" not in name)
            self.dense.weight.copy_(torch.from_numpy(params["dense"]["kernel"].T.copy()))
            self.dense.bias.copy_(torch.from_numpy(params["dense"]["bias"]))
        trained = [*self.rnn.parameters(), *self.dense.parameters(), *self.embedding]
        self.optimizer = self.optimizer_of([parameter for parameter in trained if parameter.requires_grad])
        self.cross_entropy = torch.nn.CrossEntropyLoss()

    def cells_of(self, params):
        """Return the arguments of ``to_torch``, and the table of an embedding in a list, or none."""
        if self.name == ECHO:
            return (PART.cell, params["rnn"]), []
        if self.name == TAGGING:
            cell = BasicLSTMCell(TAGGER.num_units)
            table = torch.nn.Parameter(torch.from_numpy(params["embedding"]["embeddings"].copy()))
            return ((cell, cell), params["bidirectional_rnn"]), [table]
        (rnn,) = params["rnn"].values()
        return (MNIST[self.name].cell, rnn), []

    def optimizer_of(self, trained):
        if self.name == ECHO:
            return torch.optim.Adagrad(trained, echo.LEARNING_RATE, initial_accumulator_value=0.1, eps=0)
        ours = tagging.OPTIMIZER if self.name == TAGGING else MNIST[self.name].optimizer
        return torch.optim.Adam(trained, ours.learning_rate, (ours.beta1, ours.beta2), ours.epsilon)

    def handed_over(self, feed):
        def tensor(array):
            return None if array is None else torch.from_numpy(np.ascontiguousarray(array))

        return [tuple(map(tensor, batch)) for batch in feed.batches()]

    def loss(self, x, labels, lengths):
        if self.name == TAGGING:
            x = pack_padded_sequence(self.embedding[0][x], lengths, batch_first=True, enforce_sorted=False)
            outputs = pad_packed_sequence(self.rnn(x)[0], batch_first=True, total_length=labels.shape[1])[0]
            live = torch.arange(labels.shape[1]) < lengths[:, None]
            return self.cross_entropy(self.dense(outputs[live]), labels[live])
        outputs, state = self.rnn(x, self.state)
        if self.name == ECHO:
            self.state = tuple(part.detach() for part in state)
            return self.cross_entropy(self.dense(outputs).flatten(0, 1), labels.flatten())
        return self.cross_entropy(self.dense(outputs[:, -1]), labels)

    def train(self, *batch):
        self.optimizer.zero_grad()
        loss = self.loss(*batch)
        loss.backward()
        self.optimizer.step()
        return loss.item()
