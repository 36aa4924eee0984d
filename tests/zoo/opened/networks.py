"""Small networks of Keras with one feature each that files of users have."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers


def chain(*stack) -> keras.Model:
    return keras.Sequential(list(stack))


def shared_layer() -> keras.Model:
    first, second = keras.Input((8, 8, 3), name="left"), keras.Input((8, 8, 3), name="right")
    eye = layers.Conv2D(4, 3, name="eye")
    seen = layers.Concatenate()([layers.Flatten()(eye(first)), layers.Flatten()(eye(second))])
    return keras.Model([first, second], layers.Dense(1)(seen))


def siamese() -> keras.Model:
    tower = chain(keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="eye"), layers.GlobalAveragePooling2D())
    first, second = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    return keras.Model([first, second], layers.Dense(1)(layers.Subtract()([tower(first), tower(second)])))


def frozen_inside() -> keras.Model:
    inner = chain(keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU())
    inner.trainable = False
    outer = chain(keras.Input((8, 8, 3)), inner, layers.BatchNormalization(), layers.Flatten(), layers.Dense(2))
    return chain(keras.Input((8, 8, 3)), outer, layers.Dense(3, name="last"))


def two_outputs() -> keras.Model:
    picture, number = keras.Input((8, 8, 3)), keras.Input((5,))
    maps = layers.Conv2D(4, 3, strides=2)(picture)
    both = layers.Concatenate()([layers.Flatten()(maps), number])
    return keras.Model([picture, number], [layers.Dense(2)(both), layers.Dense(3)(layers.Dense(4)(both))])


def operations() -> keras.Model:
    picture = keras.Input((8, 8, 3))
    maps = layers.Conv2D(4, 3, padding="same")(picture / 127.5 - 1.0)
    mixed = keras.ops.relu(maps) + maps * 2.0
    half = mixed[:, :4]
    mean = keras.ops.mean(half, axis=(1, 2))
    return keras.Model(picture, layers.Dense(2)(keras.ops.concatenate([mean, mean], axis=-1)))


def keyword_tensors() -> keras.Model:
    sequence, other = keras.Input((6, 8)), keras.Input((9, 8))
    seen = layers.MultiHeadAttention(2, 4, name="look")(query=sequence, value=other)
    return keras.Model([sequence, other], layers.Dense(2)(layers.GlobalAveragePooling1D()(seen)))


def transformer() -> keras.Model:
    picture = keras.Input((16, 16, 3))
    patches = layers.Reshape((16, 8))(layers.Conv2D(8, 4, strides=4)(picture))
    patches = layers.LayerNormalization()(patches + layers.MultiHeadAttention(2, 4)(patches, patches))
    return keras.Model(picture, layers.Dense(3)(layers.Flatten()(layers.Dense(8, activation="gelu")(patches))))


def products() -> keras.Model:
    first, second = keras.Input((6, 8)), keras.Input((5, 8))
    mixed = layers.EinsumDense("abc,cde->abde", output_shape=(6, 3, 4), bias_axes="de")(first)
    flat = layers.EinsumDense("...x,xy->...y", output_shape=7)(mixed)
    both = layers.Concatenate()(
        [layers.GlobalAveragePooling2D()(flat), layers.Flatten()(layers.Dot(2)([first, second]))]
    )
    return keras.Model([first, second], layers.Dense(2)(both))


PICTURES: dict[str, Callable[[], keras.Model]] = {
    "shared layer": shared_layer,
    "siamese": siamese,
    "frozen inside": frozen_inside,
    "two outputs": two_outputs,
    "operations": operations,
    "keyword tensors": keyword_tensors,
    "transformer": transformer,
    "products": products,
    "dense": lambda: chain(keras.Input((12,)), layers.Dense(4), layers.Dense(2, use_bias=False)),
    "groups": lambda: chain(keras.Input((8, 8, 4)), layers.Conv2D(6, 3, groups=2), layers.PReLU(shared_axes=[1, 2])),
    "separable": lambda: chain(keras.Input((9, 9, 3)), layers.SeparableConv2D(5, 3, depth_multiplier=2, strides=2)),
    "depthwise": lambda: chain(keras.Input((9, 9, 3)), layers.DepthwiseConv2D(3, depth_multiplier=2)),
    "transposed": lambda: chain(keras.Input((5, 5, 3)), layers.Conv2DTranspose(4, 3, strides=2, padding="same")),
    "transposed, valid": lambda: chain(keras.Input((5, 5, 3)), layers.Conv2DTranspose(4, 3, strides=2)),
    "one dimension": lambda: chain(
        keras.Input((20, 3)),
        layers.Conv1D(4, 3, padding="causal", dilation_rate=2),
        layers.ZeroPadding1D((1, 2)),
        layers.MaxPooling1D(2),
        layers.Cropping1D(1),
        layers.UpSampling1D(2),
        layers.SeparableConv1D(5, 3),
        layers.Conv1DTranspose(2, 3, strides=2),
        layers.GlobalMaxPooling1D(),
    ),
    "three dimensions": lambda: chain(
        keras.Input((6, 6, 6, 2)),
        layers.Conv3D(3, 2, strides=(1, 2, 1)),
        layers.ZeroPadding3D(1),
        layers.AveragePooling3D(2),
        layers.Conv3DTranspose(2, 2),
        layers.GlobalAveragePooling3D(),
    ),
    "preprocessing": lambda: chain(
        keras.Input((10, 12, 3)),
        layers.Resizing(8, 8),
        layers.Rescaling(1 / 255),
        layers.RandomFlip(),
        layers.RandomRotation(0.1),
        layers.Normalization(),
        layers.Conv2D(4, 3),
        layers.GroupNormalization(2),
        layers.LayerNormalization(),
        layers.UnitNormalization(),
        layers.GaussianNoise(0.1),
        layers.Flatten(),
        layers.Dense(2),
    ),
    "shapes": lambda: chain(
        keras.Input((6,)),
        layers.RepeatVector(4),
        layers.Permute((2, 1)),
        layers.Reshape((2, -1)),
        layers.Embedding(10, 3),
        layers.Flatten(),
        layers.Dense(2),
    ),
    "each step": lambda: chain(
        keras.Input((5, 8, 8, 3)),
        layers.TimeDistributed(layers.Conv2D(4, 3)),
        layers.TimeDistributed(layers.BatchNormalization()),
        layers.TimeDistributed(layers.Flatten()),
        layers.TimeDistributed(layers.Dense(2)),
    ),
    "any size": lambda: chain(keras.Input((224, 224, 3)), layers.Conv2D(4, 3, strides=2), layers.GlobalMaxPooling2D()),
}

# name: (network, multiply-adds by hand)
SEQUENCES: dict[str, tuple[Callable[[], keras.Model], int]] = {
    "lstm": (
        lambda: chain(keras.Input((20, 3)), layers.LSTM(5, return_sequences=True), layers.LSTM(4), layers.Dense(2)),
        20 * 4 * (3 * 5 + 5 * 5) + 20 * 4 * (5 * 4 + 4 * 4) + 4 * 2,
    ),
    "gru": (lambda: chain(keras.Input((7, 3)), layers.GRU(5)), 7 * 3 * (3 * 5 + 5 * 5)),
    "gru, one bias": (
        lambda: chain(keras.Input((7, 3)), layers.GRU(5, reset_after=False)),
        7 * 3 * (3 * 5 + 5 * 5),
    ),
    "simple": (lambda: chain(keras.Input((7, 3)), layers.SimpleRNN(5, use_bias=False)), 7 * (3 * 5 + 5 * 5)),
    "both ways": (
        lambda: chain(keras.Input((7,)), layers.Embedding(30, 3), layers.Bidirectional(layers.LSTM(5))),
        2 * 7 * 4 * (3 * 5 + 5 * 5),
    ),
    "both ways, summed": (
        lambda: chain(
            keras.Input((7, 3)), layers.Bidirectional(layers.GRU(5, return_sequences=True), merge_mode="sum")
        ),
        2 * 7 * 3 * (3 * 5 + 5 * 5),
    ),
    "maps along time": (
        lambda: chain(keras.Input((4, 8, 8, 3)), layers.ConvLSTM2D(5, 3)),
        4 * 6 * 6 * 4 * 9 * (3 + 5) * 5,
    ),
}
