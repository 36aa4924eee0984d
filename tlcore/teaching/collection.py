"""The classes that somebody teaches, with what was recorded of each. All of it is in memory and nowhere else."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tlcore.errors import InputError, NotFoundError
from tlcore.teaching.frames import Frame, Recording
from tlcore.text import one_line

FEWEST_CLASSES, MOST_CLASSES = 2, 12
FEWEST_FRAMES, MOST_FRAMES = 3, 200  # of a class: below it has no answer; above, solving would take too long
MOST_BYTES = 80_000_000  # of one person
MOST_BYTES_OF_ALL = 1_200_000_000  # of everybody who teaches on this machine at the moment
_MOST_NAME = 40  # characters
_FIRST_NAMES = ("Class 1", "Class 2")

_all: weakref.WeakSet[Collection] = weakref.WeakSet()
_adding = threading.Lock()  # people add at the same time, and all of them count


@dataclass(eq=False)
class TaughtClass:
    """One class.

    Args:
        id: unique within a collection.
        name: what the user calls it.
        recordings: in the order in which they came.
    """

    id: str
    name: str
    recordings: list[Recording] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """How many pictures of it there are."""
        return sum(len(recording.frames) for recording in self.recordings)

    @property
    def has_enough(self) -> bool:
        """Whether there are enough pictures of it for an answer."""
        return self.frames >= FEWEST_FRAMES


class Collection:
    """Classes and recordings; what is over a limit is refused, and then nothing changes."""

    def __init__(self) -> None:
        self.classes: list[TaughtClass] = []
        self.version = 0  # grows with each change of what a head learns from
        self._number = 0
        self._order: list[str] = []  # ids of recordings, as they began
        for name in _FIRST_NAMES:
            self.add_class(name)
        _all.add(self)

    @property
    def size(self) -> int:
        """Bytes of all files that are kept."""
        return sum(recording.size for each in self.classes for recording in each.recordings)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded."""
        return not any(each.recordings for each in self.classes)

    @property
    def answerable(self) -> list[TaughtClass]:
        """The classes that have enough pictures; none where it is only one of them."""
        found = [each for each in self.classes if each.has_enough]
        return found if len(found) >= FEWEST_CLASSES else []

    def add_class(self, name: str = "") -> TaughtClass:
        """Add a class.

        Args:
            name: what to call it; "" for a name such as "Class 3".

        Returns:
            The class.

        Raises:
            InputError: if there are too many, or another one has this name.
        """
        if len(self.classes) >= MOST_CLASSES:
            raise InputError(f"at most {MOST_CLASSES} classes", "one more", "Remove a class first.")
        self._number += 1
        taken = {each.name.casefold() for each in self.classes}
        numbers = range(len(self.classes) + 1, len(self.classes) + MOST_CLASSES + 2)
        free = next(words for number in numbers if (words := f"Class {number}").casefold() not in taken)
        added = TaughtClass(f"c{self._number}", self._checked(name, None) if name else free)
        self.classes.append(added)
        return added

    def find(self, id: object) -> TaughtClass:
        """Find a class.

        Args:
            id: its id.

        Raises:
            NotFoundError: if there is none.
        """
        for each in self.classes:
            if each.id == id:
                return each
        raise NotFoundError("class", str(id)[:20], [each.name for each in self.classes])

    def rename(self, id: object, name: object) -> None:
        """Give a class another name.

        Args:
            id: its id.
            name: the name.

        Raises:
            InputError: if it is empty, or another class has it.
        """
        renamed = self.find(id)
        renamed.name = self._checked(name, renamed)
        self.version += 1

    def remove_class(self, id: object) -> None:
        """Remove a class with its recordings; where fewer than two remained, it only loses the recordings.

        Args:
            id: its id.
        """
        removed = self.find(id)
        if len(self.classes) > FEWEST_CLASSES:
            self.classes.remove(removed)
        removed.recordings.clear()
        self.version += 1

    def add(self, class_id: object, recording_id: str, frames: Sequence[Frame], icon: bytes) -> None:
        """Add pictures to a recording, which begins with them if it is new.

        Args:
            class_id: of the class.
            recording_id: of the recording.
            frames: one or more.
            icon: a small JPEG of the first, for a new recording.

        Raises:
            InputError: if they are more than there is room for.
        """
        taught = self.find(class_id)
        if taught.frames + len(frames) > MOST_FRAMES:
            received = f"more of {taught.name}"
            raise InputError(f"at most {MOST_FRAMES} pictures of a class", received, "Remove a recording first.")
        with _adding:
            self._check_bytes(sum(len(frame.data) for frame in frames))
            for recording in taught.recordings:
                if recording.id == recording_id:
                    recording.frames.extend(frames)
                    break
            else:
                taught.recordings.append(Recording(recording_id, icon, list(frames)))
                self._order.append(recording_id)
        self.version += 1

    def remove_recordings(self, ids: Iterable[object]) -> None:
        """Remove recordings; those that are not there are none to remove.

        Args:
            ids: theirs.
        """
        gone = set(ids)
        for each in self.classes:
            each.recordings = [recording for recording in each.recordings if recording.id not in gone]
        self.version += 1

    @property
    def last(self) -> TaughtClass | None:
        """The class of the recording that began last, which `undo` removes; None if there is no recording."""
        here = {recording.id: each for each in self.classes for recording in each.recordings}
        return next((here[id] for id in reversed(self._order) if id in here), None)

    def undo(self) -> None:
        """Remove the recording that began last."""
        taught = self.last
        if taught is not None:
            self.remove_recordings([taught.recordings[-1].id])

    def clear(self) -> None:
        """Forget everything, as if nothing had been recorded."""
        for each in self.classes:
            each.recordings.clear()
        self.classes.clear()
        for name in _FIRST_NAMES:
            self.add_class(name)
        self.version += 1

    def _check_bytes(self, more: int) -> None:
        if self.size + more > MOST_BYTES:
            limit = f"at most {MOST_BYTES / 1e6:.0f} MB of pictures in memory"
            raise InputError(limit, "more", "Take smaller photos, or make a dataset of these: on disk there is room.")
        if sum(each.size for each in list(_all)) + more > MOST_BYTES_OF_ALL:
            limit = f"at most {MOST_BYTES_OF_ALL / 1e9:.1f} GB of pictures of everybody who teaches here"
            raise InputError(limit, "more", "Wait until somebody has finished, or use fewer pictures.")

    def _checked(self, name: object, renamed: TaughtClass | None) -> str:
        text = one_line(name, _MOST_NAME) if isinstance(name, str) else ""
        if not text:
            raise InputError("a name for the class", "none", "Type one.")
        if any(each is not renamed and each.name.casefold() == text.casefold() for each in self.classes):
            raise InputError("a different name for each class", f"{text} twice", "Choose another name.")
        return text
