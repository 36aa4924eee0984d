"""A trained network as a folder to take away: what to ask a worker for, and what it made."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tlcore.runs.client import check_trained
from tlcore.runs.run import Run
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


def export_folder(run: Run, int8: bool) -> Path:
    """Say where the exported files of a run are, or would be.

    Args:
        run: a training run.
        int8: whether with the file of 8 bits.

    Returns:
        The folder; it is there as a whole or not at all.
    """
    return run.folder / ("export-int8" if int8 else "export")


def export_zip(run: Run, int8: bool) -> bytes:
    """Pack the exported files of a run.

    Args:
        run: a training run that was exported.
        int8: whether with the file of 8 bits.

    Returns:
        A ZIP file of one folder, named after the run.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(export_folder(run, int8).iterdir()):
            archive.write(path, f"network-{run.id}/{path.name}")
    return file.getvalue()
