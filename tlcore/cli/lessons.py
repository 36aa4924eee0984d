"""Commands for teachers: `lessons ready|make|list|show|board|export|keep|end|delete`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from click import Choice, argument, option

from tlcore.cli.answer import Answer, text_table, write_file
from tlcore.cli.parameters import FILE, changes_option, complete
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.comparison.statistics import accuracy_text
from tlcore.errors import InputError
from tlcore.lessons import book, teaching
from tlcore.lessons.expiry import STAYS
from tlcore.lessons.leaderboard import leaderboard
from tlcore.lessons.lesson import KEPT, Lesson
from tlcore.lessons.ready import READY
from tlcore.lessons.results import results_csv
from tlcore.text import count_text

_KEEP_NAMES = {name or "nothing": name for name in KEPT}


@program.group("lessons")
def _lessons() -> None:
    """Make lessons for a class, look at them, and end them."""


@_lessons.command("ready")
def _ready() -> Answer:
    """List the ready lessons."""
    rows = [{"name": row.name, "title": row.title, "pupils learn": row.learned} for row in READY]
    return Answer([asdict(row) for row in READY], text_table(rows))


def _parse_allowed(texts: Sequence[str]) -> dict[str, list]:
    found = {}
    for text in texts:
        name, sign, values = text.partition("=")
        if not sign:
            raise InputError("--allow FIELD=VALUE,VALUE", repr(text), "Put an equals sign between field and values.")
        found[name] = [_value(each) for each in values.split(",") if each]
    return found


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


@_lessons.command("make")
@argument("ready", type=Choice([row.name for row in READY]), metavar="READY", help="A ready lesson to begin with.")
@option("--dataset", default="", help="Id of a dataset; without it, pupils bring their own.", shell_complete=complete)
@option("--minutes", type=float, default=90.0, show_default=True, help="Until it ends.")
@option("--title", default="", help="What to call it.")
@option("--seconds", type=float, default=0.0, help="How long a run may take.")
@option("--allow", multiple=True, metavar="FIELD=VALUE,VALUE", help="Let pupils choose these values, and no others.")
@changes_option
@option("--wait", is_flag=True, help="Wait until it is prepared.")
def _make(
    ready: str,
    dataset: str,
    minutes: float,
    title: str,
    seconds: float,
    allow: Sequence[str],
    changes: dict,
    wait: bool,
) -> Answer:
    """Make a lesson; --set fixes fields of all plans."""
    row = READY.find(ready)
    choices = {**row.choices, **_parse_allowed(allow)}
    lesson = teaching.make_lesson(
        row,
        dataset,
        minutes,
        title=title,
        seconds=seconds,
        fixed={**row.fixed, **changes},
        choices={name: values for name, values in choices.items() if name not in changes},
    )
    if wait and lesson.job:
        wait_and_show(lesson.job)
    return _describe(book.find(lesson.id))


def _describe(lesson: Lesson) -> Answer:
    pupils = book.pupils(lesson.id)
    lines = [f"{lesson.title}: join with the code {lesson.code} at /class?lesson={lesson.code}"]
    lines.append(f"  {_state(lesson)}; {count_text(len(pupils), 'pupil')}; a run may take {lesson.seconds:.0f} s")
    lines.append(f"  When it is over: {STAYS[lesson.keep]}")
    data = {**asdict(lesson), "pupils": [{"number": pupil.number, "name": pupil.name} for pupil in pupils]}
    return Answer(data, "\n".join(lines))


def _state(lesson: Lesson) -> str:
    if lesson.is_over:
        return "over" if lesson.is_empty or lesson.keep else "over; what pupils made is being removed"
    return f"goes on until {lesson.ends[:16].replace('T', ' ')} UTC" if lesson.is_prepared else "being prepared"


_code = argument("code", help="The code of a lesson.")


@_lessons.command("list")
def _list() -> Answer:
    """List the lessons."""
    rows = [{"code": each.code, "title": each.title, "state": _state(each)} for each in teaching.all_lessons()]
    return Answer(rows, text_table(rows) if rows else "There are no lessons yet. Make one: lessons make few")


@_lessons.command("show")
@_code
def _show(code: str) -> Answer:
    """Show a lesson."""
    return _describe(book.find_by_code(code))


@_lessons.command("board")
@_code
def _board(code: str) -> Answer:
    """Show the leaderboard of a lesson."""
    rows = [
        {
            "rank": row.rank or "",
            "pupil": row.pupil.name,
            "accuracy": accuracy_text(row.score.correct, row.score.images),
            "trained": row.trained,
            "seconds": round(row.seconds, 1),
            "runs": row.runs,
        }
        for row in leaderboard(book.find_by_code(code))
    ]
    return Answer(rows, text_table(rows) if rows else "No run has finished yet.")


@_lessons.command("export")
@_code
@option("--to", "path", type=FILE, required=True, help="The CSV file.")
@option("--names", is_flag=True, help="With first names instead of numbers.")
def _export(code: str, path: Path, names: bool) -> Answer:
    """Save all runs of a lesson as a table."""
    text = results_csv(book.find_by_code(code), names)
    write_file(path, text.encode())
    return Answer({"path": str(path)}, f"Saved {count_text(max(0, text.count(chr(10)) - 1), 'run')} to {path}.")


_keep_option = option(
    "--keep", type=Choice(list(_KEEP_NAMES)), default="nothing", show_default=True, help="What of the pupils' stays."
)


@_lessons.command("end")
@_code
@_keep_option
def _end(code: str, keep: str) -> Answer:
    """End a lesson, and remove what is not kept."""
    lesson = book.find_by_code(code)
    teaching.end_lesson(lesson, _KEEP_NAMES[keep])
    return Answer({"code": lesson.code, "keep": keep}, f"“{lesson.title}” is over. {STAYS[_KEEP_NAMES[keep]]}")


@_lessons.command("keep")
@_code
@_keep_option
def _keep(code: str, keep: str) -> Answer:
    """Say what stays when a lesson is over."""
    teaching.set_kept(book.find_by_code(code), _KEEP_NAMES[keep])
    return Answer({"code": code, "keep": keep}, f"When it is over: {STAYS[_KEEP_NAMES[keep]]}")


@_lessons.command("delete")
@_code
def _delete(code: str) -> Answer:
    """Delete what is left of a lesson that is over."""
    teaching.delete_lesson(book.find_by_code(code))
    return Answer({"code": code}, "The lesson is deleted.")
