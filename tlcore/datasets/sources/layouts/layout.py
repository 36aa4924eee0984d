"""From file names to classes and parts: by folders, by a table of labels, or by the names of the files themselves."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath

from tlcore.datasets.parts import NOT_GIVEN, UNLABELED
from tlcore.datasets.sources.layouts.endings import ARCHIVES, IMAGES, NO_IMAGES
from tlcore.datasets.sources.layouts.file_names import by_file_names
from tlcore.datasets.sources.layouts.folders import by_folders, parts_by_folder
from tlcore.datasets.sources.layouts.found import Found
from tlcore.datasets.sources.layouts.masks import find_masks
from tlcore.datasets.sources.layouts.table import TABLE_ENDINGS, by_table
from tlcore.datasets.sources.source import HEADER, Listing, Option, Options
from tlcore.errors import DatasetError
from tlcore.text import count_text, listed

FOLDERS, TABLE, NAMES = "folders", "table", "names"
_MOST_DEPTH = 100
WAYS = {FOLDERS: "Folders", TABLE: "Table (CSV)", NAMES: "Names of files"}


@dataclass(frozen=True)
class Layout:
    """Which files belong to which class, and to which part of a split.

    Args:
        classes: class names in alphabetical order.
        names: file names, class by class, each in alphabetical order.
        labels: one a file: index into `classes`.
        notes: sentences about what was left out.
        parts: one a file: position in `tlcore.datasets.parts.PARTS`; empty where the folders are no split.
        outer: the folder that all files lie in, with "/" at its end, or "".
        way: how the classes were found, a key of `WAYS`.
        is_guess: somebody has to say first that they are right.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    notes: tuple[str, ...]
    parts: tuple[int, ...] = ()
    outer: str = ""
    way: str = ""
    is_guess: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """File names without the folder that all lie in."""
        return tuple(name.removeprefix(self.outer) for name in self.names)

    def listing(
        self,
        name: str,
        read: Callable[..., bytes],
        notes: Sequence[str] = (),
        close: Callable[[], None] = lambda: None,
    ) -> Listing:
        """Make a listing of it.

        Args:
            name: of the dataset.
            read: from one of `names` to the content of the file, or to so many of its first bytes.
            notes: further sentences about what was left out.
            close: called at the end.

        Returns:
            The listing.
        """
        return Listing(
            name=name,
            classes=tuple(map(readable, self.classes)),
            names=tuple(map(readable, self.shown)),
            labels=self.labels,
            read=lambda index: read(self.names[index]),
            begin=lambda index: read(self.names[index], HEADER),
            notes=(*self.notes, *notes),
            parts=self.parts,
            way=self.way,
            is_guess=self.is_guess,
            close=close,
        )


def readable(name: str) -> str:
    """Make text of a file name that can be shown and stored, even where its bytes are no UTF-8.

    Args:
        name: as the system gives it.
    """
    return os.fsencode(name).decode("utf-8", "replace")


LAYOUT_OPTIONS = (
    Option(
        "classes_from",
        "Classes from",
        str,
        "",
        "folders, a table (CSV) beside the images, or names of files such as cat.0.jpg; the first of these that fits "
        "if you do not say",
        choices=("", *WAYS),
        is_rare=True,
    ),
    Option(
        "column",
        "Column of classes",
        str,
        "",
        "title of the table's column that holds the classes, if unclear",
        is_rare=True,
    ),
    Option(
        "inside",
        "Folder inside",
        str,
        "",
        "the folder inside it to read, where it holds several datasets",
        is_rare=True,
    ),
)


def find_layout(names: Iterable[str], where: str, read: Callable[[str], bytes], options: Options) -> Layout:
    """Find the classes of files.

    Args:
        names: file names relative to the root, with "/" between folders.
        where: what to call the root in an error.
        read: from one of these names to the beginning of the file, at most `MOST_TABLE_BYTES` + 1 bytes; for tables.
        options: values of `LAYOUT_OPTIONS`.

    Returns:
        The layout.

    Raises:
        DatasetError: if no classes are found, or it cannot be told which of several ways is meant.
    """
    visible = [name for name in names if not is_hidden(name)]
    if any(name.count("/") > _MOST_DEPTH for name in visible):  # each of them would take memory for all above it
        raise DatasetError(
            f"at most {_MOST_DEPTH} folders in each other", f"{where} with more", "Leave out the innermost folders."
        )
    inside = str(options.get("inside", "")).strip("/")
    if inside:
        visible = [name for name in visible if name.startswith(f"{inside}/") or f"/{inside}/" in name]
    files = [name for name in visible if _ending(name) not in NO_IMAGES]
    photos = [name for name in files if _ending(name) in IMAGES] or files
    masks = find_masks(photos)
    if masks:
        files, photos = ([name for name in names if name not in masks] for names in (files, photos))
    column = str(options.get("column", ""))
    wanted = str(options.get("classes_from", "")) or (TABLE if column else "")
    ways: dict[str, Callable[[], Found | None]] = {
        FOLDERS: lambda: by_folders(files, photos, wanted == FOLDERS),
        TABLE: lambda: by_table(
            files, photos, [name for name in visible if name.lower().endswith(TABLE_ENDINGS)], read, column
        ),
        NAMES: lambda: by_file_names(files, photos, wanted == NAMES),
    }
    for way in [wanted] if wanted else ways:
        found = ways[way]()
        if found and found.is_dataset:
            is_guess = way == NAMES and not wanted
            return _layout(visible, files, photos, found, way, is_guess, masks)
    raise _refusal(where, visible, photos, wanted)


def _layout(
    visible: Sequence[str],
    files: Sequence[str],
    photos: Sequence[str],
    found: Found,
    way: str,
    is_guess: bool,
    masks: set[str],
) -> Layout:
    by_folder = parts_by_folder(files, photos) if not found.parts else {}
    parts = {**by_folder, **found.parts}
    kept = [index for index in found.classes if parts.get(index) != UNLABELED]
    kept.sort(key=lambda index: (found.classes[index], files[index]))
    classes = tuple(dict.fromkeys(found.classes[index] for index in kept))
    number = {name: index for index, name in enumerate(classes)}
    given = tuple(parts.get(index, NOT_GIVEN) for index in kept)
    names = tuple(files[index] for index in kept)
    outer = _outer_folder(names)
    notes = list(found.notes)
    beside = len(set(photos) - set(names)) - found.told
    others = set(visible) - set(photos) - set(names) - set(found.used) - masks
    if beside > 0:
        notes.append(f"Left out {count_text(beside, 'image')} that {'has' if beside == 1 else 'have'} no class.")
    if masks:
        notes.append(f"Left out {count_text(len(masks), 'mask')} of images, such as {min(masks)}.")
    if others:
        shown = [PurePosixPath(name).name for name in visible if name in others]
        notes.append(f"Left out what is not named like an image: {listed(shown)}.")
    return Layout(
        classes=classes,
        names=names,
        labels=tuple(number[found.classes[index]] for index in kept),
        notes=tuple(notes),
        parts=given if len(set(given) - {NOT_GIVEN}) > 1 else (),
        outer=outer,
        way=way,
        is_guess=is_guess,
    )


def _outer_folder(names: Sequence[str]) -> str:
    """The folders that all files lie in, with "/" at the end; "" for none."""
    folders = [name.split("/")[:-1] for name in (min(names), max(names))]
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(*folders, strict=False))
    return "".join(f"{name}/" for name, _ in shared)


def _refusal(where: str, visible: Sequence[str], photos: Sequence[str], wanted: str) -> DatasetError:
    """The error that says what is there instead of classes."""
    action = "Make a folder for each class and put its images there."
    folders = Counter(name.rpartition("/")[0].rpartition("/")[2] for name in photos)
    tables = [name for name in visible if name.lower().endswith(TABLE_ENDINGS)]
    archives = [name for name in visible if _ending(name) in ARCHIVES]
    if not visible:
        received = f"{where}, which is empty"
    elif archives and len(archives) == len(photos):
        received = f"{where} with {listed(archives)}"
        action = "Unpack each file in it into a folder of its own, and give the folder in which these lie."
    elif wanted == TABLE or (tables and not wanted and len(folders) == 1):
        received = f"{where} with {listed(tables)}, of which none names" if tables else f"{where} without a table of"
        received += " its images and at least two classes"
        action = "Put a CSV file beside the images, with a column of their file names and one of classes."
    elif wanted == NAMES:
        received, action = f"{where}, whose file names tell no classes", "Name the files like cat.1.jpg, dog.1.jpg."
    elif parts_by_folder(photos, photos):
        received = f"{where} with the folders {listed(list(folders))}, which look like parts of a split"
        action = "Put a folder of images for each class into each of them."
    elif len(folders) == 1 and "" not in folders:
        received = f"{where} with only the class {next(iter(folders))}"
    else:
        received = f"{where} with {count_text(len(visible), 'file')} but no folders of classes"
    return DatasetError("one folder of images for each class, or a table of their classes", received, action)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder that it lies in, is not meant to be seen."""
    # "__MACOSX" holds the shadow files that macOS puts into every zip.
    return any(part.startswith(".") or part in ("__MACOSX", "Thumbs.db") for part in PurePosixPath(name).parts)
