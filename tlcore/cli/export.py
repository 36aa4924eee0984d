"""The command that makes a folder of a trained network: `export`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.waiting import wait_and_show
from tlcore.errors import InputError
from tlcore.export.take_away import export_request
from tlcore.files import replacing_folder
from tlcore.runs.client import submit
from tlcore.runs.store import open_store


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    parser = commands.add_parser("export", parents=[shared], help="take a trained network away, as a folder")
    parser.add_argument("run", metavar="RUN", help="id of a finished training run")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="a folder that does not exist yet")
    parser.add_argument("--int8", action="store_true", help="add a LiteRT file that is quantised to 8 bits")
    parser.set_defaults(command=_export)


def _export(options: argparse.Namespace) -> Answer:
    run = open_store().run(options.run)
    request = export_request(run, options.int8)
    if options.to.exists():
        raise InputError("a folder that does not exist yet", str(options.to), "Choose another name after --to.")
    result = wait_and_show(submit("export", request, f"Export {run.name}").id).result
    try:
        with replacing_folder(options.to) as temporary:
            shutil.copytree(result["folder"], temporary, dirs_exist_ok=True)
    except OSError as error:
        raise InputError("a folder that can be written", str(error), "Choose another folder.") from error
    rows = [
        [name, f"{check['same']} of {check['photos']}", f"{check['correct']} of {check['photos']}"]
        for name, check in result["checks"].items()
    ]
    table = text_table(["file", "same class as the run", "right"], rows)
    return Answer({**result, "folder": str(options.to)}, f"{table}\nThe network is in {options.to}.")
