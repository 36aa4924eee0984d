"""Source: a folder that holds one folder of images for each class."""

from __future__ import annotations

import os
from pathlib import Path

from tlcore.access.folders import may_read
from tlcore.datasets.sources.layout import classes_from_names
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.errors import DatasetError
from tlcore.images.decode import read_bytes
from tlcore.jobs import Monitor

WANTED = "a folder that holds one folder of images for each class"


def _open(options: Options, monitor: Monitor) -> Listing:
    root = Path(options["path"]).expanduser()
    if not root.is_dir():
        what = "which is a file" if root.exists() else "which does not exist"
        raise DatasetError(WANTED, f"{root}, {what}", "Check the path.")
    try:
        found = [
            (Path(folder) / name).relative_to(root).as_posix()
            for folder, _, names in os.walk(root, onerror=_refuse)
            for name in names
            if may_read(Path(folder) / name)  # a link within the folder may point out of it
        ]
    except PermissionError as error:
        raise DatasetError(WANTED, f"{error.filename}, which cannot be read", "Check its permissions.") from error
    layout = classes_from_names(found, str(root))
    empty = sorted(path.name for path in root.iterdir() if path.is_dir() and path.name[0] != ".")
    used = {name.split("/")[0] for name in layout.names}
    empty = [name for name in empty if name not in used]
    return Listing(
        name=root.resolve().name,
        classes=tuple(map(_readable, layout.classes)),
        names=tuple(map(_readable, layout.names)),
        labels=layout.labels,
        read=lambda index: read_bytes(root / layout.names[index]),
        notes=(*layout.notes, *(f"Left out folder {name}: it holds no images of any class." for name in empty)),
        parts=layout.parts,
    )


def _readable(name: str) -> str:
    """A file name whose bytes are no UTF-8, as text that can be shown and stored."""
    return os.fsencode(name).decode("utf-8", "replace")


def _refuse(error: OSError) -> None:
    raise error


FOLDER = Source(
    "folder",
    "Folder on this machine",
    "Reads a folder with one folder of images per class; keeps train, validation and test folders as the split.",
    (Option("path", "Folder", Path, None, "the folder that holds the class folders"),),
    _open,
)
