"""The options of a layer of Keras, checked against the table of what can be run."""

from saved_model import Refused
from saved_model.activations import ACTIVATIONS
from saved_model.kinds import HARMLESS, HARMLESS_ENDS, KINDS, ONLY

# Other names for what ``activations.py`` has: TensorFlow's own functions, and Keras's older names.
SAME = {"softmax_v2": "softmax", "log_softmax_v2": "log_softmax", "swish": "silu", "hard_swish": "hard_silu"}
# The layers that are activations, and what they may set.
SETTINGS = {
    "ReLU": ("relu", ("negative_slope", "max_value", "threshold")),
    "LeakyReLU": ("leaky_relu", ("negative_slope",)),
    "ELU": ("elu", ("alpha",)),
    "Softmax": ("softmax", ("axis",)),
}


def described_options(layer, kind, keras):
    """Return the options that the run needs, refusing by name any that it cannot run."""
    kept = KINDS[kind].options
    if kind.startswith("ops."):
        return {option: plain_value(getattr(layer, option)) for option in kept}
    if layer.compute_dtype != "float32" and KINDS[kind].float:
        raise Refused(f"{layer.name} computes in {layer.compute_dtype}, but only float32 can be run")
    options = {"masking": bool(layer.supports_masking), "keras": keras}
    if kind in SETTINGS:
        return {**options, "activation": described_activation(layer, layer.name, keras)}
    config = layer.get_config()
    for option in {**config, **kept}:
        if option not in kept and (option in HARMLESS or option.endswith(HARMLESS_ENDS)):
            continue
        value = plain_value(config[option] if option in config else getattr(layer, option, False))
        if option.endswith("activation"):
            # What is not one of Keras's own functions comes as a dict or an object; the layer has the object.
            value = described_activation(getattr(layer, option), layer.name, keras)
        choices = {**ONLY, **kept}.get(option, (None, False))
        if choices and value not in choices:
            wanted = " or ".join(map(repr, choices))
            raise Refused(f"{layer.name}: {option}={value!r} of {kind} cannot be run; it must be {wanted}")
        if option in kept:
            options[option] = value
    return options


def plain_value(value):
    """Return a value as JSON keeps it: Keras 2 has lists and tuples of its own kinds."""
    if isinstance(value, list | tuple):
        return list(map(plain_value, value))
    return value.item() if hasattr(value, "item") else value


def described_activation(activation, layer_name, keras):
    """Return the name of an activation and its settings, from a function or a layer of Keras."""
    kind, module = type(activation).__name__, type(activation).__module__
    if kind in SETTINGS and module.startswith(("keras.", "tf_keras.")):
        name, settings = SETTINGS[kind]
        # Keras 2 calls the slope of a LeakyReLU alpha.
        values = {setting: getattr(activation, setting, getattr(activation, "alpha", None)) for setting in settings}
        return [name, {setting: plain_value(value) for setting, value in values.items()}]
    name, module = getattr(activation, "__name__", kind), getattr(activation, "__module__", "")
    name = SAME.get(name, name)
    if name not in ACTIVATIONS or not module.startswith(("keras.", "tf_keras.", "tensorflow.")):
        raise Refused(f"{layer_name}: the activation {name} cannot be run")
    return [f"{name} of Keras 2" if name == "hard_sigmoid" and keras == 2 else name, {}]
