"""The trainer: a plan and a dataset in, events and a trained network out. [TF]"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.inference.networks.read_head import read_head
from tlcore.jobs import Monitor
from tlcore.training.costs import Costs, KeptCost
from tlcore.training.estimate import count_parameters
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.heads.class_weights import class_weights
from tlcore.training.heads.exact_training import fit_exact
from tlcore.training.networks.assembly import (
    OUTPUT,
    SplitNetwork,
    assemble,
    assemble_head,
    set_trainable,
    split_network,
)
from tlcore.training.networks.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tlcore.training.networks.learner import Learner
from tlcore.training.networks.mixture import draw_mixture
from tlcore.training.plans.plan import FIRST_STEP, Phase, TrainingPlan
from tlcore.training.plans.schedules import SCHEDULES
from tlcore.training.results.epoch_log import EpochLog
from tlcore.training.results.evaluation import Predictions
from tlcore.training.results.kept_epochs import EpochKeeper
from tlcore.training.results.outcome import Outcome
from tlcore.training.results.result import Solver
from tlcore.training.results.trained_features import FeatureKeeper

_PREDICTION_BATCH = 64


def train(
    plan: TrainingPlan,
    dataset: Dataset,
    folder: Path,
    monitor: Monitor,
) -> Outcome:
    """Execute a plan, from the last checkpoint in the folder if there is one.

    Args:
        plan: what to do.
        dataset: what to learn from.
        folder: where checkpoints are kept, and what the network says of the test images epoch by epoch.
        monitor: told of progress, and asked between batches.

    Returns:
        The outcome.

    Raises:
        Stopped: if asked to; the checkpoint of the last whole epoch is kept.
    """
    return _Training(plan, dataset, folder, monitor).run()


class _Training:
    def __init__(self, plan: TrainingPlan, dataset: Dataset, folder: Path, monitor: Monitor):
        self._plan = plan
        self._dataset = dataset
        self._folder = folder
        self._monitor = monitor
        self._classes = len(dataset.classes)
        self._log = EpochLog(monitor.emit, plan.epochs)
        self._split = plan.split(dataset)
        self._solver: Solver | None = None
        self._chosen = 0  # the epoch whose weights the network has

    def run(self) -> Outcome:
        plan, log = self._plan, self._log
        keras.backend.clear_session(free_memory=False)  # the worker frees it between runs, when nobody waits
        self._monitor.emit({"kind": "phase", "state": "preparing", "title": f"Setting up {plan.architecture.title}"})
        self._monitor.report(f"Setting up {plan.architecture.title}", 0, 1)
        checkpoint = load_checkpoint(self._folder)
        phases, model = plan.phases(), None
        kept: list[KeptCost] = []
        counts = count_parameters(plan, self._classes)
        started = time.perf_counter()
        if not plan.trains_head_only:
            model = assemble(plan, self._classes, self._monitor)
        preparing = time.perf_counter() - started
        start = checkpoint.phase if checkpoint else 0
        if checkpoint:
            log.epoch, log.seconds, self._solver = checkpoint.epoch, checkpoint.seconds, checkpoint.solver
            self._monitor.emit({"kind": "resumed", "epoch": checkpoint.epoch})
        keeper = EpochKeeper(
            self._folder,
            self._split.test,
            self._dataset.labels,
            self._classes,
            log.epoch,
        )
        with closing(keeper):
            for index, phase in enumerate(phases[start:], start=start):
                if checkpoint and checkpoint.phase != index:
                    checkpoint = None
                features = self._open_features(phase)
                if model is None:
                    model = assemble_head(plan, self._classes, features.row_shape)
                if not plan.trains_head_only:
                    set_trainable(model, plan, phase)
                if checkpoint:
                    _restore(model, checkpoint)
                # A phase that stops early spares its epochs: the next begins where it ended, with epochs of its own.
                first_epoch = checkpoint.phase_start if checkpoint else log.epoch
                log.planned = first_epoch + sum(later.epochs for later in phases[index:])
                preparing += features.conversion_seconds
                trainable = _count_trainable(model)
                of_phase = {"trainable": trainable, "frozen": sum(counts.values()) - trainable}
                begun = {"title": phase.title, "epoch": log.epoch, "computed": features.computed_share, **of_phase}
                self._monitor.emit({"kind": "phase", "state": "training", **begun})
                keeper.begin(log.epoch, phase.epochs)
                if phase.is_exact:  # never the last phase here: a head alone that is solved needs no trainer
                    self._solve(phase, model, features, keeper)
                else:
                    # Of nothing and so kept in any case: without it, readers would see what was done before.
                    self._monitor.report(FIRST_STEP, 0, 0)
                    learner = Learner(plan, phase, self._network(model, phase), self._classes)
                    self._train_phase(index, phase, first_epoch, learner, features, checkpoint, keeper)
                kept += features.costs.values()
        self._monitor.emit({"kind": "phase", "state": "evaluating", "title": "Evaluating", "epoch": log.epoch})
        started = time.perf_counter()
        images = sum(map(len, (self._split.train, self._split.validation, self._split.test)))
        taken = FeatureKeeper(images, "flatten" if plan.has_own_head else plan.pooling)
        predictions = self._predict_parts(learner, features, taken)
        evaluation = time.perf_counter() - started
        keeper.complete(self._chosen, predictions["test"])
        return Outcome(
            predictions=predictions,
            split=self._split,
            counts=counts,
            epochs=log.epoch,
            chosen=self._chosen,
            costs=Costs(preparing, sum(cost.seconds for cost in kept), log.seconds, evaluation, 0.0),
            kept=kept,
            head=replace(read_head(model, "features"), pooling=plan.pooling) if plan.trains_head_only else None,
            model=None if plan.trains_head_only else model,
            features=None if plan.trains_head_only else taken.all(),
            solver=self._solver,
        )

    def _open_features(self, phase: Phase) -> PhaseFeatures:
        return PhaseFeatures(self._plan, self._dataset, self._split, phase, self._monitor, self._folder.name)

    def _network(self, model: keras.Model, phase: Phase) -> SplitNetwork:
        return SplitNetwork(None, model) if self._plan.trains_head_only else split_network(model, self._plan, phase)

    # Training

    def _solve(self, phase: Phase, model: keras.Model, features: PhaseFeatures, keeper: EpochKeeper) -> None:
        """Find the head exactly and put it into the network."""
        fit = fit_exact(self._plan, phase, self._dataset, self._split, features, self._log, self._monitor, keeper)
        model.get_layer(OUTPUT).set_weights([fit.output.kernel, fit.output.bias])
        self._solver = Solver(fit.strength, fit.passes)

    def _train_phase(
        self,
        index: int,
        phase: Phase,
        first_epoch: int,
        learner: Learner,
        features: PhaseFeatures,
        checkpoint: Checkpoint | None,
        keeper: EpochKeeper,
    ) -> None:
        plan, log = self._plan, self._log

        def predict() -> np.ndarray:
            # Without asking whether to stop: the epoch is reported, and a stop would lose it before its checkpoint.
            return np.concatenate(list(self._outputs(learner, features, keeper.images, None)))

        best: dict[str, np.ndarray] = {}
        best_loss, waited = float("inf"), 0
        if checkpoint:
            learner.set_variables(checkpoint.variables)
            learner.set_optimizer_state(checkpoint.optimizer)
            best, best_loss, waited = checkpoint.best, checkpoint.best_loss, checkpoint.waited
        if log.epoch == 0:
            keeper.look(0, predict)
        while log.epoch < first_epoch + phase.epochs and not (plan.early_stopping and waited >= plan.early_stopping):
            features.begin_epoch(log.epoch)
            log.begin()
            train = self._train_epoch(learner, features, phase, log.epoch - first_epoch)
            with learner.averaged():
                validation = self._predictions(learner, features, self._split.validation)
                loss = log.end(phase, train, validation, learner.learning_rate)
                waited += 1
                if loss < best_loss:
                    best_loss, waited = loss, 0
                    best = learner.variables() if plan.early_stopping else {}
                keeper.look(log.epoch, predict, log.epoch_seconds)
            keeper.write_now_and_then()  # before the checkpoint: a kill in between repeats the epoch
            save_checkpoint(
                self._folder,
                Checkpoint(
                    epoch=log.epoch,
                    phase=index,
                    phase_start=first_epoch,
                    variables=learner.variables(),
                    optimizer=learner.optimizer_state(),
                    best=best,
                    best_loss=best_loss,
                    waited=waited,
                    seconds=log.seconds,
                    solver=self._solver,
                ),
            )
        if best:
            learner.set_variables(best)
        else:
            learner.swap_average()
        self._chosen = log.epoch - waited if best else log.epoch

    def _train_epoch(
        self, learner: Learner, features: PhaseFeatures, phase: Phase, epoch_of_phase: int
    ) -> tuple[float, float]:
        """One pass over the training photos: mean loss and accuracy while it went on."""
        # All chance follows from seed and epoch alone, so a resumed run meets the photos as it would have.
        random = np.random.default_rng([self._plan.seed, self._log.epoch])
        order = random.permutation(self._split.train)
        schedule = SCHEDULES.find(self._plan.schedule)
        weights = class_weights(self._plan, self._dataset, self._split)
        total_loss, correct, seen = 0.0, 0, 0
        for batch, rows in features.batches(order):
            labels = self._dataset.labels[batch]
            done = (epoch_of_phase + seen / len(order)) / phase.epochs
            learner.set_learning_rate(phase.learning_rate * schedule.factor(done))
            mixture = draw_mixture(self._plan.mixup, len(batch), random)
            loss, right = learner.learn(rows, labels, weights[labels], mixture)
            total_loss += loss * len(batch)
            correct += right
            seen += len(batch)
            self._log.progress(phase, seen, len(order), learner.learning_rate)
            self._monitor.check()
        return total_loss / seen, correct / seen

    # Evaluation

    def _predict_parts(self, learner: Learner, features: PhaseFeatures, taken: FeatureKeeper) -> dict[str, Predictions]:
        parts = {"train": self._split.train, "validation": self._split.validation, "test": self._split.test}
        return {name: self._predictions(learner, features, indices, taken) for name, indices in parts.items()}

    def _predictions(
        self, learner: Learner, features: PhaseFeatures, indices: np.ndarray, taken: FeatureKeeper | None = None
    ) -> Predictions:
        outputs = []
        for found in self._outputs(learner, features, indices, taken):
            outputs.append(found)
            self._monitor.check()
        return Predictions(indices, self._dataset.labels[indices], np.concatenate(outputs))

    def _outputs(
        self, learner: Learner, features: PhaseFeatures, indices: np.ndarray, taken: FeatureKeeper | None
    ) -> Iterator[np.ndarray]:
        """Probabilities batch by batch; what the head takes is kept if somebody keeps it."""
        for start in range(0, len(indices), _PREDICTION_BATCH):
            batch = indices[start : start + _PREDICTION_BATCH]
            if taken is None:
                yield learner.probabilities(features.take(batch))
                continue
            found, probabilities = learner.look(features.take(batch))
            taken.take(batch, found)
            yield probabilities


def _restore(model: keras.Model, checkpoint: Checkpoint) -> None:
    """Put trained weights back into the network."""
    variables = {variable.path: variable for variable in model.variables}
    for path, array in checkpoint.variables.items():
        if path in variables:
            variables[path].assign(array)


def _count_trainable(model: keras.Model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
