"""The command line: the same functions as the pages, for scripts and terminals."""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Sequence
from dataclasses import asdict

import click

from tlcore.cli.program import program
from tlcore.errors import InputError, PlanError
from tlcore.explain import explain


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: what follows `python -m tlcore`.

    Returns:
        Exit code: 0, 1 for a failure that is not the user's, 2 for bad input, 130 for Ctrl-C.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        return program.main(arguments, standalone_mode=False)
    except click.Abort:
        return 130
    except Exception as error:
        # Asked of the words as they stand, since an error may come before they are understood.
        if "--debug" in arguments:
            traceback.print_exc()
        return _say(error, as_json="--json" in arguments)


def _say(error: Exception, as_json: bool) -> int:
    """Print an error on the error stream; returns the exit code."""
    if isinstance(error, click.ClickException):
        if as_json:
            click.echo(json.dumps({"error": error.format_message()}), err=True)
        else:
            error.show()
        return error.exit_code
    explained = explain(error)
    problems = explained.problems if isinstance(explained, PlanError) else ()
    if as_json:
        parts = {name: getattr(explained, name) for name in ("expected", "received", "action")}
        said = {"error": str(explained), **parts, "problems": [asdict(problem) for problem in problems]}
        click.echo(json.dumps(said, default=str), err=True)
    else:
        click.echo("\n".join(map(str, problems)) or str(explained), err=True)
    return 2 if isinstance(explained, InputError) else 1
