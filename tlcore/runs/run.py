"""The record of one run and the states that it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlcore.jobs import Progress
from tlcore.settings import settings

QUEUED = "queued"
PREPARING = "preparing"
TRAINING = "training"
EVALUATING = "evaluating"
FINISHED = "finished"
FAILED = "failed"
STOPPED = "stopped"
INTERRUPTED = "interrupted"

ACTIVE = (PREPARING, TRAINING, EVALUATING)
ENDED = (FINISHED, FAILED, STOPPED, INTERRUPTED)
RESUMABLE = (FAILED, STOPPED, INTERRUPTED)


def runs_folder() -> Path:
    """Where every run has a folder of its own."""
    return settings().home / "runs"


def locks_folder() -> Path:
    """Where the files lie that workers lock."""
    return settings().home / "locks"


@dataclass(frozen=True)
class Event:
    """One fact that a run reported.

    Args:
        sequence: 1, 2, 3 … within the run.
        time: UTC, ISO 8601.
        kind: "phase", "epoch", "evaluated" …
        payload: the fact itself, JSON-able.
    """

    sequence: int
    time: str
    kind: str
    payload: dict


@dataclass(frozen=True)
class Run:
    """One execution of a plan, as the store knows it.

    Args:
        id: short unique name, part of addresses.
        kind: what is executed: a key of `tlcore.runs.kinds.JOBS`.
        name: what the user calls it.
        plan: the complete request, JSON-able.
        state: one of the states above.
        created, started, ended, heartbeat: UTC, ISO 8601, or "".
        worker: the process that executes it, as `tlcore.storage.processes.Process.to_json`, or {}.
        progress: the latest progress report; None if there is none.
        result: what a finished run came to, or {}.
        error: why it did not finish, or has not started: {"message", "log", perhaps "parts" of an error}, or {}.
        experiment: id shared by runs that are compared with each other, or "".
        stop_requested: whether someone asked it to stop.
        owner: nickname of who queued it, or "".
        notes: what people wrote about it.
        tags: short words to find it by.
        deleted: when it was deleted, UTC, ISO 8601, or ""; until it is purged this can be undone.
        visitor: id of the visitor who queued it and may change it; "" for the owner of the machine.
        token: drawn anew whenever a worker takes the run; what that worker writes holds only while it stays.
        lesson: id of the lesson that it is a pupil's answer to, or "".
        most_seconds: how long a worker may be busy with it; 0 for as long as it takes.
    """

    id: str
    kind: str
    name: str
    plan: dict
    state: str
    created: str
    started: str = ""
    ended: str = ""
    heartbeat: str = ""
    worker: dict = field(default_factory=dict)
    progress: Progress | None = None
    result: dict = field(default_factory=dict)
    error: dict = field(default_factory=dict)
    experiment: str = ""
    stop_requested: bool = False
    owner: str = ""
    notes: str = ""
    tags: list[str] = field(default_factory=list)
    deleted: str = ""
    visitor: str = ""
    token: str = ""
    lesson: str = ""
    most_seconds: float = 0.0

    @classmethod
    def from_row(cls, row: Mapping) -> Run:
        """Read a row of the store."""
        progress = Progress.from_json(row["progress"]) if row["progress"] else None
        return cls(**{**row, "progress": progress})

    @property
    def folder(self) -> Path:
        """Where the run keeps its files: log, checkpoint, predictions, model."""
        return runs_folder() / self.id

    @property
    def log_path(self) -> Path:
        """What the worker printed during this run."""
        return self.folder / "log.txt"

    @property
    def lock_path(self) -> Path:
        """The file that a worker locks while it writes in the run's folder."""
        return locks_folder() / f"{self.id}.lock"

    @property
    def turn(self) -> str:
        """Whose turn it takes: its visitor's, whatever nickname they give, else that of the nickname."""
        return self.visitor or self.owner

    @property
    def is_active(self) -> bool:
        """Whether a worker is busy with it."""
        return self.state in ACTIVE

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in ENDED
