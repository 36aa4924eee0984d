"""The command that looks for the best backbone, input size and cut: `best`."""

from __future__ import annotations

import argparse

from tlcore.cli.answer import Answer
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError
from tlcore.figures.search import search_table
from tlcore.runs.client import submit
from tlcore.training.advice.search import SECONDS, Trial, choice, verdict


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    parser = commands.add_parser("best", parents=[shared], help="find the best backbone, size and cut for a dataset")
    parser.add_argument("dataset", metavar="DATASET", help="id of a dataset")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"how long to try; by default {SECONDS:g}")
    parser.set_defaults(command=_best)


def _best(options: argparse.Namespace) -> Answer:
    if not options.seconds > 0:
        raise InputError("more than 0 seconds", f"{options.seconds:g}", "Give --seconds 60, for instance.")
    dataset = open_dataset(options.dataset)
    request = {"dataset": dataset.id, "seconds": options.seconds}
    result = wait_and_show(submit("search", request, f"Best for {dataset.name}").id).result
    trials = [Trial(**values) for values in result["trials"]]
    chosen = choice(trials)
    fields = " ".join(f"--set {name}={getattr(chosen, name)}" for name in ("backbone", "input_size", "cut_layer"))
    rows = [", ".join(f"{name} {value}" for name, value in row.items() if value) for row in search_table(trials)]
    take = f"Take it: python -m tlcore train --dataset {dataset.id} --strategy frozen {fields}"
    return Answer({**result, "choice": chosen.to_json()}, "\n".join([verdict(trials), *rows, take]))
