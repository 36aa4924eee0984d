"""What a network says about the test images while it is trained, kept to be looked at. Knows no TensorFlow.

Nobody but readers takes notice of it: which epoch counts and when training ends is up to the validation images.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from tlcore.errors import MissingError
from tlcore.storage.arrays import read_arrays, write_arrays
from tlcore.storage.files import remove_folder
from tlcore.training.results.evaluation import Predictions

# Together at most 22 MB a phase; ten epochs of 150 images in five classes take 40 kB.
MOST_IMAGES = 2_000
MOST_PROBABILITIES = 100_000  # of one epoch
MOST_EPOCHS = 100  # of a phase
SHARE = 0.05  # of an epoch's time that may be spent on it …
FREE_SECONDS = 0.01  # … but so little does not count

UNDECIDED = -1  # the answer of a head that finds all classes equally probable

_FOLDER = "epochs"
_PAUSE_SECONDS = 1.0  # between two files: to wait for the disk after each quick epoch would take longer than to look

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeptEpochs:
    """What a network said about test images, epoch by epoch.

    Args:
        epochs: int (m,), how many were done, ascending; 0 before the first.
        indices: int (n,), positions of the images in the dataset.
        labels: int (n,), their true classes.
        probabilities: float16 (m, n, classes).
        passes: how many epochs of the run are passes of a head that is solved; they come first.
    """

    epochs: np.ndarray
    indices: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    passes: int = 0

    @cached_property
    def answers(self) -> np.ndarray:
        """The most probable class of each image after each epoch, or `UNDECIDED`, int64 (m, n)."""
        undecided = self.probabilities.max(axis=2) == self.probabilities.min(axis=2)
        return np.where(undecided, UNDECIDED, self.probabilities.argmax(axis=2))

    @cached_property
    def right(self) -> np.ndarray:
        """Whether each image was classified correctly after each epoch, bool (m, n)."""
        return self.answers == self.labels

    def confusions(self) -> np.ndarray:
        """Count images after each epoch by true and predicted class, int64 (m, classes, classes)."""
        classes = self.probabilities.shape[2]
        counts = np.zeros((len(self.epochs), classes, classes), np.int64)
        row, image = np.nonzero(self.answers != UNDECIDED)
        np.add.at(counts, (row, self.labels[image], self.answers[row, image]), 1)
        return counts

    def every(self, step: int) -> KeptEpochs:
        """The same of every so many images."""
        return replace(
            self,
            indices=self.indices[::step],
            labels=self.labels[::step],
            probabilities=self.probabilities[:, ::step],
        )


class EpochKeeper:
    """Keeps what a network says about the test images after the epochs of a run, in files that are whole or not there.

    Of a large test part it takes every so many images, of many epochs every so many, too; and it leaves epochs out
    where looking at the images would cost more than about `SHARE` of the training.

    Args:
        folder: of the run.
        indices: int (n,), the test images.
        labels: int, the classes of all images of the dataset.
        classes: how many there are.
        done: epochs that an earlier attempt has done and this one goes on from; what was kept of later ones goes.

    Attributes:
        images: int (n,), the test images that are looked at.
    """

    def __init__(self, folder: Path, indices: np.ndarray, labels: np.ndarray, classes: int, done: int = 0):
        self._folder = folder / _FOLDER
        if done:
            for path in _files(folder):
                if int(path.stem) > done:
                    path.unlink()
        else:
            remove_folder(self._folder)
        most = max(1, min(MOST_IMAGES, MOST_PROBABILITIES // classes))
        self.images = indices[:: math.ceil(len(indices) / most)]
        self._labels = labels[self.images]
        self._test = indices
        self._step = 1
        self._next = done + 1 if done else 0
        self._written = 0.0
        self._costs: deque[float] = deque(maxlen=3)
        self._waiting: dict[int, np.ndarray] = {}
        before = load_epochs(folder)
        self._kept = set(before.epochs.tolist() if before else ())

    def begin(self, done: int, planned: int) -> None:
        """Begin a phase: its first epoch is looked at, however many passes of a head were left out before.

        Args:
            done: epochs that were done before.
            planned: epochs of the phase.
        """
        self._step = math.ceil(planned / MOST_EPOCHS)
        self._next = min(self._next, done + 1)

    def look(self, epoch: int, predict: Callable[[], np.ndarray], epoch_seconds: float = 0.0) -> None:
        """Ask a network about the test images, unless the last time was too short ago; the answers wait to be written.

        Args:
            epoch: how many are done.
            predict: gives what it says of `images`, float (n, classes).
            epoch_seconds: what the last epoch took; 0 before the first.
        """
        if epoch < self._next:
            return
        started = time.perf_counter()
        self._waiting[epoch] = _rounded(predict())
        self._costs.append(time.perf_counter() - started)
        self._next = epoch + self._step
        if epoch_seconds and len(self._costs) > 1:
            # The least of the last costs: the first look prepares things, also after a run was resumed, and now and
            # then a machine has a hiccup.
            may_take = max(FREE_SECONDS, SHARE * epoch_seconds)
            self._next = epoch + max(self._step, round(min(self._costs) / may_take))

    def write_now_and_then(self) -> None:
        """Write what was asked for, unless something was written a moment ago: then it waits for the next time."""
        if time.perf_counter() - self._written > _PAUSE_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what was asked for since the last time to a file."""
        if not self._waiting:
            return
        epochs = sorted(self._waiting)
        arrays = {
            "epochs": np.array(epochs, np.int32),
            "indices": self.images,
            "labels": self._labels,
            "probabilities": np.stack([self._waiting[epoch] for epoch in epochs]),
        }
        write_arrays(self._folder / f"{epochs[0]:05}.npz", arrays)
        self._kept.update(epochs)
        self._waiting.clear()
        self._written = time.perf_counter()

    def close(self) -> None:
        """Write what still waits, however the training ended."""
        self.write()

    def complete(self, epoch: int, test: Predictions) -> None:
        """Keep what the network says that the run ends with, where its epoch was left out.

        Args:
            epoch: whose weights it has.
            test: what it says about all test images.
        """
        if epoch not in self._kept:
            self._waiting[epoch] = _rounded(test.probabilities[np.isin(self._test, self.images)])
            self.write()


def load_epochs(folder: Path) -> KeptEpochs | None:
    """Read what was kept of a run that has ended or goes on.

    Args:
        folder: of the run.

    Returns:
        All that is sound; None if there is nothing, as of runs of earlier versions.
    """
    found: dict[int, np.ndarray] = {}
    arrays: dict[str, np.ndarray] = {}
    for path in _files(folder):
        try:
            arrays = read_arrays(path, f"what run {folder.name} said epoch by epoch", "Train the run again.")
        except MissingError as error:  # the other epochs are as good without it
            logger.warning("%s", error)
            continue
        found.update(zip(arrays["epochs"].tolist(), arrays["probabilities"], strict=True))
    if not found:
        return None
    epochs = sorted(found)
    stacked = np.stack([found[epoch] for epoch in epochs])
    return KeptEpochs(np.array(epochs), arrays["indices"], arrays["labels"].astype(np.int64), stacked)


def epochs_changed(folder: Path) -> int:
    """When something was kept last of a run.

    Args:
        folder: of the run.

    Returns:
        Nanoseconds since 1970; 0 if nothing was.
    """
    kept = folder / _FOLDER
    return kept.stat().st_mtime_ns if kept.is_dir() else 0


def _files(folder: Path) -> list[Path]:
    return sorted((folder / _FOLDER).glob("[0-9]*.npz"))


def _rounded(probabilities: np.ndarray) -> np.ndarray:
    """As float16, which takes a quarter of the room, with the most probable class the same as before."""
    found = probabilities.astype(np.float16)
    rows, answers = np.arange(len(found)), probabilities.argmax(axis=1)
    undecided = probabilities.max(axis=1) == probabilities.min(axis=1)
    lost = ~undecided & ((found.argmax(axis=1) != answers) | (found.max(axis=1) == found.min(axis=1)))
    found[rows[lost], answers[lost]] = np.nextafter(found[lost].max(axis=1), np.float16(2))
    return found
