"""The trainer: a plan and a dataset in, events and a trained network out. [TF]"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split
from tlcore.errors import Stopped
from tlcore.training.assembly import assemble, set_trainable, split_network
from tlcore.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tlcore.training.costs import Costs, KeptCost
from tlcore.training.evaluation import Predictions
from tlcore.training.learner import Learner
from tlcore.training.phase_features import PhaseFeatures
from tlcore.training.plan import Phase, TrainingPlan
from tlcore.training.schedules import find_schedule

logger = logging.getLogger(__name__)

_PREDICTION_BATCH = 64


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Args:
        model: the whole trained network, flat.
        predictions: "train", "validation", "test" → what it says about the images of that part.
        split: the part each image belonged to.
        counts: trainable and frozen parameters of the last phase.
        epochs: how many were trained.
        costs: what all that needs where nothing is kept; without saving, which is not done here.
        kept: what was found already computed.
    """

    model: keras.Model
    predictions: dict[str, Predictions]
    split: Split
    counts: dict[str, int]
    epochs: int
    costs: Costs
    kept: Sequence[KeptCost]


def train(
    plan: TrainingPlan,
    dataset: Dataset,
    folder: Path,
    emit: Callable[[dict], None],
    should_stop: Callable[[], bool],
) -> Outcome:
    """Execute a plan, from the last checkpoint in the folder if there is one.

    Args:
        plan: what to do.
        dataset: what to learn from.
        folder: where checkpoints are kept.
        emit: takes events: "phase", "progress", "epoch", "mistakes", "resumed".
        should_stop: asked between batches.

    Returns:
        The outcome.

    Raises:
        Stopped: if asked to; the checkpoint of the last whole epoch is kept.
    """
    return _Training(plan, dataset, folder, emit, should_stop).run()


class _Training:
    def __init__(self, plan, dataset, folder, emit, should_stop):
        self._plan: TrainingPlan = plan
        self._dataset: Dataset = dataset
        self._folder: Path = folder
        self._emit = emit
        self._should_stop = should_stop
        self._classes = len(dataset.classes)
        self._kept: list[KeptCost] = []
        self._training_seconds = 0.0
        self._epoch = 0
        self._planned = plan.epochs

    def run(self) -> Outcome:
        plan = self._plan
        self._emit({"kind": "phase", "state": "preparing", "title": f"Building {plan.architecture.title}"})
        self._progress(f"Building {plan.architecture.title}", 0, 1)
        self._split = plan.split(self._dataset)
        checkpoint = load_checkpoint(self._folder)
        started = time.perf_counter()
        model = assemble(plan, self._classes)
        preparing = time.perf_counter() - started
        phases = plan.phases()
        start = checkpoint.phase if checkpoint else 0
        if checkpoint:
            self._epoch = checkpoint.epoch
            self._training_seconds = checkpoint.seconds
            self._emit({"kind": "resumed", "epoch": checkpoint.epoch})
        for index, phase in enumerate(phases[start:], start=start):
            set_trainable(model, plan, phase)
            network = split_network(model, plan, phase)
            if checkpoint and checkpoint.phase != index:
                checkpoint = None
            if checkpoint:
                _restore_head(model, checkpoint)
            # A phase that stops early spares its epochs: the next one begins where it ended, with epochs of its own.
            first_epoch = checkpoint.phase_start if checkpoint else self._epoch
            self._planned = first_epoch + sum(later.epochs for later in phases[index:])
            features = PhaseFeatures(
                plan, self._dataset, self._split, network, self._progress, self._should_stop, self._folder.name
            )
            preparing += features.conversion_seconds
            counts = _count_parameters(model)
            self._emit({"kind": "phase", "state": "training", "title": phase.title, "epoch": self._epoch, **counts})
            learner = Learner(plan, phase, network, self._classes)
            self._train_phase(index, phase, first_epoch, learner, features, checkpoint)
            self._kept += features.costs.values()
        self._emit({"kind": "phase", "state": "evaluating", "title": "Evaluating", "epoch": self._epoch})
        started = time.perf_counter()
        predictions = self._predict_parts(learner, features)
        evaluation = time.perf_counter() - started
        return Outcome(
            model=model,
            predictions=predictions,
            split=self._split,
            counts=counts,
            epochs=self._epoch,
            costs=Costs(preparing, sum(cost.seconds for cost in self._kept), self._training_seconds, evaluation, 0.0),
            kept=self._kept,
        )

    # Training

    def _train_phase(
        self,
        index: int,
        phase: Phase,
        first_epoch: int,
        learner: Learner,
        features: PhaseFeatures,
        checkpoint: Checkpoint | None,
    ) -> None:
        plan = self._plan
        best: dict[str, np.ndarray] = {}
        best_loss, waited = float("inf"), 0
        if checkpoint:
            learner.set_variables(checkpoint.variables)
            learner.set_optimizer_state(checkpoint.optimizer)
            best, best_loss, waited = checkpoint.best, checkpoint.best_loss, checkpoint.waited
        while self._epoch < first_epoch + phase.epochs and not (plan.early_stopping and waited >= plan.early_stopping):
            features.begin_epoch(self._epoch)
            started = time.perf_counter()
            train_loss, train_accuracy = self._train_epoch(learner, features, phase, self._epoch - first_epoch)
            predictions = self._predictions(learner, features, self._split.validation)
            validation = predictions.score()
            self._epoch += 1
            seconds = time.perf_counter() - started
            self._training_seconds += seconds
            waited += 1
            if validation.loss < best_loss:
                best_loss, waited = validation.loss, 0
                best = learner.variables() if plan.early_stopping else {}
            # Reported before it is kept: a kill in between repeats the epoch, and readers take the later report.
            self._emit(
                {
                    "kind": "epoch",
                    "epoch": self._epoch,
                    "phase": phase.title,
                    "learning_rate": learner.learning_rate,
                    "train_loss": train_loss,
                    "train_accuracy": train_accuracy,
                    "validation_loss": validation.loss,
                    "validation_accuracy": validation.accuracy,
                    "seconds": seconds,
                }
            )
            self._emit({"kind": "mistakes", "epoch": self._epoch, "photos": predictions.worst_mistakes()})
            save_checkpoint(
                self._folder,
                Checkpoint(
                    epoch=self._epoch,
                    phase=index,
                    phase_start=first_epoch,
                    variables=learner.variables(),
                    optimizer=learner.optimizer_state(),
                    best=best,
                    best_loss=best_loss,
                    waited=waited,
                    seconds=self._training_seconds,
                ),
            )
        if best:
            learner.set_variables(best)

    def _train_epoch(
        self, learner: Learner, features: PhaseFeatures, phase: Phase, epoch_of_phase: int
    ) -> tuple[float, float]:
        """One pass over the training photos: mean loss and accuracy while it went on."""
        # The order follows from seed and epoch alone, so a resumed run meets the photos as it would have.
        order = np.random.default_rng([self._plan.seed, self._epoch]).permutation(self._split.train)
        schedule = find_schedule(self._plan.schedule)
        weights = self._class_weights()
        total_loss, correct, seen = 0.0, 0, 0
        for batch, rows in features.batches(order):
            labels = self._dataset.labels[batch]
            done = (epoch_of_phase + seen / len(order)) / phase.epochs
            learner.set_learning_rate(phase.learning_rate * schedule.factor(done))
            loss, right = learner.learn(rows, labels, weights[labels])
            total_loss += loss * len(batch)
            correct += right
            seen += len(batch)
            self._epoch_progress(phase, seen, len(order), learner.learning_rate)
            if self._should_stop():
                raise Stopped
        return total_loss / seen, correct / seen

    def _class_weights(self) -> np.ndarray:
        """float32 (classes,): 1 each, or inverse to how often a class occurs among the training photos."""
        if not self._plan.class_weights:
            return np.ones(self._classes, np.float32)
        counts = np.bincount(self._dataset.labels[self._split.train], minlength=self._classes)
        return (counts.sum() / (self._classes * counts)).astype(np.float32)

    # Evaluation

    def _predict_parts(self, learner: Learner, features: PhaseFeatures) -> dict[str, Predictions]:
        parts = {"train": self._split.train, "validation": self._split.validation, "test": self._split.test}
        return {name: self._predictions(learner, features, indices) for name, indices in parts.items()}

    def _predictions(self, learner: Learner, features: PhaseFeatures, indices: np.ndarray) -> Predictions:
        outputs = []
        for start in range(0, len(indices), _PREDICTION_BATCH):
            outputs.append(learner.probabilities(features.take(indices[start : start + _PREDICTION_BATCH])))
            if self._should_stop():
                raise Stopped
        return Predictions(indices, self._dataset.labels[indices], np.concatenate(outputs))

    # Progress

    def _progress(self, what: str, done: int, total: int) -> None:
        self._emit({"kind": "progress", "what": what, "done": done, "total": total})

    def _epoch_progress(self, phase: Phase, seen: int, photos: int, learning_rate: float) -> None:
        self._emit(
            {
                "kind": "progress",
                "what": phase.title,
                "done": self._epoch * photos + seen,
                "total": self._planned * photos,
                "epoch": self._epoch + 1,
                "epochs": self._planned,
                "epoch_share": seen / photos,
                "photos": photos,
                "learning_rate": learning_rate,
                "training_seconds": self._training_seconds,
            }
        )


def _restore_head(model: keras.Model, checkpoint: Checkpoint) -> None:
    """Put trained weights back before features are computed: the boundary may lie above layers trained earlier."""
    variables = {variable.path: variable for variable in model.variables}
    for path, array in checkpoint.variables.items():
        if path in variables:
            variables[path].assign(array)


def _count_parameters(model: keras.Model) -> dict[str, int]:
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return {"trainable": trainable, "frozen": model.count_params() - trainable}
