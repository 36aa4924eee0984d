"""What a phase of a run trains on: features at the boundary, of the photos as they are or changed at random. [TF]"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator

import numpy as np

from tlcore.caches import cache_folder
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split
from tlcore.files import read_json, write_json
from tlcore.images.augment_presets import read_augmentation, write_augmentation
from tlcore.images.preprocess import preprocess
from tlcore.inference.convert import convert
from tlcore.inference.engine import Engine
from tlcore.inference.identity import function_digest
from tlcore.training.assembly import SplitNetwork
from tlcore.training.costs import KeptCost
from tlcore.training.features import FeatureCache, FeatureKey, compute_rows
from tlcore.training.plan import TrainingPlan


def pixel_key(plan: TrainingPlan) -> FeatureKey:
    """What the pixels of a plan's photos depend on, as the network's input wants them before they are preprocessed.

    Args:
        plan: the run.

    Returns:
        The key of uint8 squares.
    """
    return FeatureKey("", plan.input_size, plan.architecture.input_shape[2], plan.resize, preprocessing="")


class PhaseFeatures:
    """Features of all photos that a run uses, at the boundary of one phase.

    Validation, test and whatever else is only looked at get the photos as they are. Training gets changed copies
    where the plan asks for augmentation: K fixed views of each photo, computed when their first epoch begins, kept
    like all features and used in turn; or, with K = 0, new views in each epoch, computed on the way and not kept.

    Args:
        plan: the run.
        dataset: its images.
        parts: its split.
        network: taken apart at the boundary of the phase.
        report: takes what is being done, how much of it is done, and of how much.
        should_stop: asked between batches.
        maker: id of the run, noted with what it computes, or "".
    """

    def __init__(
        self,
        plan: TrainingPlan,
        dataset: Dataset,
        parts: Split,
        network: SplitNetwork,
        report: Callable[[str, int, int], None],
        should_stop: Callable[[], bool],
        maker: str = "",
    ):
        self._maker = maker
        self._plan, self._dataset, self._train = plan, dataset, parts.train
        self._report, self._should_stop = report, should_stop
        self._augmentation = write_augmentation(read_augmentation(plan.augmentation))
        self._what = "Computing features" if network.bottom else "Reading photos"
        self.costs: dict[FeatureKey, KeptCost] = {}  # what features would cost, and how many of them were found
        self.conversion_seconds = 0.0
        self._key, self._engine = self._open(network)
        self._plain = self._kept(self._key, np.concatenate([parts.train, parts.validation, parts.test]), self._what)
        self._view, self._changed = -1, self._plain

    def begin_epoch(self, epoch: int) -> None:
        """Make ready what an epoch trains on.

        Args:
            epoch: epochs done before it, since the start of the run.

        Raises:
            Stopped: if asked to; what is computed is kept.
        """
        views = self._plan.augmented_views
        if self._augmentation == "none":
            return
        view = epoch % views if views else epoch
        if view != self._view and views:
            what = f"{self._what}, changed copy {view + 1} of {views}"
            self._changed = self._kept(self._view_key(view), self._train, what)
        self._view = view

    def batches(self, order: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Go through training photos once, changed as the epoch begun last wants them.

        Args:
            order: positions of the photos.

        Yields:
            Positions and float32 (n, …) features of the next batch of the plan's size.
        """
        streams = self._augmentation != "none" and not self._plan.augmented_views
        rows = compute_rows(self._dataset, self._view_key(self._view), self._engine, order) if streams else None
        for start in range(0, len(order), self._plan.batch_size):
            batch = order[start : start + self._plan.batch_size]
            found = np.stack([next(rows)[1] for _ in batch]) if streams else self._changed[batch]
            yield batch, self._ready(found)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Read photos as they are.

        Args:
            indices: their positions.

        Returns:
            float32 (n, …).
        """
        return self._ready(self._plain[indices])

    def _ready(self, rows: np.ndarray) -> np.ndarray:
        return rows if rows.dtype == np.float32 else preprocess(rows, self._plan.pixel_mode)

    def _view_key(self, view: int) -> FeatureKey:
        return dataclasses.replace(self._key, augmentation=self._augmentation, view=view)

    def _kept(self, key: FeatureKey, indices: np.ndarray, what: str) -> np.ndarray:
        """Memory-mapped features, computed as far as they are not kept yet."""
        cache = FeatureCache(self._dataset, key, self._engine, self._maker)
        rows = cache.rows(indices, lambda done, total: self._report(what, done, total), self._should_stop)
        # A changed copy is used in several epochs; it is computed, and counts, once.
        if key not in self.costs:
            self.costs[key] = cache.cost(len(indices))
        return rows

    def _open(self, network: SplitNetwork) -> tuple[FeatureKey, Engine | None]:
        key = pixel_key(self._plan)
        if network.bottom is None:
            return key, None
        digest = function_digest(network.bottom)
        path = cache_folder("converted") / f"{digest[:40]}.tflite"
        cost_path = path.with_suffix(".json")
        if not path.is_file():
            self._report("Converting the frozen part for LiteRT", 0, 1)
            started = time.perf_counter()
            convert(network.bottom, path)
            write_json(cost_path, {"seconds": time.perf_counter() - started})
        self.conversion_seconds = read_json(cost_path, {"seconds": 0.0})["seconds"]
        return dataclasses.replace(key, network=digest, preprocessing=self._plan.pixel_mode), Engine(path)
