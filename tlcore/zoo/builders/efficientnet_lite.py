"""EfficientNet-Lite, for phones and plain processors. [TF]"""

from __future__ import annotations

import keras
from keras import layers

from tlcore.zoo.lite_design import EPSILON, steps


def efficientnet_lite(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    include_top: bool = True,
    classes: int = 1000,
    width: float = 1.0,
    depth: float = 1.0,
) -> keras.Model:
    """Build an EfficientNet-Lite with the names that Keras gives the layers of EfficientNet.

    Args:
        input_shape: (height, width, 3).
        include_top: with average pooling, dropout and the classifier, or up to the last maps.
        classes: output units.
        width: by what channels are multiplied: 1.0, 1.0, 1.1, 1.2, 1.4 for Lite0 to Lite4.
        depth: by what the blocks of a stage are multiplied: 1.0, 1.1, 1.2, 1.4, 1.8.

    Returns:
        The network, with random weights.
    """
    image = keras.Input(input_shape, name="image")
    maps = image
    tensors: dict[str, keras.KerasTensor] = {}
    for step in steps(width, depth):
        options = {"strides": step.stride, "padding": "same", "use_bias": False, "name": step.convolution}
        if step.is_depthwise:
            maps = layers.DepthwiseConv2D(step.kernel, depthwise_initializer="he_normal", **options)(maps)
        else:
            maps = layers.Conv2D(step.filters, step.kernel, kernel_initializer="he_normal", **options)(maps)
        maps = layers.BatchNormalization(epsilon=EPSILON, name=f"{step.name}_bn")(maps)
        if step.is_activated:
            maps = layers.ReLU(6, name=f"{step.name}_activation")(maps)
        if step.adds:
            maps = layers.Add(name=step.output)([maps, tensors[step.adds]])
        tensors[step.output] = maps
    if include_top:
        maps = layers.GlobalAveragePooling2D(name="avg_pool")(maps)
        maps = layers.Dropout(0.2, name="top_dropout")(maps)
        maps = layers.Dense(classes, activation="softmax", name="predictions")(maps)
    return keras.Model(image, maps, name="efficientnet_lite")
