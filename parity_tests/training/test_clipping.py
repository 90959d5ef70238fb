import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.harness import assert_parity
from scratch import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm
from scratch.tree import map_tree


def draw(dtype, scale=1.0):
    """Return gradients of norms 3.2, 0.3 and 1.9 times ``scale``."""
    rng = np.random.default_rng(0)
    tree = {"lstm": {"kernel": rng.standard_normal((3, 4)), "bias": 0.1 * rng.standard_normal(5)}}
    tree["dense"] = {"kernel": rng.standard_normal((2, 2))}
    return map_tree(lambda g: (scale * g).astype(dtype), tree)


CLIPS = [
    ("clip_by_value", (-0.3, 0.7)),
    ("clip_by_norm", (0.9,)),
    ("clip_by_norm", (0.9, ("dense",))),
    ("clip_by_norm", (0.2, ("lstm/bias",))),
    ("clip_by_global_norm", (1.3,)),
    ("clip_by_global_norm", (130.0,)),
    ("global_norm", ()),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("name", "arguments"), CLIPS)
def test_agrees_with_tensorflow(name, arguments, dtype):
    gradients = draw(dtype)
    before = map_tree(np.copy, gradients)
    clipped = getattr(scratch, name)(gradients, *arguments)
    assert_parity(clipped, getattr(tf_impl, name)(gradients, *arguments))
    assert_parity(gradients, before, limit=0)


ODD = {
    "zeros": [0.0, 0.0, 0.0],
    "one NaN": [1.0, np.nan, 2.0],
    "an infinity": [1.0, np.inf, 2.0],
    "minus infinity": [-np.inf, 1.0, 0.0],
    "squares too large": [1e20, 1e20, 3.0],
    "squares too small": [1e-30, 1e-30, 0.0],
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("values", ODD.values(), ids=ODD)
@pytest.mark.parametrize(("name", "arguments"), CLIPS)
def test_zeros_nan_and_infinities_become_what_tensorflow_makes_of_them(name, arguments, values, dtype):
    gradients = {"lstm": {"kernel": np.array([0.3, 0.4], dtype), "bias": np.array(values, dtype)}}
    gradients["dense"] = {"kernel": np.zeros(2, dtype)}
    ours, theirs = (getattr(backend, name)(gradients, *arguments) for backend in (scratch, tf_impl))
    if name in ("clip_by_global_norm", "global_norm"):
        (ours, norm), (theirs, tf_norm) = (x if name != "global_norm" else ({}, x) for x in (ours, theirs))
        np.testing.assert_allclose(norm, tf_norm, rtol=1e-6)
    map_tree(lambda g, want: np.testing.assert_allclose(g, want, rtol=1e-6), ours, theirs)


def test_what_is_short_enough_is_left_as_it_is():
    gradients = draw(np.float64)
    for clipped in (clip_by_norm(gradients, 4.0), clip_by_global_norm(gradients, 4.0)[0]):
        assert_parity(clipped, gradients, limit=0)


def test_what_is_clipped_has_the_norm_that_was_asked_for():
    gradients = draw(np.float64)
    by_norm = clip_by_norm(gradients, 0.9, skip=("dense",))
    assert np.linalg.norm(by_norm["lstm"]["kernel"]) == pytest.approx(0.9, rel=1e-15)
    # Short enough, but TensorFlow computes g c / c all the same.
    np.testing.assert_allclose(by_norm["lstm"]["bias"], gradients["lstm"]["bias"], rtol=1e-15)
    np.testing.assert_array_equal(by_norm["dense"]["kernel"], gradients["dense"]["kernel"])
    assert by_norm["dense"]["kernel"] is not gradients["dense"]["kernel"]
    together, norm = clip_by_global_norm(gradients, 0.9)
    assert global_norm(together) == pytest.approx(0.9, rel=1e-15)
    assert norm == global_norm(gradients)


def test_refusals():
    gradients = draw(np.float64)
    for clip in (clip_by_norm, clip_by_global_norm):
        with pytest.raises(ValueError, match="clip_norm must be greater than 0, but is 0.0"):
            clip(gradients, 0)
        with pytest.raises(TypeError, match="gradients must be a dict of arrays, but is None"):
            clip(None, 1.0)
        with pytest.raises(TypeError, match="gradients/lstm/bias is float32, but the inputs are float64"):
            clip({"lstm": {**gradients["lstm"], "bias": np.zeros(5, np.float32)}}, 1.0)
    with pytest.raises(ValueError, match="clip_value_max must be at least 0.7, but is -0.3"):
        clip_by_value(gradients, 0.7, -0.3)
    with pytest.raises(ValueError, match="skip names 'den', but the gradients are of 'lstm/kernel', 'lstm/bias', "):
        clip_by_norm(gradients, 1.0, skip=("den",))
    with pytest.raises(TypeError, match="skip must be names of variables, but is 'dense'"):
        clip_by_norm(gradients, 1.0, skip="dense")
