"""A description of layers in any notation of Keras, brought to one list of calls: networks inside are unfolded.

Keras writes a functional network as layers with, for each, the tensors that it was called on: once, or several times
where a layer is shared. A sequential one is a list. Either may stand where a layer does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tlcore.zoo.opened.description import (
    Path,
    Recorded,
    built_for,
    is_network,
    layers_of,
    name_of,
    named_arguments,
    recorded,
    tensors_in,
)
from tlcore.zoo.opened.notations import function_name, is_operation, kind_of_layer, settings_of_layer

MAX_LAYERS = 5_000
MAX_CONNECTIONS = 10_000
MAX_DEPTH = 20  # of networks inside networks


@dataclass(frozen=True)
class Tensor:
    """What a call gives.

    Args:
        call: its name.
        index: which of the tensors that it gives.
        recorded: the shape that the file has for it, or None.
    """

    call: str
    index: int = 0
    recorded: Recorded | None = None


@dataclass(frozen=True)
class Call:
    """A layer at work on certain tensors.

    Args:
        name: unique in the network.
        kind: what the layer is, in the words of Keras 3.
        config: its settings, and the other arguments of the call.
        path: of the layer; calls of a shared layer have the same.
        sources: the tensors that it takes.
        number: 1 for the first call of a layer, 2 for the next.
        trainable: whether training changes it, as it and the networks around it say.
        is_operation: whether it can hold no weights.
        function: the function of TensorFlow that it calls; empty for others.
        built_for: the shape of its input that the file records, or None.
    """

    name: str
    kind: str
    config: dict[str, Any]
    path: Path
    sources: tuple[Tensor, ...]
    number: int
    trainable: bool
    is_operation: bool
    function: str
    built_for: Recorded | None

    @property
    def block(self) -> str:
        """The networks around the layer; empty if it stands in none."""
        around = "/".join(self.path[:-1])
        return f"{around}, call {self.number}" if around and self.number > 1 else around


def unfold(network: dict) -> list[Call]:
    """Follow a network from its inputs to its outputs.

    Args:
        network: {"class_name": …, "config": …} that `is_network`.

    Returns:
        Its calls, each after those that feed it, in the order of the file otherwise.

    Raises:
        ValueError: if there are too many, or one is fed by what does not exist.
    """
    unfolding = _Unfolding()
    unfolding.network(network, None, (), True)
    return unfolding.calls


@dataclass
class _Unfolding:
    calls: list[Call] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    counts: dict[Path, int] = field(default_factory=dict)
    connections: int = 0

    def network(self, network: dict, given: list[Tensor] | None, path: Path, trainable: bool) -> list[Tensor]:
        """Unfold a network that is fed by `given`, or from outside; returns what it gives."""
        layers, config = layers_of(network), network["config"]
        if not 0 < len(layers) <= MAX_LAYERS:
            raise ValueError(f"{len(layers)} layers; 1 to {MAX_LAYERS:,} can be shown")
        if len(path) > MAX_DEPTH:
            raise ValueError(f"more than {MAX_DEPTH} networks inside each other")
        trainable = trainable and not (isinstance(config, dict) and config.get("trainable") is False)
        if (isinstance(config, dict) and "input_layers" in config) or any("inbound_nodes" in one for one in layers):
            return self._functional(network, given, path, trainable)
        return self._sequential(network, given, path, trainable)

    def _sequential(self, network: dict, given: list[Tensor] | None, path: Path, trainable: bool) -> list[Tensor]:
        layers, config = layers_of(network), network["config"]
        if given is None and layers[0]["class_name"] != "InputLayer" and not is_network(layers[0]):
            own = layers[0].get("config") or {}
            shape = own.get("batch_input_shape") or own.get("batch_shape") or built_for(layers[0])
            shape = shape or (config.get("build_input_shape") if isinstance(config, dict) else None)
            settings = {"batch_shape": shape} if shape else {}
            given = self._call({"class_name": "InputLayer", "config": {"name": "input", **settings}}, [], path, True)
        for layer in layers:
            if layer["class_name"] == "InputLayer" and given is not None:
                continue
            given = self._apply(layer, given, path, trainable, {})
        return given or []

    def _functional(self, network: dict, given: list[Tensor] | None, path: Path, trainable: bool) -> list[Tensor]:
        config = network["config"]
        known: dict[tuple[str, int], list[Tensor]] = {}
        waiting = []
        fed = dict(zip((name for name, *_ in tensors_in(config.get("input_layers"))), given or (), strict=False))
        for layer in layers_of(network):
            name, nodes = name_of(layer), layer.get("inbound_nodes") or []
            if layer["class_name"] == "InputLayer":
                known[name, 0] = [fed[name]] if name in fed else self._call(layer, [], path, trainable)
            elif not nodes:
                raise ValueError(f"layer {name:.80} is fed by nothing")
            waiting += [(layer, name, index, list(tensors_in(node)), node) for index, node in enumerate(nodes)]
        number_of = _numbering(waiting)
        while waiting:
            left = []
            for layer, name, index, tensors, node in waiting:
                keys = [(source, number_of(source, number), place, shape) for source, number, place, shape in tensors]
                if any((source, number) not in known for source, number, *_ in keys):
                    left.append((layer, name, index, tensors, node))
                    continue
                taken = [_picked(known[source, number], place, shape) for source, number, place, shape in keys]
                known[name, index] = self._apply(layer, taken, path, trainable, named_arguments(node))
            if len(left) == len(waiting):
                raise ValueError(f"layer {left[0][1]:.80} is fed by a layer that does not come before it")
            waiting = left
        ends = [
            (name, number_of(name, number), place) for name, number, place, _ in tensors_in(config.get("output_layers"))
        ]
        return [_picked(known[name, number], place, None) for name, number, place in ends if (name, number) in known]

    def _apply(
        self, layer: dict, tensors: list[Tensor] | None, path: Path, trainable: bool, arguments: dict
    ) -> list[Tensor]:
        if is_network(layer):
            return self.network(layer, tensors, (*path, name_of(layer)), trainable)
        return self._call(layer, tensors or [], path, trainable, arguments)

    def _call(
        self, layer: dict, tensors: list[Tensor], path: Path, trainable: bool, arguments: dict | None = None
    ) -> list[Tensor]:
        own = (*path, name_of(layer))
        self.counts[own] = number = self.counts.get(own, 0) + 1
        self.connections += len(tensors)
        config = settings_of_layer(layer)
        call = Call(
            name=self._unique(own, number),
            kind=kind_of_layer(layer),
            config={**config, **(arguments or {})},
            path=own,
            sources=tuple(tensors),
            number=number,
            trainable=trainable and config.get("trainable") is not False,
            is_operation=is_operation(layer),
            function=function_name(layer),
            built_for=recorded(built_for(layer)),
        )
        self.calls.append(call)
        if len(self.calls) > MAX_LAYERS:
            raise ValueError(f"more than {MAX_LAYERS:,} layers")
        if self.connections > MAX_CONNECTIONS:
            raise ValueError(f"more than {MAX_CONNECTIONS:,} connections between layers")
        return [Tensor(call.name)]

    def _unique(self, path: Path, number: int) -> str:
        """The layer's own name; where another has it, the names of the networks around it help, then a number."""
        again = f", call {number}" if number > 1 else ""
        for start in range(len(path) - 1, -1, -1):
            name = "/".join(path[start:]) + again
            if name not in self.names:
                self.names.add(name)
                return name
        raise ValueError(f"two layers are called {path[-1]:.80}")


def _numbering(nodes: list[tuple]) -> Callable[[str, int], int]:
    """Calls counted from 0: Keras 2 counts a nested network's from the one that made it, Keras 3 in the outputs alone.

    Args:
        nodes: (layer, its name, number of the call, tensors that it takes, …) of each.

    Returns:
        Name of a layer and number as the file has it → number of the call.
    """
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for _, name, index, tensors, _ in nodes:
        last[name] = index
        for source, number, *_ in tensors:
            first[source] = min(number, first.get(source, number))
    return lambda name, number: min(number - first.get(name, 0), last.get(name, 0))


def _picked(tensors: list[Tensor], index: int, shape: Recorded | None) -> Tensor:
    """The tensor that a layer was called on, of those that another gave."""
    if index < len(tensors) and (index == 0 or len(tensors) > 1):
        return Tensor(tensors[index].call, tensors[index].index, shape or tensors[index].recorded)
    return Tensor(tensors[0].call, index, shape)
