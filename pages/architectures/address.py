"""What the Architectures page shows, kept in its address so that a reload or a link shows the same.

The state of the session decides; the address is read when the page is opened and after the browser's Back or Forward,
and written ever after. Reading it on each run would undo a choice made while the browser still shows the one before.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.compat import follows_history

_LAST = "address_of_architectures"
_SHOWN = ("view", "name", "form", "tab", "compared")


def follow_history() -> None:
    """After the browser's Back or Forward forget what was shown, so that the address is read again.

    Streamlit adds an entry to the browser's history whenever the address is written, and runs the page again with the
    address gone back to; its context alone tells that run from one with an address that is merely late.
    """
    if not follows_history():
        return
    comes_from_another_page = "architecture_view" not in st.session_state  # there its widgets were forgotten
    for name in _SHOWN:
        st.session_state.pop(f"architecture_{name}", None)
    if comes_from_another_page and not st.query_params:
        # On its way to another page Streamlit first empties the address of this one, and keeps that in the history.
        st.query_params.from_dict(st.session_state.get(_LAST, {}))


def remembered(parameter: str, default: str) -> str:
    """Read what is shown: from the session, or on the first run from the address.

    Args:
        parameter: name in the address; the state's key is this with "architecture_" before it.
        default: where the address says nothing.

    Returns:
        The value in force.
    """
    return st.session_state.setdefault(f"architecture_{parameter}", st.query_params.get(parameter, default))


def write_address(**parameters: str) -> None:
    """Make the address say what is shown, and nothing else.

    Args:
        parameters: name in the address → value; empty ones are left out.
    """
    wanted = st.session_state[_LAST] = {name: value for name, value in parameters.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def go_to(**parameters: str | list[str]) -> None:
    """Show something else from the next run on.

    Args:
        parameters: name in the address → value.
    """
    for name, value in parameters.items():
        st.session_state[f"architecture_{name}"] = value
