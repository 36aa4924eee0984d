"""The command that measures a dataset and says what to train: `advise`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tlcore.cli.answer import Answer
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.runs.client import submit
from tlcore.training.advice.advisor import advice_title, advise, advised_values
from tlcore.training.advice.likeness import Likeness


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    parser = commands.add_parser("advise", parents=[shared], help="measure a dataset and say what to train")
    parser.add_argument("dataset", metavar="DATASET", help="id of a dataset")
    parser.set_defaults(command=_advise)


def _advise(options: argparse.Namespace) -> Answer:
    dataset = open_dataset(options.dataset)
    result = wait_and_show(submit("advise", {"dataset": dataset.id}, f"Advice for {dataset.name}").id).result
    likeness = Likeness.from_json(result["likeness"])
    advice = advise(likeness)
    values = advised_values(likeness, advice)
    fields = " ".join(f"--set {name}={_text(value)}" for name, value in values.items() if name != "strategy")
    lines = [
        f"{advice_title(advice)}.",
        *advice.reasons,
        f"Take it: python -m tlcore train --dataset {dataset.id} --strategy {advice.strategy} {fields}",
    ]
    if advice.experiment:
        what = f"experiment {advice.experiment} --dataset {dataset.id} --backbone {likeness.network}"
        lines.append(f"Try both: python -m tlcore {what}")
    return Answer({**result, "advice": asdict(advice), "values": values}, "\n".join(lines))


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
