"""Networks of every kind of layer, and what they are fed: cases for the tests of layers, network and trainer."""

import numpy as np

from scratch.cells.dropout import DropoutWrapper
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.multi import MultiRNNCell
from scratch.layer import Given
from scratch.training.batch_norm import BatchNormalization
from scratch.training.dense import Dense
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN, Bidirectional, Dropout, LastOutput
from scratch.training.network import Network
from scratch.tree import map_tree

B, T, D, WORDS = 5, 6, 3, 7
LENGTHS = np.array([6, 1, 0, 4, 3])
DROPPED = MultiRNNCell([DropoutWrapper(BasicLSTMCell(units), output_keep_prob=0.6) for units in (4, 2)])
NETWORKS = {
    "tagger": Network(
        {
            "embedding": Embedding(WORDS, D),
            "bidirectional_rnn": Bidirectional(BasicLSTMCell(4), GRUCell(2)),
            "dense": Dense(5),
        }
    ),
    "classifier": Network(
        {
            "hidden": Dense(4),
            "rnn": Network({"gru_cell": RNN(GRUCell(2))}),
            "last": LastOutput(),
            "batch_normalization": BatchNormalization(momentum=0.8),
            "dense": Dense(5),
        }
    ),
    "dropout": Network({"rnn": RNN(DROPPED), "dropout": Dropout(0.7), "dense": Dense(5)}),
}


def problem(name, dtype=np.float64, training=True):
    """Return ``(network, params, x, given)``: no weight is 0, lengths unsorted, states and statistics drawn."""
    network, rng = NETWORKS[name], np.random.default_rng(3)

    def drawn(leaf):
        return (leaf + 0.3 * rng.standard_normal(leaf.shape)).astype(dtype)

    x = rng.integers(WORDS, size=(B, T)) if name == "tagger" else rng.standard_normal((B, T, D)).astype(dtype)
    params = map_tree(drawn, network.init_params(rng, WORDS if name == "tagger" else D, dtype))
    moving = map_tree(lambda leaf: abs(drawn(leaf)), network.chain_moving(params, None, dtype))
    masks = network.draw_masks(rng, x.shape) if training else None
    state = None if name == "tagger" else map_tree(drawn, network.zero_state(B, dtype))
    # With lengths, TensorFlow draws the noise of dropout inside a ``cond``, where none can be fed.
    return network, params, x, Given(state, masks, moving, None if name == "dropout" else LENGTHS, training)
