"""A process that writes store, checkpoints, datasets and features without rest, to be killed in the middle of it.

It imports everything once; for each line that it reads, the id of a dataset, it forks a child that prints its number
and works until it is killed.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
from datetime import timedelta

import numpy as np

from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.deleting import delete_dataset, purge_dataset, restore_dataset
from tlcore.datasets.versions import new_version
from tlcore.jobs import Progress
from tlcore.runs import run as states
from tlcore.runs.database.tables import now
from tlcore.runs.purge import purge
from tlcore.runs.run import Run
from tlcore.runs.store import Store, open_store
from tlcore.training.features.cache import FeatureCache, FeatureKey
from tlcore.training.networks.checkpoint import Checkpoint, save_checkpoint

SIZE = 48


def feature_key(view: int) -> FeatureKey:
    """Pixels at the input: what is kept needs no network."""
    return FeatureKey("", SIZE, 3, "stretch", "", "light", view)


def made_checkpoint(epoch: int) -> Checkpoint:
    """A checkpoint in which every number is the epoch."""
    arrays = {f"layer_{number}": np.full((40, 40), epoch, np.float32) for number in range(8)}
    return Checkpoint(epoch, 0, 0, arrays, [*arrays.values()], arrays, float(epoch), 0, float(epoch))


def work(dataset_id: str) -> None:
    """Do what workers and dispatchers do, over and over, in an order left to chance."""
    store, dataset, chance = open_store(), open_dataset(dataset_id), random.Random(os.getpid())
    steps = [train, change, compute]
    for turn in itertools.count(os.getpid()):
        run = store.add_run("train", {"turn": turn}, "busy", owner=f"owner {turn % 3}")
        store.move(run.id, [states.QUEUED], states.TRAINING, started=now())
        if turn == os.getpid():
            sys.stdout.write(f"{turn}\n")
            sys.stdout.flush()
        for step in chance.sample(steps, len(steps)):
            step(store, dataset, run, turn)
        store.move(run.id, states.ACTIVE, states.FINISHED, ended=now())
        if turn % 2:
            store.delete_run(run.id)
            purge(store, keep=timedelta(0))


def train(store: Store, _dataset: Dataset, run: Run, _turn: int) -> None:
    """Report three epochs and keep their checkpoints."""
    for epoch in range(1, 4):
        store.add_event(run.id, "epoch", {"epoch": epoch, "filling": "x" * 2000})
        store.set_progress(run.id, Progress("Training", epoch, 3))
        save_checkpoint(run.folder, made_checkpoint(epoch))


def change(_store: Store, dataset: Dataset, _run: Run, turn: int) -> None:
    """Make a version of the dataset, and delete every second one; restore some of those, purge the others."""
    version = new_version(dataset, {turn % 8: dataset.classes[1]}, removed=[8 + turn % (len(dataset) - 20)])
    if turn % 2:
        delete_dataset(version.id)
        (restore_dataset if turn % 4 == 1 else purge_dataset)(version.id)


def compute(_store: Store, dataset: Dataset, _run: Run, turn: int) -> None:
    """Fill one of five caches."""
    FeatureCache(dataset, feature_key(turn % 5), None).rows(np.arange(len(dataset)))


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(line.strip())
        os.waitpid(child, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()
