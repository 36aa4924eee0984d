"""Experiments: runs that share dataset, split and budget and differ in one thing, queued as one."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tlcore.access.asker import check_change
from tlcore.catalog import Catalog
from tlcore.datasets.dataset import Dataset, short_name
from tlcore.errors import InputError, NotFoundError, StateError
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.limits import check_share
from tlcore.runs.run import ACTIVE, QUEUED, RESUMABLE, Run
from tlcore.runs.store import open_store
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.defaults import suggest_input_size, suggest_plan
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.plans.recipes import SLOW_STATISTICS, SLOW_STATISTICS_WHY
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog
from tlcore.zoo.architecture import Architecture

_STRATEGIES = ("frozen", "fine_tune", "scratch")  # what tells most first, what takes longest last
_FRACTIONS = (0.05, 0.1, 0.2, 0.5, 1.0)
_RATES = ("learning_rate", "fine_tune_learning_rate")
_PHOTOS_A_CLASS = (5, 10, 20, 50, 100)
_SEEDS = (0, 1, 2)
_SPLIT = ("subset", "shares", "split_seed")  # fields that say which photos there are to train on
_QUICK_SIZE = 160  # pixels: every layer of larger images takes minutes to train


@dataclass(frozen=True)
class Variant:
    """One run of an experiment.

    Args:
        strategy: a key of `tlcore.training.plans.strategies`.
        label: what sets it apart from the other runs of its strategy, or "".
        changes: fields of the plan that differ from what is suggested.
        rate_factor: by how much its learning rates are larger than suggested.
    """

    strategy: str
    label: str = ""
    changes: Mapping[str, object] = field(default_factory=dict)
    rate_factor: float = 1.0


@dataclass(frozen=True)
class Setting:
    """What the runs of an experiment have in common.

    Args:
        backbone: the network.
        dataset: what to learn from.
        changes: fields of all plans that differ from what is suggested.
    """

    backbone: Architecture
    dataset: Dataset
    changes: Mapping[str, object]

    def training_photos(self) -> np.ndarray:
        """Count the photos that all runs could train on.

        Returns:
            int (classes,): how many of each class are in the training part, before a share of them is taken.

        Raises:
            PlanError, DatasetError: if the dataset cannot be split that way.
        """
        fields = {name: value for name, value in self.changes.items() if name in _SPLIT}
        whole = plan_from_json({"dataset": self.dataset.id, **fields})
        return np.bincount(self.dataset.labels[whole.split(self.dataset).train])


@dataclass(frozen=True)
class Experiment:
    """A kind of experiment.

    Args:
        name: its key.
        title: what a person calls it.
        question: what it answers.
        note: what to know about one of its runs, or "".
        variants: the runs for a setting.
    """

    name: str
    title: str
    question: str
    variants: Callable[[Setting], list[Variant]]
    note: str = ""


def _strategies(_setting: Setting) -> list[Variant]:
    return [Variant(name) for name in _STRATEGIES]


def _seeds(_setting: Setting) -> list[Variant]:
    return [Variant(name, f"seed {seed}", {"seed": seed}) for name in _STRATEGIES for seed in _SEEDS]


def _shares(_setting: Setting) -> list[Variant]:
    return [
        Variant(name, f"{share:.0%} of the images".replace("%", " %"), {"fraction": share})
        for name in _STRATEGIES
        for share in _FRACTIONS
    ]


def _few_photos(setting: Setting) -> list[Variant]:
    photos = setting.training_photos()
    # Counts beyond the photos that there are fall away; the smallest always stays.
    counts = [count for count in _PHOTOS_A_CLASS if count <= photos.mean()] or _PHOTOS_A_CLASS[:1]
    return [
        Variant(name, f"{count} images per class", {"fraction": _share_for(count, photos)})
        for name in _STRATEGIES
        for count in counts
    ]


def _share_for(count: int, photos: np.ndarray) -> float:
    """The share of the training photos that leaves so many of each class, or on average where classes differ much."""
    least, most = (count - 0.5) / photos.min(), (count + 0.5) / photos.max()  # where rounding gives the count
    return min(1.0, float((least + most) / 2 if least < most else count / photos.mean()))


def _cuts(setting: Setting) -> list[Variant]:
    backbone = setting.backbone
    layers = dict.fromkeys([*(cut.layer for cut in backbone.cut_layers), backbone.last_feature_layer])
    return [Variant("frozen", f"cut at {layer}", {"cut_layer": layer}) for layer in layers]


def _backbones(setting: Setting) -> list[Variant]:
    here = [row for row in catalog.CLASSIFIERS if catalog.has_weights(row, include_top=False)]
    names = dict.fromkeys([setting.backbone.name, *(row.name for row in here)])
    return [Variant("frozen", "", {"backbone": name}) for name in names]


def _broken(setting: Setting) -> list[Variant]:
    # The commonest slip is to leave pixels at 0..255; a network that wants just that gets them scaled.
    wrong = "unit" if setting.backbone.preprocessing == "identity" else "identity"
    normalizes = any(row.type == "BatchNormalization" for row in used_rows(setting.backbone))
    unfrozen = Variant("fine_tune", "BatchNormalization unfrozen", {"learn_statistics": True})
    slow = Variant("scratch", "no pretraining, slow batch statistics", {"statistics_momentum": SLOW_STATISTICS})
    return [
        Variant("fine_tune", "done right"),
        Variant("fine_tune", "wrong preprocessing", {"preprocessing": wrong}),
        *([unfrozen] if normalizes else []),
        Variant("fine_tune", "learning rate × 100", rate_factor=100),
        Variant("fine_tune", "no head warm-up", {"warmup_epochs": 0, "optimizer": "adam"}),
        Variant("scratch", "no pretraining"),
        *([slow] if normalizes else []),
    ]


EXPERIMENTS = Catalog(
    "experiment",
    (
        Experiment(
            "strategies", "What pretraining buys", "What did pretraining, freezing and fine-tuning buy?", _strategies
        ),
        Experiment(
            "photos", "How much data", "What share of the training images is enough for each strategy?", _shares
        ),
        Experiment(
            "few", "How few images are enough", "How few images per class are enough for each strategy?", _few_photos
        ),
        Experiment("cuts", "Where to cut", "Which layer's features work best with all layers frozen?", _cuts),
        Experiment("backbones", "Which backbone", "Which network on this machine has the best features?", _backbones),
        Experiment("seeds", "Was it luck?", "How much do results vary with only the random seed?", _seeds),
        Experiment(
            "broken",
            "Break it on purpose",
            "What goes wrong without the usual precautions?",
            _broken,
            SLOW_STATISTICS_WHY,
        ),
    ),
)


def plan_experiment(
    experiment: Experiment, dataset: Dataset, backbone: str, changes: Mapping[str, object]
) -> dict[str, TrainingPlan]:
    """Write the plans of an experiment.

    Args:
        experiment: the kind.
        dataset: what to learn from.
        backbone: name of an architecture.
        changes: fields that are the same in all plans, such as the number of epochs.

    Returns:
        Names of runs → plans, in the order to run them.

    Raises:
        PlanError: if a plan has problems.
        DatasetError: if photos have to be counted and the dataset cannot be split.
        InputError: if the architecture is no classifier.
        NotFoundError: if there is no such architecture.
    """
    plans = {}
    setting = Setting(catalog.find_classifier(backbone), dataset, changes)
    variants = experiment.variants(setting)
    # An own classifier from scratch would be two differences at once.
    shared: dict[str, object] = {"backbone": backbone, "head": "new"}
    if any(not STRATEGIES.find(variant.strategy).needs_weights for variant in variants):
        shared["input_size"] = min(_QUICK_SIZE, suggest_input_size(dataset, setting.backbone))
    for variant in variants:
        settled = {**shared, **changes, **variant.changes}
        values = suggest_plan(dataset, variant.strategy, str(settled["backbone"]), settled)
        rates = {name: values[name] * variant.rate_factor for name in _RATES}
        plan = plan_from_json({**values, **rates})
        title = f"{STRATEGIES.find(plan.strategy).title} {plan.architecture.title}"
        label = f", {variant.label}" if variant.label else ""
        plans[f"{title}{label} on {short_name(dataset.id)}"] = plan
    return plans


def new_id(name: str) -> str:
    """Draw an id for an experiment.

    Args:
        name: key of its kind.

    Raises:
        NotFoundError: if there is no such kind.
    """
    return f"{EXPERIMENTS.find(name).name}-{secrets.token_hex(5)}"


def kind_of(experiment: str) -> Experiment:
    """The kind of an experiment, which its id names.

    Args:
        experiment: its id.

    Raises:
        NotFoundError: if there is no such kind.
    """
    return EXPERIMENTS.find(experiment.rpartition("-")[0])


def launch_example(owner: str = "") -> str:
    """Queue the job that prepares the first example and then queues its runs; one that is under way is joined.

    Args:
        owner: nickname of who asks, or "".

    Returns:
        The experiment's id.

    Raises:
        AccessError: if a visitor has reached their share of the machine.
    """
    for job in open_store().runs(kind="example", states=[QUEUED, *ACTIVE]):
        if job.experiment:
            return job.experiment
    check_share()
    experiment = new_id("strategies")
    request = {"owner": owner, "experiment": experiment}
    open_store().add_run("example", request, "First example", experiment, owner)
    ensure_dispatcher()
    return experiment


def launch(name: str, plans: Mapping[str, TrainingPlan], owner: str = "", experiment: str = "") -> str:
    """Queue all runs of an experiment.

    Args:
        name: key of its kind.
        plans: names of runs → plans, at least one.
        owner: nickname of who asks, or "".
        experiment: its id, where a job has prepared it; "" for a new one.

    Returns:
        The experiment's id, shared by its runs.

    Raises:
        InputError: if there is no plan.
        AccessError: if a visitor has reached their share of the machine.
    """
    if not plans:
        raise InputError("at least one run", "none", "Choose what to run.")
    check_share(len(plans))
    experiment, store = experiment or new_id(name), open_store()
    for title, plan in plans.items():
        store.add_run("train", plan.to_json(), title, experiment, owner)
    ensure_dispatcher()
    return experiment


def jobs_of(experiment: str) -> list[Run]:
    """All that an experiment consists of.

    Args:
        experiment: its id.

    Returns:
        The job that prepares it, if there is one, and its runs, in the order in which they were queued.

    Raises:
        NotFoundError: if there is none of this id.
    """
    store = open_store()
    jobs = store.runs(experiment=experiment)[::-1] if experiment else []
    if not jobs:
        raise NotFoundError("experiment", experiment, {run.experiment for run in store.runs() if run.experiment})
    return jobs


def runs_of(experiment: str) -> list[Run]:
    """The runs of an experiment.

    Args:
        experiment: its id.

    Returns:
        Its runs in the order in which they were queued; none while a job still prepares them.

    Raises:
        NotFoundError: if there is none of this id.
    """
    return [run for run in jobs_of(experiment) if run.kind == "train"]


def past_experiments() -> dict[str, list[Run]]:
    """All experiments in the store.

    Returns:
        Ids, newest first → runs in the order in which they were queued.
    """
    found: dict[str, list[Run]] = {}
    for run in open_store().runs(kind="train"):
        if run.experiment:
            found.setdefault(run.experiment, []).insert(0, run)
    return found


def stop(experiment: str) -> list[Run]:
    """Ask all runs of an experiment to stop that have not ended.

    Args:
        experiment: its id.

    Returns:
        The runs that were asked.

    Raises:
        NotFoundError: if there is none of this id.
        AccessError: if it belongs to somebody else.
    """
    going = [run for run in _own_jobs(experiment) if not run.has_ended]
    for run in going:
        # One that ends in this moment needs no stopping.
        with contextlib.suppress(StateError):
            open_store().request_stop(run.id)
    return going


def resume(experiment: str) -> list[Run]:
    """Queue all runs of an experiment again that did not finish; each goes on from its last checkpoint.

    Args:
        experiment: its id.

    Returns:
        The runs that are queued again.

    Raises:
        NotFoundError: if there is none of this id.
        StateError: if none of its runs can be resumed.
        AccessError: if it belongs to somebody else, or a visitor has reached their share of the machine.
    """
    ended = [run for run in _own_jobs(experiment) if run.state in RESUMABLE]
    if not ended:
        raise StateError(
            "an experiment with runs that did not finish",
            f"{experiment}, all of whose runs are finished, queued or in progress",
            "There is nothing to resume.",
        )
    check_share(len(ended))
    for run in ended:
        open_store().resume(run.id)
    ensure_dispatcher()
    return ended


def _own_jobs(experiment: str) -> list[Run]:
    jobs = jobs_of(experiment)
    for job in jobs:
        check_change(job.visitor, f"run {job.id}")
    return jobs
