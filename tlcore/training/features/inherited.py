"""Features that a version of a dataset takes over from the one before: most of its images are the same."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.overview import version_before
from tlcore.storage.caches import in_use
from tlcore.training.features.kept import NOT_DONE, ROWS_FILE, RowState, folder_of, read_row_state, write_row_state


def inherit_rows(dataset: Dataset, key: Mapping[str, object], row_bytes: int) -> RowState | None:
    """Begin the features of a version with those that are kept for the nearest version before it.

    Args:
        dataset: the version, for which none are kept yet; its folder of features is in use.
        key: what the features depend on, besides the images.
        row_bytes: length of a row.

    Returns:
        The state of the rows, as it is written; None if there are none to begin with. Rows that were damaged are found
        by their check sums when they are read.
    """
    if key["augmentation"] != "none":
        return None  # how an image is changed follows from its position, which may be another one now
    before = version_before(dataset)
    while before is not None:
        state = _copied(before, dataset, key, row_bytes)
        if state is not None:
            return state
        before = version_before(before)
    return None


def _copied(before: Dataset, dataset: Dataset, key: Mapping[str, object], row_bytes: int) -> RowState | None:
    old, new = folder_of(before, key), folder_of(dataset, key)
    state, path = read_row_state(old), old / ROWS_FILE
    size = path.stat().st_size if path.is_file() else 0
    if state is None or len(state.sums) != len(before) or size != row_bytes * len(before):
        return None
    known = {digest.tobytes(): row for row, digest in enumerate(before.digests) if state.sums[row] != NOT_DONE}
    sums = np.full(len(dataset), NOT_DONE)
    (new / ROWS_FILE).touch()
    # Rows are written with ordinary writes: on a full disk these fail with an error, a memory map would crash. What
    # another process computes here at the same time is the same, and is not cut off.
    with in_use(old), (new / ROWS_FILE).open("r+b") as file:
        rows = np.memmap(path, np.uint8, "r").reshape(len(before), row_bytes)
        file.truncate(row_bytes * len(dataset))
        for index, digest in enumerate(dataset.digests):
            row = known.get(digest.tobytes())
            if row is not None:
                file.seek(index * row_bytes)
                file.write(rows[row].tobytes())
                sums[index] = state.sums[row]
        file.flush()
        os.fsync(file.fileno())  # so that no loss of power keeps the check sums without the rows
    inherited = RowState(sums, state.seconds, state.computed, state.maker)
    write_row_state(new, inherited)
    return inherited
