"""Questions that people have about networks, each a click away from where it is answered; and pairs worth comparing."""

from __future__ import annotations

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
_SHOWN = 5  # pairs that fit into one line


def show_questions() -> None:
    """Draw the questions as quiet buttons in a row."""
    with st.container(horizontal=True, gap="medium", key="questions"):
        for number, question in enumerate(QUESTIONS):
            st.button(
                question.text,
                type="tertiary",
                on_click=safely(go_to),
                kwargs={"form": "", **question.shows},
                key=f"question-{number}",
            )


def show_pairs() -> None:
    """Draw the suggested pairs as buttons in a row."""
    with st.container(horizontal=True, gap="small", key="pairs"):
        for pair in PAIRS[:_SHOWN]:
            title = " and ".join(find(name).title for name in pair)
            st.button(
                title,
                type="tertiary",
                icon=":material/compare_arrows:",
                on_click=safely(go_to),
                kwargs={"compared": list(pair)},
                key=f"pair-{'-'.join(pair)}",
            )


def partner_of(name: str) -> str:
    """Suggest a network to lay beside another.

    Args:
        name: of a network.

    Returns:
        Its partner in a suggested pair; VGG-16, which everybody knows, for those in none.
    """
    return next((pair[1 - pair.index(name)] for pair in PAIRS if name in pair), "VGG16")
