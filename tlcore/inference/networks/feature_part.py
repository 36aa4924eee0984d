"""The feature part of a backbone: preprocessed images → what a layer gives, as files that are made once. Knows no TF.

What was computed with it goes by the content of its files.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import importlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import IO

import numpy as np

from tlcore.inference.engine import Engine
from tlcore.inference.networks.feature_source import DENSE_FILE, FACTS_FILE, MAPS_FILE, PART, FeatureSource
from tlcore.inference.networks.head import POOLINGS, Head, load_head
from tlcore.inference.networks.lite_file import lite_file
from tlcore.jobs import SILENT, Monitor
from tlcore.storage.caches import in_use
from tlcore.storage.files import file_digest, write_json
from tlcore.storage.folders import new_version, sound_version
from tlcore.storage.locks import waiting_lock
from tlcore.zoo.weights.package import read_package_weights

_CORE_BATCH = 4  # what a core's cache holds: MobileNetV2 takes longer for each photo of 16
_DEVICE_BATCH = 64
_MAKING = ".making"  # in the folder of a part: locked by whoever makes it


@dataclass(frozen=True)
class FeaturePart:
    """A feature part, ready to run.

    Args:
        maps: the converted layers, from the preprocessed image on.
        dense: dense layers above them up to the wanted one, such as VGG's; None where there are none.
        digest: of the files' content: it tells what is computed.
        seconds: that making it took.
        file: the LiteRT file of `maps`.
        held: keeps its folder in the cache.
        pooling: a key of `POOLINGS` that follows, or "".
        function: computes the same on another device, maps and dense layers at once; None where there is no such one.
    """

    maps: Engine
    dense: Head | None
    digest: str
    seconds: float
    file: Path
    held: IO[bytes]
    pooling: str = ""
    function: Callable[[np.ndarray], np.ndarray] | None = None

    @property
    def batch_size(self) -> int:
        """How many images are best computed at once."""
        return _DEVICE_BATCH if self.function else _CORE_BATCH

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one row, without the batch."""
        if self.dense:
            return (self.dense.units,)
        shape = self.maps.output_shape
        return shape[-1:] if self.pooling and len(shape) == 3 else shape

    def run(self, batch: np.ndarray) -> np.ndarray:
        """Compute features.

        Args:
            batch: float32 (n, size, size, channels), preprocessed.

        Returns:
            float32 (n, …).
        """
        return self._above(self.maps.run(batch))

    def on_each_core(self, cores: int) -> Callable[[np.ndarray], np.ndarray]:
        """Prepare for many batches at once: cores that work on photos of their own do not wait for each other.

        Args:
            cores: how many threads will call.

        Returns:
            What `run` does, on one core for each that calls, with an interpreter for each of them; or on the device.
        """
        function = self.function
        if function is not None:
            return lambda batch: self._pool(function(batch))
        free: SimpleQueue[Engine] = SimpleQueue()
        for _ in range(cores):
            free.put(Engine(self.file, threads=1))

        def run(batch: np.ndarray) -> np.ndarray:
            engine = free.get()
            try:
                return self._above(engine.run(batch))
            finally:
                free.put(engine)

        return run

    def _above(self, values: np.ndarray) -> np.ndarray:
        """What follows the converted layers."""
        return self._pool(self.dense.outputs(values) if self.dense else values)

    def _pool(self, values: np.ndarray) -> np.ndarray:
        return POOLINGS[self.pooling].forward(values) if self.pooling and values.ndim == 4 else values

    def pooled(self, pooling: str) -> FeaturePart:
        """The same with a pooling behind it.

        Args:
            pooling: a key of `POOLINGS`, or "" for none.
        """
        return replace(self, pooling=pooling)


def open_part(source: FeatureSource, monitor: Monitor = SILENT) -> FeaturePart:
    """Open a feature part, making it first if it is not here.

    Args:
        source: what it is made of.
        monitor: told of progress, and asked while weights are downloaded.

    Returns:
        The part; it is loaded once a process and shared by all threads.

    Raises:
        MissingError, StateError, InputError: if the weights are not here and cannot be fetched, or do not fit.
    """
    if not source.weights_file.is_file() and source.weights == "imagenet":
        monitor.report(f"Downloading the weights of {source.architecture.title}", 0, 1)
        importlib.import_module("tlcore.zoo.build").build(
            source.architecture,
            input_size=source.input_size,
            include_top=source.include_top,
            weights="imagenet",
            monitor=monitor,
        )
    held = in_use(source.folder)  # nobody removes it while it is made and loaded
    if not sound_version(source.folder / PART):
        title = source.architecture.title
        # One process makes it: of more than two versions the first would be removed under whoever uses it.
        with waiting_lock(source.folder / _MAKING, monitor, f"Waiting until another process has prepared {title}"):
            if not sound_version(source.folder / PART):
                monitor.report(f"Preparing {title}", 0, 1)
                _make(source)
    folder = sound_version(source.folder / PART)
    assert folder is not None  # it was just looked at or made
    part = _load(folder)
    held.close()
    return part


def _make(source: FeatureSource) -> None:
    """Write the files of a part."""
    started = time.perf_counter()
    with new_version(source.folder / PART) as temporary:
        if source.is_written:
            weights = read_package_weights(source.architecture)
            content = lite_file(source.architecture, weights, source.input_size, source.layer)
            (temporary / MAPS_FILE).write_bytes(content)
        else:
            # TensorFlow is imported only where nothing else makes the file.
            importlib.import_module("tlcore.inference.networks.convert").convert_source(source, temporary)
            gc.collect()  # networks hold themselves in circles, and large ones would be in memory twice
        digests = [file_digest(file) for file in sorted(temporary.iterdir())]
        facts = {"digest": hashlib.sha256("".join(digests).encode()).hexdigest(), **source.to_json()}
        write_json(temporary / FACTS_FILE, {**facts, "seconds": time.perf_counter() - started})


def part_digest(source: FeatureSource) -> str:
    """Tell what a feature part computes, without opening it.

    Args:
        source: what it is made of.

    Returns:
        The digest of the part; "" if it has not been made on this machine.
    """
    folder = sound_version(source.folder / PART) if source.weights_file.is_file() else None
    return json.loads((folder / FACTS_FILE).read_text("utf-8"))["digest"] if folder else ""


@functools.lru_cache(maxsize=4)
def _load(folder: Path) -> FeaturePart:
    facts, dense = json.loads((folder / FACTS_FILE).read_text("utf-8")), folder / DENSE_FILE
    file, head = folder / MAPS_FILE, load_head(dense) if dense.is_file() else None
    return FeaturePart(Engine(file), head, facts["digest"], facts["seconds"], file, in_use(folder.parent))
