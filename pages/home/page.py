"""Home: what this is, what is on this machine, and the shortest way to a first result."""

import streamlit as st

from pages.home.first_example import show_example
from pages.home.sharing import show_sharing
from pages.home.strategy_picture import WEIGHTS, strategy_picture
from pages.ui.errors import errors_shown

st.title("Transfer Learning Studio")
text, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
text.write(
    "A neural network that has learned from a million photos needs only a few of yours to learn something new. Look "
    "inside the networks that everyone reuses, classify photos with them, and teach one your own classes in seconds. "
    "Then compare, with honest numbers, how much pretraining, freezing and fine-tuning each help."
)
picture.html(strategy_picture())
picture.caption(WEIGHTS)

with text, errors_shown():
    show_example()
st.subheader("What would you like to do?")
for column, (page, icon, label, sentence) in zip(
    st.columns(4),
    (
        ("architectures", "account_tree", "Explore architectures", "See how networks from LeNet to U-Net are built."),
        ("classify", "image_search", "Classify a photo", "Let a network name what is in your photo."),
        ("train", "model_training", "Train on your photos", "Choose a dataset and a strategy, then watch it learn."),
        ("compare", "compare_arrows", "Compare runs", "See side by side what each strategy achieved."),
    ),
    strict=True,
):
    with column, st.container(border=True):
        st.page_link(f"{page}/page.py", label=f"**{label}**", icon=f":material/{icon}:")
        st.caption(sentence)

# Imported when the rest stands on the page: on the first visit to a fresh server this takes half a second.
from pages.home.machine import show_machine  # noqa: E402

with errors_shown():
    show_machine()
    show_sharing()
