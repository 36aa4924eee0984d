"""Commands that launch training: `train`, and `recipes` for the runs that courses teach."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from click import Choice, Context, argument, option, pass_context

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import changes_option, complete, nickname_option, plan_option
from tlcore.cli.program import program
from tlcore.cli.runs import describe_run
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.errors import InputError, MissingError
from tlcore.internet import can_download
from tlcore.runs.client import submit
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import run_name, suggest_backbone, suggest_plan
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.plans.recipes import RECIPES, Recipe, recipe_values
from tlcore.training.plans.strategies import STRATEGIES

_STRATEGY = Choice([row.name for row in STRATEGIES])


@program.group("recipes", invoke_without_command=True)
@pass_context
def _recipes(context: Context) -> Answer | None:
    """Show the runs that courses teach, by name."""
    return None if context.invoked_subcommand else _recipe_table()


@_recipes.command("list")
def _list() -> Answer:
    """List the recipes."""
    return _recipe_table()


def _recipe_table() -> Answer:
    rows = [
        {"recipe": row.name, "what": row.title, "trainable": f"{row.trainable:,}", "of": f"{row.total:,}"}
        for row in RECIPES
    ]
    return Answer(
        [_plain(recipe) for recipe in RECIPES], f"{text_table(rows)}\nRun one: python -m tlcore train --recipe NAME"
    )


@_recipes.command("show")
@argument("recipe", help="Name of a recipe.", shell_complete=complete)
def _show(recipe: str) -> Answer:
    """Show one recipe."""
    row = RECIPES.find(recipe)
    lines = [f"{row.title} ({row.name})", row.sentence, f"Made for: {row.data}."]
    lines += [f"  {name} = {value}" for name, value in row.values.items()]
    lines += [f"Parameters: {row.total:,}; trainable {row.trainable:,}, frozen {row.frozen:,}."]
    if row.flatten:
        lines += [f"Numbers that go into the head: {row.flatten:,}."]
    if row.reported:
        lines += ["Reported accuracy: " + ", ".join(f"{part} {share:.2%}" for part, share in row.reported.items())]
    return Answer(_plain(row), "\n".join(lines))


def _plain(recipe: Recipe) -> dict:
    return {**asdict(recipe), "frozen": recipe.frozen}


@program.command("train")
@option("--dataset", help="Id of a dataset; all other fields take suitable defaults.", shell_complete=complete)
@option("--strategy", default="frozen", show_default=True, type=_STRATEGY, help="Which layers are trained.")
@option("--recipe", help="A run that courses teach, by name: see `recipes list`.", shell_complete=complete)
@plan_option
@changes_option
@option("--find-rate", is_flag=True, help="Train nothing, but try learning rates and suggest one.")
@option("--name", help="What to call the run.")
@nickname_option
@option("--wait", is_flag=True, help="Wait until it has ended and show its result.")
def _train(find_rate: bool, name: str | None, nickname: str, wait: bool, **chosen: Any) -> Answer:
    """Launch a training run."""
    plan = _read_plan(**chosen)
    open_dataset(plan.dataset)
    _check_weights(plan)
    if find_rate:
        return _find_rate(plan)
    name = name or run_name(plan, open_store().names("train"))
    run = submit("train", plan.to_json(), name, owner=nickname)
    if wait:
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


def _read_plan(
    dataset: str | None, strategy: str, recipe: str | None, plan: dict | None, changes: dict
) -> TrainingPlan:
    if plan is not None:
        return plan_from_json({**plan, **changes})
    if recipe:
        row = RECIPES.find(recipe)
        return plan_from_json({**recipe_values(row, _dataset_for(row, dataset)), **changes})
    if not dataset:
        raise InputError("a dataset, a recipe or a plan", "none", "Give --dataset ID, --recipe NAME or --plan FILE.")
    backbone = changes.get("backbone") or suggest_backbone()
    return plan_from_json(suggest_plan(open_dataset(dataset), strategy, backbone, changes))


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
