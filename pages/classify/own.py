"""A network file of one's own: how it becomes a network like any other, and how its pixels are prepared."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from pages.classify.kept import keep_value, kept_files
from pages.classify.result import decoded
from pages.ui.compat import UploadedFile, empty_field, field_key, files_field
from pages.ui.text import plain
from tlcore.access.asker import may_change
from tlcore.access.folders import uploads_folder
from tlcore.images.decode import read_bytes
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.images.samples import sample_photos
from tlcore.inference.classifier import classify
from tlcore.inference.many import PhotoFile
from tlcore.inference.networks.choice import Network
from tlcore.inference.networks.prepared import Prepared, load_prepared
from tlcore.inference.own.given import Given, forget_given, gather
from tlcore.inference.own.kept import choose_preprocessing, delete_own
from tlcore.inference.own.labels import read_labels
from tlcore.inference.own.network import (
    MOST_TITLE,
    Look,
    look,
    named_classes,
    own_request,
)
from tlcore.runs import client
from tlcore.storage.files import replacing
from tlcore.text import probability_text

_FIELD = "own-files"
_MODES = [row.name for row in PREPROCESSING]


def offer_own() -> None:
    """Draw the way in for a network's file."""
    uploads = kept_files(field_key(_FIELD), _field, "Files")
    if uploads:
        _ask(*_looked(uploads), uploads)


def _field() -> list[UploadedFile]:
    return files_field(
        "A network's file: .h5, .keras or .tflite, with its labels.txt, or the zip of a Teachable Machine export",
        help="The network is built anew from what the file says; no program in it is ever executed.",
        key=_FIELD,
    )


def _looked(uploads: list[UploadedFile]) -> tuple[Given, Look]:
    """What was given and what it says: found out once, not at every click."""
    key = tuple(upload.file_id for upload in uploads)
    known: dict[tuple, tuple[Given, Look]] = st.session_state.setdefault("own-looks", {})
    if key not in known:
        with st.spinner("Looking at the file"):
            paths = [_kept(upload, uploads) for upload in uploads]
            given = gather(paths)
            known[key] = given, look(given)
        if given.model not in paths:  # it was unpacked
            forget_given(paths[0])
    return known[key]


def _kept(upload: UploadedFile, uploads: list[UploadedFile]) -> Path:
    """The upload as a file, beside those that were given with it."""
    path = uploads_folder() / uploads[0].file_id / Path(upload.name).name
    with replacing(path) as temporary:
        temporary.write_bytes(upload.getbuffer())
    return path


def _ask(given: Given, found: Look, uploads: list[UploadedFile]) -> None:
    """Ask what the file does not say, with guesses."""
    count = f"{found.classes:,} classes" if found.outputs else "some classes"
    colors = "color" if found.channels == 3 else "gray"
    st.markdown(f"**{plain(given.file_name)}** tells {count} apart, on {colors} pictures of {found.side} pixels.")
    names = found.labels or (named_classes((), found.outputs) if found.outputs else ())
    left, right = st.columns(2)
    with left:
        lines = st.text_area(
            "Class names, one on each line, in the order of training",
            height=180,
            key=keep_value(f"own-classes-{given.model}", "\n".join(names)),
        )
    with right:
        title = st.text_input(
            "What to call it", max_chars=MOST_TITLE, key=keep_value(f"own-title-{given.model}", given.name)
        )
        mode = _ask_mode(found, f"own-mode-{given.model}")
        resizes = [row.name for row in RESIZE_MODES]
        resize = st.selectbox(
            "How a photo becomes square",
            resizes,
            format_func=lambda name: RESIZE_MODES.find(name).title,
            key=keep_value(f"own-resize-{given.model}", found.resize),
        )
    is_scores = found.activation not in ("softmax", "sigmoid") and st.checkbox(
        "Its outputs are scores, not probabilities: it was trained with `from_logits=True`",
        key=keep_value(f"own-scores-{given.model}", False),
    )
    if st.button("Prepare this network", type="primary", icon=":material/bolt:", key="own-go"):
        classes = read_labels(lines.encode(), "class names")
        request = own_request(
            given, found, title=title, classes=classes, preprocessing=mode, resize=resize, is_scores=is_scores
        )
        run = client.submit("prepare", request.to_json(), f"Prepare {request.title}")
        for upload in uploads:
            empty_field(upload, _FIELD)
        st.query_params["job"] = run.id
        st.rerun()


def _ask_mode(found: Look, key: str) -> str:
    modes = ["identity"] if found.is_whole else _MODES
    return st.selectbox(
        "How it wants its pixels",
        modes,
        format_func=lambda name: PREPROCESSING.find(name).title,
        help=f"Guessed, as {found.reason}. Once it is prepared, you see what it makes of a photo in each way.",
        key=keep_value(key, found.preprocessing),
    )


def show_own(networks: list[Network], photos: list[PhotoFile]) -> None:
    """Draw what can be changed about networks of one's own: how their pixels are prepared, and that they are kept.

    Args:
        networks: those chosen, ready.
        photos: those given; a sample serves where there is none.
    """
    for network in networks:
        if network.row is None:
            prepared = load_prepared(network.folder)
            if not may_change(prepared.card.made_by):
                continue
            with st.container(border=True):
                st.markdown(f"**{plain(network.title)}**")
                _show_settings(network, prepared, photos)


def _show_settings(network: Network, prepared: Prepared, photos: list[PhotoFile]) -> None:
    if prepared.engine.takes_pixels:
        st.caption("This network is quantized: it takes pixels as they are, so there is nothing to choose.")
    else:
        _show_modes(network, prepared, photos)
    if st.button("Remove this network", icon=":material/delete:", key=f"own-remove-{network.key}"):
        delete_own(network.folder)
        st.query_params.pop("networks", None)
        st.rerun()


def _show_modes(network: Network, prepared: Prepared, photos: list[PhotoFile]) -> None:
    """What the network makes of one photo in each way of preparing its pixels, and the choice of one."""
    photo = _photo(prepared, photos)
    if photo is None:
        return
    st.caption(
        "Networks are trained with pixels scaled in one of these ways, and few files say which. "
        "With the right one a network is usually right, and sure, about a photo of one of its classes."
    )
    rows = []
    for mode in _MODES:
        card = replace(prepared.card, preprocessing=mode)
        best = classify(replace(prepared, card=card), [photo], top=1)[0].best
        words = f"{best.name} ({probability_text(best.probability)})"
        rows.append({"mode": PREPROCESSING.find(mode).title, "class": words, "probability": best.probability})
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "mode": "Pixels",
            "class": "Best guess",
            "probability": st.column_config.ProgressColumn("Probability", format=" ", min_value=0.0, max_value=1.0),
        },
        key=f"own-modes-{network.key}",
    )
    chosen = st.selectbox(
        "How it wants its pixels",
        _MODES,
        index=_MODES.index(prepared.card.preprocessing),
        format_func=lambda name: PREPROCESSING.find(name).title,
        key=f"own-choice-{network.key}",
    )
    if chosen != prepared.card.preprocessing:
        folder = choose_preprocessing(network.folder, chosen)
        keys = st.query_params.get("networks", "").split(",")
        st.query_params["networks"] = ",".join(folder.name if key == network.key else key for key in keys)
        st.rerun()


def _photo(prepared: Prepared, photos: list[PhotoFile]) -> np.ndarray | None:
    samples = [PhotoFile(str(each.path), each.title, partial(read_bytes, each.path)) for each in sample_photos()]
    file = next(iter([*photos, *samples]), None)
    if file is None:
        return None
    photo = decoded(file.key, prepared.card.input_size, file)
    return photo if isinstance(photo, np.ndarray) else None
