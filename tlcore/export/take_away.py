"""A trained network as a folder to take away: what to ask a worker for, and what it made."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tlcore.errors import MissingError
from tlcore.runs.client import check_trained
from tlcore.runs.run import Run
from tlcore.storage.folders import MANIFEST, sound_version
from tlcore.zoo.catalog import find_classifier

KERAS_FILE = "model.keras"
LITERT_FILE = "model.tflite"
INT8_FILE = "model_int8.tflite"
CARD_FILE = "card.json"


def export_request(run: Run, int8: bool) -> dict:
    """Ask for the network of a run as a folder.

    Args:
        run: a finished training run.
        int8: whether to add a file with numbers of 8 bits.

    Returns:
        The request for `tlcore.export.jobs.export`.

    Raises:
        StateError: if it is no finished training run.
        InputError: if its backbone is no classifier, as runs of earlier versions may have it.
    """
    check_trained(run)
    find_classifier(run.plan["backbone"])
    return {"run": run.id, "int8": int8}


def export_name(int8: bool) -> str:
    """What the folder of exported files is called in the folder of its run, without the number of its version.

    Args:
        int8: whether with the file of 8 bits.
    """
    return "export-int8" if int8 else "export"


def exported(run: Run, int8: bool) -> Path | None:
    """Find the exported files of a run.

    Args:
        run: a training run.
        int8: whether with the file of 8 bits.

    Returns:
        The folder, as it was written; None if the run was not exported, or what was written is damaged.
    """
    return sound_version(run.folder / export_name(int8))


def export_zip(run: Run, int8: bool) -> bytes:
    """Pack the exported files of a run.

    Args:
        run: a training run that was exported.
        int8: whether with the file of 8 bits.

    Returns:
        A ZIP file of one folder, named after the run.

    Raises:
        MissingError: if there is none, or what was exported is damaged.
    """
    folder = exported(run, int8)
    if folder is None:
        raise MissingError(f"the exported files of run {run.id}", "none", "Create the folder again.")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(path for path in folder.iterdir() if path.name != MANIFEST):
            archive.write(path, f"network-{run.id}/{path.name}")
    return file.getvalue()
