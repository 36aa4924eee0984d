"""[TF] What pretraining buys on few photos: `python -m tlcore.embedded.transfer --work DIR [--photos DIR]`.

Twenty photos a class, five seeds: the shipped network frozen, fine-tuned, and from random weights, on the drawn objects
and on a folder of photos with one folder a class. Each is an ordinary plan, executed by the project's trainer, with
another split and other weights for each seed. What is done is kept in the work folder: a second call goes on there.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.importer import import_dataset
from tlcore.embedded.card_text import transfer_table
from tlcore.embedded.weights import read_card
from tlcore.errors import DatasetError
from tlcore.files import write_json
from tlcore.settings import settings
from tlcore.training.defaults import suggest_batch_size, suggest_plan
from tlcore.training.plan import TrainingPlan, plan_from_json
from tlcore.training.trainer import train
from tlcore.zoo.catalog import EMBEDDED

STRATEGIES = ("scratch", "frozen", "fine_tune")
DRAWN = {"images_per_class": 100, "size": 128, "seed": 0}
SHARES = (0.5, 0.1, 0.4)
EPOCHS = 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """Test accuracy of one strategy on one dataset.

    Args:
        dataset: its name.
        strategy: "scratch", "frozen" or "fine_tune".
        photos_per_class: training photos of each class.
        test_photos: how many were tested in each run; never trained on.
        accuracies: of each seed, 0 to 1.
        mean: of the accuracies.
        deviation: standard deviation of the accuracies.
    """

    dataset: str
    strategy: str
    photos_per_class: int
    test_photos: int
    accuracies: tuple[float, ...]
    mean: float
    deviation: float


def few_photos_plan(dataset: Dataset, strategy: str, per_class: int, seed: int, epochs: int = EPOCHS) -> TrainingPlan:
    """Plan one run of the comparison.

    Args:
        dataset: with at least twice as many photos of each class.
        strategy: one of `STRATEGIES`.
        per_class: training photos of each class.
        seed: of split, weights and order.
        epochs: how often they are gone through.

    Returns:
        The plan that is suggested for the embedded network, but for the number of photos and steps.

    Raises:
        DatasetError: if a class has too few photos.
    """
    fewest = int(np.bincount(dataset.labels).min())
    if per_class > SHARES[0] * fewest:
        needed = int(np.ceil(per_class / SHARES[0]))
        raise DatasetError(f"{needed} photos or more of each class", f"{fewest} of one", "Give more, or use fewer.")
    training = per_class * len(dataset.classes)
    suggested = suggest_plan(dataset, strategy, EMBEDDED)
    changes = {
        "shares": SHARES,
        "fraction": training / (SHARES[0] * len(dataset)),
        "split_seed": seed,
        "seed": seed,
        "epochs": epochs,
        "warmup_epochs": min(suggested["warmup_epochs"], epochs // 2),
        "batch_size": suggest_batch_size(training),
        "fine_tune_learning_rate": 3e-4,
    }
    return plan_from_json(suggested | changes)


def measure(dataset: Dataset, per_class: int, seeds: Sequence[int], epochs: int, work: Path) -> list[Result]:
    """Execute all runs on one dataset that are not done yet.

    Args:
        dataset: what to learn from.
        per_class: training photos of each class.
        seeds: one draw of photos and weights each, at least 2.
        epochs: of each run.
        work: folder that keeps what is done; other weights or plans do not get in each other's way.

    Returns:
        One result for each strategy.
    """
    results = []
    for strategy in STRATEGIES:
        scores = [_score(few_photos_plan(dataset, strategy, per_class, seed, epochs), dataset, work) for seed in seeds]
        accuracies = tuple(round(score["accuracy"], 4) for score in scores)
        results.append(
            Result(
                dataset=dataset.name,
                strategy=strategy,
                photos_per_class=per_class,
                test_photos=scores[0]["images"],
                accuracies=accuracies,
                mean=round(float(np.mean(accuracies)), 4),
                deviation=round(float(np.std(accuracies, ddof=1)), 4),
            )
        )
    return results


def _score(plan: TrainingPlan, dataset: Dataset, work: Path) -> dict:
    name = f"{dataset.id}-{plan.strategy}-{round(plan.fraction * len(dataset))}-{plan.epochs}-{plan.seed}"
    folder = work / "runs" / f"{read_card().digest[:12]}-{name}"
    path = folder / "score.json"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        keras.backend.clear_session()
        outcome = train(plan, dataset, folder, lambda event: None, lambda: False)
        write_json(path, outcome.predictions["test"].score().to_json())
    score = json.loads(path.read_text("utf-8"))
    logger.info("%s, %s, seed %d: %.3f", dataset.name, plan.strategy, plan.seed, score["accuracy"])
    return score


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Frozen and fine-tuned against scratch, on few photos.")
    parser.add_argument("--work", type=Path, required=True, help="folder that keeps datasets, features and results")
    parser.add_argument("--photos", type=Path, help="folder with one folder of photos a class")
    parser.add_argument("--per-class", type=int, default=20, help="training photos of each class")
    parser.add_argument("--seeds", type=int, default=5, help="draws, at least 2")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of each run")
    parser.add_argument(
        "--out", type=Path, help="file for the results as JSON; by default transfer.json in the work folder"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of each new run's new functions
    # Datasets and features go into the work folder, not among the user's own.
    os.environ["TLCORE_HOME"] = str(arguments.work / "home")
    settings.cache_clear()
    datasets = [import_dataset("rendered", DRAWN, "Drawn objects")]
    if arguments.photos:
        name = arguments.photos.resolve().name.replace("_", " ").capitalize()
        datasets.append(import_dataset("folder", {"path": str(arguments.photos)}, name))
    results = []
    for dataset in datasets:
        seeds = range(max(2, arguments.seeds))
        results += measure(dataset, arguments.per_class, seeds, arguments.epochs, arguments.work)
    rows = [asdict(result) for result in results]
    write_json(arguments.out or arguments.work / "transfer.json", {"digest": read_card().digest, "results": rows})
    sys.stdout.write(transfer_table(rows) + "\n")


if __name__ == "__main__":
    main()
