"""Finished runs side by side: what is compared, the table, and what speaks against comparing."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tlcore.comparison.curves.curve import Curve
from tlcore.comparison.statistics import wilson_interval
from tlcore.datasets.dataset import short_name
from tlcore.datasets.splits import PARTS
from tlcore.runs import client
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.text import uncounted
from tlcore.training.plans.strategies import STRATEGIES, Strategy
from tlcore.training.plans.words import field_title, value_text
from tlcore.training.results.evaluation import PREDICTIONS_FILE, Predictions, load_predictions
from tlcore.training.results.result import TrainResult
from tlcore.zoo import catalog

_MOST_SETTINGS = 2  # that a title names


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """A finished training run with all that it is judged by.

    Args:
        run: the run.
        title: what it is called in this comparison; no other run in it has the same title.
        epochs: as `tlcore.runs.client.curve` gives them.
    """

    run: Run
    title: str
    epochs: Sequence[dict]
    _read: dict[str, Predictions] = field(default_factory=dict, init=False, repr=False)

    @property
    def strategy(self) -> Strategy:
        """What was trained, and from which start."""
        return STRATEGIES.find(self.run.plan["strategy"])

    @functools.cached_property
    def result(self) -> TrainResult:
        """What it came to."""
        return TrainResult.from_json(self.run.result)

    @property
    def curve(self) -> Curve:
        """Its learning curve."""
        return Curve(self.title, self.strategy.name, self.epochs)

    @property
    def classes(self) -> list[str]:
        """Names of the classes that it tells apart."""
        return self.result.classes

    @property
    def tested_on(self) -> tuple[str, str]:
        """Dataset and digest of the test photos: equal for runs that can be compared."""
        return self.run.plan["dataset"], self.result.split

    def predictions(self, part: str = "test") -> Predictions:
        """Read what it says about each photo of a part, once.

        Args:
            part: "train", "validation" or "test".

        Returns:
            The stored predictions.

        Raises:
            MissingError: if their file is gone or damaged.
        """
        if part not in self._read:
            self._read[part] = load_predictions(self.run.folder / PREDICTIONS_FILE, part)
        return self._read[part]


def load_compared(run_ids: Sequence[str]) -> list[ComparedRun]:
    """Read finished training runs from the store.

    Args:
        run_ids: their ids, each once.

    Returns:
        The runs in the same order.

    Raises:
        NotFoundError: if there is no run of an id.
        StateError: if a run is no finished training run.
    """
    store = open_store()
    runs = [client.trained_run(run_id) for run_id in dict.fromkeys(run_ids)]
    return [
        ComparedRun(run, title, client.curve(store.events(run.id, kind="epoch")))
        for run, title in zip(runs, short_titles(runs), strict=True)
    ]


def short_titles(runs: Sequence[Run]) -> list[str]:
    """Name the runs of a comparison, without what all of them share: that is said once, beside them.

    Args:
        runs: training runs.

    Returns:
        As `distinct_titles`, without the network if all have the same.
    """
    titles = distinct_titles(runs)
    networks = {run.plan["backbone"] for run in runs}
    if len(runs) < 2 or len(networks) > 1:
        return titles
    network = f" {catalog.title_of(networks.pop())}"
    shorter = [title.replace(network, "") for title in titles]
    return shorter if len(set(shorter)) == len(titles) else titles


def distinct_titles(runs: Sequence[Run]) -> list[str]:
    """Name runs so that no two have the same name, as short as can be.

    Args:
        runs: training runs.

    Returns:
        Their names, without the dataset if all share it; equal ones say in what their plans differ, or are numbered.
    """
    datasets = {run.plan["dataset"] for run in runs}
    shared = f" on {short_name(datasets.pop())}" if len(datasets) == 1 else "\0"
    names = [uncounted(run.name.removesuffix(shared)) for run in runs]  # what differs says more than a number
    titles = [f"{name}{_differing(run, name, runs, names)}" for run, name in zip(runs, names, strict=True)]
    seen: Counter[str] = Counter()
    for position, title in enumerate(titles):
        seen[title] += 1
        titles[position] = title if seen[title] == 1 else f"{title} ({seen[title]})"
    return titles


def _differing(run: Run, name: str, runs: Sequence[Run], names: Sequence[str]) -> str:
    """What sets a run's plan apart from those of the same name, such as ", epochs 20"."""
    plans = [other.plan for other, other_name in zip(runs, names, strict=True) if other_name == name]
    fields = [
        field for field, value in run.plan.items() if field != "dataset" and any(p.get(field) != value for p in plans)
    ]
    shown = [f"{field_title(field).lower()} {value_text(field, run.plan[field])}" for field in fields[:_MOST_SETTINGS]]
    return "".join(f", {words}" for words in shown)


def suggest(runs: Sequence[Run]) -> list[str]:
    """Choose what is worth comparing at first sight: the newest experiment, or the newest run of each strategy.

    Args:
        runs: finished training runs, newest first.

    Returns:
        Ids of runs with the same test images, those of the newest run, unless it stands alone and older ones do not: of
        an experiment in its own order, else in that of the strategies' rows.
    """
    kinds = dict.fromkeys((_images_of(run), run.experiment) for run in runs)
    suggestions = [_suggest_among([run for run in runs if _images_of(run) == images], of) for images, of in kinds]
    return next((chosen for chosen in suggestions if len(chosen) > 1), suggestions[0])


def _images_of(run: Run) -> tuple[str, str]:
    return run.plan["dataset"], run.result["split"]


def _suggest_among(same: Sequence[Run], experiment: str) -> list[str]:
    """The runs of an experiment, or without one the newest run of each strategy, of runs with the same test images."""
    if experiment:
        # Newest of each strategy would set unequal runs against each other, such as few images against many. They come
        # as they were queued, which is how the experiment's own address has them: one order, whichever way one comes.
        return [run.id for run in reversed(same) if run.experiment == experiment]
    chosen: dict[str, str] = {}
    for run in same:
        chosen.setdefault(run.plan["strategy"], run.id)
    return [chosen[row.name] for row in STRATEGIES if row.name in chosen]


def comparison_rows(compared: Sequence[ComparedRun]) -> list[dict]:
    """Lay runs out as the rows of a table.

    Args:
        compared: at least one.

    Returns:
        One row a run: names of columns → values. The test accuracy with the ends of its 95 % interval, 0..1; "seconds"
        are what the plan needs where nothing is kept.
    """
    return [_row(item) for item in compared]


def _row(item: ComparedRun) -> dict:
    row: dict[str, object] = {"run": item.run.id, "title": item.title, "strategy": item.strategy.title}
    for part in PARTS:
        score = item.result.scores[part]
        row |= {
            f"{part} photos": score.images,
            f"{part} correct": score.correct,
            f"{part} loss": score.loss,
            f"{part} accuracy": score.accuracy,
        }
    # Only the test images are a sample that nothing of training has seen.
    test = item.result.scores["test"]
    row["test low"], row["test high"] = wilson_interval(test.correct, test.images)
    counts = {"trainable parameters": item.result.trainable, "frozen parameters": item.result.frozen}
    times = {"seconds": item.result.cost_seconds, "seconds waited": item.result.seconds}
    return {**row, **counts, "epochs": item.result.epochs, "effort": item.result.effort, **times}


def groups(compared: Sequence[ComparedRun]) -> list[list[ComparedRun]]:
    """Put runs together that were tested on the same photos.

    Args:
        compared: any runs.

    Returns:
        Groups in the order of their first runs.
    """
    found: dict[tuple[str, str], list[ComparedRun]] = {}
    for item in compared:
        found.setdefault(item.tested_on, []).append(item)
    return list(found.values())


def by_strategy(compared: Sequence[ComparedRun]) -> list[list[ComparedRun]]:
    """Put runs of the same strategy together.

    Args:
        compared: any runs.

    Returns:
        Groups in the order of their first runs: whatever lists strategies lists them like this.
    """
    found: dict[str, list[ComparedRun]] = {}
    for item in compared:
        found.setdefault(item.strategy.name, []).append(item)
    return list(found.values())


def incomparable(compared: Sequence[ComparedRun]) -> list[str]:
    """Say what speaks against comparing runs.

    Args:
        compared: any runs.

    Returns:
        Sentences; an empty list if all were tested on the same photos.
    """
    found = groups(compared)
    if len(found) < 2:
        return []
    listing = "; ".join(", ".join(item.title for item in group) for group in found)
    return [
        f"These runs were tested on {len(found)} different sets of images, so their accuracies cannot be compared "
        f"directly. Runs in the same group share their test images: {listing}."
    ]
