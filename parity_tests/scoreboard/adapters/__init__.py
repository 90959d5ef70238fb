"""An adapter for each engine. The ``ENGINES`` are in the order of the page's columns."""

ENGINES = (
    "tensorflow_v1",
    "keras_tensorflow",
    "keras_torch",
    "keras_jax",
    "pytorch",
    "flax_linen",
    "equinox_scan",
    "haiku_unroll",
    "onnx_reference",
    "onnx_runtime",
    "openvino_runtime",
    "litert",
)
