"""Source: a zip file that holds one folder of images for each class, or such folders for each part of a split.

The file is not trusted: nothing is extracted to disk, and nothing unpacked before its table of contents has been
measured. `zipfile` itself unpacks no more of an entry than the table declares, so what is measured holds.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tlcore.datasets.sources.layout import classes_from_names, is_hidden
from tlcore.datasets.sources.source import Listing, Option, Source
from tlcore.errors import DatasetError, ImageError
from tlcore.images.kinds import BEGINNING, check_beginning
from tlcore.settings import settings

WANTED = "a zip file that holds one folder of images for each class"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DIRECTORY_BYTES_PER_IMAGE = 300
ENTRIES_PER_IMAGE = 3  # macOS adds a shadow to each file, and folders count too
MOST_RATIO = 300  # photos hardly shrink, line drawings as arrays to a hundredth, zeros to a thousandth
HARMLESS_BYTES = 200_000_000  # which may be unpacked from however little
ENCRYPTED = 0x1


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open an untrusted zip file after checking how long its table of contents is.

    Args:
        path: where the file is.

    Returns:
        The open file.

    Raises:
        DatasetError: if there is no such file, it is no zip file, or its table of contents is out of proportion: too
            long, or of entries that share their bytes or unpack to far more than files of images do.
    """
    if not path.is_file():
        raise DatasetError(WANTED, f"{path}, which is not a file", "Check the path.")
    try:
        _check_directory(path)
        archive = zipfile.ZipFile(path)
    except DatasetError:
        raise
    except Exception as error:  # zipfile passes on whatever a damaged table of contents makes it stumble over
        raise DatasetError(
            WANTED, f"{path.name}, which is not a complete zip file ({error!s:.200})", "Zip the folder again."
        ) from error
    try:
        _check_sizes(archive, path)
        return archive
    except BaseException:
        archive.close()
        raise


def _check_sizes(archive: zipfile.ZipFile, path: Path) -> None:
    entries, size = archive.infolist(), path.stat().st_size
    packed, total = (sum(getattr(entry, field) for entry in entries) for field in ("compress_size", "file_size"))
    if packed > size:
        raise DatasetError(
            WANTED, f"{path.name}, which lists more than it holds", "It is damaged, or was made to do harm."
        )
    if total > settings().max_dataset_bytes:
        raise DatasetError(
            f"at most {settings().max_dataset_bytes / 1e9:.1f} GB of images",
            f"{path.name} with {total / 1e9:.1f} GB",
            "Use fewer or smaller images, or raise TLCORE_MAX_DATASET_BYTES.",
        )
    if total > max(HARMLESS_BYTES, MOST_RATIO * size):
        raise DatasetError(
            f"a file that unpacks to at most {MOST_RATIO} times its size",
            f"{path.name}, whose {size / 1e6:.1f} MB become {total / 1e6:,.0f} MB",
            "Leave out what is empty or repeats itself.",
        )


def _check_directory(path: Path) -> None:
    """Refuse a table of contents that is far longer than that of any dataset."""
    most = settings().max_dataset_images
    start, length = _directory(path)
    if length <= most * DIRECTORY_BYTES_PER_IMAGE and _count_entries(path, start, length) <= most * ENTRIES_PER_IMAGE:
        return
    raise DatasetError(
        f"at most {most:,} files",
        f"{path.name}, which lists far more",
        "Use part of it, or raise TLCORE_MAX_DATASET_IMAGES.",
    )


def _count_entries(path: Path, start: int, length: int) -> int:
    """How many entries the table may have; each takes many times its place in memory once `zipfile` has read it."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length).count(b"PK\1\2")


def _directory(path: Path) -> tuple[int, int]:
    """Where the table of contents begins and how long it is, from the record at the end of the file."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        tail = file.read()
        place = tail.rfind(b"PK\5\6")
        if place < 0:
            raise zipfile.BadZipFile("no end record")
        length = int.from_bytes(tail[place + 12 : place + 16], "little")
        end = max(0, size - 65_557) + place  # the table ends there, whatever the record says of its beginning
        if length == 0xFFFFFFFF:
            # Large files keep the number in a record of 8-byte fields, whose place is given 12 bytes before.
            end = int.from_bytes(tail[place - 12 : place - 4], "little")
            file.seek(end + 40)
            length = int.from_bytes(file.read(8), "little")
        return max(0, end - length), length


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
        if _is_refused(entry):
            refused += 1
        elif not entry.is_dir():
            entries[entry.filename] = entry
    if any(entry.flag_bits & ENCRYPTED for entry in entries.values()):
        raise DatasetError(WANTED, f"{path.name}, which is password-protected", "Zip it without a password.")
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
    """Links, and names that are empty, absolute or climb out of the folder; nothing is written, but they mean ill."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    return (
        not entry.filename
        or stat.S_ISLNK(entry.external_attr >> 16)
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
            beginning = file.read(BEGINNING)
            check_beginning(beginning, name)  # what is no photo is not unpacked
            return beginning + file.read(limit + 1)
    except ImageError:
        raise
    except Exception as error:  # zipfile passes on whatever it stumbles over
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
