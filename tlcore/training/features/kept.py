"""What is noted beside kept features: which rows are complete, what they cost, and for whom they are kept."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import MissingError
from tlcore.storage.arrays import read_arrays, write_arrays
from tlcore.storage.caches import cache_folder, remove_unless_used
from tlcore.storage.files import read_json, write_json

KIND = "features"  # in the cache
NOT_DONE = np.int64(-1)  # no check sum is negative
ROWS_FILE = "rows.bin"
_STATE_FILE, _ABOUT_FILE = "state.npz", "about.json"


@dataclass(frozen=True)
class RowState:
    """The rows of one file of features.

    Args:
        sums: int64 (n,), the CRC-32 of each row; `NOT_DONE` where it is not complete.
        seconds: spent on computing rows so far.
        computed: how many rows that were.
        maker: id of the run that began, or "".
    """

    sums: np.ndarray
    seconds: float
    computed: int
    maker: str

    def after(self, finished: Mapping[int, int], seconds: float) -> RowState:
        """The state when more rows are complete.

        Args:
            finished: their positions → their CRC-32.
            seconds: spent on them.
        """
        sums = self.sums.copy()
        sums[list(finished)] = list(finished.values())
        return RowState(sums, self.seconds + seconds, self.computed + len(finished), self.maker)


def folder_of(dataset: Dataset, key: Mapping[str, object]) -> Path:
    """Where the features of a dataset's images are kept: versions with the same images share the place.

    Args:
        dataset: the images.
        key: what else the features depend on.
    """
    digest = hashlib.sha256(json.dumps(key).encode() + dataset.digests.tobytes()).hexdigest()
    return cache_folder(KIND) / digest[:40]


def read_row_state(folder: Path) -> RowState | None:
    """Read what `write_row_state` wrote.

    Args:
        folder: of the features.

    Returns:
        The state; None if there is none, or a damaged one.
    """
    try:
        arrays = read_arrays(folder / _STATE_FILE, "the state of kept features", "")
        state = RowState(arrays["sums"], float(arrays["seconds"]), int(arrays["computed"]), str(arrays["maker"]))
    except (MissingError, KeyError, TypeError, ValueError):  # all but the first: sound arrays, but of something else
        return None
    return state if state.sums.ndim == 1 and state.sums.dtype == NOT_DONE.dtype else None


def write_row_state(folder: Path, state: RowState) -> None:
    """Keep a state, all or nothing.

    Args:
        folder: of the features.
        state: what to keep; the archive has check sums of its own.
    """
    write_arrays(folder / _STATE_FILE, vars(state))


def note_user(folder: Path, key: Mapping[str, object], dataset: Dataset, run: str) -> None:
    """Note what features are and who uses them, so that they can go with the last of these.

    Args:
        folder: of the features.
        key: what they depend on.
        dataset: whose features they are.
        run: id of the run that asks, or "" for nobody in particular.
    """
    found = _read_about(folder) or {"runs": [], "datasets": []}
    users = {"runs": sorted({*found["runs"], run}), "datasets": sorted({*found["datasets"], dataset.id})}
    if {**users, "key": key} != found:
        write_json(folder / _ABOUT_FILE, {**users, "key": key})


def remove_unused_features(datasets: Collection[str], runs: Collection[str]) -> bool:
    """Remove the features whose datasets, or runs, are all gone for good.

    Args:
        datasets: ids of all datasets, with those that can be restored.
        runs: ids of all runs, with those that can be restored.

    Returns:
        Whether all of them are removed; some may be in use at this moment.
    """
    is_clean = True
    for folder in cache_folder(KIND).glob("[!.]*"):
        about = _read_about(folder)
        if about is None or not {*about["datasets"]} & {*datasets} or not {*about["runs"]} & {"", *runs}:
            is_clean = remove_unless_used(folder) and is_clean
    return is_clean


def _read_about(folder: Path) -> dict | None:
    """What `note_user` noted; None where nobody can tell whose the features are."""
    found = read_json(folder / _ABOUT_FILE, None)
    users = [found.get(name) for name in ("runs", "datasets")] if isinstance(found, dict) else [None]
    is_sound = all(isinstance(ids, list) and all(isinstance(id, str) for id in ids) for ids in users)
    return found if is_sound else None


def damaged_rows(rows: np.ndarray, state: RowState, indices: np.ndarray) -> list[int]:
    """Read rows that are complete, and tell which are not as they were written.

    Args:
        rows: (n, …), all rows.
        state: of them.
        indices: positions of those that are read.

    Returns:
        Positions of the damaged ones.
    """
    return [index for index in indices.tolist() if zlib.crc32(rows[index]) != state.sums[index]]


def count_damaged(folder: Path) -> int:
    """Read all rows that are complete, and count those that are not as they were written.

    Args:
        folder: of the features.
    """
    state, path = read_row_state(folder), folder / ROWS_FILE
    if state is None or not len(state.sums):
        return 0
    done = np.flatnonzero(state.sums != NOT_DONE)
    if not path.is_file():
        return len(done)
    return len(damaged_rows(np.memmap(path, np.uint8, "r").reshape(len(state.sums), -1), state, done))
