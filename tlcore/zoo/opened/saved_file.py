"""A network's file as untrusted bytes: which kind it is, by how it begins, and the description of its layers."""

from __future__ import annotations

import io
import json
import zipfile

import h5py

from tlcore.errors import InputError

MAX_CONFIG_BYTES = 20_000_000
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"


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
    if data.startswith(_HDF5):
        text = _config_of_hdf5(data, name)
    elif data.startswith(_ZIP):
        text = _config_of_archive(data, name)
    else:
        raise InputError(
            "a .keras or .h5 file", name, "Save the network with `model.save('network.keras')` and open that."
        )
    if len(text) > MAX_CONFIG_BYTES:
        raise unreadable(name, "its description is larger than 20 MB")
    try:
        return json.loads(text)
    except ValueError as problem:
        raise unreadable(name, f"its description of the layers cannot be followed ({problem!s:.200})") from problem


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


def _config_of_archive(data: bytes, file_name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.getinfo("config.json")
            if entry.file_size > MAX_CONFIG_BYTES:
                raise unreadable(file_name, "its description is larger than 20 MB")
            with archive.open(entry) as file:
                return file.read(MAX_CONFIG_BYTES + 1).decode("utf-8")
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # zipfile passes on whatever it stumbles over
        raise unreadable(file_name, f"it is not an archive with a config.json ({problem!s:.200})") from problem


def _config_of_hdf5(data: bytes, file_name: str) -> str:
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            if "model_config" not in file.attrs:
                raise unreadable(file_name, "it holds weights only, without a description of the layers")
            text = file.attrs["model_config"]
            return text.decode("utf-8") if isinstance(text, bytes) else str(text)
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # the library passes on whatever it stumbles over
        raise unreadable(file_name, f"it is not an HDF5 file ({problem!s:.200})") from problem
