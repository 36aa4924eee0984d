"""Named arrays in one file: written whole or not at all, and checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tlcore.errors import MissingError
from tlcore.storage.files import replacing


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray | float | str]) -> None:
    """Write arrays as an .npz file, which holds a check sum of each.

    Args:
        path: the file to create or replace.
        arrays: by name; numbers and texts become arrays without axes.
    """
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **dict(arrays))


def read_arrays(path: Path, what: str, action: str) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote.

    Args:
        path: the file.
        what: what a person calls it.
        action: what to do where it is gone or damaged.

    Returns:
        The arrays by name.

    Raises:
        MissingError: if it is gone or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        received = "no such file"
    # Damage shows in whatever way the readers of archives and arrays stumble over it.
    except Exception as error:
        received = f"a damaged file ({error})"
    raise MissingError(what, received, action)
