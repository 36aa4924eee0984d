"""A tar file of images, packed or not: unpacked under numbers, as its files can only be read one after another.

The file is not trusted: names never become paths, links and devices are left out, and sizes are added up on the way.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, cast

from tlcore.datasets.places import datasets_folder
from tlcore.datasets.sources.layouts.layout import find_layout
from tlcore.datasets.sources.layouts.table import table_bytes
from tlcore.datasets.sources.limits import check_growth
from tlcore.datasets.sources.source import Listing, Options
from tlcore.errors import DatasetError
from tlcore.images.decode import read_bytes
from tlcore.jobs import Monitor
from tlcore.settings import settings
from tlcore.storage.folders import temporary_folder

TAR_ENDINGS = ("tar", "tgz", "gz", "bz2", "xz")
WANTED = "a zip or tar file that holds one folder of images for each class"
_OPENERS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda packed: cast("IO[bytes]", gzip.GzipFile(fileobj=packed)),
    b"BZh": lambda packed: cast("IO[bytes]", bz2.BZ2File(packed)),
    b"\xfd7zXZ\0": lambda packed: cast("IO[bytes]", lzma.LZMAFile(packed)),  # noqa: SIM115, closed by its user
}
_MAGIC, _MAGIC_PLACE = b"ustar", 257
_MOST_READ = 4_000_000  # bytes of a header, which `tarfile` takes into memory at once; files are read in small pieces
_FILES_PER_IMAGE = 3


def is_tar(path: Path) -> bool:
    """Tell a tar file, packed or not, by how it begins.

    Args:
        path: of any file, or of none.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(_MAGIC_PLACE + len(_MAGIC))
    return start.endswith(_MAGIC) or any(start.startswith(magic) for magic in _OPENERS)


def list_tar(path: Path, options: Options, monitor: Monitor) -> Listing:
    """Unpack an untrusted tar file and list its images.

    Args:
        path: where the file is.
        options: values of `LAYOUT_OPTIONS`.
        monitor: told of progress, and asked between the files.

    Returns:
        The listing; what was unpacked is removed when it is closed.

    Raises:
        DatasetError: if it is no complete tar file, is over the limits, or no classes are found.
        Stopped: if asked to.
    """
    stack = ExitStack()
    try:
        folder = stack.enter_context(temporary_folder(datasets_folder() / "unpack"))
        found, refused = _unpack(path, folder, monitor)
        layout = find_layout(found, path.name, lambda name: table_bytes(found[name]), options)
    except BaseException:
        stack.close()
        raise
    notes = [f"Entries left out because they are links or point outside the tar file: {refused}."] if refused else []
    return layout.listing(
        path.stem.removesuffix(".tar"), lambda name, *most: read_bytes(found[name], *most), notes, stack.close
    )


def open_tar(stream: IO[bytes]) -> tarfile.TarFile:
    """Open an unpacked tar file that is not trusted.

    Args:
        stream: at its beginning.

    Returns:
        The archive, which refuses headers of many megabytes.
    """
    return tarfile.open(fileobj=cast("IO[bytes]", _Sober(stream)), mode="r:")


class _Sober(io.RawIOBase):
    """A stream that refuses to take much into memory at once, as a header that lies about its length would have it."""

    def __init__(self, stream: IO[bytes]):
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MOST_READ:
            raise tarfile.ReadError("a header of many megabytes")
        return self._stream.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()


def _unpack(path: Path, folder: Path, monitor: Monitor) -> tuple[dict[str, Path], int]:
    """Where each file is now, by its name, and how many entries were left out."""
    limits, size = settings(), path.stat().st_size
    found: dict[str, Path] = {}
    total = refused = 0
    try:
        with path.open("rb") as packed, _opened(packed) as stream, open_tar(stream) as archive:
            for member in archive:
                monitor.check()
                monitor.report("Unpacking", min(packed.tell(), size), size)
                archive.members = []  # type: ignore[attr-defined]  # it would remember each, and a file may have millions
                name = PurePosixPath(member.name)
                if member.isdir():
                    continue
                if not member.isreg() or name.is_absolute() or ".." in name.parts:
                    refused += 1
                    continue
                total += member.size
                check_growth(path.name, size, total)
                if len(found) >= limits.max_dataset_images * _FILES_PER_IMAGE:
                    raise DatasetError(
                        f"at most {limits.max_dataset_images:,} images",
                        f"{path.name} with far more",
                        "Use part of it, or raise TLCORE_MAX_DATASET_IMAGES.",
                    )
                place = found.setdefault(str(name), folder / str(len(found)))
                content = archive.extractfile(member)
                assert content  # as of every regular file
                with place.open("wb") as file:
                    shutil.copyfileobj(content, file)
    except (OSError, EOFError, ValueError, lzma.LZMAError, tarfile.TarError) as error:
        raise DatasetError(
            WANTED, f"{path.name}, which is not a complete tar file ({error!s:.200})", "Pack the folder again."
        ) from error
    return found, refused


def _opened(packed: IO[bytes]) -> IO[bytes]:
    start = packed.read(6)
    packed.seek(0)
    return next((opener(packed) for magic, opener in _OPENERS.items() if start.startswith(magic)), packed)
