"""What the networks make of one photo: a card for each, with the picture of where it looked and its guesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.classify.gallery import caption
from pages.ui.errors import errors_shown, show_error
from pages.ui.guesses import guesses_html
from pages.ui.photos import show_picture
from pages.ui.text import plain
from tlcore.errors import ImageError
from tlcore.figures.pictures import heat_over_photo
from tlcore.inference.attention import activation_of_maps, enlarge, has_maps, occlusion
from tlcore.inference.classifier import Classification, Guess, classify
from tlcore.inference.many import PhotoFile, decode_photo
from tlcore.inference.networks.choice import Network
from tlcore.inference.networks.prepared import Prepared
from tlcore.inference.wordnet import kinds

_TOP, _TOP_OF_SEVERAL = 5, 3
_KINDS = 5  # further up every class is an object or an organism
_CARD_WIDTH = 210  # at least
_MOST_KEPT = 12
_NAMED = 8  # classes of a network with its own that are named
_LOOKED, _COVERED, _SAW = "Where it looked", "Cover it up", "What it saw"
_VIEWS = (
    f"- **{_LOOKED}**: Grad-CAM. Red areas count most toward the class.\n"
    f"- **{_COVERED}**: occlusion. One spot at a time is covered; covering a red one costs most.\n"
    f"- **{_SAW}**: the square that the network was given."
)


@dataclass(frozen=True)
class Answer:
    """What one network makes of a photo.

    Args:
        prepared: the network.
        result: its classification.
    """

    prepared: Prepared
    result: Classification


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


def show_photo(file: PhotoFile, networks: list[Network], mode: str) -> list[Answer]:
    """Draw a photo, and have it classified.

    Args:
        file: the photo.
        networks: those that are ready.
        mode: resize mode, "" for each network's own.

    Returns:
        What each network makes of it; nothing where it is no usable photo.
    """
    prepared = [network.load() for network in networks]
    photo = decoded(file.key, max((row.card.input_size for row in prepared), default=224), file)
    if isinstance(photo, ImageError):
        show_error(photo)
        return []
    with st.container(key="photo"):
        show_picture(photo, caption(file), file.name)
    return [Answer(row, classify(row, [photo], top=_TOP, mode=mode)[0]) for row in prepared]


@st.fragment
@errors_shown()
def show_answers(answers: list[Answer]) -> None:
    """Draw a card for each network, with pictures that can be switched.

    Args:
        answers: one or more, of the same photo.
    """
    if len(answers) > 1:
        st.markdown(_agreement(answers))
    view, guess = _pick_view(answers)
    if len(answers) == 1:
        with st.container(border=True):
            _show_card(answers[0], view, guess, is_alone=True, is_beside=True)
        return
    is_square = len(answers) == 4  # two rows of two: none stands alone
    with st.container(key="cards"), st.grid(2 if is_square else 3, min_column_width=_CARD_WIDTH):
        places = [st.container(border=True, height="stretch") for _ in answers]
    for place, answer in zip(places, answers, strict=True):
        with place:
            _show_card(answer, view, guess, is_alone=False, is_beside=is_square)
    if view != _SAW:
        st.caption(
            "Each picture is for that network's own first guess, on its own scale: compare where the red lies, not how "
            "strong it is."
        )


def _pick_view(answers: list[Answer]) -> tuple[str, Guess | None]:
    """Which picture is shown; and for which class, if that is not the first guess of each network."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "Picture",
            [_LOOKED, _COVERED, _SAW],
            default=_LOOKED,
            required=True,
            label_visibility="collapsed",
            help=_VIEWS,
            key="view",
        )
        if len(answers) > 1 or view == _SAW:
            return view, None
        guesses = answers[0].result.guesses
        return view, st.selectbox(
            "Evidence for",
            guesses,
            format_func=lambda guess: f"for {guess.name}",
            label_visibility="collapsed",
        )


def _show_card(answer: Answer, view: str, guess: Guess | None, is_alone: bool, is_beside: bool) -> None:
    """A card's parts, each one element, so that those of cards in a row can be laid on the same lines."""
    card, guesses = answer.prepared.card, answer.result.guesses
    st.markdown(f"**{plain(card.title)}**")
    words, picture = (
        st.columns(2, gap="medium" if is_alone else "small") if is_beside else (st.container(), st.container())
    )
    with words:
        shown = guesses if is_alone else guesses[:_TOP_OF_SEVERAL]
        st.html(guesses_html(shown, hover=lambda each: class_facts(answer.prepared, each.index)))
    with picture:
        _show_view(answer, view, guess or answer.result.best)
    if card.classes:
        st.caption(plain(few_classes(card.classes)))


def _show_view(answer: Answer, view: str, guess: Guess) -> None:
    square, prepared = answer.result.square, answer.prepared
    if view == _LOOKED and has_maps(prepared):
        heat = activation_of_maps(prepared, answer.result.maps, guess.index)
        words = f"Red counts most toward “{guess.name}”"
    elif view == _COVERED:
        heat = _occlusion(prepared, square, guess.index)
        lost = 100 * max(0.0, float(heat.max()))
        words = f"Covering red costs “{guess.name}” up to {lost:.0f} points"
    else:
        is_whole = view == _LOOKED
        words = f"It has no maps that tell: see “{_COVERED}”" if is_whole else "What the network saw"
        show_picture(square, words, words)
        return
    show_picture(heat_over_photo(square, enlarge(heat, len(square)), 0.5), words, words)


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


def _agreement(answers: list[Answer]) -> str:
    """Say how many networks agree, of those that choose from the same classes: only these can."""
    classes = Counter(answer.prepared.card.classes for answer in answers).most_common(1)[0][0]
    names = [plain(answer.result.best.name) for answer in answers if answer.prepared.card.classes == classes]
    (winner, votes), *others = Counter(names).most_common()
    if len(names) == 1:
        return "Each of these networks was taught other classes, so their answers do not compare."
    shared = "" if len(names) == len(answers) else " with the same classes"
    everybody = "Both networks" if len(names) == 2 else f"All {len(names)} networks"
    if not others:
        return f"{everybody}{shared} say **{winner}**."
    if votes == 1:
        return f"The networks{shared} disagree."
    return f"{votes} of {len(names)} networks{shared} say **{winner}**."


def few_classes(classes: Sequence[str]) -> str:
    """Say what a network with classes of its own can answer at all.

    Args:
        classes: their names.
    """
    named = ", ".join(classes[:_NAMED]) + (", …" if len(classes) > _NAMED else "")
    return f"It knows only {len(classes):,} classes: {named}."


def class_facts(prepared: Prepared, index: int) -> str:
    """Say what a class is a kind of, and its place among the classes.

    Args:
        prepared: the network.
        index: of the class.
    """
    classes, ids = prepared.card.classes, prepared.wordnet_ids
    place = f"class {index + 1} of {len(classes)}" if classes else f"class {index} of ImageNet"
    if not ids:
        return place.capitalize()
    return f"{' → '.join(kinds(ids[index])[:_KINDS])}. WordNet {ids[index]}, {place}"
