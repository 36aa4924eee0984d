"""Plans as Keras programs of their own: every kind compiles, and one is run beside the studio's own training."""

import re
import subprocess
import sys

import pytest

from tlcore.datasets.class_folders import write_class_folders
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.reports.code_export import plan_code
from tlcore.reports.statistics import wilson_interval
from tlcore.training.plan import plan_from_json
from tlcore.training.schedules import SCHEDULES
from tlcore.zoo.catalog import ARCHITECTURES

FINE_TUNED = {"strategy": "fine_tune", "first_trainable": "block_11_expand_BN", "warmup_epochs": 2}


@pytest.mark.parametrize(
    "fields",
    [
        *({**FINE_TUNED, "schedule": row.name, "layer_decay": 0.5, "optimizer": "sgd"} for row in SCHEDULES),
        {"augmentation": "strong", "resize": "crop", "class_weights": True, "label_smoothing": 0.1},
        {"backbone": "VGG16", "cut_layer": "fc2", "input_size": 224, "dropout": 0.2, "hidden_units": (64, 32)},
        {"backbone": "ConvNeXtTiny", "input_size": 224},
        {"backbone": "DenseNet121", "resize": "pad", "early_stopping": 3, "pooling": "flatten"},
        *(
            {"backbone": row.name, "strategy": "scratch", "weights": "none", "input_size": row.input_size}
            for row in ARCHITECTURES
            if row.constructor.startswith("tlcore") and row.input_size < 1000
        ),
    ],
    ids=lambda fields: fields.get("backbone", fields.get("schedule", "augmented")),
)
def test_programs_of_all_kinds_are_python(fields):
    source = plan_code(plan_from_json({"dataset": "flowers-1", **fields}), ("rose", "tulip", 'a "quoted" one'))
    compile(source, "train.py", "exec")
    assert "tlcore" not in source.split("def read", 1)[1].replace("from tlcore/embedded of the studio", "")


@pytest.mark.slow
def test_a_program_comes_to_the_same_counts_and_accuracy_as_the_studio(home, tmp_path):
    from tlcore.training.job import train

    dataset = import_dataset("digits", {}, "digits")
    plan = plan_from_json(
        {"dataset": dataset.id, "strategy": "scratch", "weights": "none", "backbone": "LeNet5", "cut_layer": "F6"}
        | {"input_size": 32, "epochs": 5}
    )
    result = train(plan.to_json(), tmp_path / "run", lambda event: None, lambda: False)
    photos = write_class_folders(open_dataset(dataset.id), tmp_path / "photos")
    program = tmp_path / "train.py"
    program.write_text(plan_code(plan, dataset.classes))
    printed = subprocess.run(
        [sys.executable, program, photos], cwd=tmp_path, capture_output=True, text=True, timeout=240
    ).stdout
    trainable = re.search(r"Trainable parameters: ([\d,]+) of", printed).group(1)
    assert int(trainable.replace(",", "")) == result["trainable"]
    right, total = map(int, re.search(r"Test accuracy: (\d+) of (\d+) photos", printed).groups())
    test = result["scores"]["test"]
    low, high = wilson_interval(test["correct"], test["images"])
    low_too, high_too = wilson_interval(right, total)
    assert low <= high_too and low_too <= high
    assert right / total > 0.8
