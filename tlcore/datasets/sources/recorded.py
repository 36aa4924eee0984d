"""Source: recordings, each a folder of frames in the folder of its class; a split never parts the frames of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from tlcore.access.folders import may_read
from tlcore.datasets.sources.archives.zip_file import entries_of, open_zip, read_entry
from tlcore.datasets.sources.layouts.endings import NO_IMAGES
from tlcore.datasets.sources.layouts.layout import is_hidden, readable
from tlcore.datasets.sources.source import HEADER, Listing, Option, Options, Source
from tlcore.errors import DatasetError
from tlcore.images.decode import read_bytes
from tlcore.jobs import Monitor

WANTED = "a folder for each class, and in it photos, or a folder of frames for each recording"
_NOTE = (
    "Frames of one recording stay in one part of a split. An interval that counts each frame as an image is too "
    "narrow: {recordings:,} recordings and single photos stand behind these {images:,} images."
)


def list_recordings(
    names: Iterable[str], where: str, read: Callable[..., bytes], close: Callable[[], None] = lambda: None
) -> Listing:
    """Tell classes and recordings by the folders of files.

    Args:
        names: of files, relative, with "/" between folders: class/photo or class/recording/frame.
        where: what to call the whole.
        read: from a name to the content of the file, or to so many of its first bytes.
        close: called at the end.

    Returns:
        The listing: each recording is a group, and so is each single photo.

    Raises:
        DatasetError: if there are no two class folders.
    """
    files = sorted(name for name in names if not is_hidden(name) and "/" in name and not _is_other(name))
    classes = tuple(dict.fromkeys(name.split("/")[0] for name in files))
    if len(classes) < 2:
        received = f"{where} with {f'only the class {classes[0]}' if classes else 'no folder of images'}"
        raise DatasetError(WANTED, received, "Make a folder for each class, and put its recordings there.")
    keys = [name.rpartition("/")[0] if name.count("/") > 1 else name for name in files]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return Listing(
        name=where,
        classes=tuple(map(readable, classes)),
        names=tuple(map(readable, files)),
        labels=[classes.index(name.split("/")[0]) for name in files],
        read=lambda index: read(files[index]),
        begin=lambda index: read(files[index], HEADER),
        notes=(_NOTE.format(recordings=len(numbers), images=len(files)),) if len(numbers) < len(files) else (),
        groups=[numbers[key] for key in keys],
        close=close,
    )


def _is_other(name: str) -> bool:
    return PurePosixPath(name).suffix.lower().removeprefix(".") in NO_IMAGES


def _open(options: Options, monitor: Monitor) -> Listing:
    path = Path(options["path"]).expanduser()
    if path.is_dir():
        found = [
            (Path(folder) / name).relative_to(path).as_posix()
            for folder, _, names in os.walk(path)
            for name in names
            if may_read(Path(folder) / name)  # a link within the folder may point out of it
        ]
        return list_recordings(found, path.resolve().name, lambda name, *most: read_bytes(path / name, *most))
    archive = open_zip(path)
    try:
        entries, _ = entries_of(archive, path)
        return list_recordings(
            entries, path.stem, lambda name, *most: read_entry(archive, entries[name], *most), archive.close
        )
    except BaseException:
        archive.close()
        raise


RECORDED = Source(
    "recorded",
    "Recordings",
    "Reads a zip file or folder with one folder for each class, and in it one for each recording: frames of one "
    "recording never lie in two parts of a split.",
    (Option("path", "Zip file or folder", Path, None, "holds the class folders"),),
    _open,
    upload=("zip",),
    is_own=True,
)
