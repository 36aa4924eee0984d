"""Commands about this machine: `doctor`, `dispatch` and `worker`."""

from __future__ import annotations

import argparse
import sys

from tlcore.cli.answer import Answer
from tlcore.doctor import examine
from tlcore.runs.execution.dispatcher import dispatch
from tlcore.runs.execution.worker import execute, serve


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    doctor = commands.add_parser("doctor", parents=[shared], help="what is and is not on this machine")
    doctor.set_defaults(command=_doctor)
    dispatcher = commands.add_parser("dispatch", parents=[shared], help="start queued runs until there are none")
    dispatcher.set_defaults(command=_dispatch)
    worker = commands.add_parser("worker", parents=[shared], help="execute one run, or those named on standard input")
    worker.add_argument("run", nargs="?")
    worker.set_defaults(command=_worker)


def _doctor(_options: argparse.Namespace) -> Answer:
    facts = examine()
    return Answer([vars(fact) for fact in facts], "\n".join(f"{fact.title}: {fact.value}" for fact in facts))


def _dispatch(_options: argparse.Namespace) -> Answer:
    was_dispatcher = dispatch()
    return Answer({"dispatched": was_dispatcher}, "Done." if was_dispatcher else "A dispatcher is at work already.")


def _worker(options: argparse.Namespace) -> None:
    if options.run:
        execute(options.run)
    else:
        serve(sys.stdin)
