"""What the layers of a network answered to a photo."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.errors import errors_shown
from pages.ui.photos import show_picture
from pages.ui.text import plain
from tlcore.figures.pictures import map_picture
from tlcore.inference.classifier import Classification
from tlcore.inference.inside import feature_maps, layers_with_maps, telling_channels, telling_layer
from tlcore.inference.networks.prepared import Prepared

_MAPS = 24
_MAP_PIXELS = 112
_LEAST_WIDTH = 96  # of a map on the page


@st.fragment
@errors_shown()
def show_inside(prepared: list[Prepared], results: list[Classification]) -> None:
    """Draw the feature maps of one layer, at first of one that shows something.

    Args:
        prepared: the networks, one or more.
        results: what each made of the photo.
    """
    place = 0
    if len(prepared) > 1:
        titles = [row.card.title for row in prepared]
        chosen = st.segmented_control(
            "Network", titles, default=titles[0], required=True, key="inside-of", format_func=plain
        )
        place = titles.index(chosen)
    _show_layer(prepared[place], results[place].square)


def _show_layer(prepared: Prepared, square: np.ndarray) -> None:
    layers = {layer.name: layer for layer in layers_with_maps(prepared)}
    if len(layers) < 2:
        st.caption("This network is quantized: its layers give no maps that can be shown.")
        return
    st.caption("Early layers respond to edges and colors, later ones to textures, the last ones to parts of things.")
    places = {name: place for place, name in enumerate(layers, start=1)}
    name = st.select_slider(
        "Layer, from first to last",
        list(layers),
        telling_layer(prepared, square, list(layers.values())).name,
        format_func=lambda name: f"{places[name]} of {len(layers)}",
        key=f"layer-{prepared.folder.name}",
    )
    layer = layers[name]
    maps = feature_maps(prepared, square, layer)
    channels = telling_channels(maps, _MAPS)
    st.caption(
        f"Layer {places[name]} of {len(layers)}, called `{layer.name}`: {layer.channels:,} maps of "
        f"{layer.width} × {layer.height}. "
        f"Shown are the {len(channels)} that tell places of the photo apart most; brighter is stronger."
    )
    with st.grid(8, min_column_width=_LEAST_WIDTH, gap="xsmall"):
        for channel in channels:
            words = f"Map {channel}"
            show_picture(map_picture(maps[..., channel], _MAP_PIXELS), words, f"{words} of layer {layer.name}")
