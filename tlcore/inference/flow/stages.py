"""The stages of a network for one photo: at each resolution the maps that show most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tlcore.inference.flow.operations import CONVOLUTIONS, Field
from tlcore.inference.inside import Layer, layers_with_maps, network_input, open_inside, telling_channels
from tlcore.inference.networks.prepared import Prepared

_FEWEST, _MOST = 4, 8  # maps of a stage
_PASSED_ON = ("PAD", "STRIDED_SLICE", "SLICE", "RESHAPE", "TRANSPOSE")
_MOST_STAGES = 8


@dataclass(frozen=True)
class StageMaps:
    """Maps of one layer for one photo.

    Args:
        layer: that gives them.
        channels: numbers of the maps shown, those first that differ most from place to place.
        maps: float32 (shown, height, width).
        field: which pixels of the network's input each value sees.
    """

    layer: Layer
    channels: tuple[int, ...]
    maps: np.ndarray
    field: Field

    @property
    def example(self) -> tuple[int, int]:
        """Row and column of a value worth writing out: the greatest of the first map.

        Where several are as great, their activation cut them off: the one with the greatest neighbors, which was cut
        by more than a hair.
        """
        values = self.maps[0]
        inner = values[1:-1, 1:-1] if min(values.shape) > 2 else values
        margin = (values.shape[0] - inner.shape[0]) // 2
        around = np.pad(values, 1 - margin, mode="edge")
        sums = sliding_window_view(around, (3, 3)).sum(axis=(2, 3))
        row, column = np.unravel_index(np.where(inner == inner.max(), sums, -np.inf).argmax(), inner.shape)
        return int(row) + margin, int(column) + margin


def stage_layers(prepared: Prepared) -> list[Layer]:
    """Choose the layers to look at: the first of all, and the last at each resolution.

    Args:
        prepared: the network.

    Returns:
        The layers, from the photo up; none where the network gives whole numbers, as quantized ones do.
    """
    inside = open_inside(prepared)
    kinds = {operation.output: operation.kind for operation in inside.operations}
    order = list(kinds)
    begin = next((number for number, kind in enumerate(kinds.values()) if kind in CONVOLUTIONS), 0)
    layers = [
        layer
        for layer in layers_with_maps(prepared)
        if kinds[layer.tensor] not in _PASSED_ON and order.index(layer.tensor) >= begin
    ]
    if not layers:
        return []
    last: dict[float, Layer] = {}
    for layer in layers:
        step = inside.fields[layer.tensor][0].step or layers[0].height / layer.height
        last.pop(step, None)  # so that the order is that of the last layers
        last[step] = layer
    chosen = list(last.values())
    if chosen[0] != layers[0]:
        chosen.insert(0, layers[0])
    return chosen[:_MOST_STAGES]


def photo_through(prepared: Prepared, square: np.ndarray) -> list[StageMaps]:
    """Let a photo flow through a network.

    Args:
        prepared: the network.
        square: uint8 (size, size, channels), what the network sees.

    Returns:
        Its stages, from the photo up: the deeper, the more maps are shown.
    """
    inside, photo = open_inside(prepared), network_input(prepared, square)
    inside.run(photo, inside.image)
    layers = stage_layers(prepared)
    stages = []
    for number, layer in enumerate(layers):
        count = _FEWEST + round((_MOST - _FEWEST) * number / max(1, len(layers) - 1))
        maps = inside.run(photo, layer.tensor)[0]
        channels = telling_channels(maps, count)
        shown = np.moveaxis(maps[..., channels], -1, 0)
        stages.append(StageMaps(layer, tuple(channels), shown, inside.fields[layer.tensor]))
    return stages
