import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from scratch import BatchNormalization
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree
from tf_impl.tensorflow import tf, v1

LAYERS = [
    BatchNormalization(),
    BatchNormalization(momentum=0.7, epsilon=0.1, center=False),
    BatchNormalization(momentum=0.3, scale=False),
    BatchNormalization(center=False, scale=False),
]


def draw(layer, shape, dtype):
    """Return ``(params, moving, x, d_y)``, none of them at a value where a layer starts."""
    rng = np.random.default_rng(0)
    size = shape[-1]
    params = {name: rng.standard_normal(size) for name in layer.param_shapes(size)}
    moving = {"moving_mean": rng.standard_normal(size), "moving_variance": rng.uniform(0.3, 2, size)}
    x = (1 + rng.random(size)) * rng.standard_normal(shape) + rng.standard_normal(size)
    return map_tree(lambda array: array.astype(dtype), (params, moving, x, rng.standard_normal(shape)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("layer", "shape"),
    [*((layer, (7, 3)) for layer in LAYERS), (LAYERS[0], (4, 5, 3)), (LAYERS[0], (4, 2, 5, 3))],
    ids=str,
)
def test_agrees_with_tensorflow(layer, shape, training, dtype):
    params, moving, x, d_y = arguments = draw(layer, shape, dtype)
    before = map_tree(np.copy, arguments)
    results = []
    for one in (layer, tf_impl.BatchNormalization(layer)):
        y, new_moving, cache = one.forward(params, moving, x, training)
        d_x, d_params = one.backward(params, cache, d_y)
        results.append({"y": y, "moving": new_moving, "d_x": d_x, "d_params": d_params})
    assert_parity(*results)
    assert_parity(arguments, before, limit=0)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_gradients_agree_with_complex_steps(layer, training):
    params, moving, x, d_y = draw(layer, (4, 2, 3), np.float64)
    _, _, cache = layer.forward(params, moving, x, training)

    def scalar(arguments):
        return (layer.forward(arguments[1], to_complex(moving), arguments[0], training)[0] * d_y).sum()

    assert_parity(layer.backward(params, cache, d_y), complex_step(scalar, to_complex((x, params))))


def test_training_gives_each_feature_mean_0_and_variance_1():
    layer = BatchNormalization(epsilon=1e-12)
    _, moving, x, _ = draw(layer, (7, 3), np.float64)
    y, _, _ = layer.forward(layer.init_params(3, np.float64), moving, x, training=True)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1, rtol=1e-9)


def test_moving_statistics_approach_those_of_the_data():
    layer = BatchNormalization(momentum=0.9)
    params, moving = layer.init_params(3), layer.init_moving(3)
    _, _, x, _ = draw(layer, (7, 3), np.float32)
    for _ in range(100):
        _, moving, _ = layer.forward(params, moving, x, training=True)
    y, same, _ = layer.forward(params, moving, x, training=False)
    np.testing.assert_equal(same, moving)
    np.testing.assert_allclose(moving["moving_variance"], x.var(axis=0), rtol=1e-3)
    np.testing.assert_allclose(y, layer.forward(params, moving, x, training=True)[0], atol=1e-3)


@pytest.mark.parametrize(("shape", "correction"), [((5, 3), 1), ((5, 4, 3), 1), ((5, 2, 2, 3), 20 / 19)], ids=str)
def test_tensorflow_moves_by_the_unbiased_variance_only_in_its_kernel_for_images(shape, correction):
    """Which it takes for four axes unless told not to: for what a recurrent network puts out, it divides by N."""
    _, _, x, _ = draw(BatchNormalization(), shape, np.float32)
    with tf.Graph().as_default(), v1.Session() as session:
        layer = v1.layers.BatchNormalization(momentum=0.9)
        layer(tf.constant(x), training=True)
        session.run(v1.global_variables_initializer())
        session.run(v1.get_collection(v1.GraphKeys.UPDATE_OPS))
        moving = session.run(layer.moving_variance)
    variance = x.var(axis=tuple(range(x.ndim - 1)))
    np.testing.assert_allclose(moving, 0.9 + 0.1 * correction * variance, rtol=1e-6)


def test_the_tutorials_trap_leaves_the_statistics_at_0_and_1():
    """Without training mode the layer is y = γ x / √(1 + ε) + β for ever: nothing is normalised, and no one is told."""
    layer = BatchNormalization()
    params, _, x, d_y = draw(layer, (7, 3), np.float64)
    for one in (layer, tf_impl.BatchNormalization(layer)):
        moving = layer.init_moving(3, np.float64)
        for _ in range(3):
            y, moving, cache = one.forward(params, moving, x, training=False)
        assert_parity(moving, {"moving_mean": np.zeros(3), "moving_variance": np.ones(3)}, limit=0)
        assert_parity(y, params["gamma"] * x / np.sqrt(1 + 1e-3) + params["beta"])
        assert_parity(one.backward(params, cache, d_y)[0], params["gamma"] * d_y / np.sqrt(1 + 1e-3))


def test_refusals():
    with pytest.raises(ValueError, match="momentum must be below 1 in float32, but is 1.0"):
        BatchNormalization(momentum=1)
    with pytest.raises(ValueError, match="epsilon must be greater than 0, but is 0.0"):
        BatchNormalization(epsilon=0)
    with pytest.raises(ValueError, match="center must be one of False, True, but is 'yes'"):
        BatchNormalization(center="yes")
    layer = BatchNormalization()
    params, moving, x, d_y = draw(layer, (7, 3), np.float64)
    with pytest.raises(ValueError, match="size must be at least 1, but is 0"):
        layer.init_params(0)
    with pytest.raises(TypeError, match="dtype must be float32 or float64, but is 'int8'"):
        layer.init_moving(3, "int8")
    with pytest.raises(ValueError, match="training must be one of False, True, but is None"):
        layer.forward(params, moving, x, None)
    with pytest.raises(ValueError, match="params has an unknown 'beta'; it takes 'gamma'"):
        BatchNormalization(center=False).forward(params, moving, x, True)
    with pytest.raises(ValueError, match="moving/moving_mean must have shape \\[3\\], but has \\[2\\]"):
        layer.forward(params, {**moving, "moving_mean": np.zeros(2)}, x, True)
    with pytest.raises(TypeError, match="params/gamma is float64, but the inputs are float32"):
        layer.forward(params, moving, x.astype(np.float32), True)
    with pytest.raises(ValueError, match="x must have at least one row to train on, but has none"):
        layer.forward(params, moving, x[:0], True)
    assert layer.forward(params, moving, x[:0], False)[0].shape == (0, 3)
    _, _, cache = layer.forward(params, moving, x, True)
    with pytest.raises(ValueError, match="d_y must have shape \\[7, 3\\], but has \\[3, 7\\]"):
        layer.backward(params, cache, d_y.T)
