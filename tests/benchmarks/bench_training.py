"""A frozen run of this project against the plain Keras loop, side by side on the same photos and the same split.

python tests/benchmarks/bench_training.py --photos FOLDER      (needs the ImageNet weights of MobileNetV2 at 160 pixels)
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import keras
import numpy as np
import tensorflow  # noqa: F401  both sides find it imported already

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.splits import split
from tlcore.images.resize import resize
from tlcore.reports.statistics import accuracy_text
from tlcore.training.job import train
from tlcore.training.plan import TrainingPlan

SIZE = 160


def plain_keras(dataset: Dataset, epochs: int) -> tuple[float, int, int]:
    """What everybody writes: the frozen base and a head in one model, `fit` on the photos.

    Args:
        dataset: two classes.
        epochs: how many.

    Returns:
        Seconds, correct test photos, test photos.
    """
    started = time.perf_counter()
    photos = np.stack([resize(dataset.image(i), SIZE, SIZE, "stretch") for i in range(len(dataset))])
    inputs = keras.applications.mobilenet_v2.preprocess_input(photos.astype(np.float32))
    parts = split(dataset)
    keras.utils.set_random_seed(0)
    base = keras.applications.MobileNetV2(input_shape=(SIZE, SIZE, 3), include_top=False, weights="imagenet")
    base.trainable = False
    model = keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        inputs[parts.train],
        dataset.labels[parts.train],
        validation_data=(inputs[parts.validation], dataset.labels[parts.validation]),
        epochs=epochs,
        batch_size=32,
        verbose=0,
    )
    guesses = model.predict(inputs[parts.test], verbose=0)[:, 0] > 0.5
    correct = int((guesses == dataset.labels[parts.test]).sum())
    return time.perf_counter() - started, correct, len(parts.test)


def studio(dataset: Dataset, epochs: int, folder: Path) -> tuple[float, int, int]:
    """The same as a run of this project, saving included.

    Args:
        dataset: two classes.
        epochs: how many.
        folder: of the run.

    Returns:
        Seconds, correct test photos, test photos.
    """
    started = time.perf_counter()
    plan = TrainingPlan(dataset=dataset.id, input_size=SIZE, epochs=epochs)
    result = train(plan.to_json(), folder, lambda event: None, lambda: False)
    test = result["scores"]["test"]
    return time.perf_counter() - started, test["correct"], test["images"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="a folder of two class folders")
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["TLCORE_HOME"] = home
        dataset = import_dataset("folder", {"path": str(options.photos)}, "benchmark")
        rows = {
            "this project, first run": studio(dataset, options.epochs, Path(home) / "first"),
            "this project, second run": studio(dataset, options.epochs, Path(home) / "second"),
            "plain Keras fit": plain_keras(dataset, options.epochs),
        }
    baseline = rows["plain Keras fit"][0]
    for name, (seconds, correct, images) in rows.items():
        sys.stdout.write(
            f"{name:26} {seconds:7.1f} s   {baseline / seconds:6.1f} times as fast   "
            f"test {accuracy_text(correct, images)}\n"
        )


if __name__ == "__main__":
    main()
