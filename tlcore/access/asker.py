"""Who asks for something, and whether they may change what somebody else has made.

Whoever runs the command line owns the machine, as do workers and tests. The server of the pages says otherwise: it
tells the engine once how to find out who asks, so that no page can forget to say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tlcore.errors import AccessError


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks.

    Args:
        id: what their runs and datasets are marked with: an unguessable word, or "".
        is_owner: whether the machine is theirs, so that they may do everything.
    """

    id: str = ""
    is_owner: bool = False


OWNER = Visitor(is_owner=True)
NOBODY = Visitor()


def _the_owner() -> Visitor:
    return OWNER


_answer: Callable[[], Visitor] = _the_owner


def asker() -> Visitor:
    """Whoever asks at this moment."""
    return _answer()


def answer_with(answer: Callable[[], Visitor]) -> None:
    """Set how this process finds out who asks.

    Args:
        answer: tells it, in whatever thread it is asked.
    """
    global _answer
    _answer = answer


@contextmanager
def asking(made_by: str) -> Iterator[None]:
    """Do what the block does in the name of somebody, in a process that serves nobody else meanwhile.

    Args:
        made_by: id of a visitor; "" for the owner of the machine.
    """
    before = _answer
    visitor = Visitor(made_by) if made_by else OWNER
    answer_with(lambda: visitor)
    try:
        yield
    finally:
        answer_with(before)


def may_change(made_by: str) -> bool:
    """Tell whether the asker may change something.

    Args:
        made_by: id of the visitor who made it; "" for the owner of the machine.
    """
    visitor = asker()
    return visitor.is_owner or (visitor != NOBODY and visitor.id == made_by)


def check_change(made_by: str, what: str) -> None:
    """Refuse a change of what belongs to somebody else.

    Args:
        made_by: id of the visitor who made it; "" for the owner of the machine.
        what: what is to be changed, such as "run 1a2b3c".

    Raises:
        AccessError: if the asker may not.
    """
    if not may_change(made_by):
        raise AccessError(
            "something that you made yourself",
            f"{what}, which belongs to somebody else",
            "Ask them, or the owner of this machine.",
        )


def check_owner(what: str) -> None:
    """Refuse what is for the owner of the machine alone.

    Args:
        what: they do, such as "makes lessons".

    Raises:
        AccessError: if the asker is somebody else.
    """
    if not asker().is_owner:
        action = "Ask them, or enter the owner's code."
        raise AccessError(f"the owner of this machine, who alone {what}", "somebody else", action)


def check_known() -> None:
    """Refuse whoever has not entered.

    Raises:
        AccessError: if nobody knows the asker.
    """
    if asker() == NOBODY:
        raise AccessError("somebody who has entered the studio", "nobody", "Reload the page and enter the access code.")
