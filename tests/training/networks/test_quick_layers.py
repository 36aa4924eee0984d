"""Cheaper arithmetic: a network put together anew computes, and learns, what Keras' own does."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.slow

NETWORKS = {
    "MobileNetV2": {"input_size": 64, "include_top": False},  # depthwise, shortcuts, padding before strides
    "ResNet50": {"input_size": 64, "include_top": False},  # convolutions with a bias, 1 × 1 with strides
    "DenseNet121": {"input_size": 64, "include_top": False},  # normalization before the convolution, concatenation
    "EfficientNetB0": {"input_size": 64, "include_top": False},  # gates: a convolution after a mean, with sigmoid
}
_NEAR = 1e-8


def random_network(name: str):
    """A network whose normalizations have learned statistics of their own."""
    import keras

    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    keras.utils.set_random_seed(1)
    model = build(find(name), **NETWORKS[name])
    random = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([random.uniform(0.6, 1.4, weight.shape) for weight in layer.get_weights()])
    return model


def gradients(model, variables, batch, training):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        outputs = model(batch, training=training)
        wanted = tf.cast(tf.reshape(tf.range(tf.size(outputs)) % 7, tf.shape(outputs)), outputs.dtype)
        loss = tf.reduce_mean(outputs * wanted)
    return outputs.numpy(), [np.asarray(tf.convert_to_tensor(found)) for found in tape.gradient(loss, variables)]


@pytest.fixture
def precise():
    """Twice as many digits: deep networks make much of a rounding."""
    import keras

    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.usefixtures("precise")
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_gradients_are_those_of_keras(name, training):
    from tlcore.training.networks.quick_layers import quicken

    model = random_network(name)
    batch = np.random.default_rng(2).normal(size=(4, 64, 64, 3))
    names = [layer.name for layer in model.layers]
    statistics = [variable.numpy() for variable in model.non_trainable_variables]
    quick = quicken(model, learns_statistics=training)
    before = gradients(model, model.trainable_variables, batch, training)
    learned = [variable.numpy() for variable in model.non_trainable_variables]
    for variable, value in zip(model.non_trainable_variables, statistics, strict=True):
        variable.assign(value)
    after = gradients(quick, model.trainable_variables, batch, training)
    assert after[0] == pytest.approx(before[0], abs=_NEAR * float(np.abs(before[0]).max()))
    largest = max(np.abs(expected).max() for expected in before[1])
    for expected, found in zip(before[1], after[1], strict=True):
        assert np.abs(found - expected).max() <= _NEAR * largest
    # Statistics are learned in the same way, too, and the network itself is as it was.
    for variable, expected in zip(model.non_trainable_variables, learned, strict=True):
        if variable.dtype == "float64":
            assert variable.numpy() == pytest.approx(expected, rel=_NEAR, abs=_NEAR)
    assert [layer.name for layer in model.layers] == names
    if not training:
        assert sum(layer.name.endswith("_folded") for layer in quick.layers) > 20 * (name != "DenseNet121")


def test_fused_adam_takes_the_steps_of_keras_adam():
    import keras
    import tensorflow as tf

    from tlcore.training.networks.adam import FusedAdam

    random = np.random.default_rng(0)
    start = random.normal(size=(30, 7)).astype(np.float32)
    rates = [0.01] * 10 + [0.003] * 10

    def trained(optimizer: keras.optimizers.Adam) -> list[np.ndarray]:
        variable, random = keras.Variable(start), np.random.default_rng(1)
        optimizer.build([variable])
        step = tf.function(lambda gradient: optimizer.apply([gradient], [variable]))
        for rate in rates:
            optimizer.learning_rate.assign(rate)
            step(tf.constant(random.normal(size=start.shape).astype(np.float32)))
        return [variable.numpy(), *(state.numpy() for state in optimizer.variables)]

    for expected, found in zip(trained(keras.optimizers.Adam()), trained(FusedAdam()), strict=True):
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-6)
