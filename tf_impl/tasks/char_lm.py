"""The character language model as a TF1 program: one graph, the state fetched and fed back."""

import scratch.tasks.char_lm as description
from scratch.arrays import Params
from tf_impl.training.trainer import Feeds, Trainer


def make_trainer(model: description.CharModel, params: Params, batch_size: int, width: int) -> Trainer:
    """Return the twin of ``scratch.tasks.char_lm.make_trainer``; a graph has to know the sizes beforehand."""
    loss, optimizer, feeds = description.LOSS, description.OPTIMIZER, Feeds((batch_size, width), "static")
    return Trainer(model.network, params, loss, optimizer, feeds, clip=description.CLIP, carry_state=True)
