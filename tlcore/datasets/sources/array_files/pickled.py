"""Pickled arrays, texts and numbers, such as the batches of CIFAR, and objects within .npy files.

A pickle is a program. It runs in a child of `tlcore.guard`, and can name nothing there but what rebuilds arrays.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from tlcore.datasets.sources.array_files.files import handed_over, keep_on_disk
from tlcore.errors import DatasetError
from tlcore.guard import run
from tlcore.settings import settings

STARTS = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
LONGEST_TEXT = 1000  # characters
DEEPEST = 4  # dictionaries and lists within one another
_PLAIN = (str, bytes, bool, int, float, np.generic)


def read_pickle(file: IO[bytes], name: str) -> dict[str, np.ndarray]:
    """Rebuild the arrays, texts and numbers of a pickle.

    Args:
        file: the open file, at the beginning of the pickle.
        name: how to call it in an error.

    Returns:
        Arrays by their keys, those of dictionaries within one another joined by "/"; an empty one if there is none.

    Raises:
        DatasetError: if the pickle is damaged, or names anything else.
    """
    data = handed_over(file, name)
    found = run("pickle", data, name)
    return {
        key: np.array(value) if isinstance(value, list) else _fetch(data, name, key, **value)
        for key, value in found.items()
    }


def _fetch(data: bytes | Path, name: str, key: str, shape: list[int], dtype: str) -> np.ndarray:
    return keep_on_disk([run("pickle", data, name, key=key)], tuple(shape), dtype)


def unpickle_here(data: bytes | Path, name: str, key: str | None = None) -> dict[str, Any] | np.ndarray:
    """Rebuild a pickle in this process, which only a child of `tlcore.guard` may.

    Args:
        data: the pickle, or the file that it is in.
        name: what the user calls it.
        key: which array is wanted; None to learn which there are.

    Returns:
        That array; or for each key a list of texts or numbers, or {"shape": …, "dtype": …} of a larger array.

    Raises:
        DatasetError: as `read_pickle`.
    """
    try:
        with data.open("rb") if isinstance(data, Path) else io.BytesIO(data) as stream:
            found = dict(_arrays_in(_ArrayUnpickler(stream, encoding="bytes").load()))
    except MemoryError:
        raise
    except Exception as problem:  # whatever the pickle makes it stumble over
        raise DatasetError(
            "pickled arrays, texts or numbers",
            f"{name}: {problem!s:.200}",
            "Save it with numpy.save and a plain type such as uint8; other Python objects are never loaded.",
        ) from problem
    if key is not None:
        return np.asarray(found[key])
    return {key: value if isinstance(value, list) else _describe(value) for key, value in found.items()}


def _describe(array: np.ndarray) -> list | dict[str, Any]:
    is_list = array.ndim == 1 and array.dtype.kind in "biuf" and array.size <= settings().max_dataset_images
    return array.tolist() if is_list else {"shape": array.shape, "dtype": array.dtype.str}


def _arrays_in(value: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, np.ndarray | list[str]]]:
    """What is of use within dictionaries, lists and tuples; the rest is passed over."""
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        if value.dtype.kind in "biufUS":
            yield key, value
        return
    if depth == DEEPEST or not isinstance(value, dict | list | tuple | np.ndarray):
        return
    if isinstance(value, dict):
        items = [(_text(name), item) for name, item in value.items()]
    else:
        flat = value.ravel().tolist() if isinstance(value, np.ndarray) else value
        if all(isinstance(item, _PLAIN) for item in flat):
            yield key, _plain(flat)
            return
        if isinstance(value, np.ndarray):
            raise ValueError("it holds objects that are neither texts nor numbers")
        items = [(str(number), item) for number, item in enumerate(flat)]
    for name, item in items:
        yield from _arrays_in(item, f"{key}/{name}" if key else name, depth + 1)


def _plain(values: Sequence) -> np.ndarray | list[str]:
    if len(values) > settings().max_dataset_images:
        raise ValueError(f"it lists {len(values):,} values, more than a dataset may have images")
    if not any(isinstance(value, str | bytes) for value in values):
        return np.array(values)
    texts = [_text(value) for value in values]
    if max(map(len, texts)) > LONGEST_TEXT:
        raise ValueError(f"it holds a text of more than {LONGEST_TEXT:,} characters")
    return texts


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_RECONSTRUCT: Any = np.empty(0).__reduce__()[0]  # the functions that pickles of arrays and of single numbers name
_FROM_BUFFER = np.empty(0).__reduce_ex__(5)[0]
_SCALAR = np.int64(0).__reduce__()[0]


def _empty_array(kind: object, shape: object, typecode: object) -> np.ndarray:
    """An array to be filled; it never shows what was in memory before, whatever shape the pickle asks for."""
    return _RECONSTRUCT(np.ndarray, (0,), b"b")


def _latin1(text: str, encoding: str) -> bytes:
    """Bytes, as Python 3 writes them for Python 2."""
    return text.encode("latin1")


class _ArrayUnpickler(pickle.Unpickler):
    """Rebuilds NumPy arrays and numbers and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        found: dict[tuple[str, str], object] = {
            ("numpy", "ndarray"): None,  # named, but never called
            ("numpy", "dtype"): np.dtype,
            ("multiarray", "_reconstruct"): _empty_array,
            ("multiarray", "scalar"): _SCALAR,
            ("numeric", "_frombuffer"): _FROM_BUFFER,
            ("_codecs", "encode"): _latin1,
        }
        known = module.removeprefix("numpy.core.").removeprefix("numpy._core.")
        if (known, name) not in found:
            raise pickle.UnpicklingError(f"{module}.{name} is not an array")
        return found[known, name]
