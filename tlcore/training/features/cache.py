"""Features kept on disk: what each photo of a dataset becomes at the boundary, computed once."""

from __future__ import annotations

import itertools
import logging
import os
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.images.augment import augment
from tlcore.images.augment_presets import read_augmentation
from tlcore.images.preprocess import preprocess, to_gray
from tlcore.images.resize import resize
from tlcore.inference.networks.feature_part import FeaturePart
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.settings import Settings, settings
from tlcore.storage.caches import in_use
from tlcore.training.costs import KeptCost
from tlcore.training.features.inherited import inherit_rows
from tlcore.training.features.kept import (
    NOT_DONE,
    ROWS_FILE,
    RowState,
    damaged_rows,
    folder_of,
    note_user,
    read_row_state,
    write_row_state,
)
from tlcore.training.plans.plan import LOOKING

logger = logging.getLogger(__name__)

_PIXEL_BATCH = 4  # photos that a core reads at once where nothing is computed of them
_STOP_EVERY = 16
_SAVE_EVERY = 256
DECODING = "JPEG at 1/8, 1/4 or 1/2 where that leaves twice the input size"  # as `Dataset.image` does with a target


def _decoding() -> str:
    """How photos are read here; a limit of one's own may reduce further those that it concerns."""
    limit = settings().max_image_pixels
    return DECODING if limit == Settings.max_image_pixels else f"{DECODING}, or more than {limit} pixels"


@dataclass(frozen=True)
class FeatureKey:
    """What the features of a photo depend on, besides the photo. All of it is part of the key; names are not.

    Args:
        network: the digest of the feature part that computes them; "" for the pixels themselves.
        input_size: side of the square input in pixels.
        channels: 3, or 1 for networks that take gray pictures.
        resize: mode of `tlcore.images.resize`.
        preprocessing: mode of `tlcore.images.preprocess`; "" at the input.
        augmentation: as `tlcore.images.augment_presets` writes it.
        view: which of the endlessly many changed copies of each photo.
        pooling: of the maps that the network gives, or "".
        decoding: how large photos are read.
    """

    network: str
    input_size: int
    channels: int
    resize: str
    preprocessing: str
    augmentation: str = "none"
    view: int = 0
    pooling: str = ""
    decoding: str = field(default_factory=_decoding)


def read_pixels(dataset: Dataset, index: int, key: FeatureKey) -> np.ndarray:
    """Read one photo as the network's input square, changed if the key says so.

    Args:
        dataset: where it is.
        index: its position there.
        key: says size, mode and augmentation.

    Returns:
        uint8 (size, size, channels).
    """
    pixels = resize(dataset.image(index, key.input_size), key.input_size, key.input_size, key.resize)
    strengths = read_augmentation(key.augmentation)
    if strengths:
        # The same view of the same photo looks the same in every run, so that runs share what is computed of it.
        pixels = augment(pixels, strengths, np.random.default_rng([key.view, index]))
    if key.channels == 1:
        pixels = to_gray(pixels)
    return pixels


class FeatureCache:
    """One file of features for a list of images, filled as rows are asked for.

    A second small file holds a check sum of each row that is complete. It is written after the rows themselves, so that
    a process may be killed at any moment and the next one goes on from there; a row that is not as it was written is
    computed again.

    Args:
        dataset: the images; the key is their content, so another version of the dataset with the same images shares
            the file, and one with fewer begins with what is kept of those.
        key: what else the features depend on.
        part: computes them from preprocessed photos; None keeps the photos' own pixels.
        maker: id of the run that computes what is missing, or "".
    """

    def __init__(self, dataset: Dataset, key: FeatureKey, part: FeaturePart | None, maker: str = ""):
        self._maker = maker
        self._dataset = dataset
        self._key = key
        self._part = part
        shape = part.output_shape if part else (key.input_size, key.input_size, key.channels)
        self._shape = (len(dataset), *shape)
        self._dtype = np.dtype(np.float32 if part else np.uint8)
        self._folder = folder_of(dataset, asdict(key))
        self._held = in_use(self._folder)
        self._rows_path = self._folder / ROWS_FILE
        self._state = self._read_state()
        self._checked = np.zeros(len(dataset), bool)  # rows that this object has read again, or computed itself
        note_user(self._folder, asdict(key), dataset, maker)

    def rows(
        self,
        indices: np.ndarray,
        monitor: Monitor = SILENT,
        what: str = LOOKING,
    ) -> np.ndarray:
        """Give access to the features, computing those asked for that are not there yet.

        Args:
            indices: positions of the images that are needed.
            monitor: told of progress, and asked between batches.
            what: what the progress is called.

        Returns:
            Memory-mapped (n, …), float32, or uint8 at the input; only the rows in `indices` are meaningful.

        Raises:
            Stopped: if asked to; what is computed is kept.
        """
        wanted = np.unique(indices)
        self._forget_damaged(wanted)
        missing = wanted[self._state.sums[wanted] == NOT_DONE]
        if len(missing):
            self._compute(missing, monitor, what)
        self._computed = len(missing)
        return np.memmap(self._rows_path, self._dtype, "r", shape=self._shape)

    def cost(self, images: int) -> KeptCost:
        """What the rows that were asked for last would cost if none of them had been kept.

        Args:
            images: how many were asked for.

        Returns:
            Seconds at the speed at which they were computed, and how many of them were found.
        """
        per_image = self._state.seconds / max(1, self._state.computed)
        return KeptCost(per_image * images, images - self._computed, self._state.maker)

    def _read_state(self) -> RowState:
        state = read_row_state(self._folder)
        if state is not None:
            size = self._rows_path.stat().st_size if self._rows_path.exists() else 0
            if len(state.sums) == len(self._dataset) and size == self._row_bytes * len(self._dataset):
                return state
            logger.warning("the features in %s are damaged and are computed again", self._folder)
        inherited = inherit_rows(self._dataset, asdict(self._key), self._row_bytes)
        return inherited or RowState(np.full(len(self._dataset), NOT_DONE), 0.0, 0, self._maker)

    def _forget_damaged(self, indices: np.ndarray) -> None:
        """Read rows that were kept, once, and forget those that are not as they were written."""
        kept = indices[(self._state.sums[indices] != NOT_DONE) & ~self._checked[indices]]
        if not len(kept):
            return
        rows = np.memmap(self._rows_path, self._dtype, "r", shape=self._shape)
        damaged = damaged_rows(rows, self._state, kept)
        self._checked[kept] = True
        if damaged:
            logger.warning("%d rows of %s are damaged and are computed again", len(damaged), self._folder)
            self._state.sums[damaged] = NOT_DONE

    @property
    def _row_bytes(self) -> int:
        return int(np.prod(self._shape[1:])) * self._dtype.itemsize

    def _compute(self, missing: np.ndarray, monitor: Monitor, what: str) -> None:
        self._rows_path.touch()
        finished: dict[int, int] = {}
        moment = time.perf_counter()
        rows = compute_rows(self._dataset, self._key, self._part, missing)
        # Rows are written with ordinary writes: on a full disk these fail with an error, a memory map would crash.
        with self._rows_path.open("r+b") as file:
            file.truncate(self._row_bytes * len(self._dataset))
            for count, (index, row) in enumerate(rows, start=1):
                content = row.tobytes()
                file.seek(index * self._row_bytes)
                file.write(content)
                finished[index] = zlib.crc32(content)
                stop = count % _STOP_EVERY == 0 and monitor.should_stop()
                if stop or count == len(missing) or count % _SAVE_EVERY == 0:
                    file.flush()
                    os.fsync(file.fileno())  # so that no loss of power keeps the check sums without the rows
                    self._state = self._state.after(finished, time.perf_counter() - moment)
                    write_row_state(self._folder, self._state)
                    self._checked[list(finished)] = True
                    finished, moment = {}, time.perf_counter()
                monitor.report(what, count, len(missing))
                if stop:
                    raise Stopped


def read_kept(dataset: Dataset, key: FeatureKey, indices: np.ndarray) -> np.ndarray | None:
    """Read features that are kept already; nothing is computed.

    Args:
        dataset: the images.
        key: what else the features depend on.
        indices: positions of the images wanted, each once.

    Returns:
        float32 (n, …), read anew and as they were written; None if one of them is not there.
    """
    folder = folder_of(dataset, asdict(key))
    state, path = read_row_state(folder), folder / ROWS_FILE
    if state is None or len(state.sums) != len(dataset) or (state.sums[indices] == NOT_DONE).any():
        return None
    size = path.stat().st_size if path.is_file() else 0
    if not size or size % (len(dataset) * np.dtype(np.float32).itemsize):
        return None
    with in_use(folder):
        rows = np.memmap(path, np.float32, "r").reshape(len(dataset), -1)
        return None if damaged_rows(rows, state, indices) else np.array(rows[indices])


def compute_rows(
    dataset: Dataset, key: FeatureKey, part: FeaturePart | None, indices: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Compute features on all cores of this worker, each with photos of its own from the file to the row.

    Args:
        dataset: the images.
        key: what else the features depend on.
        part: computes them from preprocessed photos; None gives the photos' own pixels.
        indices: positions of the images, in the order wanted; a few batches of them are in memory at a time.

    Yields:
        Position and row: float32 (…), or uint8 (size, size, channels) at the input.
    """
    size = part.batch_size if part else _PIXEL_BATCH
    pieces = np.split(indices, range(size, len(indices), size))
    # Each interpreter holds the weights once more, packed for its core: a few images need no more than a few of them.
    threads = min(settings().worker_threads, len(pieces))
    run = part.on_each_core(threads) if part else None
    batches = iter(pieces)
    pool = ThreadPoolExecutor(threads)
    try:
        waiting = deque(
            pool.submit(_rows, dataset, key, run, batch) for batch in itertools.islice(batches, 2 * threads)
        )
        while waiting:
            found = waiting.popleft().result()
            waiting.extend(pool.submit(_rows, dataset, key, run, batch) for batch in itertools.islice(batches, 1))
            yield from found
    finally:
        pool.shutdown(cancel_futures=True)


def _rows(
    dataset: Dataset, key: FeatureKey, run: Callable[[np.ndarray], np.ndarray] | None, batch: np.ndarray
) -> list[tuple[int, np.ndarray]]:
    pixels = np.stack([read_pixels(dataset, int(index), key) for index in batch])
    rows = run(preprocess(pixels, key.preprocessing)) if run else pixels
    return list(zip(batch.tolist(), rows, strict=True))
