"""Features kept on disk: what each photo of a dataset becomes at the boundary, computed once."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np

from tlcore.caches import cache_folder
from tlcore.datasets.dataset import Dataset
from tlcore.files import read_json, replacing, write_json
from tlcore.images.augment import augment
from tlcore.images.augment_presets import read_augmentation
from tlcore.images.preprocess import preprocess, to_gray
from tlcore.images.resize import resize
from tlcore.inference.networks.feature_part import FeaturePart
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.settings import settings
from tlcore.training.costs import KeptCost

logger = logging.getLogger(__name__)

_BATCH = 16
_SAVE_EVERY = 256


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
    """

    network: str
    input_size: int
    channels: int
    resize: str
    preprocessing: str
    augmentation: str = "none"
    view: int = 0
    pooling: str = ""


def read_pixels(dataset: Dataset, index: int, key: FeatureKey) -> np.ndarray:
    """Read one photo as the network's input square, changed if the key says so.

    Args:
        dataset: where it is.
        index: its position there.
        key: says size, mode and augmentation.

    Returns:
        uint8 (size, size, channels).
    """
    pixels = resize(dataset.image(index), key.input_size, key.input_size, key.resize)
    strengths = read_augmentation(key.augmentation)
    if strengths:
        # The same view of the same photo looks the same in every run, so that runs share what is computed of it.
        pixels = augment(pixels, strengths, np.random.default_rng([key.view, index]))
    if key.channels == 1:
        pixels = to_gray(pixels)
    return pixels


class FeatureCache:
    """One file of features for a list of images, filled as rows are asked for.

    A second small file marks the rows that are complete. It is written after the rows themselves, so that a process
    may be killed at any moment and the next one goes on from there.

    Args:
        dataset: the images; the key is their content, so another version of the dataset with the same images shares
            the file.
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
        digest = hashlib.sha256(json.dumps(asdict(key)).encode() + dataset.digests.tobytes()).hexdigest()
        self._folder = cache_folder("features") / digest[:40]
        self._rows_path = self._folder / "rows.bin"
        self._done_path = self._folder / "done.npy"
        self._cost_path = self._folder / "cost.json"

    def rows(
        self,
        indices: np.ndarray,
        monitor: Monitor = SILENT,
        what: str = "Computing features",
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
        done = self._read_done()
        missing = np.unique(indices)[~done[np.unique(indices)]]
        if len(missing):
            started, before = time.perf_counter(), int(done.sum())
            try:
                self._compute(missing, done, monitor, what)
            finally:
                self._note_cost(time.perf_counter() - started, int(done.sum()) - before)
        self._computed = len(missing)
        return np.memmap(self._rows_path, self._dtype, "r", shape=self._shape)

    def cost(self, images: int) -> KeptCost:
        """What the rows that were asked for last would cost if none of them had been kept.

        Args:
            images: how many were asked for.

        Returns:
            Seconds at the speed at which they were computed, and how many of them were found.
        """
        noted = read_json(self._cost_path, {"seconds": 0.0, "images": 0, "maker": ""})
        per_image = noted["seconds"] / max(1, noted["images"])
        return KeptCost(per_image * images, images - self._computed, noted["maker"])

    def _note_cost(self, seconds: float, images: int) -> None:
        noted = read_json(self._cost_path, {"seconds": 0.0, "images": 0, "maker": self._maker})
        noted |= {"seconds": noted["seconds"] + seconds, "images": noted["images"] + images}
        write_json(self._cost_path, noted)

    def _read_done(self) -> np.ndarray:
        try:
            done = np.load(self._done_path, allow_pickle=False)
        except FileNotFoundError:
            return np.zeros(len(self._dataset), bool)
        size = self._rows_path.stat().st_size if self._rows_path.exists() else 0
        if done.shape != (len(self._dataset),) or size != self._row_bytes * len(self._dataset):
            logger.warning("the features in %s are damaged and are computed again", self._folder)
            return np.zeros(len(self._dataset), bool)
        return done

    @property
    def _row_bytes(self) -> int:
        return int(np.prod(self._shape[1:])) * self._dtype.itemsize

    def _compute(
        self,
        missing: np.ndarray,
        done: np.ndarray,
        monitor: Monitor,
        what: str,
    ) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._folder / "key.json", {**asdict(self._key), "dataset": self._dataset.id})
        self._rows_path.touch()
        finished: list[int] = []
        rows = compute_rows(self._dataset, self._key, self._part, missing)
        # Rows are written with ordinary writes: on a full disk these fail with an error, a memory map would crash.
        with self._rows_path.open("r+b") as file:
            file.truncate(self._row_bytes * len(self._dataset))
            for count, (index, row) in enumerate(rows, start=1):
                file.seek(index * self._row_bytes)
                file.write(row.tobytes())
                finished.append(index)
                stop = count % _BATCH == 0 and monitor.should_stop()
                if stop or count == len(missing) or count % _SAVE_EVERY == 0:
                    file.flush()
                    os.fsync(file.fileno())  # so that no loss of power keeps the marks without the rows
                    done[finished] = True
                    self._save_done(done)
                    finished.clear()
                monitor.report(what, count, len(missing))
                if stop:
                    raise Stopped

    def _save_done(self, done: np.ndarray) -> None:
        with replacing(self._done_path) as temporary, temporary.open("wb") as file:
            np.save(file, done)


def compute_rows(
    dataset: Dataset, key: FeatureKey, part: FeaturePart | None, indices: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Compute features one photo after the other; a few batches at a time are in memory.

    Args:
        dataset: the images.
        key: what else the features depend on.
        part: computes them from preprocessed photos; None gives the photos' own pixels.
        indices: positions of the images, in the order wanted.

    Yields:
        Position and row: float32 (…), or uint8 (size, size, channels) at the input.
    """
    for batch, pixels in _read_ahead(dataset, key, indices):
        rows = pixels if part is None else part.run(preprocess(pixels, key.preprocessing))
        yield from zip(batch.tolist(), rows, strict=True)


def _read_ahead(dataset: Dataset, key: FeatureKey, indices: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Decode the next batches in other threads while this one is computed."""
    batches = [indices[start : start + _BATCH] for start in range(0, len(indices), _BATCH)]
    with ThreadPoolExecutor(settings().worker_threads) as pool:

        def submit(batch: np.ndarray) -> list[Future]:
            return [pool.submit(read_pixels, dataset, int(index), key) for index in batch]

        waiting = [submit(batch) for batch in batches[:2]]
        for position, batch in enumerate(batches):
            futures = waiting.pop(0)
            if position + 2 < len(batches):
                waiting.append(submit(batches[position + 2]))
            yield batch, np.stack([future.result() for future in futures])
