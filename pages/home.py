"""Home: what this is, what is on this machine, and the shortest way to a first result."""

import streamlit as st

from pages.ui.strategy_picture import strategy_picture
from tlcore.doctor import Fact, examine
from tlcore.runs.client import submit
from tlcore.runs.example import has_pretrained_example
from tlcore.runs.store import open_store

_EXAMPLE = {
    True: "Draws five kinds of objects and teaches them to a pretrained network in three ways.",
    False: "Teaches handwritten digits to LeNet-5, the network of 1998, from scratch.",
}


@st.cache_data(ttl=5, show_spinner=False)
def _facts() -> list[Fact]:
    return examine()


def _start_example() -> None:
    earlier = [run for run in open_store().runs(kind="example") if not run.has_ended]
    run = earlier[0] if earlier else submit("example", {}, "First example")
    st.switch_page("pages/train.py", query_params={"run": run.id})


st.title("Transfer Learning Studio")
text, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
with text:
    st.write(
        "A network that has learned to see a million photos needs only a few of yours to learn something new. "
        "Here you can look inside the networks that everybody reuses, classify photos with them, and teach one your "
        "own classes in seconds. Then compare, with honest numbers, what pretraining, freezing and fine-tuning "
        "each bought."
    )
    if st.button("Run the first example", type="primary", icon=":material/play_arrow:"):
        _start_example()
    st.caption(f"{_EXAMPLE[has_pretrained_example()]} Needs no network and no photos of yours.")
with picture:
    st.html(strategy_picture())

st.subheader("What would you like to do?")
for column, (page, icon, label, sentence) in zip(
    st.columns(4),
    (
        ("architectures", "account_tree", "Explore architectures", "See how networks from LeNet to U-Net are built."),
        ("classify", "image_search", "Classify a photo", "Let a network name what is in your picture."),
        ("train", "model_training", "Train on your photos", "Choose a dataset and a strategy, watch the curves."),
        ("compare", "compare_arrows", "Compare runs", "See side by side what each strategy bought."),
    ),
    strict=True,
):
    with column, st.container(border=True):
        st.page_link(f"pages/{page}.py", label=f"**{label}**", icon=f":material/{icon}:")
        st.caption(sentence)

st.subheader("On this machine")
facts = {fact.name: fact for fact in _facts()}
columns = st.columns(4)
for column, name in zip(columns, ("datasets", "runs", "weights", "network"), strict=True):
    with column, st.container(border=True, height="stretch"):
        st.markdown(f"**{facts[name].title}**")
        st.write(facts[name].value)
        if facts[name].help:
            st.caption(facts[name].help)
with st.expander("More about this machine"):
    st.markdown("\n".join(f"- **{fact.title}**: {fact.value}" for fact in facts.values()))
