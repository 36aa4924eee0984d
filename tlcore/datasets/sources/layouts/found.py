"""What one of the ways to find classes has found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Found:
    """Classes of files.

    Args:
        classes: class name by position of the file; files without one are left out.
        parts: position in `tlcore.datasets.parts.PARTS` by position of the file; empty where no parts are given.
        notes: sentences about how it was read and what was left out.
        told: how many images without a class the notes speak of already.
        used: names of the tables that gave the classes.
    """

    classes: Mapping[int, str]
    parts: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    told: int = 0
    used: tuple[str, ...] = ()

    @property
    def is_dataset(self) -> bool:
        """Whether there is anything to tell apart."""
        return len(set(self.classes.values())) > 1
