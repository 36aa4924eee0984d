"""A run as a folder: a Keras program of its own, and the images of its split beside it."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.split_folders import write_split_folders
from tlcore.errors import InputError
from tlcore.export.code.program import plan_code, weights_beside
from tlcore.storage.folders import new_folder
from tlcore.training.plans.plan import TrainingPlan
from tlcore.zoo.weights.package import read_package_weights

PROGRAM = "train.py"


def write_code_folder(plan: TrainingPlan, dataset: Dataset, folder: Path, name: str = "") -> None:
    """Write the program of a plan with all that it needs, whole or not at all.

    Args:
        plan: a sound plan.
        dataset: the plan's.
        folder: where to; it must not be there yet, or be empty.
        name: what the user calls the run.

    Raises:
        InputError: if the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("a folder that is new or empty", str(folder), "Choose another.")
    with new_folder(folder) as temporary:
        (temporary / PROGRAM).write_text(plan_code(plan, dataset.classes, name), "utf-8")
        write_split_folders(dataset, plan.split(dataset), temporary)
        weights = weights_beside(plan)
        if weights and weights.is_file():
            shutil.copyfile(weights, temporary / weights.name)
        elif plan.weights == "package":
            np.savez(temporary / "weights.npz", allow_pickle=False, **read_package_weights(plan.architecture))


def code_zip(plan: TrainingPlan, dataset: Dataset, name: str = "") -> bytes:
    """Pack the folder of `write_code_folder`.

    Args:
        plan: a sound plan.
        dataset: the plan's.
        name: what the user calls the run.

    Returns:
        A ZIP file of one folder.
    """
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        write_code_folder(plan, dataset, folder, name)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # images are compressed already
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(temporary))
    return packed.getvalue()
