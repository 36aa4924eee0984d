"""An imported, checked, immutable set of labeled images, and the folder that holds it.

One folder a dataset: `manifest.json` (what it is), `index.npz` (arrays, one row an image), `images.bin` (all encoded
images one after another, memory-mapped) and `complete.json` (the digests of these). Nothing of it ever changes; it
appears complete or not at all.
"""

from __future__ import annotations

import functools
import hashlib
import json
import mmap
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tlcore.datasets import previews
from tlcore.datasets.checking.report import ImportReport
from tlcore.datasets.parts import NOT_GIVEN, PARTS
from tlcore.datasets.places import DELETED, IMAGES, INDEX, MANIFEST, datasets_folder, only_readable
from tlcore.errors import NotFoundError, StateError
from tlcore.images.decode import decode_image
from tlcore.storage.folders import damaged_files

VERSION = 1


@dataclass(frozen=True, eq=False)
class Dataset:
    """An imported, checked, immutable set of labeled images.

    Args:
        id: readable name and first 8 hex digits of `digest`; also the name of its folder.
        name: what the user calls it.
        classes: class names in the order of their labels.
        labels: int32 (n,), index into `classes`.
        parts: int8 (n,), the part that its source gave each image, as position in `tlcore.datasets.parts.PARTS`, or
            `NOT_GIVEN`.
        names: original file names, relative, with "/" between folders.
        digests: uint8 (n, 32), SHA-256 of each image's encoded bytes.
        groups: int32 (n,); images of the same number are duplicates or near duplicates of each other, or frames of one
            recording.
        sizes: int32 (n, 2), height and width in pixels.
        offsets: int64 (n + 1,), where each image's bytes begin in `images.bin`.
        source: how it came: {"source": name, "options": {...}, "visitor": id of who brought it, "" for the owner of the
            machine}, and "parent" (an id) and "change" for a new version.
        report: what the import found.
        digest: SHA-256 in hex over classes, labels, file names and image digests.
        created: UTC time, ISO 8601.
        folder: where it lies.
    """

    id: str
    name: str
    classes: tuple[str, ...]
    labels: np.ndarray
    parts: np.ndarray
    names: tuple[str, ...]
    digests: np.ndarray
    groups: np.ndarray
    sizes: np.ndarray
    offsets: np.ndarray
    source: dict
    report: ImportReport
    digest: str
    created: str
    folder: Path

    def __len__(self) -> int:
        return len(self.labels)

    @functools.cached_property
    def _images(self) -> mmap.mmap:
        with (self.folder / IMAGES).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def image_bytes(self, index: int) -> bytes:
        """Encoded bytes of one image, as imported.

        Args:
            index: 0 to n - 1.

        Returns:
            A file of a kind of `tlcore.images.kinds`.

        Raises:
            IndexError: if there is no such image.
            StateError: if its bytes are not those that were imported.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"image {index} of a dataset of {len(self)} images")
        data = self._images[self.offsets[index] : self.offsets[index + 1]]
        if hashlib.sha256(data).digest() != self.digests[index].tobytes():
            raise StateError(
                f"image {self.names[index]} of {self.id} as it was imported",
                "other bytes: the file has been damaged since",
                "Remove the image in a new version, or delete the dataset and import it again.",
            )
        return data

    def image(self, index: int, target: int | None = None) -> np.ndarray:
        """Decode one image.

        Args:
            index: 0 to n - 1.
            target: short side wanted in the end, to decode large photos faster; see `decode_image`.

        Returns:
            uint8 array (height, width, 3).

        Raises:
            IndexError: if there is no such image.
        """
        return decode_image(self.image_bytes(index), self.names[index], target)

    @functools.cached_property
    def _previews(self) -> previews.Previews:
        return previews.Previews(self.folder)

    def preview_bytes(self, index: int) -> bytes:
        """The smaller copy of a large image that is kept for pages.

        Args:
            index: 0 to n - 1.

        Returns:
            A JPEG file; b"" where none is kept.
        """
        return self._previews.read(index)

    def preview(self, index: int, target: int) -> np.ndarray:
        """Decode one image to be looked at: what is kept for that, or else the image.

        Args:
            index: 0 to n - 1.
            target: short side wanted in the end, at most 500 pixels; see `decode_image`.

        Returns:
            uint8 array (height, width, 3).

        Raises:
            IndexError: if there is no such image.
            ImageError: if it does not decode.
        """
        kept = self.preview_bytes(index)
        return decode_image(kept, self.names[index], target) if kept else self.image(index, target)

    def counts(self) -> dict[str, int]:
        """Number of images of each class, in the order of the classes."""
        numbers = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, numbers.tolist(), strict=True))

    def given_parts(self) -> dict[str, int]:
        """Number of images of each part that the source gave, in the order of the parts; empty where it gave none."""
        counts = {part: int((self.parts == number).sum()) for number, part in enumerate(PARTS)}
        return {part: count for part, count in counts.items() if count}

    def to_json(self) -> dict:
        """What the store and the manifest keep: everything but the arrays.

        Returns:
            A dictionary of JSON types: version, id, name, classes, counts, given_parts, images, bytes, source, report,
            digest, created.
        """
        return {
            "version": VERSION,
            "id": self.id,
            "name": self.name,
            "classes": list(self.classes),
            "counts": self.counts(),
            "given_parts": self.given_parts(),
            "images": len(self),
            "bytes": int(self.offsets[-1]),
            "source": self.source,
            "report": asdict(self.report),
            "digest": self.digest,
            "created": self.created,
        }


def short_name(id: str) -> str:
    """A dataset's id without the digits that make it unique.

    Args:
        id: such as "cats-and-dogs-1a2b3c4d".

    Returns:
        Such as "cats-and-dogs".
    """
    return id.rsplit("-", 1)[0]


def open_dataset(id: str) -> Dataset:
    """Open an imported dataset; images are read only when asked for.

    Args:
        id: the dataset's id.

    Returns:
        The dataset.

    Raises:
        NotFoundError: if there is none of that id that the asker may see.
        StateError: if its folder was written by a newer version or tampered with.
    """
    folder = datasets_folder() / id
    # An id is also a folder name: anything else than the id alphabet could point out of the datasets folder.
    is_there = re.fullmatch(r"[a-z0-9-]+", id) and (folder / MANIFEST).is_file() and not (folder / DELETED).exists()
    if not is_there or not only_readable([id]):
        raise NotFoundError("dataset", id, dataset_ids())
    # A dataset never changes, so everybody in this process shares what was read once.
    return _read(folder, (folder / MANIFEST).stat().st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _read(folder: Path, _written: int) -> Dataset:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if manifest["version"] != VERSION:
            raise ValueError(f"version {manifest['version']}")
        with np.load(folder / INDEX, allow_pickle=False) as index:
            arrays = {name: index[name] for name in ("labels", "digests", "groups", "sizes", "offsets")}
            # Datasets of earlier versions know of no parts.
            arrays["parts"] = index["parts"] if "parts" in index else np.full(len(arrays["labels"]), NOT_GIVEN, np.int8)
            names = tuple(index["names"].tobytes().decode("utf-8").split("\0"))
        dataset = Dataset(
            **{name: manifest[name] for name in ("id", "name", "source", "digest", "created")},
            classes=tuple(manifest["classes"]),
            report=ImportReport.from_json(manifest["report"]),
            names=names,
            folder=folder,
            **arrays,
        )
        lengths = {len(array) for name, array in arrays.items() if name != "offsets"} | {len(names)}
        damaged = damaged_files(folder, besides=(IMAGES, *previews.FILES))  # of these each is looked at when it is read
        if damaged:
            raise ValueError(f"{', '.join(damaged)} is not as it was written")
        if lengths != {len(dataset.offsets) - 1} or (folder / IMAGES).stat().st_size < dataset.offsets[-1]:
            raise ValueError("its files do not belong together")
    # Damage shows in whatever way the readers of archives, arrays and JSON stumble over it.
    except Exception as error:
        raise StateError(
            f"dataset {folder.name}, whole and of version {VERSION}",
            f"files that cannot be read ({error})",
            "Delete the dataset and import it again.",
        ) from error
    for array in arrays.values():
        array.setflags(write=False)
    return dataset


def write_index(folder: Path, dataset: Dataset) -> None:
    """Write manifest and index into a folder that is not yet visible.

    Args:
        folder: the temporary folder, which already holds the images.
        dataset: what to write.
    """
    with (folder / INDEX).open("wb") as file:
        np.savez(
            file,
            labels=dataset.labels,
            parts=dataset.parts,
            digests=dataset.digests,
            groups=dataset.groups,
            sizes=dataset.sizes,
            offsets=dataset.offsets,
            names=np.frombuffer("\0".join(dataset.names).encode("utf-8"), np.uint8),
        )
    manifest = json.dumps(dataset.to_json(), indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(manifest, "utf-8")


def list_datasets() -> tuple[Dataset, ...]:
    """All datasets that the asker may see and that can be read, newest first; see `damaged_datasets` for others."""
    return tuple(sorted(_opened()[0], key=lambda dataset: dataset.created, reverse=True))


def damaged_datasets() -> dict[str, StateError]:
    """Datasets on this machine that cannot be read.

    Returns:
        Id → what is wrong, and what to do.
    """
    return _opened()[1]


def _opened() -> tuple[list[Dataset], dict[str, StateError]]:
    found, damaged = [], {}
    for id in dataset_ids():
        try:
            found.append(open_dataset(id))
        except StateError as error:
            damaged[id] = error
        except NotFoundError:
            continue  # deleted by somebody else in this moment
    return found, damaged


def dataset_ids() -> list[str]:
    """Ids of all datasets on this machine that the asker may see and that are not deleted, even if damaged."""
    folders = [path.parent for path in datasets_folder().glob(f"[a-z0-9]*/{MANIFEST}")]
    return only_readable(sorted(folder.name for folder in folders if not (folder / DELETED).exists()))
