"""The images of a dataset on a map: look at one by pointing at it, draw around some to choose them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.datasets.choice import changes_of, choose, generation, redraw
from pages.datasets.grid import show_grid
from pages.datasets.map.pointed import show_pointed
from pages.datasets.suspects import count_sentence, doubt_text, offer_check, suspects_in
from pages.ui.errors import safely
from pages.ui.offer_jobs import offer_jobs
from tlcore.datasets.dataset import Dataset, list_datasets, open_dataset
from tlcore.errors import MissingError
from tlcore.figures.image_map import photo_map
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.text import count_text
from tlcore.training.features.image_map import MAP_FILE, MOST, lineage, read_map
from tlcore.zoo.catalog import INSTALLED, find

_KIND = "map"
_ICON = ":material/scatter_plot:"
_HEIGHT = 460
_BESIDE = 24  # images beside the map
_RING, _RINGED = "#D40000", "label may be wrong"  # the color reads on light and on dark
_CONFIG = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtons": [["lasso2d", "select2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
}
Places = tuple[np.ndarray, np.ndarray]  # positions in the dataset, and points


def show_map(dataset: Dataset) -> dict[int, str]:
    """Draw the map of a dataset, or the way to it.

    Args:
        dataset: any dataset.

    Returns:
        Image → the class that it looks like, of those whose label is probably wrong.
    """
    run = _run_of(dataset)
    places = _places(dataset.id, run.id, run) if run else None
    if run is None or places is None or not len(places[0]):
        _offer(dataset)
        return {}
    positions, points = places
    suspects = suspects_in(dataset)
    notes = {each.image: doubt_text(dataset, each) for each in suspects or ()}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        sampled = f" {len(positions):,} of {len(dataset):,} images, drawn at random." if len(dataset) > MOST else ""
        st.caption(
            f"Images that look alike to {find(INSTALLED).title} lie close together. Point at one to see it, draw "
            f"around some to choose them.{' A ring marks a label that may be wrong.' if notes else ''}{sampled}"
        )
        key = f"map-{dataset.id}-{generation(dataset.id)}"
        st.plotly_chart(
            _figure(dataset, positions, points, tuple(sorted(changes_of(dataset.id).items())), notes),
            key=key,
            alt="Map of the images: each is a point in the color of its class.",
            config=_CONFIG,
            on_select=safely(lambda: _take(dataset.id, key)),
            selection_mode=("lasso", "box", "points"),
        )
        show_pointed(dataset.id, key)
    with right:
        _show_taken(dataset, _taken(key), notes)
        if suspects is None:
            offer_check(dataset)
    return {each.image: dataset.classes[each.suggested] for each in suspects or ()}


def _offer(dataset: Dataset) -> None:
    st.write(
        f"{find(INSTALLED).title} looks at {'all' if len(dataset) <= MOST else f'{MOST:,}'} images and puts those that "
        "look alike side by side. Then you can choose whole groups, and see images amid a class that is not theirs. "
        "This takes some seconds; the map is kept."
    )
    requests = {f"Map of {dataset.name}": {"dataset": dataset.id}}
    offer_jobs(_KIND, requests, "Draw the map", _ICON, lambda: st.query_params.update({"dataset": dataset.id}))


def _run_of(dataset: Dataset) -> Run | None:
    """The job that has drawn the map of this version, or of the nearest before it."""
    runs = {run.plan["dataset"]: run for run in open_store().runs(kind=_KIND, states=[FINISHED])[::-1]}
    parents = {other.id: other.source.get("parent", "") for other in list_datasets()}
    found = lineage(dataset.id, parents, runs)
    return runs[found] if found else None


@st.cache_resource(max_entries=16, show_spinner=False)
def _places(dataset_id: str, run_id: str, _run: Run) -> Places | None:
    try:
        arranged = read_map(_run.folder / MAP_FILE)
    except MissingError:
        return None
    positions, rows = arranged.places_in(open_dataset(dataset_id))
    return positions, arranged.points[rows]


def _figure(
    dataset: Dataset,
    positions: np.ndarray,
    points: np.ndarray,
    changes: Sequence[tuple[int, str | None]],
    suspects: Collection[int],
) -> go.Figure:
    """The map as it will be after what was changed so far, with rings around labels that are probably wrong."""
    changed = dict(changes)
    kept = [row for row, index in enumerate(positions.tolist()) if changed.get(index, "") is not None]
    shown = positions[kept].tolist()
    classes = [changed.get(index) or dataset.classes[dataset.labels[index]] for index in shown]
    names = [dataset.names[index] for index in shown]
    figure = photo_map(points[kept], classes, names, shown, ("", ""))
    figure.update_traces(hovertemplate=None, hoverinfo="none")  # `show_pointed` says it, beside the photo
    ringed = [row for row, index in zip(kept, shown, strict=True) if index in suspects and index not in changed]
    if ringed:
        figure.add_scatter(
            x=points[ringed, 0],
            y=points[ringed, 1],
            mode="markers",
            name=_RINGED,
            marker={"size": 22, "symbol": "circle-open", "color": _RING, "line": {"width": 2.5}},
            hoverinfo="skip",
        )
        figure.update_traces(selected_marker_opacity=1, selector={"name": _RINGED})
    legend = {"orientation": "h", "y": 0, "yanchor": "top", "x": 0}  # above are the tools
    figure.update_layout(height=_HEIGHT, dragmode="lasso", uirevision=dataset.id, legend=legend, margin_t=40)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(showgrid=False, zeroline=False)
    return figure


def _take(dataset_id: str, key: str) -> None:
    choose(dataset_id, _taken(key))
    redraw(dataset_id)


def _taken(key: str) -> list[int]:
    """What was drawn around last."""
    points = (st.session_state.get(key) or {}).get("selection", {}).get("points", [])
    return sorted({int(np.ravel(point["customdata"])[0]) for point in points if "customdata" in point})


def _show_taken(dataset: Dataset, taken: Sequence[int], notes: Mapping[int, str]) -> None:
    """Draw the images that were drawn around; before there are any, those whose label is probably wrong."""
    shown = sorted(taken, key=lambda index: index not in notes) or list(notes)
    if taken:
        odd = sum(index in notes for index in taken)
        first = f"; {odd:,} that may be labeled wrong, first" if odd else ""
        st.markdown(f"**{count_text(len(taken), 'image')} drawn around{first}**")
    elif notes:
        st.markdown(f"**{count_sentence(len(notes), dataset)}** Draw around points to see others.")
    else:
        st.info("Images that you draw around appear here.", icon=":material/gesture:")
        return
    pages = -(-len(shown) // _BESIDE)
    place = st.container()
    page = st.pagination(pages, key=f"map-page-{dataset.id}-{len(shown)}") if pages > 1 else 1
    with place:
        show_grid(dataset, shown[(page - 1) * _BESIDE : page * _BESIDE], "map", notes)
