"""Ours: the NumPy engine and the Numba engine."""

import numpy as np

from peers.problem import INFERENCE, STREAMING, TRAINING, DoesNotRun, name_results, one_by_one
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    GRUCell,
    LSTMState,
    MultiRNNCell,
    Stream,
    dynamic_rnn,
    dynamic_rnn_backward,
    set_num_threads,
)
from scratch.tree import named_leaves


class NumpyPeer:
    """``dynamic_rnn`` and ``dynamic_rnn_backward``; or ``Stream``, step by step or over all of one row."""

    engine = "numpy"

    def __init__(self, problem, threads):
        kinds = {"rnn": BasicRNNCell, "lstm": BasicLSTMCell, "gru": GRUCell}
        options = {"reset_after": problem.reset_after} if problem.kind == "gru" else {}
        cell = kinds[problem.kind](problem.num_units, **options)
        names = parameter_names(cell)
        params = [nest(zip(names, layer, strict=True)) for layer in problem.weights]
        state = [LSTMState(*layer) if len(layer) == 2 else layer[0] for layer in problem.states]
        if len(params) == 1:
            self.cell, self.params, self.state = cell, params[0], state[0]
        else:
            self.cell, self.state = MultiRNNCell([cell] * len(params)), tuple(state)
            self.params = {f"cell_{layer}": layer_params for layer, layer_params in enumerate(params)}
        self.inputs, self.d_outputs, self.lengths = problem.inputs, problem.d_outputs, problem.lengths
        self.mode, self.times = problem.mode, []
        self.prepare()

    def prepare(self):
        if self.mode == STREAMING or self.is_one_row():
            try:
                self.stream = Stream(self.cell, self.params, engine=self.engine)
            except ValueError as error:
                raise DoesNotRun(str(error)) from error

    def is_one_row(self):
        """Return whether it is a forward pass over one row: as the others do, a stream packs its weights once."""
        return self.mode == INFERENCE and self.inputs.shape[1] == 1 and self.lengths is None

    def step(self):
        if self.mode == STREAMING:
            self.found = one_by_one(self.stream.step, self.inputs, self.times)
            return
        if self.is_one_row():
            self.found = self.stream.run(self.inputs.swapaxes(0, 1), self.state).swapaxes(0, 1)
            return
        options = {} if self.mode == TRAINING else {"keep_tape": False}
        try:
            outputs, _, tape = dynamic_rnn(
                self.cell,
                self.params,
                self.inputs,
                self.lengths,
                self.state,
                time_major=True,
                engine=self.engine,
                **options,
            )
        except ValueError as error:
            raise DoesNotRun(str(error)) from error
        self.found = outputs if self.mode != TRAINING else (outputs, *dynamic_rnn_backward(tape, self.d_outputs))

    def results(self):
        if self.mode != TRAINING:
            return name_results(np.stack(self.found))
        outputs, d_inputs, d_state, d_params = self.found
        layers = isinstance(self.cell, MultiRNNCell)
        d_states = [as_list(d_layer) for d_layer in (d_state if layers else [d_state])]
        d_weights = [[leaf for _, leaf in named_leaves(d)] for d in (d_params.values() if layers else [d_params])]
        return name_results(outputs, d_inputs, d_states, d_weights)


class ReferencePeer(NumpyPeer):
    """What all others are held against: ``dynamic_rnn`` as it is, even where others stream or keep no tape."""

    def prepare(self):
        pass

    def step(self):
        outputs, _, tape = dynamic_rnn(
            self.cell, self.params, self.inputs, self.lengths, self.state, time_major=True, engine=self.engine
        )
        self.found = outputs if self.mode != TRAINING else (outputs, *dynamic_rnn_backward(tape, self.d_outputs))


class NumbaPeer(NumpyPeer):
    """The compiled engine. Its threads are set by ``NUMBA_NUM_THREADS`` too, which nothing can exceed."""

    engine = "numba"

    def __init__(self, problem, threads):
        set_num_threads(threads)
        super().__init__(problem, threads)


def as_list(state):
    return list(state) if isinstance(state, tuple) else [state]


def parameter_names(cell):
    """Return the paths of the cell's parameters, in order."""
    return [path for path, _ in named_leaves(cell.init_params(np.random.default_rng(0), 1))]


def nest(pairs):
    """Return the nested dict of the pairs ``(path, leaf)``."""
    tree = {}
    for path, leaf in pairs:
        *scopes, name = path.split("/")
        branch = tree
        for scope in scopes:
            branch = branch.setdefault(scope, {})
        branch[name] = leaf
    return tree
