"""The nickname under which a browser queues its runs, so that people who share a machine take turns."""

from __future__ import annotations

from urllib.parse import quote, unquote

import streamlit as st

from tlcore.text import one_line

NOBODY = "someone"

_COOKIE = "nickname"
_MOST = 24
_YEAR = 365 * 24 * 3600  # seconds


def nickname() -> str:
    """The nickname of whoever looks at the page; "" if they gave none."""
    if _COOKIE not in st.session_state:
        st.session_state[_COOKIE] = one_line(unquote(st.context.cookies.get(_COOKIE, "")), _MOST)
    return st.session_state[_COOKIE]


def owner_text(owner: str) -> str:
    """What to call the owner of a run on a page.

    Args:
        owner: a nickname, or "".
    """
    return owner or NOBODY


def ask_nickname() -> None:
    """Draw the field for the nickname; the browser keeps what is written there in a cookie."""
    name = st.text_input(
        "Your nickname",
        value=nickname(),
        max_chars=_MOST,
        placeholder=NOBODY,
        help="When several people share this machine, their runs take turns.",
        key="nickname-field",
    )
    st.session_state[_COOKIE] = name = one_line(name, _MOST)
    if name != one_line(unquote(st.context.cookies.get(_COOKIE, "")), _MOST):
        # Only a script can set a cookie here. Quoting leaves letters, digits and % alone, which end no string.
        cookie = f"{_COOKIE}={quote(name, safe='')}; path=/; max-age={_YEAR if name else 0}; samesite=lax"
        st.html(f"<script>document.cookie = {cookie!r}</script>", unsafe_allow_javascript=True)
