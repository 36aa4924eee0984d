"""The other side of the training benchmarks: what everybody writes with Keras alone. Needs the ImageNet weights."""

from __future__ import annotations

import time
from dataclasses import dataclass

import keras
import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import split
from tlcore.images.augment_presets import read_augmentation
from tlcore.images.resize import resize

SIZE = 160
AUGMENTATION = "light"


@dataclass(frozen=True)
class Measured:
    """What one side came to.

    Args:
        seconds: in all, from photos to test accuracy.
        correct: test photos classified correctly.
        images: test photos.
        epoch_seconds: spent inside epochs only.
    """

    seconds: float
    correct: int
    images: int
    epoch_seconds: float


def augmentation_layers() -> list[keras.Layer]:
    """The same changes as this project's light mixture, as Keras' own layers."""
    strengths = read_augmentation(AUGMENTATION)
    return [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomRotation(strengths["rotate"] / 360),
        keras.layers.RandomZoom(strengths["zoom"]),
        keras.layers.RandomTranslation(strengths["shift"], strengths["shift"]),
    ]


def plain_keras(dataset: Dataset, epochs: int, first_trainable: str = "", augmented: bool = False) -> Measured:
    """One model of base and head, `fit` on the photos.

    Args:
        dataset: two classes.
        epochs: how many.
        first_trainable: layer of the base from which on it is trained, in small steps; "" freezes all of it.
        augmented: whether the training photos are changed at random.

    Returns:
        What it came to.
    """
    started = time.perf_counter()
    photos = np.stack([resize(dataset.image(i), SIZE, SIZE, "stretch") for i in range(len(dataset))])
    photos = photos.astype(np.float32)
    parts = split(dataset)
    keras.utils.set_random_seed(0)
    base = keras.applications.MobileNetV2(input_shape=(SIZE, SIZE, 3), include_top=False, weights="imagenet")
    reached = False
    for layer in base.layers:
        reached = reached or layer.name == first_trainable
        layer.trainable = reached
    inputs = keras.Input((SIZE, SIZE, 3))
    values = inputs
    for layer in augmentation_layers() if augmented else []:
        values = layer(values)
    values = base(keras.layers.Rescaling(1 / 127.5, -1)(values), training=False)
    outputs = keras.layers.Dense(1, activation="sigmoid")(keras.layers.GlobalAveragePooling2D()(values))
    model = keras.Model(inputs, outputs)
    rate = 1e-4 if first_trainable else 1e-3
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    fitted = time.perf_counter()
    model.fit(
        photos[parts.train],
        dataset.labels[parts.train],
        validation_data=(photos[parts.validation], dataset.labels[parts.validation]),
        epochs=epochs,
        batch_size=32,
        verbose=0,
    )
    epoch_seconds = time.perf_counter() - fitted
    guesses = model.predict(photos[parts.test], verbose=0)[:, 0] > 0.5
    correct = int((guesses == dataset.labels[parts.test]).sum())
    return Measured(time.perf_counter() - started, correct, len(parts.test), epoch_seconds)
