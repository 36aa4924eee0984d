"""A closer look at one result: where the network looked, and what its layers answered."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.errors import errors_shown
from pages.ui.heat import show_picture
from pages.ui.text import plain
from tlcore.figures.pictures import heat_over_photo, map_picture
from tlcore.inference.attention import class_activation, enlarge, has_maps, occlusion
from tlcore.inference.classifier import Classification
from tlcore.inference.inside import feature_maps, layers_with_maps, strongest_channels
from tlcore.inference.networks.prepared import Prepared

_LOOKED = ":material/visibility: Where it looked"
_INSIDE = ":material/layers: What its layers see"
_MAPS = 24
_MAPS_IN_ROW = 8
_MAP_PIXELS = 112
_MOST_KEPT = 8


def look_closer(prepared: list[Prepared], results: list[Classification]) -> None:
    """Draw the choice of closer looks; nothing is computed before one is chosen.

    Args:
        prepared: the networks.
        results: what each made of the photo.
    """
    view = st.segmented_control(
        "Look closer", [_LOOKED, _INSIDE], key="closer", help="Click one to open it, and again to close it."
    )
    if view is None:
        return
    place = 0
    if len(prepared) > 1:
        titles = [row.card.title for row in prepared]
        chosen = st.segmented_control(
            "Network", titles, default=titles[0], required=True, key="closer-of", format_func=plain
        )
        place = titles.index(chosen)
    if view == _LOOKED:
        _show_where(prepared[place], results[place])
    else:
        _show_inside(prepared[place], results[place].square)


@st.fragment
@errors_shown()
def _show_where(prepared: Prepared, result: Classification) -> None:
    chosen, faded, second = st.columns([3, 3, 2], vertical_alignment="bottom")
    guess = chosen.selectbox("Show evidence for", result.guesses, format_func=str, key="closer-class")
    opacity = faded.slider("Heat map", 0, 100, 50, step=5, format="%d %%", help="How strongly it covers the photo.")
    square = result.square
    views = []
    if has_maps(prepared):
        heat = enlarge(class_activation(prepared, square, guess.index), len(square))
        views.append((heat, "Class activation (Grad-CAM): red areas count most toward this class."))
    else:
        st.caption(
            "This network runs as a whole, so there are no class activation maps for it. Occlusion asks it itself."
        )
    if second.toggle("Second opinion", help="Occlusion: covers one spot at a time and asks again.") or not views:
        losses = _occlusion(prepared, square, guess.index)
        views.append((enlarge(losses, len(square)), _occlusion_words(losses)))
    for column, (heat, words) in zip(st.columns(3), views, strict=False):
        with column:
            show_picture(heat_over_photo(square, heat, opacity / 100), words, words)


def _occlusion(prepared: Prepared, square: np.ndarray, index: int) -> np.ndarray:
    """Kept by hand, as what Streamlit caches must not draw, and this draws its progress."""
    key = (str(prepared.folder), prepared.card.created, square.tobytes(), index)
    kept: dict[tuple, np.ndarray] = st.session_state.setdefault("occlusions", {})
    if key not in kept:
        bar = st.progress(0.0, text="Covering one spot at a time")

        def draw(done: int, total: int) -> None:
            bar.progress(done / total)

        kept[key] = occlusion(prepared, square, index, draw)
        bar.empty()
        for old in list(kept)[:-_MOST_KEPT]:
            del kept[old]
    return kept[key]


def _occlusion_words(losses: np.ndarray) -> str:
    return (
        "Occlusion: covering the red area lowers the probability by up to "
        f"{100 * max(0.0, float(losses.max())):.1f} percentage points."
    )


@st.fragment
@errors_shown()
def _show_inside(prepared: Prepared, square: np.ndarray) -> None:
    layers = {layer.name: layer for layer in layers_with_maps(prepared)}
    if len(layers) < 2:
        st.caption("This network is quantized: its layers give no maps that can be shown.")
        return
    name = st.select_slider(
        "Layer, from first to last",
        list(layers),
        help="Early layers respond to edges and colors, later ones to textures, the last ones to parts of objects.",
        key=f"layer-{prepared.folder.name}",
    )
    layer = layers[name]
    maps = feature_maps(prepared, square, layer)
    channels = strongest_channels(maps, _MAPS)
    st.caption(
        f"{layer.name}: {layer.channels:,} maps of {layer.width} × {layer.height}. "
        f"Shown are the {len(channels)} with the strongest response; brighter is stronger."
    )
    for start in range(0, len(channels), _MAPS_IN_ROW):
        row = channels[start : start + _MAPS_IN_ROW]
        for column, channel in zip(st.columns(_MAPS_IN_ROW), row, strict=False):
            with column:
                words = f"Map {channel}"
                show_picture(map_picture(maps[..., channel], _MAP_PIXELS), words, f"{words} of layer {layer.name}")
