"""The jobs that look at a source of images, import a dataset, and make a new version of one."""

from __future__ import annotations

from pathlib import Path

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.preview import preview_dataset
from tlcore.datasets.versions import new_version
from tlcore.jobs import Monitor
from tlcore.storage.files import write_json

PREVIEW_FILE = "preview.json"


def import_images(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Import a dataset.

    Args:
        request: {"source": name, "options": {…}, "name": what to call it, or None}; what else it holds is for pages.
        _folder: not needed; datasets have a folder of their own.
        monitor: told of progress, and asked between images.

    Returns:
        {"dataset": id}.

    Raises:
        DatasetError: if the source gives no usable dataset.
        Stopped: if asked to stop; nothing is left behind.
    """
    dataset = import_dataset(request["source"], request["options"], request.get("name"), monitor)
    return {"dataset": dataset.id}


def preview_import(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Look at what an import would make of a source.

    Args:
        request: as `import_images`.
        folder: takes `PREVIEW_FILE`.
        monitor: told of progress, and asked between images.

    Returns:
        {"classes": how many, "images": how many}.

    Raises:
        DatasetError: if the source gives no usable dataset.
        Stopped: if asked to stop.
    """
    preview = preview_dataset(request["source"], request["options"], monitor)
    write_json(folder / PREVIEW_FILE, preview.to_json())
    return {"classes": len(preview.classes), "images": sum(row.images for row in preview.classes)}


def make_version(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Make a version of a dataset without some images, or with other labels.

    Args:
        request: {"parent": id, "relabeled": {position as text: class name}, "removed": [position]}.
        _folder: not needed; datasets have a folder of their own.
        monitor: told of progress, and asked between images.

    Returns:
        {"dataset": id}.

    Raises:
        DatasetError: if what remains is no dataset.
        NotFoundError: if there is no such parent.
        Stopped: if asked to stop; nothing is left behind.
    """
    relabeled = {int(index): name for index, name in request["relabeled"].items()}
    return {"dataset": new_version(open_dataset(request["parent"]), relabeled, request["removed"], monitor).id}
