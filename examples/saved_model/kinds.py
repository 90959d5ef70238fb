"""The table of what can be run: for each layer of Keras its function, its weights, and the options that are kept.

Of an option the values that can be run are listed; an empty tuple stands for any. An option that is not kept must be
``None`` or ``False``, unless it is below among those of which another value is the usual one, or that change nothing.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from saved_model import along_time, attention, graph, merging, recurrent, simple, torch_layers
from saved_model.onnx_nodes import NODES
from saved_model.operations import OPERATIONS
from saved_model.tensor import plain

ONLY = {
    "data_format": ("channels_last", None),
    "groups": (1,),
    "rms_scaling": (False,),
    "fused": (None, False, True),
}
# The options that change nothing once a model is trained, or that show in the weights.
HARMLESS = ("name", "trainable", "dtype", "seed", "dropout", "recurrent_dropout", "rate", "noise_shape", "stddev")
HARMLESS += ("use_bias", "unit_forget_bias", "output_dim", "input_dim", "input_length", "batch_input_shape", "center")
HARMLESS += ("scale", "momentum", "synchronized", "implementation", "filters", "kernel_size", "l1", "l2", "use_scale")
HARMLESS += ("renorm_momentum", "layer", "backward_layer", "shared_axes", "use_cudnn", "num_constants", "batch_shape")
HARMLESS_ENDS = ("_initializer", "_regularizer", "_constraint")


NONE = {}


class Kind(NamedTuple):
    """How a layer is run, the options that are kept, the names of its weights, and whether its inputs are float32."""

    run: Callable
    options: dict = NONE
    weights: tuple = ()
    float: bool = True


RECURRENT = {
    **dict.fromkeys(("units", "activation", "return_sequences", "return_state", "go_backwards", "stateful"), ()),
    **dict.fromkeys(("zero_output_for_mask", "unroll"), ()),
}
GATED = {**RECURRENT, "recurrent_activation": ()}
PADDING, POOL = ("valid", "same"), {"pool_size": (), "strides": (), "padding": ("valid", "same")}
CONV = {"strides": (), "padding": (*PADDING, "causal"), "dilation_rate": (), "activation": ()}
GLOBAL, ACTIVATION, NOTHING = {"keepdims": (False, True)}, {"activation": ()}, ("scale", "concat_score_weight")
IDENTITY, ACTIVE = Kind(plain(simple.identity)), Kind(plain(simple.activation), ACTIVATION)

KINDS = {
    "Model": Kind(graph.model, float=False),
    "SimpleRNN": Kind(recurrent.recurrent, RECURRENT, recurrent.WEIGHTS),
    "LSTM": Kind(recurrent.recurrent, GATED, recurrent.WEIGHTS),
    "GRU": Kind(recurrent.recurrent, {**GATED, "reset_after": ()}, recurrent.WEIGHTS),
    "Bidirectional": Kind(recurrent.bidirectional, {"merge_mode": ("concat", "sum", "mul", "ave", None)}),
    "TimeDistributed": Kind(simple.time_distributed, float=False),
    "Embedding": Kind(simple.embedding, {"mask_zero": ()}, ("embeddings",), float=False),
    "Masking": Kind(simple.masking, {"mask_value": ()}),
    "Dense": Kind(plain(simple.dense), {"units": (), **ACTIVATION}, ("kernel", "bias")),
    "Activation": ACTIVE,
    "ReLU": ACTIVE,
    "LeakyReLU": ACTIVE,
    "ELU": ACTIVE,
    "Softmax": ACTIVE,
    "PReLU": Kind(plain(simple.prelu), {}, ("alpha",)),
    "Flatten": Kind(plain(simple.flatten), float=False),
    "Reshape": Kind(plain(simple.reshape), {"target_shape": ()}, float=False),
    "Permute": Kind(plain(simple.permute), {"dims": ()}, float=False),
    "RepeatVector": Kind(plain(simple.repeat_vector), {"n": ()}, float=False),
    "Rescaling": Kind(plain(simple.rescaling), {"scale": (), "offset": ()}),
    "BatchNormalization": Kind(
        plain(simple.batch_normalization),
        {"axis": (), "epsilon": ()},
        ("gamma", "beta", "moving_mean", "moving_variance"),
    ),
    "LayerNormalization": Kind(plain(simple.layer_normalization), {"axis": (), "epsilon": ()}, ("gamma", "beta")),
    "Conv1D": Kind(plain(along_time.conv1d), CONV, ("kernel", "bias")),
    "MaxPooling1D": Kind(plain(along_time.max_pooling1d), POOL),
    "AveragePooling1D": Kind(plain(along_time.average_pooling1d), POOL),
    "GlobalMaxPooling1D": Kind(plain(along_time.global_max_pooling1d), GLOBAL),
    "GlobalAveragePooling1D": Kind(along_time.global_average_pooling1d, GLOBAL),
    "ZeroPadding1D": Kind(plain(along_time.zero_padding1d), {"padding": ()}),
    "Cropping1D": Kind(plain(along_time.cropping1d), {"cropping": ()}),
    "UpSampling1D": Kind(plain(along_time.up_sampling1d), {"size": ()}),
    "Concatenate": Kind(merging.concatenate, {"axis": ()}),
    "Add": Kind(merging.merge(np.add)),
    "Subtract": Kind(merging.merge(np.subtract)),
    "Multiply": Kind(merging.merge(np.multiply, passed_over=True)),
    "Average": Kind(merging.merge(np.add, mean=True)),
    "Maximum": Kind(merging.merge(np.maximum, passed_over=True)),
    "Minimum": Kind(merging.merge(np.minimum, passed_over=True)),
    "Dot": Kind(merging.dot, {"axes": (), "normalize": ()}),
    "Attention": Kind(attention.attention, {"score_mode": ("dot", "concat")}, NOTHING),
    "AdditiveAttention": Kind(attention.attention, {}, ("scale",)),
    **dict.fromkeys(("Identity", "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise"), IDENTITY),
    **dict.fromkeys(("AlphaDropout", "ActivityRegularization"), IDENTITY),
    **{f"ops.{name}": Kind(run, options, float=False) for name, (run, options) in OPERATIONS.items()},
    **{f"onnx.{name}": Kind(run, float=False) for name, run in NODES.items()},
    "torch.recurrent": Kind(torch_layers.recurrent),
    "torch.step": Kind(torch_layers.step),
}
# What Keras calls a model: a graph of layers.
MODELS = ("Sequential", "Functional", "Model")


def layers_that_run():
    """Return the names of the layers in the table, for people."""
    return ", ".join(sorted(kind for kind in KINDS if "." not in kind and kind != "Model"))


def operators_that_run():
    """Return the names of the operators of ONNX in the table, for people."""
    return ", ".join(sorted(NODES))
