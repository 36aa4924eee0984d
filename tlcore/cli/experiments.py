"""Commands about several runs as one: `experiment KIND` launches, `experiments list|show|stop|resume` manages."""

from __future__ import annotations

import argparse

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError, StudioError
from tlcore.runs.experiments import (
    EXPERIMENTS,
    expected_seconds,
    launch,
    past_experiments,
    plan_experiment,
    resume,
    runs_of,
    seconds_left,
    share_of_all,
    stop,
)
from tlcore.runs.run import FINISHED
from tlcore.training.plans.defaults import suggest_backbone
from tlcore.training.plans.plan import parse_field


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
    parser.add_argument("--backbone", help="by default the most accurate quick one whose weights are here")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="the same in all plans")
    parser.add_argument("--nickname", default="", help="who asks: people who share a machine take turns")
    parser.add_argument("--plan-only", action="store_true", help="only say what would be run")
    parser.add_argument("--wait", action="store_true", help="wait until all runs have ended")
    parser.set_defaults(command=_experiment)
    group = commands.add_parser("experiments", help="list, watch and manage experiments").add_subparsers(
        required=True, metavar="ACTION"
    )
    listing = group.add_parser("list", parents=[shared], help="list all experiments, newest first")
    listing.set_defaults(command=_list)
    for name, command, help in (
        ("show", _show, "show how far its runs are"),
        ("stop", _stop, "ask all its runs to stop"),
        ("resume", _resume, "go on with all its runs that did not finish"),
    ):
        parser = group.add_parser(name, parents=[shared], help=help)
        parser.add_argument("experiment", help="its id")
        parser.set_defaults(command=command)


def _experiment(options: argparse.Namespace) -> Answer:
    changes = {}
    for text in options.set:
        name, separator, value = text.partition("=")
        if not separator:
            raise InputError("--set FIELD=VALUE", repr(text), "Put an equals sign between field and value.")
        changes[name] = parse_field(name, value)
    dataset = open_dataset(options.dataset)
    backbone = options.backbone or suggest_backbone()
    kind = EXPERIMENTS.find(options.kind)
    plans = plan_experiment(kind, dataset, backbone, changes)
    if options.plan_only:
        seconds = expected_seconds(list(plans.values()))
        table = text_table(
            ["run", "seconds"], [[name, round(value)] for name, value in zip(plans, seconds, strict=True)]
        )
        return Answer({name: plan.to_json() for name, plan in plans.items()}, f"{table}\n{kind.note}".rstrip())
    experiment = launch(options.kind, plans, options.nickname)
    ids = [run.id for run in runs_of(experiment)]
    if options.wait:
        failed = [run_id for run_id in ids if not _finishes(run_id)]
        if failed:
            action = f"Look at it, then: python -m tlcore experiments resume {experiment}"
            raise StudioError("all runs finished", f"{len(failed)} that did not: {', '.join(failed)}", action)
    lines = [f"Experiment {experiment}.", kind.note, f"Compare its runs: python -m tlcore compare {' '.join(ids)}"]
    return Answer({"experiment": experiment, "runs": ids}, "\n".join(filter(None, lines)))


def _finishes(run_id: str) -> bool:
    """Wait for a run; one that fails does not keep the others from being waited for."""
    try:
        wait_and_show(run_id)
    except StudioError:
        return False
    return True


def _list(_options: argparse.Namespace) -> Answer:
    rows = [
        {
            "experiment": experiment,
            "created": runs[0].created,
            "runs": len(runs),
            "finished": sum(run.state == FINISHED for run in runs),
            "first": runs[0].name,
        }
        for experiment, runs in past_experiments().items()
    ]
    text = text_table(["experiment", "created", "runs", "finished", "first"], [list(row.values()) for row in rows])
    return Answer(
        rows, text if rows else "There are no experiments yet. Launch one: experiment strategies --dataset ID"
    )


def _show(options: argparse.Namespace) -> Answer:
    runs = runs_of(options.experiment)
    rows = [{"id": run.id, "state": run.state, "name": run.name} for run in runs]
    left, share = seconds_left(runs), share_of_all(runs)
    table = text_table(["id", "state", "name"], [list(row.values()) for row in rows])
    return Answer(
        {"experiment": options.experiment, "runs": rows, "share_done": share, "seconds_left": left},
        f"{table}\n{100 * share:.0f} % done, about {left:.0f} s left.",
    )


def _stop(options: argparse.Namespace) -> Answer:
    ids = [run.id for run in stop(options.experiment)]
    return Answer({"experiment": options.experiment, "runs": ids}, f"{len(ids)} runs were asked to stop.")


def _resume(options: argparse.Namespace) -> Answer:
    ids = [run.id for run in resume(options.experiment)]
    return Answer({"experiment": options.experiment, "runs": ids}, f"{len(ids)} runs are queued again.")
