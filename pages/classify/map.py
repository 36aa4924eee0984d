"""A batch of photos as the network arranges them."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.classify.batch import Row
from pages.ui.figure import PLAIN
from pages.ui.text import plain
from tlcore.figures.image_map import photo_map
from tlcore.inference.latent import nearest, plane
from tlcore.inference.many import PhotoFile

_NEAREST = 6
# Cosine of features. Measured with EfficientNet-Lite0 on cats, dogs, drawn objects and samples: of the pairs of
# unlike photos 95 % are below, of the photos with another of their kind 99 % have one above.
_SIMILAR = 0.35
FEWEST = 3
_FEWEST_ON_MAP = 6
_MOST_PICTURES = 60
_PICTURE = 0.14  # share of the map's height


def show_map(rows: list[Row], chosen: PhotoFile | None, title: str) -> None:
    """Draw the map of all photos, and those most similar to the chosen one.

    Args:
        rows: of photos with a result, `FEWEST` or more.
        chosen: the photo that was opened; None if none was.
        title: of the network that computed their features.
    """
    features = np.stack([row.features for row in rows])
    if len(rows) < _FEWEST_ON_MAP:
        st.caption(f"Too few photos for a map: it takes {_FEWEST_ON_MAP}. Features of {plain(title)}.")
    else:
        st.caption(
            f"Photos that are close together have similar features in {plain(title)}, whichever class they were given."
        )
        points = plane(features)
        figure = photo_map(points, [row.name for row in rows], [row.file.name for row in rows])
        if len(rows) <= _MOST_PICTURES:
            _lay_pictures(figure, points, rows)
        st.plotly_chart(figure, key="photo-map", config=PLAIN)
    index = next((place for place, row in enumerate(rows) if chosen and row.file.key == chosen.key), None)
    if index is None:
        return
    found = [(other, likeness) for other, likeness in nearest(features, index, _NEAREST) if likeness >= _SIMILAR]
    if not found:
        st.markdown(f"**No other photo here is similar to {plain(rows[index].file.name)}.**")
        return
    st.markdown(f"**Most similar to {plain(rows[index].file.name)}**")
    for column, (other, similarity) in zip(st.columns(_NEAREST), found, strict=False):
        column.image(
            rows[other].thumbnail,
            caption=f"{plain(rows[other].name)}, similarity {similarity:.2f}",
            alt=rows[other].file.name,
        )


def _lay_pictures(figure: go.Figure, points: np.ndarray, rows: list[Row]) -> None:
    """Lay each photo beneath its mark, and leave room for those at the edges."""
    low, high = points.min(axis=0), points.max(axis=0)
    reach = np.maximum(high - low, 1e-9)
    width, height = _PICTURE * reach
    for (x, y), row in zip(points.tolist(), rows, strict=True):
        figure.add_layout_image(
            source=row.thumbnail, xref="x", yref="y", x=x, y=y, sizex=width, sizey=height,
            xanchor="center", yanchor="middle", layer="below",
        )  # fmt: skip
    figure.update_xaxes(range=[low[0] - 0.1 * reach[0], high[0] + 0.1 * reach[0]])
    figure.update_yaxes(range=[low[1] - 0.1 * reach[1], high[1] + 0.1 * reach[1]])
