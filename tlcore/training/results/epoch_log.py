"""What a run says while it trains: its progress, and each epoch as it is measured. Knows no TensorFlow."""

from __future__ import annotations

import time

from tlcore.jobs import Emit
from tlcore.training.plans.plan import Phase
from tlcore.training.results.evaluation import Predictions


class EpochLog:
    """Counts epochs and training time, and reports both.

    Args:
        emit: takes events.
        planned: epochs of the whole run, as far as is known.
    """

    def __init__(self, emit: Emit, planned: int):
        self._emit = emit
        self.planned = planned
        self.epoch = 0  # done so far
        self.seconds = 0.0  # spent on training so far
        self.epoch_seconds = 0.0  # spent on the last epoch
        self._started = 0.0

    def begin(self) -> None:
        """Start the clock of an epoch."""
        self._started = time.perf_counter()

    def progress(self, phase: Phase, seen: int, images: int, learning_rate: float | None) -> None:
        """Report how far an epoch is.

        Args:
            phase: of the run.
            seen: images gone through in this epoch.
            images: to go through.
            learning_rate: in force; None where there is none.
        """
        self._emit(
            {
                "kind": "progress",
                "what": phase.title,
                "done": self.epoch * images + seen,
                "total": self.planned * images,
                "epoch": self.epoch + 1,
                "epochs": self.planned,
                "epoch_share": seen / images,
                "images": images,
                "learning_rate": learning_rate,
            }
        )

    def end(self, phase: Phase, train: tuple[float, float], validation: Predictions, rate: float | None) -> float:
        """Report an epoch.

        Args:
            phase: of the run.
            train: mean loss and accuracy on the training images while it went on.
            validation: what the network says about the validation images.
            rate: the learning rate in force; None where there is none.

        Returns:
            The validation loss.
        """
        score = validation.score()
        self.epoch_seconds = time.perf_counter() - self._started
        self.epoch += 1
        self.seconds += self.epoch_seconds
        # Reported before it is kept: a kill in between repeats the epoch, and readers take the later report.
        self._emit(
            {
                "kind": "epoch",
                "epoch": self.epoch,
                "phase": phase.title,
                "learning_rate": rate,
                "train_loss": train[0],
                "train_accuracy": train[1],
                "validation_loss": score.loss,
                "validation_accuracy": score.accuracy,
                "seconds": self.epoch_seconds,
            }
        )
        worst, swallowing = validation.worst_mistakes(), validation.swallowing_class()
        self._emit({"kind": "mistakes", "epoch": self.epoch, "photos": worst, "swallowing": swallowing})
        return score.loss
