"""Measure the shipped weights: `python -m tlcore.embedded.evaluate --data DIR [--samples DIR]`. [TF]

Top-1 and top-5 on the 10,000 photos that were never trained on, and top-1 on photos of normal size, named
`WNID_name.jpg`, whose class is among the 200.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tlcore.embedded.photos import load_photos
from tlcore.embedded.weights import FOLDER, load_weights, read_card
from tlcore.errors import DatasetError

Classifier = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Accuracy:
    """Share of photos classified correctly.

    Args:
        photos: how many were measured.
        top_1: share whose likeliest class is right, 0 to 1.
        top_5: share whose class is among the five likeliest, 0 to 1.
    """

    photos: int
    top_1: float
    top_5: float


def accuracy(scores: np.ndarray, labels: np.ndarray) -> Accuracy:
    """Count how often scores rank the label first, and among the first five.

    Args:
        scores: float (photos, classes), higher is likelier.
        labels: int (photos,).

    Returns:
        The accuracy.
    """
    hits = np.argsort(-scores, axis=1, kind="stable")[:, :5] == labels[:, None]
    return Accuracy(len(labels), float(hits[:, 0].mean()), float(hits.any(1).mean()))


def keras_classifier(folder: Path = FOLDER, pixels: int | None = None) -> Classifier:
    """[TF] Return the shipped network as a function of uint8 photos (n, pixels, pixels, 3) to scores (n, 200)."""
    from tlcore.embedded.network import build_network

    pixels = pixels or read_card(folder).pixels
    network = build_network((pixels, pixels, 3), classifier_activation=None)
    load_weights(network, folder)
    return lambda photos: network.predict(photos.astype(np.float32), batch_size=250, verbose=0)


def sample_photos(folder: Path, wnids: tuple[str, ...], pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """Read photos named `WNID_name.jpg` whose class is among `wnids`: centre square, resized.

    Args:
        folder: where the photos lie.
        wnids: classes in order.
        pixels: height and width of the result.

    Returns:
        uint8 (photos, pixels, pixels, 3), and int labels.

    Raises:
        DatasetError: if no photo is of these classes.
    """
    paths = [path for path in sorted(folder.glob("n*_*.jpg")) if path.name.split("_")[0] in wnids]
    if not paths:
        raise DatasetError(f"photos named WNID_name.jpg in {folder}", "none", "Give another folder.")
    images = []
    for path in paths:
        with Image.open(path) as image:
            images.append(ImageOps.fit(image.convert("RGB"), (pixels, pixels), Image.Resampling.BICUBIC))
    return np.stack(images), np.array([wnids.index(path.name.split("_")[0]) for path in paths])


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Measure the shipped weights on photos never trained on.")
    parser.add_argument("--data", type=Path, required=True, help="folder with wnids.txt and train-*.npz")
    parser.add_argument("--work", type=Path, help="folder that keeps the decoded photos")
    parser.add_argument("--samples", type=Path, help="folder of photos named WNID_name.jpg")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder with weights.npz and card.json")
    parser.add_argument("--pixels", type=int, help="height and width fed to the network")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    card = read_card(arguments.folder)
    pixels = arguments.pixels or card.pixels
    classify = keras_classifier(arguments.folder, pixels)
    with tempfile.TemporaryDirectory() as temporary:
        photos = load_photos(arguments.data, arguments.work or Path(temporary))
        _, held_out = photos.split()
        images, labels = photos.images[held_out], photos.labels[held_out]
    if pixels != images.shape[1]:
        size = (pixels, pixels)
        images = np.stack([Image.fromarray(image).resize(size, Image.Resampling.BICUBIC) for image in images])
    result = {"held_out": asdict(accuracy(classify(images), labels))}
    if arguments.samples:
        images, labels = sample_photos(arguments.samples, card.wnids, pixels)
        result["samples"] = asdict(accuracy(classify(images), labels))
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
