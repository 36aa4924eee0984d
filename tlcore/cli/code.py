"""The command that writes a plan as a Keras program of its own: `code`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlcore.cli.answer import Answer
from tlcore.cli.plan_file import read_plan_file
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError
from tlcore.export.code.folder import PROGRAM, write_code_folder
from tlcore.export.code.program import plan_code
from tlcore.runs.store import open_store
from tlcore.training.plans.plan import TrainingPlan, plan_from_json


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    parser = commands.add_parser("code", parents=[shared], help="print a run or a plan as a Keras program of its own")
    parser.add_argument("run", nargs="?", metavar="RUN", help="id of a training run")
    parser.add_argument("--plan", type=Path, help="a JSON file with the fields of a plan, instead of a run")
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="write train.py and the images of each part of the split"
    )
    parser.set_defaults(command=_code)


def _code(options: argparse.Namespace) -> Answer:
    plan, name = _read(options)
    dataset = open_dataset(plan.dataset)
    if options.to:
        write_code_folder(plan, dataset, options.to, name)
        text = f"{plan.split(dataset).sentence}\nStart it: python {options.to / PROGRAM}"
        return Answer({"folder": str(options.to)}, text)
    source = plan_code(plan, dataset.classes, name)
    return Answer({"code": source}, source.rstrip("\n"))


def _read(options: argparse.Namespace) -> tuple[TrainingPlan, str]:
    if bool(options.run) == bool(options.plan):
        raise InputError("a run or --plan FILE", "both" if options.run else "neither", "Give one of the two.")
    if options.run:
        run = open_store().run(options.run)
        if run.kind != "train":
            raise InputError("a training run", f"{run.id}, a job of kind {run.kind}", "See: python -m tlcore runs list")
        return plan_from_json(run.plan), run.name
    return plan_from_json(read_plan_file(options.plan)), ""
