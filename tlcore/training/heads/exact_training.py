"""Training an exact head: its penalty is chosen, then it is solved, pass by pass. Knows no TensorFlow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split
from tlcore.inference.networks.head import DenseLayer, Head, UnitLength
from tlcore.jobs import Monitor
from tlcore.training.costs import Costs
from tlcore.training.estimate import count_parameters
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.heads.class_weights import class_weights
from tlcore.training.heads.exact_head import LinearHead, Objective, Rows, choose_strength
from tlcore.training.plans.plan import TRYING, Phase, TrainingPlan
from tlcore.training.results.epoch_log import EpochLog
from tlcore.training.results.evaluation import Predictions
from tlcore.training.results.kept_epochs import EpochKeeper
from tlcore.training.results.outcome import Outcome
from tlcore.training.results.result import Solver

_BATCH = 256  # features that are maps take much room


@dataclass(frozen=True)
class ExactFit:
    """What solving an exact head came to.

    Args:
        unit: what scales the pooled features to length 1, where the plan says so.
        output: the layer that was solved.
        strength: the inverse penalty that was chosen.
        passes: over the training features.
        chosen: the pass, counted like an epoch of the run, that it comes from.
    """

    unit: tuple[UnitLength, ...]
    output: DenseLayer
    strength: float
    passes: int
    chosen: int


def train_exact(
    plan: TrainingPlan,
    dataset: Dataset,
    folder: Path,
    monitor: Monitor,
) -> Outcome:
    """Execute a plan with a frozen backbone and an exact head. It is so quick that it keeps no checkpoints.

    Args:
        plan: what to do.
        dataset: what to learn from.
        folder: of the run, whose name is noted with the features that it computes; takes what each pass says of the
            test images.
        monitor: told of progress, and asked between passes.

    Returns:
        The outcome.

    Raises:
        Stopped: if asked to.
    """
    monitor.emit({"kind": "phase", "state": "preparing", "title": f"Opening {plan.architecture.title}"})
    [phase], split = plan.phases(), plan.split(dataset)
    features = PhaseFeatures(plan, dataset, split, phase, monitor, folder.name)
    counts = count_parameters(plan, len(dataset.classes))
    begun = {"title": phase.title, "epoch": 0, "computed": features.computed_share, **counts}
    monitor.emit({"kind": "phase", "state": "training", **begun})
    log = EpochLog(monitor.emit, phase.epochs)
    keeper = EpochKeeper(folder, split.test, dataset.labels, len(dataset.classes))
    keeper.begin(0, phase.epochs)
    fit = fit_exact(plan, phase, dataset, split, features, log, monitor, keeper)
    monitor.emit({"kind": "phase", "state": "evaluating", "title": "Evaluating", "epoch": log.epoch})
    started = time.perf_counter()
    head = Head(plan.pooling, (*fit.unit, fit.output))
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    predictions = {
        name: Predictions(indices, dataset.labels[indices], _answers(head, features, indices))
        for name, indices in parts.items()
    }
    evaluation = time.perf_counter() - started
    keeper.complete(fit.chosen, predictions["test"])
    kept = list(features.costs.values())
    return Outcome(
        predictions=predictions,
        split=split,
        counts=counts,
        epochs=log.epoch,
        chosen=fit.chosen,
        costs=Costs(features.conversion_seconds, sum(cost.seconds for cost in kept), log.seconds, evaluation, 0.0),
        kept=kept,
        head=head,
        solver=Solver(fit.strength, fit.passes),
    )


def _answers(head: Head, features: PhaseFeatures, indices: np.ndarray) -> np.ndarray:
    batches = np.split(indices, range(_BATCH, len(indices), _BATCH))
    return np.concatenate([head.probabilities(features.take(batch)) for batch in batches])


def fit_exact(
    plan: TrainingPlan,
    phase: Phase,
    dataset: Dataset,
    split: Split,
    features: PhaseFeatures,
    log: EpochLog,
    monitor: Monitor,
    keeper: EpochKeeper,
) -> ExactFit:
    """Solve the exact head of a phase; each pass over the training features is reported like an epoch.

    Args:
        plan: the run.
        phase: the stretch of it that trains the head alone.
        dataset: its images.
        split: their parts.
        features: of all of them.
        log: takes the passes.
        monitor: told of progress, and asked between passes.
        keeper: takes what each pass says of the test images; written at the end, as all passes take a moment.

    Returns:
        The head.

    Raises:
        Stopped: if asked to.
    """
    log.begin()
    unit = (UnitLength(),) if plan.normalize else ()

    def flat(rows: np.ndarray) -> np.ndarray:
        rows = np.ascontiguousarray(rows.reshape(len(rows), -1), np.float32)
        return unit[0].forward(rows) if unit else rows

    validation = Rows(flat(features.take(split.validation)), dataset.labels[split.validation])
    labels = np.tile(dataset.labels[split.train], features.copies)
    rows = Rows(np.concatenate([flat(part) for part in features.all_copies()]), labels)
    weights = class_weights(plan, dataset, split)
    objective = Objective(rows, len(dataset.classes), 1.0, weights, plan.label_smoothing)

    def trying(done: int, total: int) -> None:
        monitor.report(TRYING, done, total)
        monitor.check()

    objective = objective.with_strength(choose_strength(objective, validation, trying))
    best, best_loss, waited = objective.start(), float("inf"), 0
    before, current = log.epoch, best

    looked_at = flat(features.take(keeper.images))

    def predict() -> np.ndarray:
        return np.exp(current.log_probabilities(looked_at)).astype(np.float32)

    if before == 0:
        keeper.look(0, predict)

    def passed(head: LinearHead) -> bool:
        nonlocal best, best_loss, waited, current
        current = head
        train = head.log_probabilities(rows.features)
        found = np.exp(head.log_probabilities(validation.features)).astype(np.float32)
        loss = float(-train[np.arange(len(labels)), labels].mean()), float((train.argmax(axis=1) == labels).mean())
        validation_loss = log.end(phase, loss, Predictions(split.validation, validation.labels, found), None)
        log.progress(phase, 0, len(split.train), None)
        waited += 1
        if validation_loss < best_loss:
            best, best_loss, waited = head, validation_loss, 0
        keeper.look(log.epoch, predict, log.epoch_seconds)
        monitor.check()
        log.begin()
        return not (plan.early_stopping and waited >= plan.early_stopping)

    head = objective.solve(objective.start(), phase.epochs, passed)
    head = best if plan.early_stopping else head
    activation = "sigmoid" if head.kernel.shape[1] == 1 else "softmax"
    output = DenseLayer(head.kernel.astype(np.float32), head.bias.astype(np.float32), activation)
    keeper.write()
    best_pass = log.epoch - waited if plan.early_stopping else log.epoch
    return ExactFit(unit, output, objective.strength, log.epoch - before, best_pass)
