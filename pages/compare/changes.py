"""What training changed inside a network: weights layer by layer, and the photos as it arranges them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.compare.choice import choose_one, keep_address
from pages.compare.sentence import show_sentence
from pages.ui.figure import show_figure
from pages.ui.offer_jobs import offer_jobs
from tlcore.comparison.changes import Changes, can_change, load_changes, neighbor_share
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.findings.seen import layers_sentence
from tlcore.datasets.dataset import open_dataset
from tlcore.figures.comparison.changes import layer_figure
from tlcore.figures.image_map import photo_map
from tlcore.inference.latent import plane


def show_changes(compared: Sequence[ComparedRun]) -> None:
    """Draw the choice of a run and what training changed in it.

    Args:
        compared: at least one run.
    """
    changed = [item for item in compared if can_change(item.run)]
    if not changed:
        st.write("Nothing inside has changed: only new heads were trained, on backbones that stay as they are.")
        return
    changed.sort(key=lambda item: not item.strategy.needs_weights)  # what moved from pretrained weights comes first
    item = choose_one(changed, "Run", "changes-run")
    changes = load_changes(item.run)
    if changes is None:
        st.caption("The network is compared with the one it started from. This takes up to a minute, but only once.")
        requests = {f"What changed in {item.run.name}": {"run": item.run.id}}
        offer_jobs("changes", requests, "Look inside", ":material/search_insights:", keep_address)
        return
    _show_layers(item, changes)
    _show_maps(item, changes)


def _show_layers(item: ComparedRun, changes: Changes) -> None:
    rows = changes.layer_rows()
    show_sentence(layers_sentence(rows))
    st.caption(
        "How far training moved each layer's weights: 1 % is a small step from where they were, 100 % as far as they "
        "were from zero. Layers without a bar stayed as they were. The new head is left out: it started from random "
        "weights.",
        help="The distance between the weights before and after, divided by their length before (L2 norms).",
    )
    show_figure(
        layer_figure(rows, item.strategy.color),
        lambda: rows,
        f"layers-{item.run.id}",
        key=f"layers-{item.run.id}",
        alt=f"Relative change of the weights of {item.title}, one bar per layer, from input to output.",
    )


def _show_maps(item: ComparedRun, changes: Changes) -> None:
    names = open_dataset(item.run.plan["dataset"]).names
    photos = [names[index] for index in changes.indices]
    classes = [item.classes[label] for label in changes.labels]
    st.markdown(f"**How the network arranges {len(photos)} test images**")
    st.caption(
        "Each point is an image; color and shape show its true class. Points that are close together have similar "
        "features (first two principal components, computed separately for each map)."
    )
    for column, title, features in zip(
        st.columns(2), ("At the start", "After training"), (changes.before, changes.after), strict=True
    ):
        share = neighbor_share(features, changes.labels)
        with column:
            st.markdown(f"{title}: for **{100 * share:.1f} %** of images, the most similar image has the same class.")
            _show_map(title, plane(features), classes, photos, item.run.id)


def _show_map(title: str, points: np.ndarray, classes: list[str], photos: list[str], run_id: str) -> None:
    show_figure(
        photo_map(points, classes, photos),
        lambda: [
            {"file": name, "class": label, "x": float(x), "y": float(y)}
            for name, label, (x, y) in zip(photos, classes, points, strict=True)
        ],
        f"map-{title.lower().replace(' ', '-')}-{run_id}",
        key=f"map-{title}-{run_id}",
        alt=f"{title}: test images on a plane, by class.",
    )
