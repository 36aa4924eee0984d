"""Best for my photos: exact heads on several backbones, sizes and cuts, judged on the same images. Knows no TensorFlow.

Each candidate is judged by cross-validation: every image that is not kept for the test is classified by a head that has
not seen it. So all candidates answer for the same images, and McNemar's test says which can be told apart.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import DatasetError, MissingError
from tlcore.jobs import Monitor
from tlcore.training.advice.judging import judge
from tlcore.training.estimate import estimate
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.heads.exact_head import DEFAULT_STRENGTH
from tlcore.training.plans.defaults import suggest_backbone, suggest_input_size, suggest_plan
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.results.evaluation import paired_p
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import layer_table

SECONDS = 60.0
SURE = 0.05  # smaller p-values say that two candidates differ


@dataclass(frozen=True)
class Trial:
    """What one candidate came to.

    Args:
        backbone: name of the architecture.
        input_size: side of the square input in pixels.
        cut_layer: whose output feeds the head.
        images: that were classified by a head which had not seen them.
        right: how many correctly.
        seconds_per_image: that its features take on this machine.
        p: of the paired test against the candidate with the most right answers; 1 for itself.
        is_default: whether it is what is suggested without a search.
    """

    backbone: str
    input_size: int
    cut_layer: str
    images: int
    right: int
    seconds_per_image: float
    p: float
    is_default: bool

    @property
    def is_told_apart(self) -> bool:
        """Whether the test says that it is worse than the best."""
        return self.p < SURE

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


def candidates(dataset: Dataset) -> list[TrainingPlan]:
    """List frozen plans that differ in backbone, input size and cut, those first that are likeliest to win.

    Args:
        dataset: what to learn from.

    Returns:
        The plan that is suggested without a search; each other backbone whose weights are here at its own size, the
        least work first; then smaller inputs, and earlier cuts.
    """
    default = suggest_backbone()
    rows = [row for row in catalog.CLASSIFIERS if catalog.has_weights_of_any_size(row, include_top=False)]
    # Those with installed weights need no conversion, which would take some of the time.
    rows.sort(key=lambda row: (row.name != default, not row.package_weights, layer_table(row.name).multiply_adds))
    found: dict[TrainingPlan, None] = {}

    def add(row: catalog.Architecture, **values: object) -> None:
        plan = plan_from_json(suggest_plan(dataset, "frozen", row.name, values))
        if missing_weights(plan) is None:
            found.setdefault(plan)

    for row in rows:
        add(row)
        add(row, input_size=row.input_size)
    for row in rows:
        smaller = max(row.minimum_size, suggest_input_size(dataset, row) * 5 // 7 // 32 * 32)
        add(row, input_size=smaller)
    for row in rows:
        for cut in row.cut_layers:
            add(row, cut_layer="" if cut.layer == row.last_feature_layer else cut.layer)
    return list(found)


def search(
    dataset: Dataset,
    seconds: float,
    maker: str,
    monitor: Monitor,
) -> list[Trial]:
    """Try candidates until the time is over.

    Args:
        dataset: what to learn from.
        seconds: how long to try at most; the first candidate is tried in any case, and none is begun that would take
            longer than what is left.
        maker: id of the job, noted with the features that it computes.
        monitor: told of progress, and asked between batches.

    Returns:
        The trials, that with the most right answers first.

    Raises:
        DatasetError: if the dataset cannot be split.
        Stopped: if asked to.
    """
    started, pace = time.monotonic(), 1.0
    tried: list[tuple[TrainingPlan, np.ndarray, float]] = []
    for plan in candidates(dataset):
        left = seconds - (time.monotonic() - started)
        expected = estimate(plan, len(dataset), len(dataset.classes)).seconds
        if tried and expected * pace > left:
            continue
        began = time.monotonic()
        try:
            tried.append((plan, *_try(plan, dataset, maker, monitor)))
        except MissingError:
            continue  # its weights were taken away meanwhile
        if len(tried) == 1:
            pace = min(2.0, max(0.5, (time.monotonic() - began) / expected))
        monitor.report(
            "Trying backbones, sizes and cuts", min(99, int(100 * (time.monotonic() - started) / seconds)), 100
        )
    return _compared(tried)


def choice(trials: Sequence[Trial]) -> Trial:
    """Choose a trial: the fastest of those that cannot be told apart from the best.

    Args:
        trials: as `search` returns them.

    Returns:
        The best itself where all others are told apart from it.
    """
    return min((trial for trial in trials if not trial.is_told_apart), key=lambda trial: trial.seconds_per_image)


def verdict(trials: Sequence[Trial]) -> str:
    """Say what the search found.

    Args:
        trials: as `search` returns them.

    Returns:
        One or two sentences.
    """
    chosen, equals = choice(trials), [trial for trial in trials if not trial.is_told_apart]
    words = f"{catalog.find(chosen.backbone).title} at {chosen.input_size} pixels, cut at {chosen.cut_layer}"
    if len(trials) == 1:
        return f"There was only time for {words}."
    if len(equals) == 1:
        return f"{words} is the best of {len(trials)}: by the paired test, all others are significantly worse."
    return (
        f"{len(equals)} of {len(trials)} cannot be told apart on {chosen.images:,} images. "
        f"{words} is the fastest of them."
    )


def _try(
    plan: TrainingPlan,
    dataset: Dataset,
    maker: str,
    monitor: Monitor,
) -> tuple[np.ndarray, float]:
    """Whether each image outside the test part is classified correctly, and the seconds that an image takes."""
    parts = plan.split(dataset)
    features = PhaseFeatures(plan, dataset, parts, plan.phases()[-1], monitor, maker)
    indices = np.concatenate([parts.train, parts.validation])
    labels = dataset.labels[indices]
    if np.bincount(labels, minlength=len(dataset.classes)).min() < 2:
        raise DatasetError("at least two images of each class beyond the test images", "fewer", "Add images.")
    quiet = Monitor(should_stop=monitor.should_stop)
    answers = judge(features.take(indices), labels, dataset.groups[indices], quiet, DEFAULT_STRENGTH)
    [cost] = features.costs.values()
    return answers.argmax(axis=1) == labels, cost.seconds / (len(indices) + len(parts.test))


def _compared(tried: Sequence[tuple[TrainingPlan, np.ndarray, float]]) -> list[Trial]:
    tried_in_order = sorted(enumerate(tried), key=lambda item: -int(item[1][1].sum()))
    best = tried_in_order[0][1][1]
    return [
        Trial(
            plan.backbone,
            plan.input_size,
            plan.cut,
            len(right),
            int(right.sum()),
            seconds,
            paired_p(best, right),
            is_default=position == 0,
        )
        for position, (plan, right, seconds) in tried_in_order
    ]
