"""What a weights file of HDF5 holds: its layers and the shapes of their arrays. Knows no TensorFlow.

Keras writes two layouts. The older one (`.h5`) lists the layers in order, each with its arrays; the newer one
(`.weights.h5`) holds a group for each layer, named after its class and counted.

The library that reads HDF5 can crash or hang on a few thousand bytes, so this runs in a child of `tlcore.guard`, which
reads all that whoever loads the file will read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

import h5py

from tlcore.errors import InputError
from tlcore.guard import run
from tlcore.settings import settings
from tlcore.storage.hdf5 import refuse_links

MOST_ARRAYS = 20_000
NUMBERS = "fiub"
Shapes = list[tuple[int, ...]]


@dataclass(frozen=True)
class Layout:
    """What a weights file holds.

    Args:
        ordered: whether it has the older layout.
        layers: name and shapes of each layer, in the order of the file in the older layout, sorted in the newer one.
    """

    ordered: bool
    layers: tuple[tuple[str, Shapes], ...]


def read_layout(path: Path) -> Layout:
    """Read what a weights file holds.

    Args:
        path: the file; not trusted.

    Returns:
        Its layers.

    Raises:
        InputError: if it is no weights file of either layout, refers to other files, or harms its reader.
    """
    found = run("weights", path, path.name)
    layers = tuple((name, [tuple(shape) for shape in shapes]) for name, shapes in found["layers"])
    return Layout(found["ordered"], layers)


def describe_weights(path: Path, name: str) -> dict:
    """Read a weights file through in this process, which only a child of `tlcore.guard` may.

    Args:
        path: the file.
        name: what the user calls it.

    Returns:
        A `Layout` as plain values.

    Raises:
        InputError: as `read_layout`.
    """
    try:
        with h5py.File(path, "r") as file:
            _read_through(file)
            root = file.get("model_weights", file)
            ordered = "layer_names" in root.attrs
            layers = _ordered_layers(root) if ordered else _counted_layers(root)
    except MemoryError:
        raise
    except Exception as problem:  # the library passes on whatever it stumbles over
        raise InputError(
            "a weights file written by Keras", f"{name}, which cannot be read as one ({problem!s:.200})",
            "Save the network with `model.save_weights(…)` again.",
        ) from problem  # fmt: skip
    return {"ordered": ordered, "layers": layers}


def _read_through(file: h5py.File) -> None:
    """Read everything once, after checking that it is in this file, of numbers and of honest size."""
    left = settings().max_weights_bytes

    def read(path: str, entry: h5py.Group | h5py.Dataset) -> None:
        nonlocal left
        dict(entry.attrs)
        if not isinstance(entry, h5py.Dataset):
            return
        if entry.is_virtual or entry.external:
            raise ValueError(f"{path} refers to another file")
        if entry.dtype.kind not in NUMBERS:
            return  # the newer layout keeps a few words of its own, which are not loaded
        left -= entry.nbytes
        if left < 0:
            raise ValueError(f"it unpacks to more than {settings().max_weights_bytes:,} bytes")
        entry[()]

    refuse_links(file)
    dict(file.attrs)
    file.visititems(read)


def _ordered_layers(root: h5py.Group) -> list[tuple[str, Shapes]]:
    layers: list[tuple[str, Shapes]] = []
    total = 0
    for name in listed(root, "layer_names"):
        shapes = [tuple(root[name][weight].shape) for weight in listed(root[name], "weight_names")]
        total += 1 + len(shapes)
        if total > MOST_ARRAYS:
            raise ValueError(f"it lists more than {MOST_ARRAYS:,} arrays")
        if shapes:
            layers.append((name, shapes))
    return layers


def listed(group: h5py.Group, name: str) -> list[str]:
    """Read a list of names, which may be split over `name0`, `name1`, … because HDF5 limits the size of an attribute.

    Args:
        group: that bears the attribute.
        name: of the attribute.

    Returns:
        The names; none if there is no such attribute.
    """
    if name in group.attrs:
        items = list(group.attrs[name])
    else:
        parts = takewhile(group.attrs.__contains__, (f"{name}{number}" for number in count()))
        items = [item for part in parts for item in group.attrs[part]]
    return [item.decode("utf-8") if isinstance(item, bytes) else str(item) for item in items]


def _counted_layers(root: h5py.Group) -> list[tuple[str, Shapes]]:
    groups: dict[str, Shapes] = {}

    def collect(path: str, entry: h5py.Group | h5py.Dataset) -> None:
        parts = path.split("/")
        if isinstance(entry, h5py.Dataset) and parts[0] == "layers":
            groups.setdefault(parts[1], []).append(tuple(entry.shape))

    root.visititems(collect)
    return sorted((name, sorted(shapes)) for name, shapes in groups.items())
