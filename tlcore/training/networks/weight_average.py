"""A running average of weights over the steps of an optimizer. [TF]"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf


class WeightAverage:
    """Averages weights exponentially (Polyak and Juditsky 1992; Izmailov et al. 2018).

    Early steps count for less, as `tf.train.ExponentialMovingAverage` has it: after t steps no more than
    (1 + t) / (10 + t) of the average is kept, so that the random start is soon forgotten.

    Args:
        decay: share of the average that a step keeps, below 1.
        weights: those that are trained.
    """

    def __init__(self, decay: float, weights: Sequence[keras.Variable]):
        self._decay = decay
        self._weights = list(weights)
        self._averages = [tf.Variable(weight.value, trainable=False) for weight in self._weights]
        self._steps = tf.Variable(0.0, trainable=False)

    @property
    def variables(self) -> list[tf.Variable]:
        """All that has to be kept to go on later."""
        return [self._steps, *self._averages]

    def update(self) -> None:
        """Take the weights after a step into the average."""
        self._steps.assign_add(1.0)
        kept = tf.minimum(self._decay, (1 + self._steps) / (10 + self._steps))
        for average, weight in zip(self._averages, self._weights, strict=True):
            average.assign(kept * average + (1 - kept) * weight.value)

    def swap(self) -> None:
        """Exchange weights and averages."""
        for average, weight in zip(self._averages, self._weights, strict=True):
            value = weight.numpy()
            weight.assign(average)
            average.assign(value)
