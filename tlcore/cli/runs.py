"""Commands about runs: `runs list|show|epochs|stop|resume|retry|verify|describe|delete|restore`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from click import argument, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import FILE, complete, run_argument
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.comparison.curves.course import epoch_text, lesson, open_course
from tlcore.errors import InputError, MissingError, StudioError
from tlcore.export.csv_text import csv_text
from tlcore.runs import client
from tlcore.runs.execution.queue import place_text, places_in_line
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.runs.verification import runs_to_verify, submit_verification, verification_text
from tlcore.settings import KEEP_DELETED

_NO_RUNS = "There are no runs yet. Launch one: train --dataset ID"


@program.group("runs")
def _runs() -> None:
    """List, watch and manage runs."""


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


@_runs.command("list")
@option("--deleted", is_flag=True, help="The deleted runs that can still be restored.")
@option("--tag", help="Only runs with this tag.")
def _list(deleted: bool, tag: str | None) -> Answer:
    """List all runs, newest first."""
    client.unfinished_runs()
    store = open_store()
    runs = [run for run in store.runs(deleted=deleted) if not tag or tag in run.tags]
    places = places_in_line(store)
    shown = ("id", "kind", "state", "place", "owner", "created", "name", "tags")
    rows = [{name: places.get(run.id) if name == "place" else getattr(run, name) for name in shown} for run in runs]
    if not rows:
        return Answer(rows, "There are no such runs." if deleted or tag else _NO_RUNS)
    return Answer(rows, text_table([_listed(row) for row in rows]))


def _listed(row: dict) -> dict:
    place = row["place"]
    listed = {**row, "state": place_text(place) if place else row["state"], "tags": ", ".join(row["tags"])}
    return {name: value for name, value in listed.items() if name != "place"}


@_runs.command("show")
@run_argument
def _show(run: str) -> Answer:
    """Show one run."""
    client.unfinished_runs()
    return describe_run(open_store().run(run))


@_runs.command("epochs")
@run_argument
@option("--to", "file", type=FILE, metavar="FILE", help="Write what it said of each test image, as CSV.")
def _epochs(run: str, file: Path | None) -> Answer:
    """Show what a run said of the test images, epoch by epoch."""
    course = open_course(open_store().run(run))
    if course is None:
        raise MissingError("what the run said of the test images epoch by epoch", "nothing kept", "Train it again.")
    kept = course.kept
    lines = [*(epoch_text(kept, row) for row in range(len(kept.epochs))), lesson(kept)]
    if file:
        try:
            file.write_text(csv_text(course.rows()), "utf-8", newline="")
        except OSError as error:
            raise InputError("a file that can be written", str(error), "Choose another file.") from error
        lines.append(f"The answers are in {file}.")
    return Answer(course.rows(), "\n".join(lines))


@_runs.command("stop")
@run_argument
def _stop(run: str) -> Answer:
    """Ask a run to stop."""
    client.stop(run)
    return Answer({"run": run}, f"Run {run} was asked to stop.")


@_runs.command("resume")
@run_argument
def _resume(run: str) -> Answer:
    """Go on with a run that did not finish."""
    client.resume(run)
    return Answer({"run": run}, f"Run {run} is queued again.")


@_runs.command("retry")
@run_argument
def _retry(run: str) -> Answer:
    """Queue a new run with the plan of an earlier one, from the start."""
    queued = client.retry(run)
    return Answer({"run": queued.id}, f"Run {queued.id} is queued with the plan of run {run}.")


@_runs.command("delete", help=f"Delete a run; for {KEEP_DELETED.days} days it can be restored.")
@run_argument
def _delete(run: str) -> Answer:
    client.delete(run)
    text = f"Run {run} is deleted. For {KEEP_DELETED.days} days this brings it back: runs restore {run}"
    return Answer({"run": run}, text)


@_runs.command("restore")
@run_argument
def _restore(run: str) -> Answer:
    """Bring a deleted run back."""
    client.restore(run)
    return Answer({"run": run}, f"Run {run} is back.")


@_runs.command("verify")
@argument("runs", nargs=-1, help="Ids; none for all finished training runs.", shell_complete=complete)
def _verify(runs: Sequence[str]) -> Answer:
    """Check that runs are what their saved networks do."""
    rows = [_verified(run) for run in runs_to_verify(runs)]
    text = "\n".join(f"{row['run']}  {row['name']}: {row['message']}" for row in rows)
    return Answer(rows, text or "There are no finished training runs.", code=0 if all(row["ok"] for row in rows) else 1)


def _verified(run: Run) -> dict:
    """Check one run; whatever comes of it, the others are checked as well."""
    try:
        wait_and_show(submit_verification(run).id)
    except StudioError as error:
        return {"run": run.id, "name": run.name, "ok": False, "message": error.action}
    return {"run": run.id, "name": run.name, "ok": True, "message": verification_text(open_store().run(run.id))}


@_runs.command("describe")
@run_argument
@option("--name", help="What to call it.")
@option("--notes", help="What there is to say about it.")
@option("--tags", help="Short words, separated by commas.")
def _describe(run: str, name: str | None, notes: str | None, tags: str | None) -> Answer:
    """Rename a run, give it notes and tags."""
    client.describe(run, name=name, notes=notes, tags=tags)
    return describe_run(open_store().run(run))
