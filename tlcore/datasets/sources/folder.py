"""Source: a folder of images with classes, as folders, a table or file names give them."""

from __future__ import annotations

import os
from pathlib import Path

from tlcore.access.folders import may_read
from tlcore.datasets.sources.layouts.layout import LAYOUT_OPTIONS, find_layout
from tlcore.datasets.sources.layouts.table import table_bytes
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
    layout = find_layout(found, str(root), lambda name: table_bytes(root / name), options)
    filled = {name.split("/")[0] for name in found}
    empty = sorted(
        path.name
        for path in root.iterdir()
        if path.is_dir() and not path.is_symlink() and path.name[0] != "." and path.name not in filled
    )
    notes = [f"Left out folder {name}: it is empty." for name in empty]
    return layout.listing(root.resolve().name, lambda name, *most: read_bytes(root / name, *most), notes)


def _refuse(error: OSError) -> None:
    raise error


FOLDER = Source(
    "folder",
    "Folder",
    "Reads a folder with one folder of images per class, or with a table of their classes; keeps train, validation and "
    "test folders as the split.",
    (Option("path", "Folder", Path, None, "the folder that holds the class folders"), *LAYOUT_OPTIONS),
    _open,
    is_own=True,
    packed_as="zip",
)
