"""What runs came to, as files: a report to read and print, and the data behind it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tlcore.comparison.comparison import ComparedRun


def offer_files(compared: Sequence[ComparedRun], name: str) -> None:
    """Draw the buttons that save what runs came to.

    Args:
        compared: at least one run.
        name: of the files, without ending.
    """
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(compared),
            f"{name}.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One HTML file with charts, tables, images and plans. It works offline and prints well.",
        )
        st.download_button(
            "All data",
            lambda: _data(compared),
            f"{name}.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help="CSV and JSON of everything measured, each run's answer for each image, and TensorBoard logs.",
        )
    ids = " ".join(item.run.id for item in compared)
    st.caption("The same from the command line:")
    st.code(f"python -m tlcore compare {ids} --report {name}.html --data {name}.zip", language="bash", wrap_lines=True)


# The imports wait for the click: both modules bring scikit-learn, which takes a second to import.
def _report(compared: Sequence[ComparedRun]) -> str:
    from tlcore.export.report import report_html

    return report_html(compared)


def _data(compared: Sequence[ComparedRun]) -> bytes:
    from tlcore.export.data_files import data_zip

    return data_zip(compared)
