"""Commands about runs: `runs list|show|stop|resume|delete`."""

from __future__ import annotations

import argparse
import dataclasses

from tlcore.cli.answer import Answer, text_table
from tlcore.runs import client
from tlcore.runs.run import Run
from tlcore.runs.store import open_store


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    group = commands.add_parser("runs", help="list, watch and manage runs").add_subparsers(
        required=True, metavar="ACTION"
    )
    listing = group.add_parser("list", parents=[shared], help="list all runs, newest first")
    listing.set_defaults(command=_list)
    for name, command, help in (
        ("show", _show, "show one run"),
        ("stop", _stop, "ask a run to stop"),
        ("resume", _resume, "go on with a run that did not finish"),
        ("delete", _delete, "delete a run and its files"),
    ):
        parser = group.add_parser(name, parents=[shared], help=help)
        parser.add_argument("run")
        parser.set_defaults(command=command)


def describe_run(run: Run) -> Answer:
    """Say all about one run.

    Args:
        run: any run.

    Returns:
        The answer of a command.
    """
    epochs = client.curve(open_store().events(run.id))
    lines = [f"{run.id}  {run.name}  {run.state}"]
    if run.progress:
        lines.append(f"{run.progress['what']}: {run.progress['done']}/{run.progress['total']}")
    for epoch in epochs:
        lines.append(
            f"epoch {epoch['epoch']}: loss {epoch['train_loss']:.4f}, accuracy {epoch['train_accuracy']:.4f}; "
            f"validation loss {epoch['validation_loss']:.4f}, accuracy {epoch['validation_accuracy']:.4f}"
        )
    for part, score in run.result.get("scores", {}).items():
        lines.append(f"{part}: {score['correct']} of {score['images']} correct ({100 * score['accuracy']:.2f} %)")
    if run.error:
        lines.append(run.error["message"])
    return Answer({**dataclasses.asdict(run), "epochs": epochs}, "\n".join(lines))


def _list(_options: argparse.Namespace) -> Answer:
    runs = open_store().runs()
    rows = [
        {"id": run.id, "kind": run.kind, "state": run.state, "created": run.created, "name": run.name} for run in runs
    ]
    text = text_table(["id", "kind", "state", "created", "name"], [list(row.values()) for row in rows])
    return Answer(rows, text if rows else "There are no runs yet. Launch one: train --dataset ID")


def _show(options: argparse.Namespace) -> Answer:
    return describe_run(open_store().run(options.run))


def _stop(options: argparse.Namespace) -> Answer:
    open_store().request_stop(options.run)
    return Answer({"run": options.run}, f"Run {options.run} was asked to stop.")


def _resume(options: argparse.Namespace) -> Answer:
    client.resume(options.run)
    return Answer({"run": options.run}, f"Run {options.run} is queued again.")


def _delete(options: argparse.Namespace) -> Answer:
    client.delete(options.run)
    return Answer({"run": options.run}, f"Run {options.run} is deleted.")
