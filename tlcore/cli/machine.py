"""Commands about this machine: `doctor`, `dispatch` and `worker`."""

from __future__ import annotations

import sys

from click import argument

from tlcore.cli.answer import Answer
from tlcore.cli.program import program
from tlcore.doctor import examine
from tlcore.runs.execution.dispatcher import dispatch
from tlcore.runs.execution.worker import execute, serve


@program.command("doctor")
def _doctor() -> Answer:
    """Say what is and is not on this machine."""
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
