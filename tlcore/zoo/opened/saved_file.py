"""A network's file as untrusted bytes: which kind it is, by how it begins, and the description of its layers."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import h5py

from tlcore.errors import InputError
from tlcore.zoo.opened.foreign import what_it_is
from tlcore.zoo.opened.part_of_file import PartOfFile

MAX_CONFIG_BYTES = 20_000_000
MOST_UNPACKED = 700_000_000  # of a weights file or network that is packed inside an archive
HDF5, ARCHIVE, LITE = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"TFL3"
_HEAD = 512  # bytes that tell the kind
_NETWORKS = (".keras", ".h5", ".hdf5", ".tflite")


@dataclass(frozen=True)
class SavedFile:
    """A file that holds a network.

    Args:
        name: as the user calls it, or as it is called in the archive that it came in.
        stream: the file, to be read from its beginning.
        kind: `HDF5`, `ARCHIVE` (what Keras calls .keras) or `LITE`.
    """

    name: str
    stream: IO[bytes]
    kind: bytes


@contextmanager
def open_saved(data: bytes | Path, name: str) -> Iterator[SavedFile]:
    """Open a network's file, also one that lies in a zip, as Teachable Machine gives it.

    Args:
        data: the whole file, or where it is; not trusted. Its ending does not matter.
        name: as the user calls it.

    Yields:
        The file.

    Raises:
        InputError: if it holds no network that can be read here; it says what it is.
    """
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as stream:
        head = stream.read(_HEAD)
        kind = _kind(head)
        if kind is None:
            raise what_it_is(name, head)
        entries = _entries(stream, name) if kind == ARCHIVE else []
        stream.seek(0)
        if kind != ARCHIVE or "config.json" in entries:
            yield SavedFile(name, stream, kind)
            return
        inner = _inner_network(entries, name)
        with zipfile.ZipFile(stream) as archive, _seekable(archive, inner, name) as file:
            head = file.read(_HEAD)
            kind = _kind(head)
            if kind is None:
                raise what_it_is(inner, head)
            file.seek(0)
            yield SavedFile(inner, file, kind)


def read_config(data: bytes, name: str) -> dict:
    """Read the description of the layers, in a child of `tlcore.guard`, which alone may open HDF5.

    Args:
        data: the whole file; not trusted. Its ending does not matter: some are HDF5 and called .keras.
        name: as the user calls it.

    Returns:
        {"class_name": "Functional" or another, "config": {…}}, as any version of Keras writes it.

    Raises:
        InputError: if it is no file of Keras, or has no description of layers.
    """
    with open_saved(data, name) as saved:
        return config_of(saved)


def config_of(saved: SavedFile) -> dict:
    """Read the description of the layers from a file that is open.

    Args:
        saved: of Keras.

    Returns:
        As `read_config`.

    Raises:
        InputError: as `read_config`.
    """
    if saved.kind == LITE:
        raise InputError("a .keras or .h5 file", f"{saved.name}, a LiteRT file (.tflite)", "Give the Keras file.")
    text = _config_of_hdf5(saved) if saved.kind == HDF5 else _config_of_archive(saved)
    if len(text) > MAX_CONFIG_BYTES:
        raise unreadable(saved.name, "its description is larger than 20 MB")
    try:
        return json.loads(text)
    except ValueError as problem:
        reason = f"its description of the layers cannot be followed ({problem!s:.200})"
        raise unreadable(saved.name, reason) from problem


@contextmanager
def open_weights(saved: SavedFile) -> Iterator[h5py.File | None]:
    """Open the weights that belong to a description of layers.

    Args:
        saved: of Keras.

    Yields:
        The HDF5 file; None where there is none.

    Raises:
        InputError: if there is one that cannot be read.
    """
    try:
        if saved.kind == HDF5:
            saved.stream.seek(0)
            with h5py.File(saved.stream, "r") as file:
                yield file
            return
        with zipfile.ZipFile(saved.stream) as archive:
            if "model.weights.h5" not in archive.namelist():
                yield None
                return
            with _seekable(archive, "model.weights.h5", saved.name) as stream, h5py.File(stream, "r") as file:
                yield file
    except (OSError, zipfile.BadZipFile) as problem:
        raise unreadable(saved.name, f"its weights cannot be read ({problem!s:.200})") from problem


def unreadable(file_name: str, reason: str) -> InputError:
    """The error about a file that claims to be a network saved by Keras.

    Args:
        file_name: as the user calls it.
        reason: what is wrong with it.

    Returns:
        The error.
    """
    return InputError(
        "a network saved by Keras",
        f"{file_name}: {reason}",
        "Save it again with `model.save('network.keras')`.",
    )


def _kind(head: bytes) -> bytes | None:
    if head[4:8] == LITE:
        return LITE
    return next((kind for kind in (HDF5, ARCHIVE) if head.startswith(kind)), None)


def _entries(stream: IO[bytes], name: str) -> list[str]:
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except MemoryError:
        raise
    except Exception as problem:  # zipfile passes on whatever it stumbles over
        raise InputError(
            "a network saved by Keras or LiteRT",
            f"{name}, not a whole file: its end is missing or it is damaged",
            "Copy or download it once more, or save the network again with `model.save('network.keras')`.",
        ) from problem


def _inner_network(entries: list[str], name: str) -> str:
    """The one network in an archive; of several, the one that lies highest."""
    found = [entry for entry in entries if entry.lower().endswith(_NETWORKS) and "__MACOSX" not in entry]
    if not found:
        raise what_it_is(name, ARCHIVE, entries)
    found.sort(key=lambda entry: entry.count("/"))
    if len(found) > 1 and found[0].count("/") == found[1].count("/"):
        raise InputError("a zip with one network in it", f"{name} with {', '.join(found[:3])}", "Open one by itself.")
    return found[0]


@contextmanager
def _seekable(archive: zipfile.ZipFile, entry: str, name: str) -> Iterator[IO[bytes]]:
    """Open a part of an archive: where it lies if it is not packed, otherwise unpacked in memory."""
    information = archive.getinfo(entry)
    if information.compress_type == zipfile.ZIP_STORED and archive.fp is not None:
        yield io.BufferedReader(PartOfFile(archive.fp, *_place(archive.fp, information)))
        return
    if information.file_size > MOST_UNPACKED:
        raise unreadable(name, f"{entry} unpacks to more than {MOST_UNPACKED:,} bytes")
    with archive.open(information) as stream:
        content = stream.read(MOST_UNPACKED + 1)
    yield io.BytesIO(content)


def _place(stream: IO[bytes], information: zipfile.ZipInfo) -> tuple[int, int]:
    """Where the content of an entry begins, behind its name and extra field, and how long it is."""
    stream.seek(information.header_offset)
    lengths = struct.unpack("<26xHH", stream.read(30))
    return information.header_offset + 30 + sum(lengths), information.file_size


def _config_of_archive(saved: SavedFile) -> str:
    try:
        with zipfile.ZipFile(saved.stream) as archive:
            entry = archive.getinfo("config.json")
            if entry.file_size > MAX_CONFIG_BYTES:
                raise unreadable(saved.name, "its description is larger than 20 MB")
            with archive.open(entry) as file:
                return file.read(MAX_CONFIG_BYTES + 1).decode("utf-8")
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # zipfile passes on whatever it stumbles over
        raise unreadable(saved.name, f"it is not an archive with a config.json ({problem!s:.200})") from problem


def _config_of_hdf5(saved: SavedFile) -> str:
    try:
        with h5py.File(saved.stream, "r") as file:
            if "model_config" not in file.attrs:
                raise InputError(
                    "a network saved by Keras with the description of its layers",
                    f"{saved.name}, which holds {_content(file)}",
                    "Save the whole network with `model.save('network.keras')` and open that.",
                )
            text = file.attrs["model_config"]
            return text.decode("utf-8") if isinstance(text, bytes) else str(text)
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # the library passes on whatever it stumbles over
        raise unreadable(saved.name, f"it is not an HDF5 file ({problem!s:.200})") from problem


def _content(file: h5py.File) -> str:
    """What an HDF5 file without a description of layers holds, in words."""
    if "layer_names" in file.attrs or {"model_weights", "layers", "_layer_checkpoint_dependencies"} & set(file):
        return "weights only"
    return "data, such as arrays, and no network"
