"""What the networks make of one photo."""

from __future__ import annotations

import html
from collections import Counter

import numpy as np
import streamlit as st

from pages.classify.closer import look_closer
from pages.ui.errors import show_error
from pages.ui.heat import show_picture
from pages.ui.text import plain
from tlcore.errors import ImageError
from tlcore.inference.classifier import Classification, classify
from tlcore.inference.many import PhotoFile, decode_photo
from tlcore.inference.networks.choice import Network
from tlcore.inference.networks.prepared import Prepared, load_prepared
from tlcore.inference.wordnet import kinds

_TOP = 5
_KINDS = 5  # further up every class is an object or an organism
_COLUMNS = 3
_BARS = """<style>
.guesses .guess {margin: 0 0 .55rem; font-size: .95rem}
.guesses .track {height: .5rem; border-radius: .25rem; background: color-mix(in srgb, currentColor 14%, transparent)}
.guesses .bar {height: 100%; border-radius: .25rem; background: #0072B2; min-width: 2px}
.guesses .guess:first-child {font-weight: 600}
</style>"""
_BAR = (
    '<div class="guess" role="listitem" title="{hover}"><div>{text}</div>'
    '<div class="track"><div class="bar" style="width:{width:.2f}%"></div></div></div>'
)


@st.cache_resource(max_entries=6, show_spinner=False)
def decoded(key: str, target: int, _file: PhotoFile) -> np.ndarray | ImageError:
    """Decode a photo once for everything that is shown of it.

    Args:
        key: of the photo.
        target: short side in pixels that is wanted in the end.

    Returns:
        uint8 (height, width, 3), or why there is none.
    """
    try:
        photo = decode_photo(_file, target)
    except ImageError as error:
        return error
    photo.setflags(write=False)
    return photo


def show_photo(file: PhotoFile, networks: list[Network], mode: str) -> None:
    """Draw a photo, what each network saw of it and what it takes it for.

    Args:
        file: the photo.
        networks: one or more that are ready.
        mode: resize mode, "" for each network's own.
    """
    prepared = [load_prepared(network.folder) for network in networks]
    photo = decoded(file.key, max(row.card.input_size for row in prepared), file)
    if isinstance(photo, ImageError):
        show_error(photo)
        return
    results = [classify(row, [photo], top=_TOP, mode=mode)[0] for row in prepared]
    if len(networks) == 1:
        _show_one(file, photo, prepared[0], results[0])
    else:
        _show_several(file, photo, prepared, results)
    look_closer(prepared, results)


def _show_one(file: PhotoFile, photo: np.ndarray, prepared: Prepared, result: Classification) -> None:
    picture, guesses, square = st.columns([4, 4, 3], gap="medium")
    with picture:
        show_picture(photo, "The photo", file.name)
    with guesses:
        _show_guesses(prepared, result)
    with square:
        show_picture(result.square, "What the network saw", f"{file.name}, as the network saw it")


def _show_several(file: PhotoFile, photo: np.ndarray, prepared: list[Prepared], results: list[Classification]) -> None:
    picture, words = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with picture:
        show_picture(photo, "The photo", file.name)
    with words:
        st.markdown(_agreement([result.best.name for result in results]))
        st.dataframe(
            [
                {
                    "network": row.card.title,
                    "best guess": str(result.best),
                    "ms": result.milliseconds,
                    "size in MB": row.size / 1e6,
                }
                for row, result in zip(prepared, results, strict=True)
            ],
            hide_index=True,
            column_config={
                "network": "Network",
                "best guess": "Best guess",
                "ms": st.column_config.NumberColumn("Time (ms)", format="%.1f"),
                "size in MB": st.column_config.NumberColumn("Size (MB)", format="%.1f"),
            },
        )
    pairs = list(zip(prepared, results, strict=True))
    for start in range(0, len(pairs), _COLUMNS):
        for column, (row, result) in zip(st.columns(_COLUMNS), pairs[start : start + _COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                show_picture(result.square, "What it saw", f"{file.name}, as {row.card.title} saw it", 112)
                _show_guesses(row, result)


def _agreement(names: list[str]) -> str:
    (winner, votes), *others = Counter(map(plain, names)).most_common()
    everybody = "Both networks" if len(names) == 2 else f"All {len(names)} networks"
    if not others:
        return f"{everybody} say **{winner}**."
    if votes == 1:
        return f"The {len(names)} networks disagree."
    return f"{votes} of {len(names)} networks say **{winner}**."


def _show_guesses(prepared: Prepared, result: Classification) -> None:
    card = prepared.card
    st.markdown(f"**{plain(card.title)}**")
    rows = "".join(
        _BAR.format(
            hover=html.escape(_hover(prepared, guess.index)),
            text=html.escape(str(guess)),
            width=100 * guess.probability,
        )
        for guess in result.guesses
    )
    st.html(f'{_BARS}<div class="guesses" role="list">{rows}</div>')
    st.caption(f"{plain(result.sureness())} Took {result.milliseconds:.0f} ms.")


def _hover(prepared: Prepared, index: int) -> str:
    classes, ids = prepared.card.classes, prepared.wordnet_ids
    place = f"class {index + 1} of {len(classes)}" if classes else f"class {index} of ImageNet"
    if not ids:
        return place.capitalize()
    return f"{' → '.join(kinds(ids[index])[:_KINDS])}. WordNet {ids[index]}, {place}"
