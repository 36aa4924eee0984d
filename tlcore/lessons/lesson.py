"""The records of a lesson and of its pupils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTHING, NETWORKS, EVERYTHING = "", "networks", "everything"  # what stays of the pupils' when a lesson is over
KEPT: Mapping[str, str] = {
    NOTHING: "Nothing: remove their photos and runs",
    NETWORKS: "Their networks and figures, without photos",
    EVERYTHING: "Everything, also their photos",
}


@dataclass(frozen=True)
class Lesson:
    """A teacher's task for a class.

    Args:
        id: part of no address.
        code: what pupils join with.
        title: what the teacher calls it.
        task: what to do, as pupils read it.
        source: id of the dataset that it was made from; "" where pupils bring their own photos.
        dataset: id of what pupils learn from: the source without the hidden images; "" until that is made.
        hidden: id of the dataset that no visitor may see: the hidden images, the source until they are drawn, or "".
        fixed: fields of the plan that are the same for all pupils.
        choices: fields of the plan → the values that pupils choose from.
        seconds: how long a run may take.
        created, ends, ended: UTC, ISO 8601; the last is "" until the teacher has ended it or it is removed.
        keep: a key of `KEPT`.
        shows_names: whether the wall and the leaderboard say who is who.
        job: id of the run that prepares it, or "".
        removed: when what is not kept was removed, or "".
        results: what there was to tell in the end, without names: rows of `tlcore.lessons.results`.
        is_over: whether it has ended, or its time has come by the clock of the database.
    """

    id: str
    code: str
    title: str
    task: str
    source: str
    dataset: str
    hidden: str
    fixed: dict[str, Any]
    choices: dict[str, list]
    seconds: float
    created: str
    ends: str
    ended: str
    keep: str
    shows_names: bool
    job: str
    removed: str
    results: list[dict]
    is_over: bool

    @property
    def is_prepared(self) -> bool:
        """Whether pupils can begin."""
        return not self.source or bool(self.dataset)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of its pupils is left but figures without names."""
        return bool(self.removed) and self.keep == NOTHING

    @property
    def has_hidden_test(self) -> bool:
        """Whether networks are tested on images that no pupil sees."""
        return bool(self.source)


@dataclass(frozen=True)
class Pupil:
    """Somebody who has joined a lesson.

    Args:
        lesson: its id.
        visitor: id of the visitor, "" for the owner of the machine; secret, so never part of a page.
        number: 1, 2, 3 … in the order of joining.
        name: first name, which nobody else in the lesson has; "" once it is removed.
        joined: UTC, ISO 8601.
    """

    lesson: str
    visitor: str
    number: int
    name: str
    joined: str

    def shown(self, names: bool) -> str:
        """What to call them.

        Args:
            names: whether names are shown.
        """
        return self.name if names and self.name else f"Pupil {self.number}"
