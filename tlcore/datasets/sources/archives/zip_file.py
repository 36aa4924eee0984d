"""Source: a zip or tar file of images with classes, as folders, a table or file names give them.

The file is not trusted: nothing is extracted to disk, and nothing unpacked before its table of contents has been
measured. `zipfile` itself unpacks no more of an entry than the table declares, so what is measured holds.
"""

from __future__ import annotations

import stat
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from tlcore.datasets.sources.archives.tar_file import TAR_ENDINGS, is_tar, list_tar
from tlcore.datasets.sources.layouts.layout import LAYOUT_OPTIONS, find_layout
from tlcore.datasets.sources.layouts.table import MOST_TABLE_BYTES
from tlcore.datasets.sources.limits import check_growth
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.errors import DatasetError, ImageError
from tlcore.images.kinds import BEGINNING, check_beginning, title_of
from tlcore.jobs import Monitor
from tlcore.settings import settings

WANTED = "a zip file that holds one folder of images for each class"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
DEFLATE64 = 9  # as Windows packs files of gigabytes
DIRECTORY_BYTES_PER_IMAGE = 300
ENTRIES_PER_IMAGE = 3  # macOS adds a shadow to each file, and folders count too
ENCRYPTED = 0x1
UTF8 = 0x800


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
    _check_kind(path)
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


def _check_kind(path: Path) -> None:
    """Say what a file is that is no archive at all."""
    with path.open("rb") as file:
        start = file.read(BEGINNING)
    title = title_of(start)
    if not start or (title and "zip" not in title):
        received = f"{path.name}, which is {'not an archive but ' + title if start else 'empty'}"
        raise DatasetError(WANTED, received, "Choose another file.")


def _check_sizes(archive: zipfile.ZipFile, path: Path) -> None:
    entries, size = archive.infolist(), path.stat().st_size
    packed, total = (sum(getattr(entry, field) for entry in entries) for field in ("compress_size", "file_size"))
    if packed > size:
        raise DatasetError(
            WANTED, f"{path.name}, which lists more than it holds", "It is damaged, or was made to do harm."
        )
    check_growth(path.name, size, total)


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


def list_zip(path: Path, options: Options) -> Listing:
    """List the images of an untrusted zip file.

    Args:
        path: where the file is.
        options: values of `LAYOUT_OPTIONS`.

    Returns:
        The listing; the file stays open until it is closed.

    Raises:
        DatasetError: if it is no usable zip file, or no classes are found.
    """
    archive = open_zip(path)
    try:
        return _list(archive, path, options)
    except BaseException:
        archive.close()
        raise


def entries_of(archive: zipfile.ZipFile, path: Path) -> tuple[dict[str, zipfile.ZipInfo], int]:
    """Name the files in an archive.

    Args:
        archive: as `open_zip` gives it.
        path: where it is.

    Returns:
        Name with "/" between folders → entry, and how many entries are refused: links, and what points outside.

    Raises:
        DatasetError: if it is password-protected.
    """
    entries, refused = {}, 0
    for entry in archive.infolist():
        if _is_refused(entry):
            refused += 1
        elif name := _name(entry):
            entries[name] = entry
    if any(entry.flag_bits & ENCRYPTED for entry in entries.values()):
        raise DatasetError(WANTED, f"{path.name}, which is password-protected", "Zip it without a password.")
    return entries, refused


def _list(archive: zipfile.ZipFile, path: Path, options: Options) -> Listing:
    entries, refused = entries_of(archive, path)
    layout = find_layout(
        entries, path.name, lambda name: _beginning(archive, entries[name], MOST_TABLE_BYTES + 1), options
    )
    note = f"Entries left out because they are links or point outside the zip file: {refused}."
    return layout.listing(
        path.stem,
        lambda name, *most: read_entry(archive, entries[name], *most),
        (note,) if refused else (),
        archive.close,
    )


def _name(entry: zipfile.ZipInfo) -> str:
    """A file's name with "/" between folders, whatever system packed it; "" for a folder."""
    name = entry.filename
    if not entry.flag_bits & UTF8:  # many programs write UTF-8 and do not say so
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = name.replace("\\", "/").removeprefix("./")
    return "" if name.endswith("/") else name


def _beginning(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    try:
        with archive.open(entry) as file:
            return file.read(most)
    except Exception as error:  # zipfile passes on whatever it stumbles over
        raise DatasetError(
            "a complete file in the zip file", f"{entry.filename}, which cannot be unpacked", "Zip the folder again."
        ) from error


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


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int = -1) -> bytes:
    """Read an image in an archive.

    Args:
        archive: as `open_zip` gives it.
        entry: one of `entries_of`.
        most: how many of its first bytes; -1 for all.

    Raises:
        ImageError: if it is too large, cannot be unpacked, or is no photo by how it begins.
    """
    name, limit = entry.filename, settings().max_image_bytes
    if entry.file_size > limit:
        raise ImageError(
            f"an image file of at most {limit / 1e6:.0f} MB",
            f"{name} with {entry.file_size / 1e6:.0f} MB",
            "Make it smaller, or raise TLCORE_MAX_IMAGE_BYTES.",
        )
    if entry.compress_type not in METHODS:
        method = "Deflate64" if entry.compress_type == DEFLATE64 else f"method {entry.compress_type}"
        raise ImageError(
            "a file that the zip file holds stored or deflated",
            f"{name}, packed with {method}",
            "Unpack it and zip the folder again, or give the folder.",
        )
    try:
        with archive.open(entry) as file:
            beginning = file.read(BEGINNING)
            check_beginning(beginning, name)  # what is no photo is not unpacked
            return beginning + file.read(limit + 1 if most < 0 else max(0, most - BEGINNING))
    except ImageError:
        raise
    except Exception as error:  # zipfile passes on whatever it stumbles over
        raise ImageError(
            "a complete file in the zip file", f"{name}, which cannot be unpacked", "Zip the folder again."
        ) from error


def _open(options: Options, monitor: Monitor) -> Listing:
    path = Path(options["path"]).expanduser()
    return list_tar(path, options, monitor) if is_tar(path) else list_zip(path, options)


ZIP = Source(
    "zip",
    "Zip or tar file",
    "Reads an archive with one folder of images per class, or with a table of their classes; keeps train, validation "
    "and test folders as the split.",
    (Option("path", "Zip or tar file", Path, None, "the archive to read"), *LAYOUT_OPTIONS),
    _open,
    upload=("zip", *TAR_ENDINGS),
    is_own=True,
)
