"""Which layer holds which weights, told by their names and shapes in the file. Knows no TensorFlow.

The older layout lists, for each layer of the outermost network, the arrays by name. The newer one nests groups: in each
network, a layer's group is named after its class and counted. What only training needs is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import h5py

from tlcore.storage.hdf5 import refuse_links
from tlcore.zoo.layers.formulas.facts import Shape
from tlcore.zoo.opened.description import Path, inner_layers, is_network, layers_of, name_of
from tlcore.zoo.opened.notations import is_operation
from tlcore.zoo.weights.layout import MOST_ARRAYS, NUMBERS, listed

_CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "_self_tracked_trackables")
_OF_THE_MODEL = "top_level_model_weights"
# What only training needs: the slots of the optimizer and running figures, which stand beside the layers.
_TRAINING = re.compile(r"_?optimizer|_?(compile_)?metrics")
_RUNNING = re.compile(r".*(tracker|metric|loss)")  # of single numbers
_RANDOM_STATE = re.compile(r"StateVar|seed_generator|random_generator")


@dataclass(frozen=True)
class Held:
    """The weights in a file.

    Args:
        layers: shapes of the arrays of each layer, by its path; networks inside are given by their layers.
        elsewhere: shapes of arrays that belong to no layer that the description names, by group.
    """

    layers: Mapping[Path, list[Shape]]
    elsewhere: Mapping[str, list[Shape]]

    @property
    def parameters(self) -> int:
        """All numbers."""
        return sum(map(size, (*self.layers.values(), *self.elsewhere.values())))


def size(shapes: list[Shape]) -> int:
    """How many numbers arrays hold."""
    return sum(math.prod(shape) for shape in shapes)


def held_weights(file: h5py.File, network: dict | None) -> Held:
    """Find out which layer holds which weights.

    Args:
        file: HDF5 of either layout; not trusted.
        network: the description of the layers; None where the file has none.

    Returns:
        The weights; none where the file has none.

    Raises:
        ValueError: if the file refers to other places or lists more arrays than any network has.
    """
    refuse_links(file)
    root = file.get("model_weights", file)
    if network is not None and "layer_names" in root.attrs:
        return _ordered(root, network)
    tree = _tree(root)
    if network is None:
        return Held({}, dict(_by_group(tree, "")))
    layers: dict[Path, list[Shape]] = {}
    _nested(tree, network, (), layers)
    return Held(layers, dict(_by_group(tree, "")))


def _ordered(root: h5py.Group, network: dict) -> Held:
    layers: dict[Path, list[Shape]] = {}
    elsewhere: dict[str, list[Shape]] = {}
    known = {name_of(layer): layer for layer in layers_of(network)}
    count = 0
    for name in listed(root, "layer_names"):
        arrays = [(weight, root[name][weight]) for weight in listed(root[name], "weight_names")]
        count += 1 + len(arrays)
        if count > MOST_ARRAYS:
            raise ValueError(f"it lists more than {MOST_ARRAYS:,} arrays")
        shapes = [
            (weight, tuple(array.shape))
            for weight, array in arrays
            if array.dtype.kind in NUMBERS and not _RANDOM_STATE.search(weight)
        ]
        if name not in known:
            elsewhere[name] = [shape for _, shape in shapes]
        elif is_network(known[name]):
            _spread(shapes, (name,), known[name], layers, elsewhere)
        else:
            layers[name,] = [shape for _, shape in shapes]
    if _OF_THE_MODEL in root:
        group = root[_OF_THE_MODEL]
        elsewhere["the network itself"] = [tuple(group[name].shape) for name in listed(group, "weight_names")]
    return Held(layers, {name: shapes for name, shapes in elsewhere.items() if shapes})


def _spread(
    arrays: list[tuple[str, Shape]],
    path: Path,
    network: dict,
    layers: dict[Path, list[Shape]],
    elsewhere: dict[str, list[Shape]],
) -> None:
    """Give the arrays of a network to the layers in it, whose names are parts of the names of the arrays."""
    inner = {own[-1]: own for own, layer in inner_layers(network, path) if not is_network(layer)}
    layers |= {own: [] for own in inner.values()}
    for weight, shape in arrays:
        words = weight.split(":")[0].split("/")
        # The whole name may hold slashes itself; the longest one that fits is meant.
        spans = ["/".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words))]
        found = max((span for span in spans if span in inner), key=len, default=None)
        if found is None:  # Keras 1 wrote conv_1_W
            found = max((name for name in inner if words[-1].startswith(f"{name}_")), key=len, default=None)
        if found is None:
            elsewhere.setdefault("/".join(path), []).append(shape)
        else:
            layers[inner[found]].append(shape)


@dataclass
class _Group:
    """A group of the newer layout: its own arrays, and the groups in it."""

    name: str = ""
    shapes: list[Shape] = field(default_factory=list)
    groups: dict[str, _Group] = field(default_factory=dict)

    def everything(self) -> Iterator[Shape]:
        yield from self.shapes
        for group in self.groups.values():
            yield from group.everything()


def _tree(root: h5py.Group) -> _Group:
    tree, count = _Group(), 0

    def collect(path: str, entry: h5py.Group | h5py.Dataset) -> None:
        nonlocal count
        *parts, last = path.replace("\\", "/").split("/")  # Keras 2 on Windows
        count += 1
        if count > MOST_ARRAYS:
            raise ValueError(f"it lists more than {MOST_ARRAYS:,} arrays")
        is_array = isinstance(entry, h5py.Dataset)
        if any(_RANDOM_STATE.match(part) for part in parts) or (parts and _TRAINING.match(parts[0])):
            return
        if is_array and not entry.shape and _RUNNING.match(parts[0]):
            return
        group = tree
        for part in parts:
            if part != "vars":
                group = group.groups.setdefault(part, _Group())
        if is_array and entry.dtype.kind in NUMBERS:
            group.shapes.append(tuple(entry.shape))
        elif not is_array and last == "vars":
            group.name = str(entry.attrs.get("name", ""))

    root.visititems(collect)
    return tree


def _nested(tree: _Group, network: dict, path: Path, layers: dict[Path, list[Shape]]) -> None:
    """Take the arrays of a network's layers out of its group."""
    groups = next((tree.groups[name].groups for name in _CONTAINERS if name in tree.groups), tree.groups)
    by_name = {group.name: group for group in groups.values() if group.name}
    counted = [layer for layer in layers_of(network) if not is_operation(layer)]
    for kind, members in _by_kind(counted).items():
        numbered = [groups[key] for key in sorted(_of_kind(groups, kind), key=_number)]
        for place, layer in enumerate(members):
            own = (*path, name_of(layer))
            # Keras 2 skips numbers, so the order counts; where groups are missing, the number itself does.
            counted_name = f"{kind}_{place}" if place else kind
            by_order = numbered[place] if len(numbered) == len(members) else groups.get(counted_name)
            group = by_name.get(own[-1], by_order)
            if group is None:
                continue
            if is_network(layer):
                _nested(group, layer, own, layers)
            elif own not in layers:
                layers[own] = list(group.everything())
                group.shapes, group.groups = [], {}


def _by_kind(layers: list[dict]) -> dict[str, list[dict]]:
    kinds: dict[str, list[dict]] = {}
    for layer in layers:
        kinds.setdefault(_snake_case(str(layer["class_name"]).rpartition(">")[2]), []).append(layer)
    return kinds


def _of_kind(groups: Mapping[str, _Group], kind: str) -> list[str]:
    return [
        name for name in groups if name == kind or (name.startswith(f"{kind}_") and name[len(kind) + 1 :].isdigit())
    ]


def _number(group: str) -> int:
    last = group.rpartition("_")[2]
    return int(last) if last.isdigit() else 0


def _snake_case(name: str) -> str:
    """A class name as Keras writes it into the newer layout."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _by_group(tree: _Group, path: str) -> Iterator[tuple[str, list[Shape]]]:
    """The arrays that are left, by the group that they stand in."""
    if tree.shapes:
        yield path or "the network itself", tree.shapes
    for name, group in tree.groups.items():
        inside = path if name in _CONTAINERS else f"{path}/{name}".lstrip("/")
        yield from _by_group(group, inside)
