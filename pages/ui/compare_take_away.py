"""What the reader can take along: the report and the data."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tlcore.reports.comparison import ComparedRun


def show_take_away(compared: Sequence[ComparedRun]) -> None:
    """Draw the buttons that save the comparison.

    Args:
        compared: at least one run.
    """
    st.subheader("Take it away")
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(compared),
            "comparison.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One HTML file with figures, tables, photos and plans. It works without network and prints well.",
        )
        st.download_button(
            "All data",
            lambda: _data(compared),
            "comparison.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help="CSV and JSON of everything on this page, what each run says about each photo, and TensorBoard logs.",
        )
    ids = " ".join(item.run.id for item in compared)
    st.caption("The same from a terminal:")
    st.code(f"python -m tlcore compare {ids} --report comparison.html --data comparison.zip", language="bash")


# The imports wait for the click: both modules bring scikit-learn, which takes a second to import.
def _report(compared: Sequence[ComparedRun]) -> str:
    from tlcore.reports.html_report import report_html

    return report_html(compared)


def _data(compared: Sequence[ComparedRun]) -> bytes:
    from tlcore.reports.data_files import data_zip

    return data_zip(compared)
