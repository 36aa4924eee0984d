"""Many photos at once: a table of what they were taken for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from PIL import Image

from pages.ui.photos import jpeg_address
from pages.ui.text import plain
from tlcore.errors import ImageError
from tlcore.export.csv_text import csv_text
from tlcore.inference.classifier import Classification, Guess
from tlcore.inference.many import PhotoFile, classify_files
from tlcore.inference.networks.choice import Network
from tlcore.inference.networks.prepared import load_prepared
from tlcore.text import probability_text

_TOP = 5
_THUMBNAIL = 72
_ALL = "All classes"
_FEW = 3


@dataclass(frozen=True)
class Row:
    """What the table keeps of one photo.

    Args:
        file: the photo.
        guesses: most probable first; empty for a file that is no usable photo.
        milliseconds: its share of the network's time.
        thumbnail: a small JPEG as an address that a browser can show.
        features: float32 (channels,); empty for a file that is no usable photo.
        error: why there is no result, or "".
    """

    file: PhotoFile
    guesses: tuple[Guess, ...] = ()
    milliseconds: float = 0.0
    thumbnail: str = ""
    features: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    error: str = ""

    @property
    def name(self) -> str:
        """The most probable class, "" if there is no result."""
        return self.guesses[0].name if self.guesses else ""


def show_batch(answers: dict[str, list[Row]]) -> None:
    """Draw the table of many photos.

    Args:
        answers: title of a network → its rows of `classified`; of all networks in the same order.
    """
    title, rows = next(iter(answers.items()))
    good = [row for row in rows if row.guesses]
    if not good:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = _filtered(good, title)
        st.download_button(
            "Download CSV",
            lambda: _csv(answers),
            "classified.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="batch-csv",
        )
    guesses = {name: {row.file.key: row for row in found} for name, found in answers.items()}
    st.dataframe(
        [
            {
                "photo": row.thumbnail,
                "file": row.file.name,
                **(_one(row) if len(answers) == 1 else {name: _best(of[row.file.key]) for name, of in guesses.items()}),
            }
            for row in shown
        ],
        hide_index=True,
        row_height=_THUMBNAIL,
        height=min(560, 44 + _THUMBNAIL * len(shown)),
        column_config={
            "photo": st.column_config.ImageColumn("Photo", width="small"),
            "file": "File",
            "class": "Best guess",
            # Its number is said beside the class, as everywhere; the column sorts by what is behind it.
            "probability": st.column_config.ProgressColumn("Probability", format=" ", min_value=0.0, max_value=1.0),
            "then": "Next guesses",
        },
        key="batch",
    )


def _one(row: Row) -> dict:
    """The cells of one network that stands alone."""
    best, *following = row.guesses
    return {
        "class": _words(best),
        "probability": best.probability,
        "then": ", ".join(map(_words, following[:2])),
    }


def _best(row: Row) -> str:
    """The cell of one network among several."""
    return _words(row.guesses[0])


def _words(guess: Guess) -> str:
    return f"{guess.name} ({probability_text(guess.probability)})"


def show_refused(rows: list[Row]) -> None:
    """Say which files are no usable photos, and why.

    Args:
        rows: of `classified`.
    """
    rows = [row for row in rows if row.error]
    if not rows:
        return
    title = "One file is not a usable photo" if len(rows) == 1 else f"{len(rows)} files are not usable photos"
    with st.expander(title, icon=":material/warning:", expanded=len(rows) <= _FEW):
        for row in rows:
            st.markdown(f"- {plain(row.error)}")


def classified(photos: list[PhotoFile], network: Network, mode: str) -> list[Row]:
    """Classify photos; those classified earlier in this session are not computed again.

    Args:
        photos: any number.
        network: the one that classifies them.
        mode: resize mode, "" for the network's own.

    Returns:
        A row for each.
    """
    prepared = load_prepared(network.folder)
    known: dict[tuple, Row] = st.session_state.setdefault("classified", {})
    version = (str(prepared.folder), prepared.card.created, mode)
    missing = [file for file in photos if (file.key, *version) not in known]
    if missing:
        bar = st.progress(0.0, text="Classifying")
        for done, (file, result) in enumerate(
            zip(missing, classify_files(prepared, missing, top=_TOP, mode=mode), strict=True), start=1
        ):
            known[(file.key, *version)] = _row(file, result)
            bar.progress(done / len(missing), text=f"Classifying: {done} of {len(missing)}")
        bar.empty()
    given = {file.key for file in photos}
    st.session_state["classified"] = {key: row for key, row in known.items() if key[0] in given}
    return [known[(file.key, *version)] for file in photos]


def _row(file: PhotoFile, result: Classification | ImageError) -> Row:
    if isinstance(result, ImageError):
        return Row(file, error=str(result))
    return Row(file, result.guesses, result.milliseconds, _thumbnail(result.square), result.features)


def _thumbnail(square: np.ndarray) -> str:
    return jpeg_address(np.asarray(Image.fromarray(square.squeeze()).resize((_THUMBNAIL, _THUMBNAIL))))


def _filtered(rows: list[Row], title: str) -> list[Row]:
    counts = Counter(row.name for row in rows)
    choice = st.selectbox(
        f"{len(rows)} photos, {len(counts)} classes found by {plain(title)}",
        [_ALL, *(name for name, _ in counts.most_common())],
        format_func=lambda name: name if name == _ALL else f"{name} ({counts[name]})",
        key="batch-class",
    )
    return [row for row in rows if choice in (_ALL, row.name)]


def _csv(answers: dict[str, list[Row]]) -> str:
    if len(answers) == 1:
        return csv_text([_csv_row(row) for rows in answers.values() for row in rows])
    return csv_text([{"network": title, **_csv_row(row)} for title, rows in answers.items() for row in rows])


def _csv_row(row: Row) -> dict:
    cells: dict[str, str] = {"file": row.file.name}
    for place in range(1, _TOP + 1):
        guess = row.guesses[place - 1] if place <= len(row.guesses) else None
        cells[f"class_{place}"] = guess.name if guess else ""
        cells[f"probability_{place}"] = f"{guess.probability:.6f}" if guess else ""
    return {**cells, "error": row.error}
