"""How the owner of the machine lets a class in."""

from __future__ import annotations

import streamlit as st

from pages.entrance.announce import is_behind_proxy, restart_command, student_address
from pages.entrance.visitor import visitor
from pages.ui.qr_code import show_qr_code
from tlcore.access.codes import codes
from tlcore.settings import settings

_ENCRYPTION = (
    "What is sent is not encrypted. Outside of a network that you trust, put a proxy with HTTPS in front; the README "
    "shows one."
)

_WHO_SEES = (
    "Everybody may look at everything, but change only what they made themselves. What pupils of a lesson make is for "
    "them and you alone."
)


def show_sharing() -> None:
    """Draw how to share the studio, or the address and the code under which it is shared; for its owner only."""
    if not visitor().is_owner:
        return
    with st.popover("Share with a class", icon=":material/groups:"):
        if settings().shared:
            _show_address()
        else:
            st.markdown(
                "Only this machine can open these pages now. To let others in:\n"
                "1. In the terminal where the studio runs, press Ctrl+C. Training goes on meanwhile.\n"
                "2. There, paste this command and press Enter:"
            )
            st.code(restart_command(), language=None, wrap_lines=True)
            st.markdown("3. Give your class the address and the access code that it prints.")
            st.caption(f"{_WHO_SEES} {_ENCRYPTION}")


def _show_address() -> None:
    st.write("Give your class this address and this access code:")
    st.code(f"{student_address()}\n{codes().access}", language=None)
    show_qr_code(student_address())
    if is_behind_proxy():
        st.caption(
            "Others reach it through a reverse proxy on this machine. To let them connect directly, start it with:"
        )
        st.code(restart_command(), language=None, wrap_lines=True)
    if not settings().named_hosts:
        st.caption(_ENCRYPTION)
