"""Who looks at the page, as the engine is told: the owner of the machine, a visitor who has entered, or nobody."""

from __future__ import annotations

import hashlib

import streamlit as st

from pages.entrance import passes
from tlcore.access.asker import NOBODY, OWNER, Visitor, answer_with, may_change
from tlcore.settings import settings

_NOT_YOURS = "Only whoever started this can do that, or the owner of this machine."


def visitor() -> Visitor:
    """Whoever looks at the page; nobody where their browser shows no valid cookie."""
    if not settings().shared:
        return OWNER
    entered = passes.read(st.context.cookies.get(passes.COOKIE, "")) or NOBODY
    if entered.id and not entered.is_owner and _is_login_set_up():
        return _logged_in()
    return entered


answer_with(visitor)


def let_in() -> None:
    """Draw what nobody sees instead of the page: how to enter. Nothing is drawn, and the page goes on, for others."""
    if visitor() != NOBODY:
        return
    if settings().shared and _is_login_set_up() and not st.user.is_logged_in:
        st.title("Transfer Learning Studio")
        st.write("Log in, so that your runs stay yours.")
        st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
    else:
        st.error("Reload the page and enter the access code.", icon=":material/lock:")
    st.stop()


def why_not(made_by: str) -> str | None:
    """Say why whoever looks at the page may not change something.

    Args:
        made_by: id of the visitor who made it; "" for the owner of the machine.

    Returns:
        The sentence; None if they may.
    """
    return None if may_change(made_by) else _NOT_YOURS


def most_upload() -> int | None:
    """How large a file whoever looks at the page may upload, in MB; None for the server's own limit."""
    return None if visitor().is_owner else max(1, settings().visitor_upload_bytes // 2**20)


def _is_login_set_up() -> bool:
    return "is_logged_in" in st.user  # it is there only where secrets.toml names a provider


def _logged_in() -> Visitor:
    """The person that the provider names, the same in every browser."""
    name = st.user.get("sub") or st.user.get("email")
    if not st.user.is_logged_in or not name:
        return NOBODY
    return Visitor(hashlib.sha256(f"{st.user.get('iss')} {name}".encode()).hexdigest()[:32])
