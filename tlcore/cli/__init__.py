"""The command line: the same functions as the pages, for scripts and terminals."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

import click

from tlcore.cli.program import program
from tlcore.errors import InputError, PlanError, StudioError


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
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except PlanError as error:
        click.echo("\n".join(map(str, error.problems)), err=True)
        return 2
    except StudioError as error:
        click.echo(str(error), err=True)
        return 2 if isinstance(error, InputError) else 1
