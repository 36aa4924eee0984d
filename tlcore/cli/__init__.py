"""The command line: the same functions as the pages, for scripts and terminals."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence

from tlcore.cli import (
    advice,
    code,
    compare,
    data,
    experiments,
    export,
    inference,
    machine,
    recipes,
    runs,
    search,
    training,
    zoo,
)
from tlcore.errors import InputError, PlanError, StudioError

_GROUPS = (zoo, data, advice, search, inference, recipes, training, experiments, runs, compare, export, code, machine)


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: what follows `python -m tlcore`.

    Returns:
        Exit code: 0, 1 for a failure that is not the user's, 2 for bad input.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    options = _parser().parse_args(arguments)
    try:
        answer = options.command(options)
    except PlanError as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")
        return 2
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, InputError) else 1
    except KeyboardInterrupt:
        return 130
    if answer is not None:
        sys.stdout.write((json.dumps(answer.data, indent=1) if options.json else answer.text) + "\n")
        return answer.code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tlcore",
        description="Explore networks, classify photos, run and compare transfer learning.",
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print JSON instead of text")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in _GROUPS:
        group.add_commands(commands, shared)
    return parser
