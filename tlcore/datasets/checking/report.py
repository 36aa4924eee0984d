"""What an import found: nothing in it stops the import, all of it is worth knowing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tlcore.text import count_text, listed

FEW_IMAGES = 3
IMBALANCE = 3.0
TINY_SIDE = 32


@dataclass(frozen=True)
class ImportReport:
    """What an import found.

    Args:
        found: number of files that the source listed.
        unreadable: (file name, sentence that says why) of each file left out.
        duplicates: groups of file names whose bytes are equal.
        near_duplicates: groups of file names whose pictures look alike, beyond the exact duplicates: smaller, brighter,
            mirrored or slightly cropped copies.
        conflicts: the groups among both that hold more than one class.
        across_parts: number of groups among both whose images lie in more than one of the parts that the source gave.
        small_classes: (class name, number of images) of each class with fewer than 3 images.
        imbalance: images in the largest class divided by images in the smallest.
        tiny: number of images with a short side below 32 pixels.
        notes: further sentences, such as what the source left out.
        seconds: how long the import took.
    """

    found: int
    unreadable: tuple[tuple[str, str], ...] = ()
    duplicates: tuple[tuple[str, ...], ...] = ()
    near_duplicates: tuple[tuple[str, ...], ...] = ()
    conflicts: tuple[tuple[str, ...], ...] = ()
    across_parts: int = 0
    small_classes: tuple[tuple[str, int], ...] = ()
    imbalance: float = 1.0
    tiny: int = 0
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @classmethod
    def from_json(cls, data: Mapping) -> ImportReport:
        """Read what `dataclasses.asdict` and JSON made of a report."""
        return cls(**{name: _tuples(value) for name, value in data.items()})

    def sentences(self) -> tuple[str, ...]:
        """The findings in plain sentences, the most important first; empty if all is well."""
        said = []
        if self.unreadable:
            said.append(f"Left out {count_text(len(self.unreadable), 'file')} that could not be read.")
        if self.conflicts:
            said.append(
                f"Different classes within {count_text(len(self.conflicts), 'group')} of look-alike images: "
                "check their labels."
            )
        if self.duplicates:
            said.append(
                f"{count_text(len(self.duplicates), 'group')} of exact duplicates: each stays in one part of a split."
            )
        if self.near_duplicates:
            groups = count_text(len(self.near_duplicates), "group")
            said.append(f"{groups} of near duplicates: each stays in one part of a split.")
        if self.across_parts:
            said.append(
                f"{count_text(self.across_parts, 'group')} of look-alike images, each spread across the parts that the "
                "dataset came with: results on test images may look better than they are."
            )
        if self.small_classes:
            names = listed([f"{name} ({number})" for name, number in self.small_classes])
            what = "has" if len(self.small_classes) == 1 else "have"
            said.append(
                f"{count_text(len(self.small_classes), 'class', 'classes')} {what} fewer than {FEW_IMAGES} images, "
                f"{names}: add more."
            )
        if self.imbalance >= IMBALANCE:
            said.append(
                f"The largest class has {self.imbalance:.1f} times as many images as the smallest: "
                "consider class weights."
            )
        if self.tiny:
            said.append(f"{count_text(self.tiny, 'image')} with a short side under {TINY_SIDE} pixels: expect blur.")
        return (*said, *self.notes)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
