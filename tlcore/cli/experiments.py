"""The command that launches several runs as one: `experiment`."""

from __future__ import annotations

import argparse

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.doctor import can_download
from tlcore.errors import InputError
from tlcore.runs.experiments import EXPERIMENTS, expected_seconds, find_experiment, launch, plan_experiment, runs_of
from tlcore.training.defaults import suggest_backbone
from tlcore.training.plan import parse_field


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    kinds = "; ".join(f"{row.name}: {row.question}" for row in EXPERIMENTS)
    parser = commands.add_parser("experiment", parents=[shared], help="launch several runs as one", description=kinds)
    parser.add_argument("kind", choices=[row.name for row in EXPERIMENTS])
    parser.add_argument("--dataset", required=True, help="id of a dataset")
    parser.add_argument("--backbone", help="by default MobileNetV2, or EmbeddedResNet where that cannot be had")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="the same in all plans")
    parser.add_argument("--plan-only", action="store_true", help="only say what would be run")
    parser.add_argument("--wait", action="store_true", help="wait until all runs have ended")
    parser.set_defaults(command=_experiment)


def _experiment(options: argparse.Namespace) -> Answer:
    changes = {}
    for text in options.set:
        name, separator, value = text.partition("=")
        if not separator:
            raise InputError("--set FIELD=VALUE", repr(text), "Put an equals sign between field and value.")
        changes[name] = parse_field(name, value)
    dataset = open_dataset(options.dataset)
    backbone = options.backbone or suggest_backbone(can_download)
    plans = plan_experiment(find_experiment(options.kind), dataset, backbone, changes)
    if options.plan_only:
        seconds = expected_seconds(list(plans.values()))
        table = text_table(
            ["run", "seconds"], [[name, round(value)] for name, value in zip(plans, seconds, strict=True)]
        )
        return Answer({name: plan.to_json() for name, plan in plans.items()}, table)
    experiment = launch(options.kind, plans)
    ids = [run.id for run in runs_of(experiment)]
    if options.wait:
        for run_id in ids:
            wait_and_show(run_id)
    text = f"Experiment {experiment}. Compare its runs: python -m tlcore compare {' '.join(ids)}"
    return Answer({"experiment": experiment, "runs": ids}, text)
