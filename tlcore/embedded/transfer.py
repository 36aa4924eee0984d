"""[TF] What pretraining buys on few photos: `python -m tlcore.embedded.transfer [--photos DIR]`.

Twenty photos a class, several seeds: the shipped backbone frozen, fine-tuned, and the same network from random
weights, on the drawn objects and on a folder of photos with one folder a class. Test photos are never trained on.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageOps

from tlcore.datasets.rendered import render
from tlcore.datasets.rendering.objects import OBJECTS
from tlcore.embedded.network import LAST_FEATURE_LAYER, PIXELS, build_network
from tlcore.embedded.weights import load_weights
from tlcore.errors import DatasetError

TEST_PER_CLASS = 60
EPOCHS = 30
BATCH = 20
FINE_TUNE_FROM = "stage3_1_conv"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """Test accuracy of one strategy on one dataset.

    Args:
        dataset: its name.
        strategy: scratch, frozen or fine_tune.
        accuracies: one for each seed, 0 to 1.
        mean: of the accuracies.
        deviation: their standard deviation (n - 1).
        test_photos: photos behind each accuracy.
    """

    dataset: str
    strategy: str
    accuracies: tuple[float, ...]
    mean: float
    deviation: float
    test_photos: int


def drawn_objects(per_class: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw pictures of the five objects.

    Args:
        per_class: how many of each.

    Returns:
        uint8 (pictures, 64, 64, 3), and int labels.
    """
    size = (PIXELS, PIXELS)
    pictures = [
        Image.fromarray(render(label, index)).resize(size, Image.Resampling.BICUBIC)
        for label in range(len(OBJECTS))
        for index in range(per_class)
    ]
    return np.stack(pictures), np.repeat(np.arange(len(OBJECTS)), per_class)


def folder_photos(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the JPEG photos of a folder with one folder a class: centre square, resized.

    Args:
        folder: where the class folders lie.

    Returns:
        uint8 (photos, 64, 64, 3), and int labels in the order of the folders' names.

    Raises:
        DatasetError: if there are fewer than two class folders.
    """
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    if len(classes) < 2:
        raise DatasetError(f"two class folders or more in {folder}", f"{len(classes)}", "Give another folder.")
    images, labels = [], []
    for label, path in enumerate(classes):
        for photo in sorted(path.glob("*.jpg")):
            with Image.open(photo) as image:
                images.append(ImageOps.fit(image.convert("RGB"), (PIXELS, PIXELS), Image.Resampling.BICUBIC))
            labels.append(label)
    return np.stack(images), np.array(labels)


def _network(classes: int, pretrained: bool) -> keras.Model:
    backbone = build_network(include_top=False)
    if pretrained:
        load_weights(backbone)
    pooled = keras.layers.GlobalAveragePooling2D(name="head_pooling")(backbone.output)
    output = keras.layers.Dense(classes, activation="softmax", name="head_output")(pooled)
    return keras.Model(backbone.input, output)


def _fit(model: keras.Model, inputs: np.ndarray, labels: np.ndarray, rate: float, epochs: int) -> None:
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(inputs, labels, batch_size=BATCH, epochs=epochs, verbose=0)


def _train_scratch(images: np.ndarray, labels: np.ndarray, classes: int) -> keras.Model:
    model = _network(classes, pretrained=False)
    _fit(model, images, labels, 1e-3, EPOCHS)
    return model


def _train_frozen(images: np.ndarray, labels: np.ndarray, classes: int) -> keras.Model:
    model = _network(classes, pretrained=True)
    pooled = keras.Model(model.input, model.get_layer("head_pooling").output).predict(images, verbose=0)
    head = keras.Sequential([keras.Input(pooled.shape[1:]), model.get_layer("head_output")])
    _fit(head, pooled, labels, 1e-3, 4 * EPOCHS)
    return model


def _train_fine_tune(images: np.ndarray, labels: np.ndarray, classes: int) -> keras.Model:
    model = _train_frozen(images, labels, classes)
    names = [layer.name for layer in model.layers]
    first, last = names.index(FINE_TUNE_FROM), names.index(LAST_FEATURE_LAYER)
    for index, layer in enumerate(model.layers[: last + 1]):
        # Statistics of a handful of photos would spoil those of the pretraining.
        layer.trainable = index >= first and not isinstance(layer, keras.layers.BatchNormalization)
    _fit(model, images, labels, 1e-4, EPOCHS)
    return model


STRATEGIES: dict[str, Callable[[np.ndarray, np.ndarray, int], keras.Model]] = {
    "scratch": _train_scratch,
    "frozen": _train_frozen,
    "fine_tune": _train_fine_tune,
}


def compare(dataset: str, images: np.ndarray, labels: np.ndarray, per_class: int, seeds: int) -> list[Result]:
    """Train every strategy on the same few photos of each seed, and test on the same others.

    Args:
        dataset: its name, for the table.
        images: uint8 (photos, 64, 64, 3).
        labels: int (photos,).
        per_class: training photos of each class.
        seeds: how many draws of training photos and weights.

    Returns:
        One result for each strategy.
    """
    classes = int(labels.max()) + 1
    found: dict[str, list[float]] = {name: [] for name in STRATEGIES}
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        drawn = [generator.permutation(np.flatnonzero(labels == label)) for label in range(classes)]
        training = generator.permutation(np.concatenate([members[:per_class] for members in drawn]))
        test = np.concatenate([members[per_class:] for members in drawn])
        for name, train in STRATEGIES.items():
            keras.utils.clear_session()
            keras.utils.set_random_seed(seed)
            model = train(images[training].astype(np.float32), labels[training], classes)
            scores = model.predict(images[test].astype(np.float32), batch_size=200, verbose=0)
            found[name].append(float((scores.argmax(1) == labels[test]).mean()))
            logger.info("%s, seed %d, %s: %.3f", dataset, seed, name, found[name][-1])
    return [
        Result(dataset, name, tuple(values), float(np.mean(values)), float(np.std(values, ddof=1)), len(test))
        for name, values in found.items()
    ]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Frozen and fine-tuned against scratch, on few photos.")
    parser.add_argument("--photos", type=Path, help="folder with one folder of JPEG photos a class")
    parser.add_argument("--per-class", type=int, default=20, help="training photos of each class")
    parser.add_argument("--seeds", type=int, default=5, help="draws, at least 2")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    per_class, seeds = arguments.per_class, max(2, arguments.seeds)
    results = compare("drawn objects", *drawn_objects(per_class + TEST_PER_CLASS), per_class, seeds)
    if arguments.photos:
        results += compare(arguments.photos.name, *folder_photos(arguments.photos), per_class, seeds)
    sys.stdout.write(json.dumps([asdict(result) for result in results], indent=1) + "\n")


if __name__ == "__main__":
    main()
