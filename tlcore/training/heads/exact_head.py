"""The exact head: penalized logistic regression on features that are kept, solved to the end. Knows no TensorFlow.

A head without hidden layers on a frozen backbone has one best answer, and L-BFGS (Liu and Nocedal 1989, by SciPy) finds
it in some dozen passes over the features, where Adam takes hundreds of steps to come near. The loss is that of Keras'
cross-entropies, the penalty half the squared length of the kernel divided by the strength C, as scikit-learn has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_expit, log_softmax
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

# Strengths to choose from, for features of length 1. 100 was best or nearly so at every size measured; weaker penalties
# than the last buy nothing, and their large weights would make something of differences by rounding.
STRENGTHS = (1.0, 10.0, 100.0, 1_000.0)
DEFAULT_STRENGTH = 100.0
ENOUGH_VALIDATION = 30  # of fewer images chance would choose the strength: then parts of the training images do
_FOLDS = 5
_NEAR = 1.01
_PATH_ITERATIONS = 100
_TOLERANCE = 1e-6  # of the gradient's largest entry, for features of length 1


@dataclass(frozen=True)
class Rows:
    """What a head is fitted to, or judged on.

    Args:
        features: float32 (n, units).
        labels: int (n,).
    """

    features: np.ndarray
    labels: np.ndarray

    def at(self, positions: np.ndarray) -> Rows:
        """Those at some positions."""
        return Rows(self.features[positions], self.labels[positions])


@dataclass(frozen=True)
class LinearHead:
    """The weights of an output layer.

    Args:
        kernel: float (units, outputs); one output, the probability of the second class, where there are two.
        bias: float (outputs,).
    """

    kernel: np.ndarray
    bias: np.ndarray

    def log_probabilities(self, features: np.ndarray) -> np.ndarray:
        """Say how probable each class is.

        Args:
            features: float (n, units).

        Returns:
            float64 (n, classes), natural logarithms.
        """
        sums = (features @ self.kernel.astype(features.dtype)).astype(float) + self.bias
        if sums.shape[1] == 1:
            return log_expit(np.concatenate([-sums, sums], axis=1))
        return log_softmax(sums, axis=1)


@dataclass(frozen=True)
class Objective:
    """What is made as small as possible: the mean loss over rows, and the penalty.

    Args:
        rows: to fit.
        classes: at least 2.
        strength: C of the penalty, in units of the rows' mean squared length; higher is weaker.
        class_weights: float (classes,), how much the images of each class count.
        label_smoothing: share of each target that is spread evenly over the classes, as in Keras' losses.
    """

    rows: Rows
    classes: int
    strength: float
    class_weights: np.ndarray
    label_smoothing: float = 0.0

    def with_strength(self, strength: float) -> Objective:
        """The same with another penalty."""
        return replace(self, strength=strength)

    def start(self) -> LinearHead:
        """A head that finds all classes equally probable."""
        outputs = 1 if self.classes == 2 else self.classes
        return LinearHead(np.zeros((self.rows.features.shape[1], outputs)), np.zeros(outputs))

    def penalty(self) -> float:
        """By what half the squared length of the kernel is multiplied."""
        features = self.rows.features
        squared_length = float(np.einsum("ij,ij->", features, features, dtype=float)) / len(features)
        return max(squared_length, 1e-12) / (self.strength * len(features))

    def solve(
        self, head: LinearHead, iterations: int, report: Callable[[LinearHead], bool] = lambda head: True
    ) -> LinearHead:
        """Find the best head.

        Args:
            head: where to begin.
            iterations: how many passes over the rows at most.
            report: called with the head after each pass; returns whether to go on.

        Returns:
            The head.
        """
        features, labels = self.rows.features, self.rows.labels
        even = self.label_smoothing / self.classes
        targets = np.full((len(labels), self.classes), even)
        targets[np.arange(len(labels)), labels] += 1 - self.label_smoothing
        weights = self.class_weights[labels][:, None] / len(labels)
        penalty, shape = self.penalty(), head.kernel.shape

        def unpack(values: np.ndarray) -> LinearHead:
            return LinearHead(values[: -shape[1]].reshape(shape), values[-shape[1] :])

        def loss_and_gradient(values: np.ndarray) -> tuple[float, np.ndarray]:
            current = unpack(values)
            logarithms = current.log_probabilities(features)
            difference = (np.exp(logarithms) - targets) * weights
            difference = difference[:, 1:] if shape[1] == 1 else difference
            kernel = (features.T @ difference.astype(features.dtype)).astype(float) + penalty * current.kernel
            loss = -float((weights * targets * logarithms).sum()) + penalty / 2 * float((current.kernel**2).sum())
            return loss, np.concatenate([kernel.ravel(), difference.sum(axis=0)])

        def callback(intermediate_result) -> None:
            if not report(unpack(intermediate_result.x.copy())):  # the solver goes on writing into its own
                raise StopIteration

        options = {"maxiter": iterations, "gtol": _TOLERANCE, "ftol": 1e-10, "maxcor": 20}
        begin = np.concatenate([head.kernel.ravel(), head.bias])
        # Threads of matrix products would wait busily for each other: measured, ten times slower than one.
        with threadpool_limits(1):
            found = minimize(loss_and_gradient, begin, jac=True, method="L-BFGS-B", callback=callback, options=options)
        return unpack(found.x)


def choose_strength(
    objective: Objective,
    validation: Rows,
    report: Callable[[int, int], None] = lambda done, total: None,
    strengths: Sequence[float] = STRENGTHS,
) -> float:
    """Choose the penalty: the strongest whose loss on images that were not fitted is within 1 % of the smallest.

    Args:
        objective: the training images; its own strength does not matter.
        validation: images that are not trained on. Where there are fewer than `ENOUGH_VALIDATION`, parts of the
            training images take their place in turn (cross-validation).
        report: called before each fit, with how many are done and how many there are.
        strengths: to choose from, the strongest penalty first.

    Returns:
        One of them; `DEFAULT_STRENGTH` where some class has a single training image and validation is short, too.
    """
    folds = _folds(objective.rows, validation)
    losses = np.zeros(len(strengths))
    for number, (fitted, judged) in enumerate(folds):
        part = replace(objective, rows=fitted)
        head = part.start()
        for index, strength in enumerate(strengths):
            report(number * len(strengths) + index, len(folds) * len(strengths))
            head = part.with_strength(strength).solve(head, _PATH_ITERATIONS)
            logarithms = head.log_probabilities(judged.features)
            losses[index] -= logarithms[np.arange(len(judged.labels)), judged.labels].mean()
    return strengths[int((losses <= _NEAR * losses.min()).argmax())] if folds else DEFAULT_STRENGTH


def _folds(rows: Rows, validation: Rows) -> list[tuple[Rows, Rows]]:
    if len(validation.labels) >= ENOUGH_VALIDATION:
        return [(rows, validation)]
    fewest = int(np.bincount(rows.labels)[np.unique(rows.labels)].min())
    if fewest < 2:
        return []
    splits = StratifiedKFold(min(_FOLDS, fewest), shuffle=True, random_state=0).split(rows.features, rows.labels)
    return [(rows.at(fitted), rows.at(judged)) for fitted, judged in splits]
