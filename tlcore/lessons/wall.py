"""The wall: the latest run of each pupil, as all may see it. Read once a second, however many people watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from tlcore.lessons import book
from tlcore.lessons.lesson import Lesson
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import EVENTS
from tlcore.runs.run import FINISHED, QUEUED, Run
from tlcore.settings import settings
from tlcore.training.results.evaluation import Score

SECONDS = 1.0  # how old a picture of the wall may be


@dataclass(frozen=True)
class Tile:
    """What the wall shows of a pupil.

    Args:
        name: first name, or "Pupil 3" where names are hidden.
        state: of the latest run, as `tlcore.runs.run` has it; "" before there is one.
        strategy: of its plan, or "".
        share: of it that is done, 0..1.
        curve: validation accuracy epoch by epoch, 0..1.
        score: on the validation images once it is finished; None before.
        runs: how many the pupil has begun.
    """

    name: str
    state: str = ""
    strategy: str = ""
    share: float = 0.0
    curve: tuple[float, ...] = ()
    score: Score | None = None
    runs: int = 0


@dataclass(frozen=True)
class Picture:
    """The wall at one moment.

    Args:
        lesson: the lesson.
        tiles: of all pupils, in the order of joining.
    """

    lesson: Lesson
    tiles: tuple[Tile, ...]


@dataclass
class _Curve:
    last: int = 0  # sequence number of the last event that was read
    epochs: dict[int, float] = field(default_factory=dict)


class Wall:
    """Reads the wall of a lesson, at most once a second for all who look.

    Args:
        lesson: its id.
    """

    def __init__(self, lesson: str):
        self._lesson = lesson
        self._turn = threading.Lock()
        self._curves: dict[str, _Curve] = {}
        self._read_at = -SECONDS
        self._picture: Picture | None = None

    def look(self) -> Picture:
        """See the wall.

        Returns:
            The picture, at most a second old.

        Raises:
            NotFoundError: if the lesson is gone.
        """
        with self._turn:
            if self._picture is None or time.monotonic() - self._read_at >= SECONDS:
                self._picture = self._read()
                self._read_at = time.monotonic()
            return self._picture

    def _read(self) -> Picture:
        lesson = book.find(self._lesson)
        latest: dict[str, Run] = {}
        counts: dict[str, int] = {}
        for run in book.runs(lesson.id):
            counts[run.visitor] = counts.get(run.visitor, 0) + 1
            if not run.deleted:
                latest[run.visitor] = run
        curves = self._read_curves(list(latest.values()))
        tiles = []
        for pupil in book.pupils(lesson.id):
            name, last = pupil.shown(lesson.shows_names), latest.get(pupil.visitor)
            tiles.append(Tile(name) if last is None else _tile(name, last, curves, counts[pupil.visitor]))
        return Picture(lesson, tuple(tiles))

    def _read_curves(self, runs: Sequence[Run]) -> Mapping[str, _Curve]:
        """Read what has been reported since the last look, in one statement for all runs."""
        self._curves = {run.id: self._curves.get(run.id, _Curve()) for run in runs}
        news = [
            sa.and_(EVENTS.c.run == run.id, EVENTS.c.sequence > self._curves[run.id].last)
            for run in runs
            if run.state != QUEUED
        ]
        if not news:
            return self._curves
        query = EVENTS.select().where(EVENTS.c.kind == "epoch", sa.or_(*news)).order_by(EVENTS.c.sequence)
        with open_engine(settings().store_address).connect() as connection:
            for row in connection.execute(query).mappings():
                curve = self._curves[row["run"]]
                curve.last = row["sequence"]
                curve.epochs[row["payload"]["epoch"]] = row["payload"]["validation_accuracy"]
        return self._curves


def _tile(name: str, run: Run, curves: Mapping[str, _Curve], runs: int) -> Tile:
    epochs = curves[run.id].epochs
    share = 1.0 if run.has_ended else run.progress.share if run.progress else 0.0
    scores = run.result.get("scores", {}) if run.state == FINISHED else {}
    score = Score.from_json(scores["validation"]) if scores.get("validation") else None
    curve = tuple(epochs[number] for number in sorted(epochs))
    return Tile(name, run.state, str(run.plan.get("strategy", "")), share, curve, score, runs)
