"""The one protocol of jobs: what they say while they work, and how they learn that they are to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from tlcore.errors import StudioError

Emit = Callable[[dict], None]
ShouldStop = Callable[[], bool]


class Stopped(StudioError):
    """Raised inside a job when the user asked for it to stop. Not a fault."""

    def __init__(self) -> None:
        super().__init__("the job to finish", "a request to stop it", "Resume it to continue.")


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Args:
        what: what is being done.
        done: how much of it is done.
        total: of how much; 0 where nobody knows.
        per_second: how much is done in a second; None while unknown.
        seconds_left: until it is all done; None while unknown.
        epoch: the epoch that is under way, from 1; 0 where there are none.
        epochs: planned.
        epoch_share: of the images of this epoch, how much has been gone through, 0..1.
        images: in an epoch.
        learning_rate: in force; None where there is none.
    """

    what: str
    done: float
    total: float
    per_second: float | None = None
    seconds_left: float | None = None
    epoch: int = 0
    epochs: int = 0
    epoch_share: float = 0.0
    images: int = 0
    learning_rate: float | None = None

    @property
    def share(self) -> float:
        """How much is done, 0..1; 0 where nobody knows."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Progress:
        """Read what `to_json` wrote; what other versions have written besides is left out."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})


@dataclass(frozen=True)
class Monitor:
    """Whom a job talks to; by default nobody.

    Args:
        emit: takes events, {"kind": …, …}.
        should_stop: tells whether the user asked the job to stop.
        spent: seconds that earlier attempts at the same job took.
    """

    emit: Emit = lambda event: None
    should_stop: ShouldStop = lambda: False
    spent: float = 0.0

    def report(self, what: str, done: float, total: float) -> None:
        """Say how far the job is.

        Args:
            what: what is being done.
            done: how much of it is done.
            total: of how much.
        """
        self.emit({"kind": "progress", "what": what, "done": done, "total": total})

    def check(self) -> None:
        """Go on, unless the user asked to stop.

        Raises:
            Stopped: if so.
        """
        if self.should_stop():
            raise Stopped


SILENT = Monitor()
