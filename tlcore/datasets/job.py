"""The job that imports a dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.importer import import_dataset


def import_images(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Import a dataset.

    Args:
        request: {"source": name, "options": {…}, "name": what to call it, or None}.
        _folder: not needed; datasets have a folder of their own.
        emit: takes progress reports.
        should_stop: asked between images.

    Returns:
        {"dataset": id}.

    Raises:
        DatasetError: if the source gives no usable dataset.
        Stopped: if asked to stop; nothing is left behind.
    """
    dataset = import_dataset(
        request["source"], request["options"], request.get("name"), emit=emit, should_stop=should_stop
    )
    return {"dataset": dataset.id}
