"""Commands about runs: `runs list|show|stop|resume|retry|verify|describe|delete|restore`."""

from __future__ import annotations

import argparse
import dataclasses

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.waiting import wait_and_show
from tlcore.errors import StudioError
from tlcore.runs import client
from tlcore.runs.execution.queue import place_text, places_in_line
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.runs.verification import runs_to_verify, submit_verification, verification_text
from tlcore.settings import KEEP_DELETED


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
    listing.add_argument("--deleted", action="store_true", help="the deleted runs that can still be restored")
    listing.add_argument("--tag", help="only runs with this tag")
    listing.set_defaults(command=_list)
    for name, command, help in (
        ("show", _show, "show one run"),
        ("stop", _stop, "ask a run to stop"),
        ("resume", _resume, "go on with a run that did not finish"),
        ("retry", _retry, "queue a new run with the plan of an earlier one, from the start"),
        ("delete", _delete, f"delete a run; for {KEEP_DELETED.days} days it can be restored"),
        ("restore", _restore, "bring a deleted run back"),
    ):
        parser = group.add_parser(name, parents=[shared], help=help)
        parser.add_argument("run")
        parser.set_defaults(command=command)
    check = group.add_parser("verify", parents=[shared], help="check that runs are what their saved networks do")
    check.add_argument("runs", nargs="*", metavar="RUN", help="ids; none for all finished training runs")
    check.set_defaults(command=_verify)
    describe = group.add_parser("describe", parents=[shared], help="rename a run, give it notes and tags")
    describe.add_argument("run")
    describe.add_argument("--name", help="what to call it")
    describe.add_argument("--notes", help="what there is to say about it")
    describe.add_argument("--tags", help="short words, separated by commas")
    describe.set_defaults(command=_describe)


def describe_run(run: Run) -> Answer:
    """Say all about one run.

    Args:
        run: any run.

    Returns:
        The answer of a command.
    """
    epochs = client.curve(open_store().events(run.id))
    lines = [f"{run.id}  {run.name}  {run.state}"]
    if run.tags:
        lines.append(f"tags: {', '.join(run.tags)}")
    if run.notes:
        lines.append(run.notes)
    if run.progress:
        lines.append(f"{run.progress.what}: {run.progress.done}/{run.progress.total}")
    for epoch in epochs:
        lines.append(
            f"epoch {epoch['epoch']}: loss {epoch['train_loss']:.4f}, accuracy {epoch['train_accuracy']:.4f}; "
            f"validation loss {epoch['validation_loss']:.4f}, accuracy {epoch['validation_accuracy']:.4f}"
        )
    for part, score in run.result.get("scores", {}).items():
        lines.append(f"{part}: {score['correct']} of {score['images']} correct ({100 * score['accuracy']:.2f} %)")
    if run.result.get("split_words"):
        lines.append(run.result["split_words"])
    if run.kind == "train" and run.state == FINISHED:
        lines.append(verification_text(run))
    if run.error:
        lines.append(run.error["message"])
    return Answer({**dataclasses.asdict(run), "epochs": epochs}, "\n".join(lines))


def _list(options: argparse.Namespace) -> Answer:
    store = open_store()
    runs = [run for run in store.runs(deleted=options.deleted) if not options.tag or options.tag in run.tags]
    places = places_in_line(store)
    rows = [
        {
            "id": run.id,
            "kind": run.kind,
            "state": run.state,
            "place": places.get(run.id),
            "owner": run.owner,
            "created": run.created,
            "name": run.name,
            "tags": run.tags,
        }
        for run in runs
    ]
    header = ["id", "kind", "state", "owner", "created", "name", "tags"]
    lines = [
        [
            run.id,
            run.kind,
            place_text(places[run.id]) if run.id in places else run.state,
            run.owner,
            run.created,
            run.name,
            ", ".join(run.tags),
        ]
        for run in runs
    ]
    return Answer(rows, text_table(header, lines) if rows else _nothing(options))


def _nothing(options: argparse.Namespace) -> str:
    if options.deleted or options.tag:
        return "There are no such runs."
    return "There are no runs yet. Launch one: train --dataset ID"


def _show(options: argparse.Namespace) -> Answer:
    return describe_run(open_store().run(options.run))


def _stop(options: argparse.Namespace) -> Answer:
    open_store().request_stop(options.run)
    return Answer({"run": options.run}, f"Run {options.run} was asked to stop.")


def _resume(options: argparse.Namespace) -> Answer:
    client.resume(options.run)
    return Answer({"run": options.run}, f"Run {options.run} is queued again.")


def _retry(options: argparse.Namespace) -> Answer:
    run = client.retry(options.run)
    return Answer({"run": run.id}, f"Run {run.id} is queued with the plan of run {options.run}.")


def _verify(options: argparse.Namespace) -> Answer:
    rows = [_verified(run) for run in runs_to_verify(options.runs)]
    text = "\n".join(f"{row['run']}  {row['name']}: {row['message']}" for row in rows)
    return Answer(rows, text or "There are no finished training runs.", code=0 if all(row["ok"] for row in rows) else 1)


def _verified(run: Run) -> dict:
    """Check one run; whatever comes of it, the others are checked as well."""
    try:
        wait_and_show(submit_verification(run).id)
    except StudioError as error:
        return {"run": run.id, "name": run.name, "ok": False, "message": error.action}
    return {"run": run.id, "name": run.name, "ok": True, "message": verification_text(open_store().run(run.id))}


def _describe(options: argparse.Namespace) -> Answer:
    client.describe(options.run, name=options.name, notes=options.notes, tags=options.tags)
    return describe_run(open_store().run(options.run))


def _delete(options: argparse.Namespace) -> Answer:
    open_store().delete_run(options.run)
    text = f"Run {options.run} is deleted. For {KEEP_DELETED.days} days this brings it back: runs restore {options.run}"
    return Answer({"run": options.run}, text)


def _restore(options: argparse.Namespace) -> Answer:
    open_store().restore_run(options.run)
    return Answer({"run": options.run}, f"Run {options.run} is back.")
