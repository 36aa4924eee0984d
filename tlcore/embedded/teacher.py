"""[TF] What a larger network sees in the pretraining photos, computed once: targets for distillation.

The teacher is MobileNetV2 (Keras Applications, ImageNet weights, 160 x 160). Its pooled features go through LiteRT; a
linear classifier of the 200 classes is fitted on the training photos only. Distillation: Hinton, Vinyals and Dean,
"Distilling the Knowledge in a Neural Network" (2015); features: Romero et al., "FitNets" (2015).
"""

from __future__ import annotations

import argparse
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tlcore.embedded.photos import Photos, load_photos
from tlcore.errors import DatasetError
from tlcore.files import replacing

NAME = "MobileNetV2 (ImageNet weights, 160 x 160 pixels)"
TEACHER_PIXELS = 160
BATCH = 16

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Teacher:
    """What the teacher says about every photo.

    Args:
        features: float16 (photos, 1280), pooled, standardised with the training photos' mean and deviation.
        answers: float16 (photos, classes), its probabilities.
    """

    features: np.ndarray
    answers: np.ndarray


def _feature_model() -> bytes:
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    shape = (TEACHER_PIXELS, TEACHER_PIXELS, 3)
    network = keras.applications.MobileNetV2(shape, include_top=False, pooling="avg", weights="imagenet")
    traced = tf.function(
        lambda photos: network(photos, training=False), input_signature=[tf.TensorSpec((BATCH, *shape))]
    )
    frozen = convert_variables_to_constants_v2(traced.get_concrete_function())
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()


def _features(images: np.ndarray) -> np.ndarray:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=_feature_model(), num_threads=os.cpu_count())
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    target = interpreter.get_output_details()[0]
    features = np.empty((len(images), target["shape"][-1]), np.float16)
    batch = np.zeros((BATCH, TEACHER_PIXELS, TEACHER_PIXELS, 3), np.float32)
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        for row, image in enumerate(part):
            enlarged = Image.fromarray(image).resize((TEACHER_PIXELS, TEACHER_PIXELS), Image.Resampling.BICUBIC)
            batch[row] = np.asarray(enlarged, np.float32) / 127.5 - 1
        interpreter.set_tensor(source, batch)
        interpreter.invoke()
        features[start : start + len(part)] = interpreter.get_tensor(target["index"])[: len(part)]
        if start % (BATCH * 500) == 0:
            logger.info("teacher: %d of %d photos", start, len(images))
    return features


def _fit_classifier(features: np.ndarray, labels: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    import keras

    keras.utils.set_random_seed(0)
    probe = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dropout(0.2), keras.layers.Dense(classes)])
    epochs, batch = 8, 512
    steps = epochs * -(-len(labels) // batch)
    probe.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(1e-3, steps), weight_decay=0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    probe.fit(features, labels, batch_size=batch, epochs=epochs, verbose=0)
    return tuple(np.asarray(weight, np.float32) for weight in probe.get_weights())


def _answers(features: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    answers = np.empty((len(features), len(bias)), np.float16)
    for start in range(0, len(features), 5000):
        logits = features[start : start + 5000].astype(np.float32) @ kernel + bias
        powers = np.exp(logits - logits.max(1, keepdims=True))
        answers[start : start + 5000] = powers / powers.sum(1, keepdims=True)
    return answers


def make_teacher(photos: Photos, path: Path) -> None:
    """Compute features of all photos and fit the classifier on those for training, then write one file.

    Args:
        photos: what to look at.
        path: where to write, `.npz`.
    """
    training, held_out = photos.split()
    features = _features(photos.images)
    seen = features[training].astype(np.float32)
    features = ((features - seen.mean(0)) / (seen.std(0) + 1e-3)).astype(np.float16)
    kernel, bias = _fit_classifier(features[training], photos.labels[training], len(photos.wnids))
    answers = _answers(features, kernel, bias)
    for name, part in (("training", training), ("held out", held_out)):
        right = answers[part].argmax(1) == photos.labels[part]
        logger.info("teacher, %s photos: top-1 %.4f", name, right.mean())
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, features=features, answers=answers, digest=np.array(photos.digest()))


def load_teacher(path: Path, photos: Photos) -> Teacher:
    """Read a teacher's file.

    Args:
        path: as written by `make_teacher`.
        photos: the photos that it must have been computed from.

    Returns:
        The teacher.

    Raises:
        DatasetError: if it was computed from other photos.
    """
    with np.load(path, allow_pickle=False) as file:
        if str(file["digest"]) != photos.digest():
            raise DatasetError(f"a teacher of these photos in {path}", "one of others", "Compute it again.")
        return Teacher(file["features"], file["answers"])


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Compute distillation targets (KERAS_HOME holds the weights).")
    parser.add_argument("--data", type=Path, required=True, help="folder with wnids.txt and train-*.npz")
    parser.add_argument("--work", type=Path, required=True, help="folder for decoded photos and the result")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    make_teacher(load_photos(arguments.data, arguments.work), arguments.work / "teacher.npz")


if __name__ == "__main__":
    main()
