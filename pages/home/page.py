"""Home: what this is, what a first example comes to, what was done lately, and the ways in."""

import streamlit as st

from pages.home.first_example import show_example
from pages.home.outcome_picture import outcome_picture, outcome_words
from pages.ui.errors import errors_shown

st.title("Transfer Learning Studio")
text, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with text, errors_shown():
    st.markdown(
        "##### A network that has learned from a million photos needs only a few of yours to learn something new.\n\n"
        "See it yourself: one network learns these five objects from a few dozen pictures of each, "
        "with its pretrained layers **frozen**, **fine-tuned**, and **from scratch**."
    )
    objects = st.container()
    show_example()
picture.html(outcome_picture())
picture.caption(outcome_words())

for column, (page, icon, label, sentence) in zip(
    st.columns(5),
    (
        ("architectures", "account_tree", "Explore networks", "See how they are built, from LeNet to U-Net."),
        ("classify", "image_search", "Classify a photo", "Let a network name what is in your photo."),
        ("datasets", "photo_library", "Collect images", "Look at what a network learns from, and correct its labels."),
        ("train", "model_training", "Train a network", "Choose a dataset and a strategy, then watch it learn."),
        ("compare", "compare_arrows", "Compare runs", "See side by side what each strategy achieved."),
    ),
    strict=True,
):
    with column, st.container(border=True, height="stretch", gap="xsmall"):
        st.page_link(f"{page}/page.py", label=f"**{label}**", icon=f":material/{icon}:")
        st.caption(sentence)

# Imported when the rest stands on the page: on the first visit to a fresh server this takes half a second.
from pages.home.machine import show_machine  # noqa: E402
from pages.home.objects import show_objects  # noqa: E402
from pages.home.recent import show_recent  # noqa: E402
from pages.home.sharing import show_sharing  # noqa: E402

with errors_shown(), objects:
    show_objects()
with errors_shown():
    show_recent()
with errors_shown(), st.container(horizontal=True, vertical_alignment="center"):
    show_machine()
    show_sharing()
