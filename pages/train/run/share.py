"""The address of a run, as text and as a QR code that a phone reads from the wall."""

from __future__ import annotations

import streamlit as st

from pages.entrance.announce import LOCAL, student_address
from pages.ui.qr_code import show_qr_code
from tlcore.runs.database.readers import private_makers
from tlcore.runs.run import Run
from tlcore.settings import settings

_OPEN = "Classmates scan this or open the address. They enter with the access code of this studio."
_PRIVATE = "Made in a lesson: besides its maker only the owner of this machine can open it."


def show_share(run: Run) -> None:
    """Draw the button that opens the address of a run.

    Args:
        run: any run.
    """
    with st.popover("Share", icon=":material/qr_code_2:", type="tertiary", key=f"share-{run.id}"):
        address = f"{_root()}/train?run={run.id}"
        if settings().shared:
            show_qr_code(address)
            st.caption(_PRIVATE if run.visitor in private_makers() else _OPEN)
        else:
            st.write("This studio is not shared: the address opens on this machine only.")
            st.page_link("home/page.py", label="How to share it with a class", icon=":material/home:")
        st.code(address, language=None)


def _root() -> str:
    """Where others find this studio; where nobody can, where whoever looks at the page has found it."""
    if settings().shared:
        return student_address()
    host = st.get_option("server.address") or LOCAL[0]
    return f"http://{host}:{st.get_option('server.port')}"
