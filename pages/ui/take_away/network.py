"""The network of a run to take away, as a folder or as a web page: made when it is asked for, then saved."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from pages.ui.offer_jobs import offer_jobs
from pages.ui.take_away.web_page import offer_web_page
from tlcore.comparison.statistics import accuracy_text
from tlcore.export.take_away import CARD_FILE, export_request, export_zip, exported
from tlcore.runs.run import Run


def offer_network(run: Run, stay: Callable[[], None]) -> None:
    """Draw the way to take the network of a run along.

    Args:
        run: a finished training run.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    forms = {"A folder with files": _offer_folder, "One web page with the camera": offer_web_page}
    form = st.radio("As", forms, key="export-form", horizontal=True, label_visibility="collapsed")
    forms[form](run, stay)


def _offer_folder(run: Run, stay: Callable[[], None]) -> None:
    int8 = st.checkbox(
        "Include an 8-bit version",
        help="Quantized to a quarter of the size, for small devices. Its accuracy is measured and shown.",
        key="export-int8",
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
    flag = " --int8" if int8 else ""
    st.code(f"python -m tlcore export {run.id} --to network-{run.id}{flag}", language="bash", wrap_lines=True)
