"""A photo flowing through a network: its maps at each stage, and any value of them written out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import isinf, log2
from pathlib import Path

import numpy as np
import streamlit as st

from pages.architectures.flow.network import offer_network, ready_network
from pages.architectures.flow.photo import pick_photo
from pages.ui.browser.component import component
from pages.ui.errors import errors_shown, safely
from pages.ui.photos import webp_of
from pages.ui.text import plain
from tlcore.figures.architecture.value import number_text, value_html
from tlcore.figures.pictures import map_colors
from tlcore.images.preprocess import PREPROCESSING
from tlcore.inference.classifier import classify_squares, see
from tlcore.inference.flow.operations import Span
from tlcore.inference.flow.stages import StageMaps, photo_through
from tlcore.inference.flow.value import Place, Step, write_out
from tlcore.inference.inside import layers_with_maps, network_input, open_inside
from tlcore.inference.networks.prepared import Prepared, load_prepared
from tlcore.text import probability_text
from tlcore.zoo.catalog import INSTALLED, Architecture, find

_LARGEST, _SMALLEST = 100, 48  # pixels of a map on a wide page: those of the first stage and of the last
_TALLEST = 440  # pixels of all maps of a stage
_PATCH_PIXELS = 168
_FLOW = component("photo_flow", Path(__file__).with_name("flow"), '<div class="flow"></div>')


@dataclass(frozen=True)
class _Shown:
    """What is drawn of a photo in a network.

    Args:
        square: uint8 (size, size, channels), what the network sees.
        stages: its maps.
        data: the same for the browser.
    """

    square: np.ndarray
    stages: list[StageMaps]
    data: dict


@st.fragment
@errors_shown()
def show_flow(row: Architecture) -> None:
    """Draw a photo on its way through a network, or how to get the network's weights.

    Args:
        row: the architecture.
    """
    folder, stand_in = ready_network(row), find(INSTALLED)
    if folder is not None:
        _show_through(row, folder)
        return
    if row != stand_in and (folder := ready_network(stand_in)) is not None:
        st.markdown(
            f"**This is {stand_in.title}, which is always here.** How to see a photo flow through {plain(row.title)} "
            "stands below."
        )
        _show_through(stand_in, folder)
        st.divider()
    offer_network(row)


def _show_through(row: Architecture, folder: Path) -> None:
    photo = pick_photo(row.input_size)
    prepared = load_prepared(folder)
    square = see(prepared.card, photo)
    with st.spinner("The photo is on its way", show_time=True):
        shown = _flow(str(prepared.features_file), prepared.card.created, square, prepared)
    if not shown.stages:
        st.info("This network is quantized: its layers give no maps that can be shown.", icon=":material/grid_off:")
        return
    state = _state(shown)
    key = f"flow-{row.name}"
    data = {**shown.data, "chosen": state["chosen"]}
    st.caption(
        "In each map, yellow is strong and dark blue weak. "
        "Hover over a map: the photo shows what each of its values can see. Click one: how it came about is written "
        "out below."
    )
    _FLOW(data=data, key=key, on_picked_change=safely(lambda: _picked(key, state, shown)))
    _show_value(prepared, shown, state)


@st.cache_data(max_entries=24, show_spinner=False)
def _flow(_file: str, created: str, square: np.ndarray, _prepared: Prepared) -> _Shown:
    """Computed once for each network and photo, whoever asks."""
    stages = photo_through(_prepared, square)
    return _Shown(square, stages, _data(_prepared, square, stages))


def _data(prepared: Prepared, square: np.ndarray, stages: list[StageMaps]) -> dict:
    heights = [log2(stage.layer.height) for stage in stages]
    spread = (max(heights) - min(heights)) or 1 if stages else 1
    guesses = classify_squares(prepared, square[None])[0].guesses
    version = hashlib.sha256(f"{prepared.folder} {prepared.card.created}".encode() + square.tobytes()).hexdigest()
    return {
        "version": version,
        "size": len(square),
        "size_text": f"{len(square)} × {len(square)} × {square.shape[2]}",
        "photo": _webp(square.squeeze(), lossless=False),
        "stages": [
            {
                "name": stage.layer.name,
                "height": stage.layer.height,
                "width": stage.layer.width,
                "channels": f"{stage.layer.channels:,}",
                "shown": min(
                    round(_SMALLEST + (_LARGEST - _SMALLEST) * (height - min(heights)) / spread),
                    _TALLEST // len(stage.channels) - 5,
                ),
                "down": _span(stage.field[0]),
                "across": _span(stage.field[1]),
                "example": stage.example,
                "maps": [
                    {"channel": channel, "picture": _webp(_colored(values))}
                    for channel, values in zip(stage.channels, stage.maps, strict=True)
                ],
            }
            for stage, height in zip(stages, heights, strict=True)
        ],
        "answer": [
            {
                "name": guess.name,
                "share": guess.probability,
                "text": probability_text(guess.probability).replace(" ", "\N{NO-BREAK SPACE}"),
            }
            for guess in guesses
        ],
    }


def _span(span: Span) -> tuple[float, float, float] | None:
    return None if isinf(span.high) else (span.step, span.low, span.high)


def _colored(values: np.ndarray) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    return map_colors((values - low) / ((high - low) or 1))


def _webp(pixels: np.ndarray, lossless: bool = True) -> str:
    return webp_of(pixels, lossless=lossless, quality=80, method=0)


def _state(shown: _Shown) -> dict:
    """What is written out: begins with a value of the first map; then what was clicked, and the way back."""
    state = st.session_state.setdefault("flow", {})
    if state.get("version") != shown.data["version"]:
        stage = shown.stages[0]
        y, x = stage.example
        state.update(version=shown.data["version"], chosen={"stage": 0, "map": 0, "y": y, "x": x}, way=[])
        state["way"] = [Place(stage.layer.tensor, y, x, stage.channels[0])]
    return state


def _picked(key: str, state: dict, shown: _Shown) -> None:
    chosen = st.session_state[key].picked
    stage = shown.stages[chosen["stage"]]
    state["chosen"] = chosen
    state["way"] = [Place(stage.layer.tensor, chosen["y"], chosen["x"], stage.channels[chosen["map"]])]


def _show_value(prepared: Prepared, shown: _Shown, state: dict) -> None:
    inside, place = open_inside(prepared), state["way"][-1]
    steps = write_out(inside, network_input(prepared, shown.square), place)
    names = {layer.tensor: layer.name for layer in layers_with_maps(prepared)} | {inside.image: ""}
    down, across = inside.fields[place.tensor]
    top, bottom = down.pixels(place.y, len(shown.square))
    left, right = across.pixels(place.x, len(shown.square))
    name = names.get(place.tensor, "a layer between")
    st.markdown(
        f"**`{name}`, map {place.channel}, row {place.y}, column {place.x}: {number_text(steps[0].value)}** "
        "came about like this:"
    )
    patch, arithmetic = st.columns([2, 9], gap="medium")
    with patch:
        st.image(
            _enlarged(shown.square[top:bottom, left:right]),
            width=_PATCH_PIXELS,
            caption=f"What it sees: {bottom - top} × {right - left} pixels",
            alt="The part of the photo that this value can depend on",
        )
    with arithmetic:
        reverse = PREPROCESSING.find(prepared.card.preprocessing).reverse
        colors = ["gray"] if prepared.card.channels == 1 else ["red", "green", "blue"][:: -1 if reverse else 1]
        st.html(value_html(steps, lambda tensor: names.get(tensor, "a layer between"), colors))
        _show_way(steps[-1], state, inside.image, names)


def _enlarged(part: np.ndarray) -> np.ndarray:
    """Without smoothing, so that single pixels can be seen."""
    times = max(1, _PATCH_PIXELS // max(part.shape[:2]))
    return part.repeat(times, axis=0).repeat(times, axis=1).squeeze()


def _show_way(window: Step, state: dict, image: int, names: dict[int, str]) -> None:
    with st.container(horizontal=True):
        if window.largest and window.came_from != image:
            name = plain(names.get(window.largest.tensor, "the layer before"))
            st.button(
                f"Where does its largest part come from? Map {window.largest.channel} of {name}",
                icon=":material/subdirectory_arrow_left:",
                type="tertiary",
                on_click=safely(lambda: state["way"].append(window.largest)),
                key="flow-back",
            )
        if len(state["way"]) > 1:
            st.button(
                "Back to the value that was clicked",
                icon=":material/undo:",
                type="tertiary",
                on_click=safely(lambda: state.update(way=state["way"][:1])),
                key="flow-return",
            )
