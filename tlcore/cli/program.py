"""The commands as one program, and the one place that prints what they answer, as text or as JSON."""

from __future__ import annotations

import importlib
import json
from typing import Any

import click

from tlcore.cli.answer import Answer

_MODULES = {
    "zoo": ["zoo", "summary"],
    "data": ["data"],
    "advice": ["advise", "best", "teach"],
    "inference": ["prepare", "classify", "predict", "own"],
    "training": ["recipes", "train"],
    "runs": ["runs"],
    "experiments": ["compare", "experiment", "experiments"],
    "lessons": ["lessons"],
    "take_away": ["export", "code"],
    "machine": ["doctor", "dispatch", "worker"],
}
_MODULE_OF = {command: module for module, commands in _MODULES.items() for command in commands}


def _remember(context: click.Context, option: click.Parameter, is_chosen: bool) -> None:
    # All contexts of one command line share `meta`: `recipes --json list` is as good as `recipes list --json`.
    context.meta[option.name] = is_chosen or context.meta.get(option.name, False)


_json_option = click.option(
    "--json", is_flag=True, expose_value=False, callback=_remember, help="Print JSON instead of text."
)
_debug_option = click.option(
    "--debug", is_flag=True, expose_value=False, help="On an error, show where in the program it arose."
)


class Command(click.Command):
    """A command, whose function returns an `Answer`, or None if there is nothing to print."""

    def __init__(self, *arguments: Any, **values: Any):
        super().__init__(*arguments, **values)
        _debug_option(_json_option(self))


class Group(click.Group):
    """Commands under one name, listed in the order in which they are written."""

    command_class = Command

    def __init__(self, *arguments: Any, **values: Any):
        super().__init__(*arguments, **values)
        _debug_option(_json_option(self))

    def list_commands(self, _context: click.Context) -> list[str]:
        """Name the commands, for help and completion."""
        return list(self.commands)


Group.group_class = Group  # of the groups within it


class _Program(Group):
    """All commands. A module is imported when one of its commands is asked for, so that each starts at once."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_MODULE_OF)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _MODULE_OF:
            importlib.import_module(f"tlcore.cli.{_MODULE_OF[name]}")
        return super().get_command(context, name)


program = _Program(
    help="Explore networks, classify photos, run and compare transfer learning.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@program.result_callback()
def _print(answer: Answer | None) -> int:
    if answer is None:
        return 0
    as_json = click.get_current_context().meta["json"]
    click.echo(json.dumps(answer.data, indent=1) if as_json else _shown(answer.text))
    return answer.code


def _shown(text: str) -> str:
    """Names from files may hold what a terminal would obey."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)
