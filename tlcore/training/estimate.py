"""What a plan comes to before it is run: parameters and time. Knows no TensorFlow."""

from __future__ import annotations

import functools
import itertools
import math
import time
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from tlcore.datasets.splits import DRAWN
from tlcore.images.augment_presets import read_augmentation
from tlcore.settings import settings
from tlcore.training.features.boundary import find_boundary, trained_rows, used_rows
from tlcore.training.features.source import feature_source
from tlcore.training.heads.own_head import own_head_parameters
from tlcore.training.map_sizes import output_shape_at
from tlcore.training.plans.plan import Phase, TrainingPlan
from tlcore.training.speeds import Speeds, known_speeds

# Shares of the machine's matrix-product rate, measured on two cores with MobileNetV2, whose depthwise
# convolutions are the slowest per multiplication; plainer networks come out faster than estimated.
_LITERT_SHARE = 0.5
_TRAINING_SHARE = 0.2
_BACKWARD_FACTOR = 3  # a training step computes forward once and two gradients
_FIXED_SECONDS = 6.0  # building and converting the network
_LIGHT_SECONDS = 0.5
_PHOTO_SECONDS = 0.003  # decoding and resizing
_HEAD_SECONDS = 2e-4  # for one image in one epoch of a head alone, or in all passes that solve it
SOME_RATE = 1e11  # of a machine that others are measured by


@dataclass(frozen=True)
class Estimate:
    """What to expect of a run.

    Args:
        trainable: parameters of the last phase that change.
        frozen: parameters that stay.
        seconds: about how long it takes, if nothing is cached yet.
        fixed: seconds of these that pass whatever the number of images: building, converting, testing and saving.
    """

    trainable: int
    frozen: int
    seconds: float
    fixed: float


def estimate(plan: TrainingPlan, images: int, classes: int) -> Estimate:
    """Estimate a run.

    Args:
        plan: what is to be run.
        images: in the dataset.
        classes: in the dataset, at least 2.

    Returns:
        Exact counts, and about how long it takes.
    """
    known = known_speeds(plan)
    expected = expect(plan, images).times(known) if known else expect(plan, images, machine_rate())
    return Estimate(**count_parameters(plan, classes), seconds=expected.total, fixed=expected.fixed)


def count_parameters(plan: TrainingPlan, classes: int) -> dict[str, int]:
    """Count the parameters of a plan's network.

    Args:
        plan: a sound plan.
        classes: in the dataset, at least 2.

    Returns:
        "trainable": those that change in the last phase; "frozen": those that stay.
    """
    rows = used_rows(plan.architecture, plan.cut)
    head = sum(head_layers(plan, classes).values())
    trained = trained_rows(rows, plan.phases()[-1].first_trainable, plan.last_trainable)
    trainable = sum(row.trainable for row in trained) + head
    return {"trainable": trainable, "frozen": sum(row.parameters for row in rows) + head - trainable}


def head_inputs(plan: TrainingPlan) -> int:
    """Count the numbers that the head takes: channels of the cut layer, times its map's places if they are flattened.

    Args:
        plan: a sound plan.
    """
    shape = output_shape_at(used_rows(plan.architecture, plan.cut), plan.input_size)
    return math.prod(shape) if plan.pooling == "flatten" else shape[-1]


def head_layers(plan: TrainingPlan, classes: int) -> dict[str, int]:
    """List the layers of the head that have parameters.

    Args:
        plan: a sound plan.
        classes: in the dataset, at least 2.

    Returns:
        Name → parameters, from the features to the output.
    """
    if plan.has_own_head:
        return {"own classifier": own_head_parameters(plan, classes)}
    outputs = 1 if classes == 2 else classes
    widths = [head_inputs(plan), *plan.hidden_units, outputs]
    names = [f"dense {number}" for number in range(1, len(plan.hidden_units) + 1)] + ["output"]
    return {name: (before + 1) * after for name, (before, after) in zip(names, itertools.pairwise(widths), strict=True)}


def expect(plan: TrainingPlan, images: int, rate: float = SOME_RATE) -> Speeds:
    """Say how long a run takes on a machine of which only the rate of matrix products is known.

    Args:
        plan: what is to be run.
        images: in the dataset.
        rate: floating point operations in a second.

    Returns:
        Seconds, by what they are for.
    """
    features, training = (sum(part) for part in zip(*phase_seconds(plan, images, rate), strict=True))
    return Speeds(_fixed_seconds(plan), features, training)


def phase_seconds(plan: TrainingPlan, images: int, rate: float = SOME_RATE) -> list[tuple[float, float]]:
    """Say how long each phase of a run takes, as `expect` says of all.

    Args:
        plan: what is to be run.
        images: in the dataset.
        rate: floating point operations in a second.

    Returns:
        Of each phase the seconds in which features are computed, if none are kept yet, and those of training.
    """
    rows = used_rows(plan.architecture, plan.cut)
    scale = (plan.input_size / plan.architecture.input_size) ** 2
    connected = {row.name: row.connected_to for row in rows}
    used = images * plan.subset if plan.subset <= 1 else min(images, plan.subset)
    training, validation, _ = plan.shares or DRAWN  # near enough for datasets that came with other parts
    photos = used * training * plan.fraction
    found = []
    for phase in plan.phases():
        boundary = find_boundary(plan.cut, connected, phase.first_trainable)
        position = list(connected).index(boundary)
        below = 2 * scale * sum(row.multiply_adds for row in rows[: position + 1])
        above = 2 * scale * sum(row.multiply_adds for row in rows[position + 1 :])
        computed = used + photos * _changed_copies(plan, phase)
        features = computed * (below / (_LITERT_SHARE * rate) + _PHOTO_SECONDS)
        trained = photos * _BACKWARD_FACTOR + used * validation  # each epoch is validated, too
        rounds = 1 + _changed_copies(plan, phase) if phase.is_exact else phase.epochs
        head = _HEAD_SECONDS * rounds * photos if above == 0 else 0.0
        found.append((features, head + phase.epochs * trained * above / (_TRAINING_SHARE * rate)))
    return found


def _fixed_seconds(plan: TrainingPlan) -> float:
    """What building and converting takes: hardly anything for a head on a feature part that is here."""
    source = feature_source(plan, plan.phases()[0])
    return _LIGHT_SECONDS if plan.trains_head_only and source and source.is_here else _FIXED_SECONDS


def _changed_copies(plan: TrainingPlan, phase: Phase) -> int:
    """How many changed copies of each training photo a phase computes."""
    if not read_augmentation(plan.augmentation):
        return 0
    return min(plan.augmented_views, phase.epochs) if plan.augmented_views else phase.epochs


@functools.cache
def machine_rate() -> float:
    """Measure how fast this machine multiplies matrices, once a process.

    Returns:
        Floating point operations in a second, in single precision, on the cores of one worker.
    """
    matrix = np.ones((768, 768), np.float32)
    # One thread at a time, as others in this process may limit the threads of matrix products. The best of several
    # trials: whatever else the machine does at the moment only slows a trial down.
    with threadpool_limits(1):
        seconds = min(_multiplication_seconds(matrix) for _ in range(8))
    return settings().worker_threads * 2 * len(matrix) ** 3 / seconds


def _multiplication_seconds(matrix: np.ndarray) -> float:
    started = time.perf_counter()
    matrix @ matrix
    return time.perf_counter() - started
