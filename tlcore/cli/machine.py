"""Commands about this machine: `doctor`, `dispatch` and `worker`."""

from __future__ import annotations

import importlib
import sys

from click import argument, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.program import program
from tlcore.doctor import examine
from tlcore.runs.execution.dispatcher import dispatch
from tlcore.runs.execution.worker import execute, serve


@program.command("doctor")
@option("--deep", is_flag=True, help="Read all files that are kept, and name those that are damaged.")
def _doctor(deep: bool) -> Answer:
    """Say what is and is not on this machine."""
    if deep:
        found = [vars(damage) for damage in importlib.import_module("tlcore.inspection").inspect()]
        return Answer(found, text_table(found) if found else "All that is kept is as it was written.", int(bool(found)))
    facts = examine()
    return Answer([vars(fact) for fact in facts], "\n".join(f"{fact.title}: {fact.value}" for fact in facts))


@program.command("dispatch")
def _dispatch() -> Answer:
    """Start queued runs until there are none."""
    was_dispatcher = dispatch()
    return Answer({"dispatched": was_dispatcher}, "Done." if was_dispatcher else "A dispatcher is at work already.")


@program.command("worker")
@argument("run", required=False, help="Id of a queued run.")
def _worker(run: str | None) -> None:
    """Execute one run, or those named on standard input."""
    if run:
        execute(run)
    else:
        serve(sys.stdin)
