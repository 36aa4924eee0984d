"""What a phase of a run trains on: features at the boundary, of the images as they are or changed at random."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split
from tlcore.images.augment_presets import read_augmentation, write_augmentation
from tlcore.images.preprocess import preprocess
from tlcore.inference.networks.feature_part import FeaturePart, open_part, part_digest
from tlcore.inference.networks.gpu import gpu_device
from tlcore.jobs import Monitor
from tlcore.training.costs import KeptCost
from tlcore.training.features.cache import FeatureCache, FeatureKey, compute_rows
from tlcore.training.features.source import feature_pooling, feature_source
from tlcore.training.plans.plan import CHANGED_COPY, LOOKING, LOOKING_AGAIN, READING, Phase, TrainingPlan


def pixel_key(plan: TrainingPlan) -> FeatureKey:
    """What the pixels of a plan's photos depend on, as the network's input wants them before they are preprocessed.

    Args:
        plan: the run.

    Returns:
        The key of uint8 squares.
    """
    return FeatureKey("", plan.input_size, plan.architecture.input_shape[2], plan.resize, preprocessing="")


def open_features(plan: TrainingPlan, phase: Phase, monitor: Monitor) -> tuple[FeatureKey, FeaturePart | None]:
    """Open what computes the features at the boundary of a phase.

    Args:
        plan: the run.
        phase: says where the boundary is.
        monitor: told of progress, and asked while weights are downloaded.

    Returns:
        What the features depend on, and what computes them; None where they are the pixels themselves.
    """
    key, source = pixel_key(plan), feature_source(plan, phase)
    if source is None:
        return key, None
    part = open_part(source, monitor)
    device = gpu_device()
    if device:
        part = importlib.import_module("tlcore.inference.networks.device_part").on_device(part, source, device)
    part = part.pooled(feature_pooling(plan, phase))
    return dataclasses.replace(key, network=part.digest, pooling=part.pooling, preprocessing=plan.pixel_mode), part


def head_key(plan: TrainingPlan) -> FeatureKey | None:
    """Say what the features depend on that a plan's pretrained backbone gives its head before it is trained itself.

    Args:
        plan: the run.

    Returns:
        Their key; None where there are none: nothing is pretrained, or what computes them is not on this machine.
    """
    head_alone = dataclasses.replace(plan.phases()[0], first_trainable="")
    source = feature_source(plan, head_alone)
    digest = part_digest(source) if source else ""
    if not digest:
        return None
    pooling = feature_pooling(plan, head_alone)
    return dataclasses.replace(pixel_key(plan), network=digest, pooling=pooling, preprocessing=plan.pixel_mode)


class PhaseFeatures:
    """Features of all photos that a run uses, at the boundary of one phase.

    Validation, test and whatever else is only looked at get the photos as they are. Training gets changed copies
    where the plan asks for augmentation: K fixed views of each photo, computed when their first epoch begins, kept
    like all features and used in turn; or, with K = 0, new views in each epoch, computed on the way and not kept.

    Args:
        plan: the run.
        dataset: its images.
        parts: its split.
        phase: says where the boundary is.
        monitor: told of progress, and asked between batches.
        maker: id of the run, noted with what it computes, or "".
    """

    def __init__(
        self,
        plan: TrainingPlan,
        dataset: Dataset,
        parts: Split,
        phase: Phase,
        monitor: Monitor,
        maker: str = "",
    ):
        self._maker = maker
        self._plan, self._dataset, self._train = plan, dataset, parts.train
        self._monitor = monitor
        self._augmentation = write_augmentation(read_augmentation(plan.augmentation))
        self.costs: dict[FeatureKey, KeptCost] = {}  # what features would cost, and how many of them were found
        self._key, self._part = open_features(plan, phase, monitor)
        self.conversion_seconds = self._part.seconds if self._part else 0.0
        self._caches: dict[FeatureKey, FeatureCache] = {}
        looking = LOOKING if phase == plan.phases()[0] else LOOKING_AGAIN
        self._what = looking if self._part else READING
        everything = np.concatenate([parts.train, parts.validation, parts.test])
        self._images = len(everything)
        self._plain = self._kept(self._key, everything, self._what)
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
            what = f"{self._what}, {CHANGED_COPY} {view + 1} of {views}"
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
        rows = compute_rows(self._dataset, self._view_key(self._view), self._part, order) if streams else None
        for start in range(0, len(order), self._plan.batch_size):
            batch = order[start : start + self._plan.batch_size]
            found = np.stack([next(rows)[1] for _ in batch]) if rows else self._changed[batch]
            yield batch, self._ready(found)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Read photos as they are.

        Args:
            indices: their positions.

        Returns:
            float32 (n, …).
        """
        return self._ready(self._plain[indices])

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of the features of one image."""
        return self._plain.shape[1:]

    @property
    def computed_share(self) -> float:
        """How many of the images as they are were looked at now, 0..1; the features of the others were kept."""
        return 1 - self.costs[self._key].images / max(1, self._images)

    @property
    def copies(self) -> int:
        """How many rows of each training image there are to be fitted at once: the image, and its changed copies."""
        return 1 if self._augmentation == "none" else 1 + self._plan.augmented_views

    def all_copies(self) -> Iterator[np.ndarray]:
        """Read all training images, as they are, then changed in each of the kept ways.

        Yields:
            float32 (n, …) for each copy.

        Raises:
            Stopped: if asked to.
        """
        yield self.take(self._train)
        for view in range(self.copies - 1):
            self.begin_epoch(view)
            yield self._ready(self._changed[self._train])

    def _ready(self, rows: np.ndarray) -> np.ndarray:
        return rows if rows.dtype == np.float32 else preprocess(rows, self._plan.pixel_mode)

    def _view_key(self, view: int) -> FeatureKey:
        return dataclasses.replace(self._key, augmentation=self._augmentation, view=view)

    def _kept(self, key: FeatureKey, indices: np.ndarray, what: str) -> np.ndarray:
        """Memory-mapped features, computed as far as they are not kept yet."""
        if key not in self._caches:
            self._caches[key] = FeatureCache(self._dataset, key, self._part, self._maker)
        cache = self._caches[key]
        rows = cache.rows(indices, self._monitor, what)
        # A changed copy is used in several epochs; it is computed, and counts, once.
        if key not in self.costs:
            self.costs[key] = cache.cost(len(indices))
        return rows
