"""Test photos of a run, such as its mistakes: with where its network looked, and what they look like to it."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from pages.train.run.pictures import looked_at, side_by_side
from pages.ui.photos import photo, webp_address
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.known import Known
from tlcore.comparison.look_alikes import LookAlikes
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.images.resize import shape_seen
from tlcore.inference.attention import has_maps
from tlcore.inference.classifier import see
from tlcore.inference.networks.prepared import Prepared
from tlcore.text import probability_text

_ALONE = 9.5  # rem that a picture is wide at least
_STYLE = """<style>
.wrong {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--least)), 1fr));
  gap: 1.2rem 2rem}
.wrong > div {display: grid; grid-template-columns: var(--parts); gap: .6rem}
.wrong figure {margin: 0; display: grid; align-content: start; gap: .3rem}
.wrong img {width: 100%; aspect-ratio: var(--shape, 1); object-fit: contain; border-radius: .5rem}
.wrong .pair {--shape: 2}
.wrong .reason {grid-column: 1 / -1; font-size: .875rem; line-height: 1.35; border-left: 3px solid #d97706;
  padding-left: .6rem}
.wrong figcaption {font-size: .875rem; line-height: 1.35; color: color-mix(in srgb, currentColor 75%, transparent)}
</style>"""


def show_wrong_photos(
    item: ComparedRun,
    mistakes: Sequence[dict],
    network: Prepared | None,
    alikes: LookAlikes | None,
    known: Known | None = None,
) -> None:
    """Draw photos that a run got wrong.

    Args:
        item: a finished run.
        mistakes: as `Predictions.mistake` gives them.
        network: to show where it looked, if it has maps; None to leave that out.
        alikes: what they look like; None to leave that out.
        known: what may explain them; None to leave that out.
    """
    dataset = open_dataset(item.run.plan["dataset"])
    network = network if network is not None and has_maps(network) else None
    parts = ["2fr" if network else "1fr", *(["1fr"] if alikes else [])]
    least = _ALONE * sum(int(part[0]) for part in parts) * 0.8
    style = f"--parts: {' '.join(parts)}; --least: {least:.1f}rem"
    cards = "".join(
        f'<div role="listitem">{_card(item, dataset, row, network, alikes)}'
        f"{_reason(known.of(row['image']) if known else '')}</div>"
        for row in mistakes
    )
    st.html(f'{_STYLE}<div class="wrong" role="list" style="{style}">{cards}</div>')


def _card(item: ComparedRun, dataset: Dataset, row: dict, network: Prepared | None, alikes: LookAlikes | None) -> str:
    true, predicted = item.classes[row["true"]], item.classes[row["predicted"]]
    what = f"taken for {predicted}" if row["true"] != row["predicted"] else "recognized"
    words = f"{true}, {what} ({probability_text(row['probability'])} sure)"
    if network is None:
        card = _figure(photo(dataset.id, row["image"]), words)
    else:
        created = network.card.created
        card = _figure(
            _looked_at(item.run.id, created, row["image"], row["predicted"], dataset, network), words, "pair"
        )
    alike = alikes.images.get(row["image"]) if alikes else None
    if alike is None:
        return card
    return card + _figure(photo(dataset.id, alike), f"Looks like this {predicted} it learned from")


def _reason(words: str) -> str:
    return f'<div class="reason">{html.escape(words)}</div>' if words else ""


def _figure(picture: str, words: str, shape: str = "") -> str:
    words = html.escape(words)
    return f'<figure class="{shape}"><img src="{picture}" alt="{words}"><figcaption>{words}</figcaption></figure>'


@st.cache_data(max_entries=500, show_spinner=False)
def _looked_at(run_id: str, created: str, index: int, predicted: int, _dataset: Dataset, _network: Prepared) -> str:
    """A photo as a network sees it, and beside it what spoke for its answer."""
    picture = _dataset.image(index, _network.card.input_size)
    square = see(_network.card, picture)
    shape = shape_seen(picture, _network.card.resize)
    return webp_address(side_by_side(square, looked_at(_network, square, predicted), shape=shape))
