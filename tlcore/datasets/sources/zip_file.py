"""Source: a zip file that holds one folder of images for each class, or such folders for each part of a split.

The file is not trusted: nothing is extracted to disk, and no entry is read before its declared size has been checked.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tlcore.datasets.sources.layout import classes_from_names, is_hidden
from tlcore.datasets.sources.source import Listing, Option, Source
from tlcore.errors import DatasetError, ImageError
from tlcore.settings import settings

WANTED = "a zip file that holds one folder of images for each class"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DIRECTORY_BYTES_PER_IMAGE = 300
ENCRYPTED = 0x1


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open an untrusted zip file after checking how long its table of contents is.

    Args:
        path: where the file is.

    Returns:
        The open file.

    Raises:
        DatasetError: if there is no such file, it is no zip file, or its table of contents is out of proportion.
    """
    if not path.is_file():
        raise DatasetError(WANTED, f"{path}, which is not a file", "Check the path.")
    try:
        if _directory_length(path) > settings().max_dataset_images * DIRECTORY_BYTES_PER_IMAGE:
            raise DatasetError(
                f"at most {settings().max_dataset_images:,} files",
                f"{path.name}, which lists far more",
                "Use part of it, or raise TLCORE_MAX_DATASET_IMAGES.",
            )
        return zipfile.ZipFile(path)
    # zipfile passes on whatever a damaged table of contents makes it stumble over.
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise DatasetError(
            WANTED, f"{path.name}, which is not a complete zip file ({error})", "Zip the folder again."
        ) from error


def _directory_length(path: Path) -> int:
    """How long the table of contents is, from the record at the end of the file."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        tail = file.read()
        place = tail.rfind(b"PK\5\6")
        if place < 0:
            raise zipfile.BadZipFile("no end record")
        length = int.from_bytes(tail[place + 12 : place + 16], "little")
        if length == 0xFFFFFFFF:
            # Large files keep the number in a record of 8-byte fields, whose place is given 12 bytes before.
            file.seek(int.from_bytes(tail[place - 12 : place - 4], "little") + 40)
            length = int.from_bytes(file.read(8), "little")
        return length


def list_zip(path: Path) -> Listing:
    """List the images of an untrusted zip file of class folders.

    Args:
        path: where the file is.

    Returns:
        The listing; the file stays open until it is closed.

    Raises:
        DatasetError: if it is no usable zip file.
    """
    archive = open_zip(path)
    try:
        return _list(archive, path)
    except BaseException:
        archive.close()
        raise


def _list(archive: zipfile.ZipFile, path: Path) -> Listing:
    entries, refused = {}, 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        if _is_refused(entry):
            refused += 1
        else:
            entries[entry.filename] = entry
    if any(entry.flag_bits & ENCRYPTED for entry in entries.values()):
        raise DatasetError(WANTED, f"{path.name}, which is password-protected", "Zip it without a password.")
    total = sum(entry.file_size for entry in entries.values())
    if total > settings().max_dataset_bytes:
        raise DatasetError(
            f"at most {settings().max_dataset_bytes / 1e9:.1f} GB of images",
            f"{path.name} with {total / 1e9:.1f} GB",
            "Use fewer or smaller images, or raise TLCORE_MAX_DATASET_BYTES.",
        )
    prefix = _common_folder(entries)
    layout = classes_from_names((name.removeprefix(prefix) for name in entries), path.name)
    note = f"Entries left out because they are links or point outside the zip file: {refused}."
    return Listing(
        name=path.stem,
        classes=layout.classes,
        names=layout.names,
        labels=layout.labels,
        read=lambda index: _read(archive, entries[prefix + layout.names[index]]),
        notes=(*layout.notes, note) if refused else layout.notes,
        parts=layout.parts,
        close=archive.close,
    )


def _is_refused(entry: zipfile.ZipInfo) -> bool:
    """Links, absolute names and names that climb out of the folder; nothing is written, but nor are they honest."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    return (
        stat.S_ISLNK(entry.external_attr >> 16)
        or path.is_absolute()
        or ".." in path.parts
        or any(":" in part for part in path.parts[:1])
    )


def _common_folder(names: Iterable[str]) -> str:
    """The outermost folder, with "/", if all files in folders lie two or more folders deep in the same one."""
    inside = [name for name in names if "/" in name and not is_hidden(name)]
    first = {name.split("/")[0] for name in inside}
    if len(first) == 1 and all(name.count("/") > 1 for name in inside):
        return first.pop() + "/"
    return ""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    name, limit = entry.filename, settings().max_image_bytes
    if entry.file_size > limit:
        raise ImageError(
            f"an image file of at most {limit / 1e6:.0f} MB",
            f"{name} with {entry.file_size / 1e6:.0f} MB",
            "Make it smaller, or raise TLCORE_MAX_IMAGE_BYTES.",
        )
    if entry.compress_type not in METHODS:
        raise ImageError(
            "a file stored or deflated in the zip file", f"{name}, packed in another way", "Zip the folder again."
        )
    try:
        with archive.open(entry) as file:
            return file.read(limit + 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise ImageError(
            "a complete file in the zip file", f"{name}, which cannot be unpacked", "Zip the folder again."
        ) from error


ZIP = Source(
    "zip",
    "Zip file",
    "Reads a zip file with one folder of images per class; keeps train, validation and test folders as the split.",
    (Option("path", "Zip file", Path, None, "the zip file to read"),),
    lambda options, monitor: list_zip(Path(options["path"]).expanduser()),
    upload=("zip",),
)
