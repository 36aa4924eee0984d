"""What a browser asks for on the Teach page, and what it is told; nothing that it says is trusted."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tlcore.errors import InputError, StudioError
from tlcore.images.decode import decode_image
from tlcore.inference.live import frame_file
from tlcore.teaching.collection import FEWEST_CLASSES, MOST_CLASSES
from tlcore.teaching.drawn import drawn_question, teach_drawn
from tlcore.teaching.teacher import Teacher
from tlcore.teaching.words import alike_text, figure_text, missing_text, training_text

_MOST_ACTS = 40  # in one message
_MOST_ICONS = 60
_MOST_TABS = 8
_ID = re.compile(r"[a-z0-9-]{1,40}")
_CAMERA = "camera.jpg"


@dataclass
class Session:
    """What is known of one person's page.

    Args:
        teacher: what they teach.
        obeyed: newest act of each browser tab that was obeyed: a message may come twice.
        drawings: how many drawn pictures it has been asked about; None where nothing drawn is taught.
    """

    teacher: Teacher
    obeyed: dict[str, int] = field(default_factory=dict)
    drawings: int | None = None


@dataclass
class Outcome:
    """What came of a message.

    Args:
        maps: float32 (height, width, channels), of the last picture that came; None without one.
        picture: the file of a drawn picture that is asked about, for the browser to show; b"" without one.
        trouble: what went wrong, as a sentence; "" where nothing did.
        keep: {"name": …, "train": bool} where a dataset is asked for.
        begun: ids of the recordings that began.
    """

    maps: np.ndarray | None = None
    picture: bytes = b""
    trouble: str = ""
    keep: dict | None = None
    begun: list[str] = field(default_factory=list)


def obey(session: Session, message: dict) -> Outcome:
    """Do what a browser asks for; what is refused is said, and the rest is done.

    Args:
        session: of the person.
        message: anything that claims to be {"from": tab, "acts": [{"n": number, "do": …}, …]}.

    Returns:
        What came of it.
    """
    outcome, tab, acts = Outcome(), str(message.get("from", ""))[:40], message.get("acts")
    done = session.obeyed.get(tab, 0)
    new = [
        act
        for act in (acts if isinstance(acts, list) else [])[:_MOST_ACTS]
        if isinstance(act, dict) and isinstance(act.get("n"), int) and act["n"] > done
    ]
    for _, together in itertools.groupby(new, _belongs_to):
        group = list(together)
        try:
            _do(session, group, outcome)
        except StudioError as error:
            outcome.trouble = str(error)
        session.obeyed[tab] = max(done, *(act["n"] for act in group))
        while len(session.obeyed) > _MOST_TABS:
            session.obeyed.pop(next(iter(session.obeyed)))
    return outcome


def _belongs_to(act: dict) -> tuple:
    """Frames of one recording are taken together, everything else one by one."""
    if act.get("do") == "frame":
        return "frame", str(act.get("class")), str(act.get("recording"))
    return act["n"], "", ""


def _do(session: Session, group: Sequence[dict], outcome: Outcome) -> None:
    act, collection = group[0], session.teacher.collection
    simple: dict[str, Callable[[], object]] = {
        "class": collection.add_class,
        "rename": lambda: collection.rename(act.get("class"), act.get("name")),
        "remove": lambda: collection.remove_class(act.get("class")),
        "drop": lambda: collection.remove_recordings([str(act.get("recording"))]),
        "undo": collection.undo,
        "clear": collection.clear,
    }
    what = str(act.get("do"))
    if what == "frame":
        _record(session.teacher, group, outcome)
    elif what == "try":
        teach_drawn(session.teacher)
        session.drawings = 0
        _ask_drawn(session, outcome)
    elif what == "draw":
        _ask_drawn(session, outcome)
    elif what == "keep":
        outcome.keep = {"name": str(act.get("name", ""))[:400], "train": bool(act.get("train"))}
    elif what in simple:
        simple[what]()
    else:
        raise InputError("something that this page does", what[:40], "Reload the page.")


def _record(teacher: Teacher, group: Sequence[dict], outcome: Outcome) -> None:
    recording = str(group[0].get("recording"))
    if not _ID.fullmatch(recording):
        raise InputError("the mark of a recording", recording[:40], "Reload the page.")
    files = [frame_file(act.get("picture")) for act in group]
    pictures = [(file, "", decode_image(file, _CAMERA)) for file in files]
    outcome.maps = teacher.record(group[0].get("class"), recording, pictures)
    outcome.begun.append(recording)


def _ask_drawn(session: Session, outcome: Outcome) -> None:
    if session.drawings is None:
        raise InputError("drawn objects that are taught", "none", "Try the drawn objects first.")
    outcome.picture, picture = drawn_question(session.drawings)
    outcome.maps = session.teacher.maps([picture])[-1]
    session.drawings += 1


def state_of(session: Session) -> dict[str, Any]:
    """Say what is taught, as plain values.

    Args:
        session: of the person.
    """
    teacher = session.teacher
    collection, is_judged = teacher.collection, teacher.judge()
    answerable, found = collection.answerable, teacher.judged
    if collection.is_empty:
        session.drawings = None
    return {
        "classes": [
            {
                "id": each.id,
                "name": each.name,
                "images": each.frames,
                "recordings": [[recording.id, len(recording.frames)] for recording in each.recordings],
            }
            for each in collection.classes
        ],
        "can_add": len(collection.classes) < MOST_CLASSES,
        "can_remove": len(collection.classes) > FEWEST_CLASSES,
        "undo": collection.last.name if collection.last else "",
        "is_empty": collection.is_empty,
        "drawn": session.drawings is not None,
        "pending": not is_judged,
        "figure": figure_text(found) if found else "",
        "alike": alike_text(found.alike) if found else "",
        "missing": missing_text(collection.classes, answerable, teacher.distinct),
        "can_keep": bool(answerable),
        "cannot_train": training_text(answerable, teacher.distinct),
    }


def icons_of(session: Session, ids: object) -> dict[str, str]:
    """Give small pictures of recordings.

    Args:
        session: of the person.
        ids: anything that claims to be ids of recordings.

    Returns:
        Id → data address, for those that are there.
    """
    wanted = set(map(str, ids[:_MOST_ICONS])) if isinstance(ids, list) else set()
    return {
        recording.id: f"data:image/jpeg;base64,{base64.b64encode(recording.icon).decode()}"
        for each in session.teacher.collection.classes
        for recording in each.recordings
        if recording.id in wanted
    }
