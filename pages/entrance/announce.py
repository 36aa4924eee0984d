"""Where a shared studio is found, and what its owner reads when it starts."""

from __future__ import annotations

import os
import socket

import streamlit as st

from tlcore.access.codes import codes
from tlcore.settings import PREFIX, settings

START = f"{PREFIX}SHARED=1 .venv/bin/python -m streamlit run app.py --server.address=0.0.0.0"
_POWERSHELL = f'$env:{PREFIX}SHARED="1"; .venv\\Scripts\\python -m streamlit run app.py --server.address=0.0.0.0'
LOCAL = ("localhost", "127.0.0.1", "::1")

_USUAL_PORT = 8501
_DOCUMENTATION = "192.0.2.1"  # an address that nobody has


def student_address() -> str:
    """The address to give to a class: the first of the named hosts, else this machine's address in its network."""
    if settings().named_hosts:
        return f"https://{settings().named_hosts[0]}"
    return f"http://{'localhost' if is_behind_proxy() else _own_address()}:{st.get_option('server.port')}"


def restart_command() -> str:
    """What to type into the terminal of this studio, once it is stopped, to start it again as it is, but shared."""
    port = st.get_option("server.port")
    own_port = "" if port == _USUAL_PORT else f" --server.port={port}"
    return f"{_POWERSHELL if os.name == 'nt' else START}{own_port}"


def is_behind_proxy() -> bool:
    """Whether only this machine can connect, so that others need a reverse proxy on it."""
    return st.get_option("server.address") in LOCAL


def announcement() -> str:
    """What the log says at the start of a shared studio."""
    lines = ["", "  This studio is shared. Give your class this address and this access code:", ""]
    lines += [f"    {student_address()}", f"    {codes().access}", ""]
    lines += [f"  For you alone, at {student_address()}/enter, the owner's code: {codes().owner}"]
    if is_behind_proxy():
        lines += [
            "  Only this machine, and a reverse proxy on it, can connect. Let the network in with:",
            f"    {START}",
        ]
    return "\n".join([*lines, ""])


def _own_address() -> str:
    """This machine's address in its network; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_DOCUMENTATION, 80))
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()
