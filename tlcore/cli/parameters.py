"""Arguments and options that several commands have, and what completes the names and ids in them.

Imports stand inside functions: every command loads this file, and few need them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from click import Context, Parameter, argument, option
from click import Path as PathType
from click.shell_completion import CompletionItem

from tlcore.errors import InputError

FILE = PathType(path_type=Path)


def complete(context: Context, parameter: Parameter, start: str) -> list[CompletionItem]:
    """Complete a name or an id: `shell_complete` of the parameters that the table below names.

    Args:
        context: of the command; for `restore`, what was deleted is looked for.
        parameter: dataset, experiment, id (of a dataset or run), network, own, recipe, run or runs.
        start: what was typed of it.

    Returns:
        Those that exist and start so.
    """
    from tlcore.datasets.dataset import list_datasets
    from tlcore.datasets.deleting import deleted_datasets
    from tlcore.inference.networks.choice import own_networks
    from tlcore.runs.experiments import past_experiments
    from tlcore.runs.store import open_store
    from tlcore.training.plans.recipes import RECIPES
    from tlcore.zoo.catalog import ARCHITECTURES

    deleted = context.info_name == "restore"

    def datasets() -> list[str]:
        return deleted_datasets() if deleted else [dataset.id for dataset in list_datasets()]

    def runs() -> list[str]:
        return [run.id for run in open_store().runs(deleted=deleted)]

    names = {
        "dataset": datasets,
        "id": lambda: [*datasets(), *runs()],
        "experiment": past_experiments,
        "network": lambda: [*(row.name for row in ARCHITECTURES), *(network.key for network in own_networks())],
        "own": lambda: [network.key for network in own_networks()],
        "recipe": lambda: [recipe.name for recipe in RECIPES],
        "run": runs,
    }
    return [CompletionItem(name) for name in names[parameter.name.removesuffix("s")]() if name.startswith(start)]


def _parse_changes(_context: Context, _option: Parameter, texts: Sequence[str]) -> dict:
    from tlcore.training.plans.plan import parse_field

    for text in texts:
        if "=" not in text:
            raise InputError("--set FIELD=VALUE", repr(text), "Put an equals sign between field and value.")
    return {name: parse_field(name, value) for name, _, value in (text.partition("=") for text in texts)}


def _read_plan(_context: Context, _option: Parameter, path: Path | None) -> dict | None:
    if path is None:
        return None
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("a plan as a JSON file", f"{path}: {error}", "Check the file.") from None
    if not isinstance(values, dict):
        raise InputError("a plan as a JSON object", type(values).__name__, 'Write it as {"dataset": …, …}.')
    return values


dataset_argument = argument("dataset", help="Id of a dataset.", shell_complete=complete)
run_argument = argument("run", help="Id of a run.", shell_complete=complete)
dataset_or_run_argument = argument("id", help="Id of a dataset, or of a run.", shell_complete=complete)
network_argument = argument("network", help="An architecture, such as MobileNetV2.", shell_complete=complete)
weights_option = option("--weights", type=FILE, help="A weights file to take instead of the pretrained weights.")
changes_option = option(
    "--set", "changes", multiple=True, metavar="FIELD=VALUE", callback=_parse_changes, help="Change a field of a plan."
)
plan_option = option("--plan", type=FILE, callback=_read_plan, help="A JSON file with the fields of a plan.")
nickname_option = option("--nickname", default="", help="Who asks: people who share a machine take turns.")
