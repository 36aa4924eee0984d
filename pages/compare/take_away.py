"""What the reader can take along: the report and the data."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from pages.compare.choice import choose_one, keep_address
from pages.ui.errors import errors_shown
from pages.ui.offer_jobs import offer_jobs
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.statistics import accuracy_text
from tlcore.export.take_away import CARD_FILE, export_request, export_zip, exported


def show_take_away(compared: Sequence[ComparedRun]) -> None:
    """Draw the buttons that save the comparison.

    Args:
        compared: at least one run.
    """
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(compared),
            "comparison.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One HTML file with charts, tables, images and plans. It works offline and prints well.",
        )
        st.download_button(
            "All data",
            lambda: _data(compared),
            "comparison.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help="CSV and JSON of everything on this page, each run's answer for each image, and TensorBoard logs.",
        )
    ids = " ".join(item.run.id for item in compared)
    st.caption("The same from the command line:")
    st.code(f"python -m tlcore compare {ids} --report comparison.html --data comparison.zip", language="bash")
    _show_network(compared)


@st.fragment
@errors_shown()
def _show_network(compared: Sequence[ComparedRun]) -> None:
    """The way to take a trained network along."""
    st.markdown("**A trained network to use outside this program**")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        # Chosen by the test images, a network would look better on them than it is.
        best_first = sorted(compared, key=lambda item: -item.result.scores["validation"].accuracy)
        run = choose_one(best_first, "Network from run", "export-run").run
    int8 = right.checkbox(
        "Include an 8-bit version",
        help="Quantized to a quarter of the size, for small devices. Its accuracy is measured and shown.",
        key="export-int8",
    )
    with errors_shown():
        folder = exported(run, int8)
        if folder is None:
            st.caption(
                "A folder with the network for Keras and LiteRT (preprocessing included), the class names, a model "
                "card with the measured results, and a short program that classifies images with it."
            )
            requests = {f"Export {run.name}": export_request(run, int8)}
            offer_jobs("export", requests, "Create the folder", ":material/inventory_2:", keep_address)
            return
        checks = json.loads((folder / CARD_FILE).read_text("utf-8"))["checks"]
        rows = [
            {
                "File": name,
                "Same class as the run": f"{check['same']} of {check['photos']} test images",
                "Accuracy": accuracy_text(check["correct"], check["photos"]),
            }
            for name, check in checks.items()
        ]
        st.dataframe(rows, hide_index=True)
        st.download_button(
            "Download network",
            lambda: export_zip(run, int8),
            f"network-{run.id}.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            key=f"export-{run.id}-{int8}",
        )
        flag = " --int8" if int8 else ""
        st.code(f"python -m tlcore export {run.id} --to network-{run.id}{flag}", language="bash")


# The imports wait for the click: both modules bring scikit-learn, which takes a second to import.
def _report(compared: Sequence[ComparedRun]) -> str:
    from tlcore.export.report import report_html

    return report_html(compared)


def _data(compared: Sequence[ComparedRun]) -> bytes:
    from tlcore.export.data_files import data_zip

    return data_zip(compared)
