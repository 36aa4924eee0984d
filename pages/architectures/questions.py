"""Questions that people have about networks, each a click away from where it is answered; and pairs worth comparing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from pages.architectures.address import go_to
from pages.ui.errors import safely
from tlcore.zoo.catalog import INSTALLED, find


@dataclass(frozen=True)
class Question:
    """A question, and what this page has to show to answer it.

    Args:
        text: the question.
        shows: name in the address → value, as `go_to` takes them.
    """

    text: str
    shows: dict[str, str | list[str]] = field(default_factory=dict)


QUESTIONS = (
    Question("Why has VGG-16 so many parameters?", {"view": "network", "name": "VGG16", "tab": "Overview"}),
    Question("How do U-Net and FCN-8s differ?", {"view": "compare", "compared": ["UNet", "FCN8s"]}),
    Question("What does a network see?", {"view": "network", "name": INSTALLED, "tab": "Flow"}),
    Question("What is a shortcut?", {"view": "network", "name": "residual_net", "tab": "Blocks"}),
    Question("Why is MobileNet so cheap?", {"view": "compare", "compared": ["VGG16", "MobileNet"]}),
)
PAIRS = (
    ("UNet", "FCN8s"),
    ("VGG16", "ResNet50"),
    ("VGG16", "MobileNet"),
    ("ResNet50", "ResNet50V2"),
    ("MobileNetV2", "MobileNetV3Large"),
    ("VGG19", "VGG16"),
    ("InceptionV3", "Xception"),
    ("residual_net", "residual_net_projection"),
)


def show_questions() -> None:
    """Draw a quiet button that opens the questions; a click on one leads to the answer."""
    with st.popover("Start with a question", icon=":material/lightbulb:", type="tertiary"):
        _pick("Questions", {question.text: {"form": "", **question.shows} for question in QUESTIONS}, key="question")


def show_pairs() -> None:
    """Draw a quiet button that opens the suggested pairs; a click on one lays it side by side."""
    pairs = {" and ".join(find(name).title for name in pair): {"compared": list(pair)} for pair in PAIRS}
    with st.popover("Pairs to try", icon=":material/lightbulb:", type="tertiary"):
        _pick("Pairs to try", pairs, key="pair")


def _pick(label: str, choices: Mapping[str, Mapping[str, str | list[str]]], key: str) -> None:
    """Draw choices that lead somewhere; none stays chosen."""

    def follow() -> None:
        chosen = st.session_state[key]
        if chosen:
            go_to(**choices[chosen])
            st.session_state[key] = None

    st.pills(label, list(choices), key=key, on_change=safely(follow), label_visibility="collapsed")


def partner_of(name: str) -> str:
    """Suggest a network to lay beside another.

    Args:
        name: of a network.

    Returns:
        Its partner in a suggested pair; VGG-16, which everybody knows, for those in none.
    """
    return next((pair[1 - pair.index(name)] for pair in PAIRS if name in pair), "VGG16")
