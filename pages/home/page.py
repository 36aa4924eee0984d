"""Home: what this is, what a first example comes to, what was done lately, and the ways in."""

import streamlit as st

from pages.home.first_example import say_example, show_example
from pages.home.outcome_picture import outcome_lesson, outcome_picture, outcome_words
from pages.ui.errors import errors_shown

# Streamlit cuts the label of a link off where it does not fit.
st.html(
    "<style>[data-testid='stMain'] [data-testid='stPageLink-NavLink'] * {white-space: normal; overflow: visible}\n"
    "[data-testid='stMain'] [data-testid='stPageLink-NavLink'] {padding-left: 0}</style>"
)
st.title("Transfer Learning Studio")
# On a narrow screen the picture goes below the words, before either gets too small to read.
with st.grid(2, min_column_width=380, gap="medium", vertical_alignment="center"):
    text, picture = st.container(), st.container()
with text, errors_shown():
    st.markdown(
        "##### A network that has learned from a million photos needs only a few of yours to learn something new.\n\n"
        "See it yourself: one network learns these five objects from a few dozen pictures of each, "
        "with its pretrained layers **frozen**, with the upper ones **fine-tuned**, and **from scratch**."
    )
    objects = st.container()
    about = show_example()
picture.html(outcome_picture())
if lesson := outcome_lesson():
    picture.markdown(lesson)
picture.caption(outcome_words())

ways = st.grid(min_column_width=160)
for page, icon, label, sentence in (
    ("architectures", "account_tree", "Explore networks", "See how they are built, from LeNet to U-Net."),
    ("classify", "image_search", "Classify a photo", "Let a network name what is in your photo."),
    ("teach", "photo_camera", "Teach by camera", "Show it two things, and it tells them apart at once."),
    ("datasets", "photo_library", "Collect images", "Look at what a network learns from, and correct its labels."),
    ("train", "model_training", "Train a network", "Choose a dataset and a strategy, then watch it learn."),
    ("compare", "compare_arrows", "Compare runs", "See side by side what each strategy achieved."),
):
    with ways, st.container(border=True, height="stretch", gap="xsmall"):
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
    say_example(about)
with errors_shown():
    show_recent()
with errors_shown(), st.container(horizontal=True, vertical_alignment="center"):
    show_machine()
    show_sharing()
