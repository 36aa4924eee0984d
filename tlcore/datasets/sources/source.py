"""What a source of images is: a row with options that opens to a listing of labeled images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tlcore.access.folders import check_path
from tlcore.errors import DatasetError
from tlcore.jobs import Monitor

HEADER = 65_536  # bytes: in nearly all photos the size stands before
Content = bytes | np.ndarray
Options = Mapping[str, Any]  # checked values by name, each of the type that its option has


@dataclass(frozen=True)
class Option:
    """One thing that a source wants to know.

    Args:
        name: as the command line writes it.
        title: as forms write it.
        type: int, float, str, bool, or Path for a file or folder on this machine.
        default: what holds if nothing is given; None means that it must be given, "" that it may be left out.
        help: one sentence.
        choices: the only values allowed; empty means any.
        least: smallest number allowed.
        most: largest number allowed.
        is_rare: forms fold it away.
    """

    name: str
    title: str
    type: type
    default: Any
    help: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    is_rare: bool = False

    def parse(self, value: object) -> Any:
        """Check a value and bring it to the option's type.

        Args:
            value: what a form, a plan or the command line gave; text is converted.

        Returns:
            The value.

        Raises:
            ValueError: if it does not fit; the message says what is expected.
            AccessError: if it is a path that the asker may not name.
        """
        if value is None or value == "":
            if self.default is not None:
                return self.default
            raise ValueError(f"{self.name} must be given: {self.help}")
        try:
            parsed = self.type(value)
        except (TypeError, ValueError):
            raise ValueError(f"{self.name} = {value!r}: expected {self.type.__name__}") from None
        if isinstance(parsed, Path):
            check_path(parsed)
        if self.choices and parsed not in self.choices:
            raise ValueError(f"{self.name} = {value!r}: expected one of {', '.join(self.choices)}")
        if self.least is not None and parsed < self.least:
            raise ValueError(f"{self.name} = {value!r}: expected {self.least} or more")
        if self.most is not None and parsed > self.most:
            raise ValueError(f"{self.name} = {value!r}: expected {self.most} or less")
        return parsed


@dataclass(frozen=True)
class Listing:
    """Labeled images that are known by name but not yet read.

    Args:
        name: what to call the dataset if the user does not say.
        classes: class names, in the order of their labels.
        names: one for each image: its file name, relative, with "/" between folders.
        labels: one for each image: index into `classes`.
        read: from an index to the image's content: encoded bytes, or a uint8 array (h, w), (h, w, 1) or (h, w, 3).
            It is called from several threads at once, and may raise `ImageError`.
        begin: likewise to its first `HEADER` bytes at least, for a look at many files; None where that is no quicker.
        notes: sentences about what was left out, for the report.
        parts: one for each image: position in `tlcore.datasets.parts.PARTS`; empty where the source gives no parts.
        groups: one for each image: the same number for images that belong together, as frames of one recording do, so
            that a split never parts them; empty where the source knows of none.
        way: value of the option "classes_from" by which the classes were found; "" where there is no such option.
        is_guess: somebody has to say first that they are right, by that option.
        close: called once at the end, whatever happened.
    """

    name: str
    classes: tuple[str, ...]
    names: Sequence[str]
    labels: Sequence[int]
    read: Callable[[int], Content]
    begin: Callable[[int], bytes] | None = None
    notes: tuple[str, ...] = ()
    parts: Sequence[int] = ()
    groups: Sequence[int] = ()
    way: str = ""
    is_guess: bool = False
    close: Callable[[], None] = field(default=lambda: None)


def without_classes(listing: Listing, left_out: Collection[int], note: str) -> Listing:
    """Leave classes out of a listing.

    Args:
        listing: any.
        left_out: positions of the classes.
        note: the sentence about it.

    Returns:
        The listing of the others, numbered anew; it is closed with the first one.
    """
    kept = [index for index, label in enumerate(listing.labels) if label not in left_out]
    labels = [label for label in range(len(listing.classes)) if label not in left_out]
    number, begin = {label: index for index, label in enumerate(labels)}, listing.begin
    return replace(
        listing,
        classes=tuple(listing.classes[label] for label in labels),
        names=[listing.names[index] for index in kept],
        labels=[number[listing.labels[index]] for index in kept],
        parts=[listing.parts[index] for index in kept] if listing.parts else (),
        groups=[listing.groups[index] for index in kept] if listing.groups else (),
        notes=(*listing.notes, note),
        read=lambda index: listing.read(kept[index]),
        begin=None if begin is None else lambda index: begin(kept[index]),
    )


@dataclass(frozen=True)
class Source:
    """One place that datasets come from.

    Args:
        name: as the command line writes it.
        title: as forms write it.
        help: what it does, one sentence.
        options: what it wants to know.
        open: from the checked options and a monitor (only a download reports any) to a listing.
        upload: endings of files that a form should offer to upload for its paths; empty means any, None that it offers
            none.
        online: it may need the network, so that a form can say so beforehand.
        is_own: the user brings the images, so that a form shows what was understood of them before they are kept.
        packed_as: name of the source that reads a folder which was uploaded and packed; "" where a form offers none.
    """

    name: str
    title: str
    help: str
    options: tuple[Option, ...]
    open: Callable[[Options, Monitor], Listing]
    upload: tuple[str, ...] | None = None
    online: bool = False
    is_own: bool = False
    packed_as: str = ""

    def parse(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Check all options at once.

        Args:
            given: option values by name; missing ones take their defaults.

        Returns:
            A value for every option.

        Raises:
            DatasetError: naming every option that is unknown, missing or wrong.
            AccessError: if a path is not one that the asker may name.
        """
        known = {option.name: option for option in self.options}
        problems = [f"{name} is not an option of {self.name}" for name in given if name not in known]
        parsed = {}
        for option in self.options:
            try:
                parsed[option.name] = option.parse(given.get(option.name, option.default))
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise DatasetError(
                f"options that fit the source {self.name} ({', '.join(known) or 'it has none'})",
                "; ".join(problems),
                "Correct these options.",
            )
        return parsed
