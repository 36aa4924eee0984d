"""Plans as Keras programs of their own: every kind compiles, and one is run beside the studio's own training."""

import io
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset, keep_listing
from tlcore.datasets.parts import PARTS
from tlcore.datasets.sources.source import Listing
from tlcore.errors import InputError
from tlcore.export.code.folder import PROGRAM, write_code_folder
from tlcore.export.code.program import plan_code, weights_beside
from tlcore.jobs import SILENT
from tlcore.settings import settings
from tlcore.storage.names import safe_names
from tlcore.training.features.cache import read_pixels
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.plans.schedules import SCHEDULES
from tlcore.zoo.catalog import ARCHITECTURES

FINE_TUNED = {"strategy": "fine_tune", "first_trainable": "block_11_expand_BN", "warmup_epochs": 2}
LITE = {"backbone": "EfficientNetLite0", "weights": "package"}
EXACT_THEN_BLOCK = {
    **LITE,
    "strategy": "fine_tune",
    "first_trainable": "block7a_expand_conv",
    "last_trainable": "block7a_project_bn",
    "optimizer": "lbfgs",
    "normalize": True,
    "warmup_epochs": 1,
    "mixup": 0.4,
    "weight_averaging": 0.9,
}


@pytest.mark.parametrize(
    "fields",
    [
        *({**FINE_TUNED, "schedule": row.name, "layer_decay": 0.5, "optimizer": "sgd"} for row in SCHEDULES),
        {"augmentation": "strong", "resize": "crop", "class_weights": True, "label_smoothing": 0.1},
        {"backbone": "VGG16", "cut_layer": "fc2", "input_size": 224, "dropout": 0.2, "hidden_units": (64, 32)},
        {"backbone": "ConvNeXtTiny", "input_size": 224, "head": "own"},
        {"backbone": "DenseNet121", "resize": "pad", "early_stopping": 3, "pooling": "flatten"},
        *(
            {"backbone": row.name, "strategy": "scratch", "weights": "none", "input_size": row.input_size}
            for row in ARCHITECTURES
            if row.constructor.startswith("tlcore") and not row.why_no_classifier
        ),
        {**LITE, "optimizer": "lbfgs", "augmentation": "strong", "early_stopping": 3, "class_weights": True},
        EXACT_THEN_BLOCK,
        {**FINE_TUNED, "mixup": 0.2, "pooling": "max", "normalize": True},
    ],
    ids=lambda fields: fields.get("backbone", fields.get("schedule", "augmented")),
)
def test_programs_of_all_kinds_are_python(fields):
    source = plan_code(plan_from_json({"dataset": "flowers-1", **fields}), ("rose", "tulip", 'a "quoted" one'))
    compile(source, "train.py", "exec")
    # Names that are nowhere defined, imports and variables that nothing needs.
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F", "-"]
    checked = subprocess.run(command, input=source, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert "tlcore" not in source.split("def read", 1)[1]


def test_a_program_holds_only_what_its_plan_needs():
    plain = plan_code(plan_from_json({"dataset": "flowers-1"}), ("rose", "tulip"))
    assert not re.search("scipy|class Mixing|class Average|UnitNormalization|starts = ", plain)
    exact = plan_code(plan_from_json({"dataset": "flowers-1", "optimizer": "lbfgs"}), ("rose", "tulip"))
    assert not re.search("class Batches|train_phase|targets_of|balanced", exact)


def start(folder: Path) -> tuple[int, int, int]:
    """Run an exported program; trainable parameters, test images that it gets right, and how many there are."""
    done = subprocess.run([sys.executable, folder / PROGRAM], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    trainable = re.search(r"Trainable parameters: ([\d,]+) of", done.stdout).group(1)
    right, total = re.search(r"Test accuracy: (\d+) of (\d+) images", done.stdout).groups()
    return int(trainable.replace(",", "")), int(right), int(total)


@pytest.fixture
def weights(tmp_path):
    """A weights file of one's own."""
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    path = tmp_path / "own.weights.h5"
    build(find("EfficientNetLite0"), input_size=64, include_top=False, weights="package").save_weights(path)
    return str(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields",
    [
        {
            **EXACT_THEN_BLOCK,
            "optimizer": "adam",
            "fine_tune_learning_rate": 1e-3,
            "schedule": "cosine",
            "class_weights": True,
            "early_stopping": 2,
        },
        {"head": "own", "resize": "pad", "subset": 0.8},
        {**LITE, "optimizer": "lbfgs", "normalize": True, "label_smoothing": 0.1, "early_stopping": 5},
        EXACT_THEN_BLOCK,
    ],
    ids=["a block", "own head", "exact", "exact, then a block"],
)
def test_a_program_is_the_same_run(fields, objects, weights, tmp_path):
    import keras

    from tlcore.training.jobs import train
    from tlcore.training.networks.trained_network import load_network

    dataset = open_dataset(objects)
    values = {"dataset": objects, "backbone": "EfficientNetLite0", "weights": weights, "input_size": 64}
    plan = plan_from_json({**values, "epochs": 4, "learning_rate": 1e-2, "batch_size": 8, **fields})
    result = train(plan.to_json(), tmp_path / "run", SILENT)
    write_code_folder(plan, dataset, tmp_path / "program")
    trainable, right, total = start(tmp_path / "program")
    test = result["scores"]["test"]
    assert (trainable, total) == (result["trainable"], test["images"])
    assert abs(right - test["correct"]) <= 1
    # The order of the images and the first weights are the run's as well, so the whole network comes out alike.
    trained = keras.models.load_model(tmp_path / "program" / "network.keras").weights[-2].numpy()
    kept = load_network(tmp_path / "run", plan, len(dataset.classes)).weights[-2].numpy()
    # Only how many passes a head is solved in differs with rounding, and with it the order of the images after that.
    has_other_order = plan.optimizer == "lbfgs" and len(plan.phases()) > 1
    np.testing.assert_allclose(trained, kept, atol=1e-2 if has_other_order else 1e-3)


@pytest.mark.slow
def test_a_program_that_trains_every_layer_comes_to_the_counts_of_the_run(home, tmp_path):
    from tlcore.training.jobs import train

    dataset = import_dataset("digits", {}, "digits")
    values = {"dataset": dataset.id, "strategy": "scratch", "weights": "none", "backbone": "LeNet5", "input_size": 32}
    plan = plan_from_json({**values, "epochs": 3})
    result = train(plan.to_json(), tmp_path / "run", SILENT)
    write_code_folder(plan, dataset, tmp_path / "program")
    trainable, right, total = start(tmp_path / "program")
    assert trainable == result["trainable"] == 61_706
    assert right / total > 0.9 and result["scores"]["test"]["accuracy"] > 0.9


@pytest.mark.parametrize("mode", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("backbone", ["MobileNetV2", "LeNet5"])
def test_a_program_reads_files_as_the_studio_does(mode, backbone, odd_files, tmp_path):
    from tlcore.training.features.phase import pixel_key

    fields = {"backbone": backbone, "strategy": "scratch", "weights": "none", "input_size": 64, "resize": mode}
    plan = plan_from_json({"dataset": odd_files.id, "shares": [0.4, 0.3, 0.3], **fields})
    write_code_folder(plan, odd_files, tmp_path / "program")
    scope = runpy.run_path(str(tmp_path / "program" / PROGRAM))
    for part in PARTS:
        pixels, labels = scope["load"](part)
        indices = getattr(plan.split(odd_files), part)
        assert labels.tolist() == odd_files.labels[indices].tolist()
        for found, index in zip(pixels, indices.tolist(), strict=True):
            expected = read_pixels(odd_files, index, pixel_key(plan))
            # Gray levels, and cutting before or after resizing, round to one level more or less.
            assert np.abs(found.astype(int) - expected).max() <= 1, odd_files.names[index]


@pytest.fixture
def odd_files(home, tmp_path):
    """Images of many kinds, in classes whose names are no good as paths."""
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (50, 70, 4), np.uint8)
    kinds = {
        "rgb.png": Image.fromarray(pixels[..., :3]),
        "alpha.png": Image.fromarray(pixels),
        "gray.jpg": Image.fromarray(pixels[..., 0]),
        "print.jpg": Image.fromarray(pixels).convert("CMYK"),
        "sixteen.png": Image.fromarray(random.integers(0, 65536, (40, 30), np.uint16)),
        "few.gif": Image.fromarray(pixels[..., :3]).quantize(8),
        "scan.tif": Image.fromarray(pixels[..., :3]),
        "turned.jpg": Image.fromarray(pixels[..., :3]),
    }
    images, labels = [], ["../../..", "line\nbreak", "CON", "con", "a/b", "a_b"]
    for number, image in enumerate(kinds.values()):
        file = io.BytesIO()
        turn = Image.Exif()
        turn[0x0112] = 6
        image.save(file, list(kinds)[number].split(".")[1].replace("jpg", "jpeg").replace("tif", "tiff"), exif=turn)
        images.append(file.getvalue())
    names = [f"{index}" for index in range(len(labels) * len(images))]
    listing = Listing(
        "odd",
        tuple(labels),
        names,
        [index // len(images) for index in range(len(names))],
        # Unlike each other, so that none is a near duplicate: a comment at the end changes bytes, not pixels.
        lambda index: images[index % len(images)] + bytes([index]),
    )
    return keep_listing(listing, "odd", {}, SILENT)


def test_class_names_become_safe_folders(odd_files, tmp_path):
    names = safe_names(odd_files.classes)
    assert names == ["_.._", "line_break", "_CON", "_con (2)", "a_b", "a_b (2)"]
    plan = plan_from_json({"dataset": odd_files.id, "shares": [0.4, 0.3, 0.3]})
    write_code_folder(plan, odd_files, tmp_path / "program")
    found = {path.parent.name for path in (tmp_path / "program").glob("*/*/*")}
    assert found == set(names)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "program"}
    with pytest.raises(InputError, match="new or empty"):
        write_code_folder(plan, odd_files, tmp_path / "program")


def test_published_weights_that_keras_does_not_fetch_lie_beside_the_program(objects, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    settings.cache_clear()
    plan = plan_from_json({"dataset": objects, "backbone": "ConvNeXtTiny", "weights": "imagenet"})
    needed = weights_beside(plan)
    needed.parent.mkdir(parents=True)
    needed.write_bytes(b"numbers")
    write_code_folder(plan, open_dataset(objects), tmp_path / "program")
    assert (tmp_path / "program" / needed.name).read_bytes() == b"numbers"
    assert repr(needed.name) in (tmp_path / "program" / "train.py").read_text("utf-8")
    assert weights_beside(plan_from_json({"dataset": objects, "backbone": "MobileNetV2"})) is None
