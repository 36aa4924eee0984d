"""Experiments: runs that share dataset, split and budget and differ in one thing, queued as one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.errors import InputError, NotFoundError
from tlcore.rows import find_row
from tlcore.runs.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.defaults import suggest_plan
from tlcore.training.estimate import estimate
from tlcore.training.plan import TrainingPlan, plan_from_json
from tlcore.training.strategies import find_strategy
from tlcore.zoo import catalog
from tlcore.zoo.architecture import Architecture

_STRATEGIES = ("scratch", "frozen", "fine_tune")
_FRACTIONS = (0.05, 0.1, 0.2, 0.5, 1.0)
_SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Variant:
    """One run of an experiment.

    Args:
        strategy: a key of `tlcore.training.strategies`.
        label: what sets it apart from the other runs of its strategy, or "".
        changes: fields of the plan that differ from what is suggested.
    """

    strategy: str
    label: str = ""
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """A kind of experiment.

    Args:
        name: its key.
        title: what a person calls it.
        question: what it answers.
        variants: the runs for a backbone.
    """

    name: str
    title: str
    question: str
    variants: Callable[[Architecture], list[Variant]]


def _strategies(_backbone: Architecture) -> list[Variant]:
    return [Variant(name) for name in _STRATEGIES]


def _seeds(_backbone: Architecture) -> list[Variant]:
    return [Variant(name, f"seed {seed}", {"seed": seed}) for name in ("frozen", "fine_tune") for seed in _SEEDS]


def _photos(_backbone: Architecture) -> list[Variant]:
    return [
        Variant(name, f"{share:.0%} of the photos".replace("%", " %"), {"fraction": share})
        for name in _STRATEGIES
        for share in _FRACTIONS
    ]


def _cuts(backbone: Architecture) -> list[Variant]:
    layers = dict.fromkeys([*(cut.layer for cut in backbone.cut_layers), backbone.last_feature_layer])
    return [Variant("frozen", f"cut at {layer}", {"cut_layer": layer}) for layer in layers]


def _backbones(backbone: Architecture) -> list[Variant]:
    here = [row for row in catalog.ARCHITECTURES if row.can_be_backbone and catalog.has_weights(row, include_top=False)]
    names = dict.fromkeys([backbone.name, *(row.name for row in here)])
    return [Variant("frozen", "", {"backbone": name}) for name in names]


def _broken(_backbone: Architecture) -> list[Variant]:
    return [
        Variant("fine_tune", "as it should be"),
        Variant("fine_tune", "steps 100 times too large", {"fine_tune_learning_rate": 3e-3, "learning_rate": 0.1}),
        Variant("fine_tune", "no warm-up of the head", {"warmup_epochs": 0}),
        Variant("scratch", "no pretraining"),
    ]


EXPERIMENTS = (
    Experiment("strategies", "Strategies", "What did pretraining, freezing and fine-tuning buy?", _strategies),
    Experiment("photos", "How much data", "How many training photos are enough, for each strategy?", _photos),
    Experiment("cuts", "Where to cut", "Which layer's features serve best, with all layers frozen?", _cuts),
    Experiment("backbones", "Which backbone", "Which network's features serve best, of those here?", _backbones),
    Experiment("seeds", "Was it luck", "How far do results spread that differ only in the random seed?", _seeds),
    Experiment("broken", "Break it on purpose", "What goes wrong without the usual precautions?", _broken),
)


def find_experiment(name: str) -> Experiment:
    """Look a kind of experiment up.

    Args:
        name: its key.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none of this name.
    """
    return find_row("experiment", name, EXPERIMENTS)


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
        NotFoundError: if there is no such architecture.
    """
    plans = {}
    for variant in experiment.variants(catalog.find(backbone)):
        suggested = suggest_plan(dataset, variant.strategy, str(variant.changes.get("backbone", backbone)))
        plan = plan_from_json({**suggested, **changes, **variant.changes})
        title = f"{find_strategy(plan.strategy).title} {plan.architecture.title}"
        label = f", {variant.label}" if variant.label else ""
        plans[f"{title}{label} on {dataset.id.rsplit('-', 1)[0]}"] = plan
    return plans


def launch(name: str, plans: Mapping[str, TrainingPlan], owner: str = "") -> str:
    """Queue all runs of an experiment.

    Args:
        name: key of its kind.
        plans: names of runs → plans, at least one.
        owner: nickname of who asks, or "".

    Returns:
        The experiment's id, shared by its runs.

    Raises:
        InputError: if there is no plan.
    """
    if not plans:
        raise InputError("at least one run", "none", "Choose what to run.")
    experiment, store = f"{find_experiment(name).name}-{secrets.token_hex(5)}", open_store()
    for title, plan in plans.items():
        store.add_run("train", plan.to_json(), title, experiment, owner)
    ensure_dispatcher()
    return experiment


def runs_of(experiment: str) -> list[Run]:
    """The runs of an experiment.

    Args:
        experiment: its id.

    Returns:
        Its runs in the order in which they were queued.

    Raises:
        NotFoundError: if there is none of this id.
    """
    store = open_store()
    runs = store.runs(experiment=experiment)[::-1] if experiment else []
    if not runs:
        raise NotFoundError("experiment", experiment, {run.experiment for run in store.runs() if run.experiment})
    return runs


def expected_seconds(plans: Sequence[TrainingPlan]) -> list[float]:
    """Estimate how long each run takes.

    Args:
        plans: of the same dataset.

    Returns:
        Seconds, about; features that runs share make the later ones faster.
    """
    dataset = open_dataset(plans[0].dataset)
    return [estimate(plan, len(dataset), len(dataset.classes)).seconds for plan in plans]


def seconds_left(runs: Sequence[Run]) -> float:
    """Estimate how long an experiment still takes, corrected by how long its finished runs really took.

    Args:
        runs: of one experiment.

    Returns:
        Seconds, about; 0 if all have ended.
    """
    expected = expected_seconds([plan_from_json(run.plan) for run in runs])
    real, planned, left = 0.0, 0.0, 0.0
    for run, seconds in zip(runs, expected, strict=True):
        if run.state == FINISHED:
            real, planned = real + run.result["seconds"], planned + seconds
        elif not run.has_ended:
            left += seconds * (1 - share_done(run))
    return left * (real / planned if planned else 1.0)


def share_done(run: Run) -> float:
    """How much of a run is done.

    Args:
        run: any run.

    Returns:
        0..1; 1 for a run that has ended.
    """
    if run.has_ended:
        return 1.0
    # Only epochs report how many there are: reading photos and computing features come before them.
    progress = run.progress
    return min(1.0, progress["done"] / progress["total"]) if progress.get("epochs") and progress["total"] else 0.0
