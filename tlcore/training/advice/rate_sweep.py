"""Sweeping the learning rate of a plan's head. [TF]"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.jobs import Monitor
from tlcore.training.advice.rate_finder import LOWEST, RateSweep, has_diverged, read_sweep, sweep_rates
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.networks.assembly import SplitNetwork, assemble, assemble_head, set_trainable, split_network
from tlcore.training.networks.learner import Learner
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import Phase, TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES

_STEPS = 120


def sweep(plan: TrainingPlan, dataset: Dataset, monitor: Monitor, maker: str) -> RateSweep:
    """Sweep the learning rate.

    The head alone is trained, on features that are computed once and kept for the run that follows; from scratch,
    where there are no pretrained features, every layer is. The network is thrown away afterward.

    Args:
        plan: whose learning rate is looked for.
        dataset: what to learn from.
        monitor: told of progress, and asked between steps.
        maker: id of the job, noted with the features that it computes.

    Returns:
        What was found.

    Raises:
        Stopped: if asked to stop.
    """
    keras.backend.clear_session(free_memory=False)
    parts, phase = plan.split(dataset), _phase(plan)
    monitor.report(f"Setting up {plan.architecture.title}", 0, 1)
    features = PhaseFeatures(plan, dataset, parts, phase, monitor, maker)
    features.begin_epoch(0)
    network = _network(plan, phase, len(dataset.classes), features.row_shape, monitor)
    learner = Learner(plan, phase, network, len(dataset.classes))
    rates, losses = sweep_rates(_STEPS).tolist(), []
    for rate, (rows, labels) in zip(rates, _batches(features, parts.train, dataset.labels, plan.seed), strict=False):
        learner.set_learning_rate(rate)
        losses.append(learner.learn(rows, labels, np.ones(len(labels), np.float32))[0])
        monitor.report("Raising the learning rate", len(losses), _STEPS)
        monitor.check()
        if has_diverged(losses):
            break
    return read_sweep(rates[: len(losses)], losses)


def _phase(plan: TrainingPlan) -> Phase:
    first = "" if STRATEGIES.find(plan.strategy).needs_weights else plan.phases()[0].first_trainable
    optimizer = "adam" if plan.optimizer == EXACT else plan.optimizer
    return Phase("Finding a learning rate", 1, first, LOWEST, optimizer)


def _network(plan: TrainingPlan, phase: Phase, classes: int, shape: Sequence[int], monitor: Monitor) -> SplitNetwork:
    if not phase.first_trainable and not plan.has_own_head:
        return SplitNetwork(None, assemble_head(plan, classes, shape))
    model = assemble(plan, classes, monitor)
    set_trainable(model, plan, phase)
    return split_network(model, plan, phase)


def _batches(features: PhaseFeatures, train: np.ndarray, labels: np.ndarray, seed: int):
    """Endlessly many batches of features and labels, in a new order each time all photos are through."""
    random = np.random.default_rng(seed)
    while True:
        for batch, rows in features.batches(random.permutation(train)):
            yield rows, labels[batch]
