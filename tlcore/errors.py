"""Every error that a user can meet, each saying what was expected, what came, and what to do.

StudioError
├── InputError            what the user gave is wrong (command line: exit code 2)
│   ├── ImageError        bytes that are no usable photo
│   ├── DatasetError      a source from which no dataset can be made
│   ├── PlanError         a plan with problems; carries all of them
│   └── NotFoundError     a name or id that does not exist; suggests the nearest ones
├── MissingError          something that this machine lacks (weights, network, a prepared model)
├── StateError            an action that the run's present state does not allow
├── AccessError           what this visitor may not do: another's things, other folders, more than their share
├── VerificationError     stored predictions that the saved network does not give
└── Stopped               not a fault: the user asked the job to stop
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a field of a record.

    Args:
        field: name of the field, as in the plan's JSON.
        value: what it holds.
        mend: one sentence that says what is expected and how to get there.
    """

    field: str
    value: object
    mend: str

    def __str__(self) -> str:
        return f"{self.field} = {self.value!r}: {self.mend}"


class StudioError(Exception):
    """Root of all errors that are meant for the user's eyes.

    Args:
        expected: what would have been right.
        received: what came instead.
        action: what the user can do about it.
    """

    def __init__(self, expected: str, received: str, action: str):
        self.expected = expected
        self.received = received
        self.action = action
        super().__init__(f"Expected {expected}, but got {received.removesuffix('.')}. {action}")


class InputError(StudioError):
    """What the user gave is wrong."""


class ImageError(InputError):
    """Bytes that are no usable photo."""


class DatasetError(InputError):
    """A source from which no dataset can be made."""


class PlanError(InputError):
    """A plan with problems.

    Args:
        problems: every problem found, at least one.
    """

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        listing = "; ".join(str(problem).removesuffix(".") for problem in self.problems)
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        super().__init__("a valid plan", f"one with {count}: {listing}", "Fix these fields.")


_FEW = 10  # names that are listed where none is near
_NONE_NEAR = "No name is similar. Check the spelling."


class NotFoundError(InputError):
    """A name or id that does not exist.

    Args:
        kind: what was looked for, such as "architecture".
        name: what the user wrote.
        known: the names that exist; up to three near ones are suggested.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]):
        by_key = {item.lower(): item for item in known}
        near = [by_key[key] for key in difflib.get_close_matches(name.lower(), by_key, n=3, cutoff=0.5)]
        if near:
            action = f"Did you mean {', '.join(near)}?"
        elif by_key:
            action = f"There is: {', '.join(by_key.values())}." if len(by_key) <= _FEW else _NONE_NEAR
        else:
            action = f"There is no {kind} yet."
        super().__init__(f"the name of an existing {kind}", repr(name), action)


class MissingError(StudioError):
    """Something that this machine lacks."""


class StateError(StudioError):
    """An action that the run's present state does not allow."""


class AccessError(StudioError):
    """What this visitor may not do: another's things, other folders, more than their share."""


class VerificationError(StudioError):
    """Stored predictions that the saved network does not give."""
