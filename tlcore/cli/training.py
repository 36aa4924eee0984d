"""The command that launches training: `train`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlcore.cli.answer import Answer
from tlcore.cli.plan_file import read_plan_file
from tlcore.cli.runs import describe_run
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.errors import InputError, MissingError
from tlcore.internet import can_download
from tlcore.runs.client import submit
from tlcore.training.plans.defaults import run_name, suggest_backbone, suggest_plan
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import TrainingPlan, parse_field, plan_from_json
from tlcore.training.plans.recipes import RECIPES, Recipe, recipe_values
from tlcore.training.plans.strategies import STRATEGIES


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    train = commands.add_parser("train", parents=[shared], help="launch a training run")
    train.add_argument("--dataset", help="id of a dataset; all other fields take suitable defaults")
    train.add_argument("--strategy", default="frozen", choices=[row.name for row in STRATEGIES])
    train.add_argument("--recipe", help="a run that courses teach, by name: see `recipes list`")
    train.add_argument("--plan", type=Path, help="a JSON file with the fields of a plan")
    train.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="change one field of the plan")
    train.add_argument("--find-rate", action="store_true", help="train nothing, but try learning rates and suggest one")
    train.add_argument("--name", help="what to call the run")
    train.add_argument("--nickname", default="", help="who asks: people who share a machine take turns")
    train.add_argument("--wait", action="store_true", help="wait until it has ended and show its result")
    train.set_defaults(command=_train)


def _train(options: argparse.Namespace) -> Answer:
    changes = dict(_parse_change(text) for text in options.set)
    plan = _read_plan(options, changes)
    open_dataset(plan.dataset)
    _check_weights(plan)
    if options.find_rate:
        return _find_rate(plan)
    run = submit("train", plan.to_json(), options.name or run_name(plan), owner=options.nickname)
    if options.wait:
        return describe_run(wait_and_show(run.id))
    return Answer({"run": run.id}, f"Run {run.id} is queued. Watch it: python -m tlcore runs show {run.id}")


def _check_weights(plan: TrainingPlan) -> None:
    missing = missing_weights(plan)
    if missing and not can_download():
        raise MissingError(
            f"the weights file {missing.name} in {missing.parent}",
            "no such file, and no network to fetch it",
            "Copy it there, give a file of your own with --set weights=FILE, or train with --strategy scratch.",
        )


def _find_rate(plan: TrainingPlan) -> Answer:
    found = wait_and_show(submit("find_rate", plan.to_json(), f"Learning rate for: {run_name(plan)}").id).result
    text = (
        f"Suggested learning rate: {found['suggestion']:g}. The loss fell fastest at {found['steepest']:.2g} and was "
        f"lowest at {found['lowest']:.2g}.\n"
        f"Use it: --set learning_rate={found['suggestion']:g}"
    )
    return Answer(found, text)


def _parse_change(text: str) -> tuple[str, object]:
    name, separator, value = text.partition("=")
    if not separator:
        raise InputError("--set FIELD=VALUE", repr(text), "Put an equals sign between field and value.")
    return name, parse_field(name, value)


def _read_plan(options: argparse.Namespace, changes: dict) -> TrainingPlan:
    if options.plan:
        values = read_plan_file(options.plan)
        return plan_from_json({**values, **changes} if isinstance(values, dict) else values)
    if options.recipe:
        recipe = RECIPES.find(options.recipe)
        return plan_from_json({**recipe_values(recipe, _dataset_for(recipe, options.dataset)), **changes})
    if not options.dataset:
        raise InputError("a dataset, a recipe or a plan", "none", "Give --dataset ID, --recipe NAME or --plan FILE.")
    backbone = changes.get("backbone") or suggest_backbone()
    return plan_from_json(suggest_plan(open_dataset(options.dataset), options.strategy, backbone, changes))


def _dataset_for(recipe: Recipe, chosen: str | None) -> Dataset:
    if chosen:
        return open_dataset(chosen)
    if not recipe.source:
        raise InputError(
            f"--dataset for the recipe {recipe.name}",
            "none",
            f"It is made for: {recipe.data}. Import one, such as: python -m tlcore data add folder --path FOLDER",
        )
    return import_dataset(recipe.source, {})
