"""Transfer Learning Studio: the router. Start it with `streamlit run app.py`."""

import streamlit as st

# An emoji is drawn by the browser itself: a named icon would be fetched from the network, a picture needs imports.
st.set_page_config(page_title="Transfer Learning Studio", page_icon="🎓", layout="wide")

pages = [
    st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("pages/architectures.py", title="Architectures", icon=":material/account_tree:", url_path="architectures"),
    st.Page("pages/classify.py", title="Classify", icon=":material/image_search:", url_path="classify"),
    st.Page("pages/datasets.py", title="Datasets", icon=":material/photo_library:", url_path="datasets"),
    st.Page("pages/train.py", title="Train", icon=":material/model_training:", url_path="train"),
    st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:", url_path="compare"),
]
page = st.navigation(pages)
page.run()

# Last, as the store takes a moment to import on the first visit to a fresh server.
from pages.ui.status import show_status  # noqa: E402

show_status()

from pages.ui.warm_up import warm_up  # noqa: E402

warm_up()
