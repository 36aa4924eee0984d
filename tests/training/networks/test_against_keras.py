"""Runs of many random plans: what is stored must be what the saved file does, in plain Keras, on images from files."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import SILENT
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results.evaluation import load_predictions

pytestmark = pytest.mark.slow

PLANS = 24
SIZE = 32
SCALING = {"tf": "tf", "torch": "torch", "caffe": "caffe"}  # Keras' names for the modes that it has
CUTS = ("conv_pw_3_relu", "conv_pw_6_bn", "conv_pw_6_relu", "conv_dw_11", "conv_pw_13_bn", "conv_pw_13_relu")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random weights in a file, as stand-in for pretrained ones."""
    import keras

    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    keras.utils.set_random_seed(3)
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    build(find("MobileNet025"), input_size=SIZE, include_top=False).save_weights(path)
    return str(path)


def draw_plan(number: int, dataset: str, weights: str) -> TrainingPlan:
    """A plan at random; the number is its seed."""
    random = np.random.default_rng(number)

    def one(*values):
        return values[random.integers(len(values))]

    strategy = one("frozen", "frozen", "fine_tune", "full", "scratch")
    head = one("new", "new", "own")
    values = {
        "dataset": dataset,
        "backbone": "MobileNet025",
        "strategy": strategy,
        "weights": "none" if strategy == "scratch" else weights,
        "input_size": one(SIZE, 48),
        "resize": one("stretch", "crop", "pad"),
        "preprocessing": one("", "tf", "torch", "caffe", "identity", "unit"),
        "head": head,
        "epochs": 2,
        "batch_size": one(8, 16),
        "optimizer": one("adam", "rmsprop", "sgd"),
        "learning_rate": one(1e-3, 1e-2),
        "augmentation": one("none", "none", "light"),
        "augmented_views": one(0, 2),
        "learn_statistics": strategy == "fine_tune" and one(False, True),
        "shares": one((), (0.5, 0.25, 0.25)),
        "seed": int(random.integers(100)),
    }
    if strategy == "fine_tune":
        values |= {"first_trainable": one("conv_dw_2", "conv_pw_3"), "warmup_epochs": one(0, 1)}
    if head == "new":
        values |= {
            "cut_layer": one("", *CUTS),
            "pooling": one("average", "max", "flatten"),
            "hidden_units": one((), (8,)),
            "dropout": one(0.0, 0.2),
            "normalize": one(False, True),
        }
        if strategy == "frozen" and one(False, True):
            values |= {
                "optimizer": "lbfgs",
                "hidden_units": (),
                "dropout": 0.0,
                "augmented_views": 1,
                "preprocessing": "",
            }
    return TrainingPlan(**values)


def read_square(data: bytes, size: int, mode: str) -> np.ndarray:
    """An image file as a square, by Pillow alone: the whole image is resized, then cut or put on gray."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    if mode == "stretch":
        return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))
    factor = size / (0.875 * min(image.size)) if mode == "crop" else size / max(image.size)
    image = image.resize([round(factor * side) for side in image.size], Image.Resampling.BILINEAR)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    square = Image.new("RGB", (size, size), (128, 128, 128))
    square.paste(image, (-left, -top))
    return np.asarray(square)


def scale(pixels: np.ndarray, mode: str) -> np.ndarray:
    """Pixels as the network wants them, by Keras' own function where it has one."""
    from keras.applications.imagenet_utils import preprocess_input

    pixels = pixels.astype(np.float32)
    if mode in SCALING:
        return preprocess_input(pixels, mode=SCALING[mode])
    return pixels / 255 if mode == "unit" else pixels


@pytest.fixture
def wide_images(home, tmp_path):
    """A dataset of three classes of images that are wider than high: colors that differ a little, and noise."""
    from tlcore.datasets.importer import import_dataset

    random = np.random.default_rng(0)
    for number, name in enumerate(("blue", "green", "red")):
        folder = tmp_path / "images" / name
        folder.mkdir(parents=True)
        for index in range(10):
            pixels = random.integers(0, 200, (40, 60, 3))
            pixels[..., 2 - number] += 50
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{index}.png")
    return import_dataset("folder", {"path": str(tmp_path / "images")}, "wide").id


@pytest.mark.parametrize("number", range(PLANS))
def test_the_saved_file_gives_the_stored_predictions(number, wide_images, weights, tmp_path):
    from tlcore.training.jobs import train
    from tlcore.training.networks.trained_network import load_network

    plan, dataset = draw_plan(number, wide_images, weights), open_dataset(wide_images)
    result = train(plan.to_json(), tmp_path, SILENT)
    model = load_network(tmp_path, plan, len(dataset.classes))
    seen: list[np.ndarray] = []
    for part in ("train", "validation", "test"):
        stored = load_predictions(tmp_path / "predictions.npz", part)
        images = [dataset.image_bytes(int(index)) for index in stored.indices]
        squares = np.stack([read_square(data, plan.input_size, plan.resize) for data in images])
        found = model.predict_on_batch(scale(squares, plan.pixel_mode))
        # Random weights leave features that hardly differ between images. An exact head makes the most of any
        # difference, and so of how LiteRT and Keras round.
        tolerance = 2e-2 if plan.optimizer == EXACT else 1e-3
        np.testing.assert_allclose(found, stored.probabilities, atol=tolerance, err_msg=f"{part}: {plan}")
        assert result["scores"][part]["correct"] == (found.argmax(axis=1) == stored.labels).sum()
        seen.append(dataset.digests[stored.indices])
    # No image serves for two things.
    assert len(np.unique(np.concatenate(seen), axis=0)) == len(dataset)
    assert result["verified"]["images"] == result["verified"]["of"]
