"""What one can take along from a finished run: its network, its data, a report and the program."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from pages.train.code import show_code
from pages.ui.errors import errors_shown
from pages.ui.offer_jobs import offer_jobs
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.statistics import accuracy_text
from tlcore.datasets.dataset import open_dataset
from tlcore.export.take_away import CARD_FILE, export_request, export_zip, exported
from tlcore.training.plans.plan import plan_from_json


@st.fragment
@errors_shown()
def show_take_away(item: ComparedRun, stay: Callable[[], None]) -> None:
    """Draw the buttons that save what a run came to.

    Args:
        item: a finished run.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    network, rest = st.columns(2, gap="large")
    with network, errors_shown():
        _show_network(item, stay)
    with rest:
        _show_files(item)
    run = item.run
    show_code(plan_from_json(run.plan), open_dataset(run.plan["dataset"]), run.name)


def _show_network(item: ComparedRun, stay: Callable[[], None]) -> None:
    run = item.run
    st.markdown("**The network, to use outside this program**")
    int8 = st.checkbox(
        "Include an 8-bit version",
        help="Quantized to a quarter of the size, for small devices. Its accuracy is measured and shown.",
        key=f"int8-{run.id}",
    )
    folder = exported(run, int8)
    if folder is None:
        st.caption(
            "A folder with the network for Keras and LiteRT (preprocessing included), the class names, a model card "
            "with the measured results, and a short program that classifies images with it."
        )
        requests = {f"Export {run.name}": export_request(run, int8)}
        offer_jobs("export", requests, "Create the folder", ":material/inventory_2:", stay)
        return
    checks = json.loads((folder / CARD_FILE).read_text("utf-8"))["checks"]
    rows = [
        {
            "File": name,
            "Same class as the run": f"{check['same']} of {check['photos']} test images",
            "Accuracy": accuracy_text(check["correct"], check["photos"], exact=True),
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
    st.code(f"python -m tlcore export {run.id} --to network-{run.id}{' --int8' if int8 else ''}", language="bash")


def _show_files(item: ComparedRun) -> None:
    st.markdown("**What it came to**")
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(item),
            f"report-{item.run.id}.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One HTML file with charts, tables, images and the plan. It works offline and prints well.",
        )
        st.download_button(
            "All data",
            lambda: _data(item),
            f"run-{item.run.id}.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help="CSV and JSON of everything measured, the answer for each image, and TensorBoard logs.",
        )


# The imports wait for the click: both modules bring scikit-learn, which takes a second to import.
def _report(item: ComparedRun) -> str:
    from tlcore.export.report import report_html

    return report_html([item])


def _data(item: ComparedRun) -> bytes:
    from tlcore.export.data_files import data_zip

    return data_zip([item])
