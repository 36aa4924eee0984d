"""The learner: one phase's trainable layers with their optimizer, as plain steps on batches. [TF]"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from tlcore.training.networks.adam import FusedAdam
from tlcore.training.networks.assembly import SplitNetwork
from tlcore.training.networks.layer_rates import rate_factors
from tlcore.training.networks.mixture import Mixture
from tlcore.training.networks.quick_layers import quicken
from tlcore.training.networks.weight_average import WeightAverage
from tlcore.training.plans.plan import Phase, TrainingPlan

_OPTIMIZERS = {
    "adam": FusedAdam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
}


class Learner:
    """Trains what lies above the boundary.

    A pretrained backbone stays in inference mode while it is fine-tuned, so that its BatchNormalization layers keep
    the statistics that they were pretrained with, unless the plan says otherwise; a backbone that starts from random
    weights learns its own. Frozen layers keep theirs in any case.

    Args:
        plan: the run.
        phase: the stretch of it.
        network: taken apart at the boundary of the phase; its layers' `trainable` is set already.
        classes: of the dataset.
    """

    def __init__(self, plan: TrainingPlan, phase: Phase, network: SplitNetwork, classes: int):
        self._network = network
        self._classes = classes
        self._is_single = network.head.output_shape[-1] == 1  # one sigmoid for two classes
        self._backbone_learns_statistics = plan.weights == "none" or plan.learn_statistics
        self._body = quicken(network.body, self._backbone_learns_statistics) if network.body else None
        self._models = [model for model in (network.body, network.head) if model is not None]
        self._variables = {variable.path: variable for model in self._models for variable in model.variables}
        self._groups = self._make_groups(rate_factors(plan))
        self._optimizers = {
            factor: _OPTIMIZERS[phase.optimizer](phase.learning_rate * factor) for factor in self._groups
        }
        for factor, optimizer in self._optimizers.items():
            optimizer.build(self._groups[factor])
        self._average = None
        if plan.weight_averaging:
            trained = [variable for group in self._groups.values() for variable in group]
            self._average = WeightAverage(plan.weight_averaging, trained)
        self.learning_rate = phase.learning_rate
        self._loss = self._make_loss(plan.label_smoothing)
        features = tf.TensorSpec((None, *(network.body or network.head).inputs[0].shape[1:]), tf.float32)
        targets = tf.TensorSpec((None, *network.head.output_shape[1:]), tf.float32)
        weights = tf.TensorSpec((None,), tf.float32)
        self._step = tf.function(self._take_step, input_signature=[features, targets, weights])
        self._predict = tf.function(self._forward, input_signature=[features])

    def set_learning_rate(self, rate: float) -> None:
        """Say how large the next steps are.

        Args:
            rate: for the head; layers of the backbone take their share of it.
        """
        if rate != self.learning_rate:
            self.learning_rate = rate
            for factor, optimizer in self._optimizers.items():
                optimizer.learning_rate.assign(rate * factor)

    def learn(
        self, features: np.ndarray, labels: np.ndarray, weights: np.ndarray, mixture: Mixture | None = None
    ) -> tuple[float, int]:
        """Take one step of the optimizer.

        Args:
            features: float32 (n, …) at the boundary.
            labels: int (n,).
            weights: float32 (n,), how much each photo counts.
            mixture: by which each image is mixed with another one of the batch; None for no mixing.

        Returns:
            Mean loss before the step, and how many of the photos were classified correctly then.
        """
        targets = self._targets(labels)
        if mixture:
            features, targets, weights = (mixture.mix(rows) for rows in (features, targets, weights))
        loss, probabilities = self._step(features, targets, weights)
        return float(loss), int((self._columns(probabilities.numpy()).argmax(axis=1) == labels).sum())

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Predict without training.

        Args:
            features: float32 (n, …) at the boundary.

        Returns:
            float32 (n, classes).
        """
        return self._columns(self._predict(features)[1].numpy())

    def look(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict without training, and tell from what.

        Args:
            features: float32 (n, …) at the boundary.

        Returns:
            float32 (n, …), what the head takes, and float32 (n, classes).
        """
        taken, outputs = self._predict(features)
        return taken.numpy(), self._columns(outputs.numpy())

    def variables(self) -> dict[str, np.ndarray]:
        """Copy all arrays of the trained part, by path."""
        return {path: variable.numpy() for path, variable in self._variables.items()}

    def set_variables(self, arrays: dict[str, np.ndarray]) -> None:
        """Put arrays back that `variables` returned.

        Args:
            arrays: by path.
        """
        for path, array in arrays.items():
            self._variables[path].assign(array)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the average of the weights in their place inside the block, where the plan asks for one."""
        self.swap_average()
        try:
            yield
        finally:
            self.swap_average()

    def swap_average(self) -> None:
        """Exchange the weights and their average, where the plan asks for one."""
        if self._average:
            self._average.swap()

    def optimizer_state(self) -> list[np.ndarray]:
        """Copy all arrays of the optimizer, in its own order, and of the average."""
        return [variable.numpy() for variable in self._optimizer_variables()]

    def set_optimizer_state(self, arrays: list[np.ndarray]) -> None:
        """Put the optimizer's arrays back.

        Args:
            arrays: as `optimizer_state` returned.
        """
        for variable, array in zip(self._optimizer_variables(), arrays, strict=True):
            variable.assign(array)

    def _make_groups(self, factors: dict[str, float]) -> dict[float, list[keras.Variable]]:
        """Trained variables that share a learning rate, by what it is multiplied by."""
        groups: dict[float, list[keras.Variable]] = {}
        for model in self._models:
            for layer in model.layers:
                groups.setdefault(factors.get(layer.name, 1.0), []).extend(layer.trainable_variables)
        return {factor: variables for factor, variables in groups.items() if variables}

    def _optimizer_variables(self) -> list[keras.Variable]:
        average = self._average.variables if self._average else []
        return [*(variable for optimizer in self._optimizers.values() for variable in optimizer.variables), *average]

    def _make_loss(self, smoothing: float) -> keras.losses.Loss:
        kind = keras.losses.BinaryCrossentropy if self._is_single else keras.losses.CategoricalCrossentropy
        return kind(label_smoothing=smoothing)

    def _targets(self, labels: np.ndarray) -> np.ndarray:
        if self._is_single:
            return labels[:, None].astype(np.float32)
        return np.eye(self._classes, dtype=np.float32)[labels]

    def _columns(self, outputs: np.ndarray) -> np.ndarray:
        return np.concatenate([1 - outputs, outputs], axis=1) if self._is_single else outputs

    def _take_step(self, features: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            if self._body:
                features = self._body(features, training=self._backbone_learns_statistics)
            probabilities = self._network.head(features, training=True)
            loss = self._loss(targets, probabilities, sample_weight=weights)
        gradients = tape.gradient(loss, self._groups)
        for factor, optimizer in self._optimizers.items():
            optimizer.apply(gradients[factor], self._groups[factor])
        if self._average:
            self._average.update()
        return loss, probabilities

    def _forward(self, features: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        if self._body:
            features = self._body(features, training=False)
        return features, self._network.head(features, training=False)
