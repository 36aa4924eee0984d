"""A batch of photos as the network arranges them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.classify.batch import Row
from pages.ui.figure import PLAIN
from pages.ui.text import plain
from tlcore.figures.image_map import photo_map
from tlcore.inference.latent import nearest, plane
from tlcore.inference.many import PhotoFile

_NEAREST = 6
FEWEST = 3


def show_map(rows: list[Row], chosen: PhotoFile | None) -> None:
    """Draw the map of all photos, and those most similar to the chosen one.

    Args:
        rows: of photos with a result, `FEWEST` or more.
        chosen: the photo that was opened; None if none was.
    """
    features = np.stack([row.features for row in rows])
    st.caption("Photos that are close together have similar features, whichever class they were given.")
    figure = photo_map(plane(features), [row.name for row in rows], [row.file.name for row in rows])
    st.plotly_chart(figure, key="photo-map", config=PLAIN)
    index = next((place for place, row in enumerate(rows) if chosen and row.file.key == chosen.key), None)
    if index is None:
        return
    st.markdown(f"**Most similar to {plain(rows[index].file.name)}**")
    for column, (other, similarity) in zip(st.columns(_NEAREST), nearest(features, index, _NEAREST), strict=False):
        column.image(
            rows[other].thumbnail,
            caption=f"{plain(rows[other].name)}, similarity {similarity:.2f}",
            alt=rows[other].file.name,
        )
