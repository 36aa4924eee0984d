"""The network that a photo flows through: ready, made ready on the spot, or the way to its weights."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.architectures.address import go_to
from pages.ui.errors import safely
from pages.ui.offer_jobs import offer_jobs
from pages.ui.text import plain
from tlcore.inference.networks.choice import DOWNLOAD, MISSING, READY, Network, imagenet_networks
from tlcore.inference.networks.installed import prepare_installed
from tlcore.zoo.catalog import INSTALLED, Architecture, find


def ready_network(row: Architecture) -> Path | None:
    """Find a network that is ready, or make it so where that takes no more than a moment.

    Args:
        row: the architecture.

    Returns:
        The folder of the prepared network; None where it is not ready.
    """
    network = _network(row)
    if network is not None and network.needs_no_worker:
        with st.spinner(f"Preparing {row.title}, only once on this machine"):
            return prepare_installed(row)
    return network.folder if network is not None and network.state == READY else None


def _network(row: Architecture) -> Network | None:
    return next((one for one in imagenet_networks() if one.key == row.name), None)


def offer_network(row: Architecture) -> None:
    """Draw what a network needs that is not ready, and the way to others.

    Args:
        row: the architecture.
    """
    network = _network(row)
    if network is None:
        why = row.why_no_classifier or f"{row.why_no_weights}, so its filters would show noise."
        st.info(f"No photo can flow through {row.title} here. {why}", icon=":material/block:")
    else:
        _offer(network, row)
    _offer_another()


def _offer(network: Network, row: Architecture) -> None:
    size = f"about {row.weights_bytes / 1e6:,.0f} MB"
    if network.state == MISSING:
        st.info(
            f"The weights of {row.title} ({size}) are not on this machine, and there is no internet connection to "
            "fetch them. Put this file into this folder:",
            icon=":material/download:",
        )
        assert network.weights_path is not None
        st.code(f"{network.weights_path.name}\n{network.weights_path.parent}", language=None)
        return
    needs_download = network.state == DOWNLOAD
    st.markdown(
        f"{row.title} has to be {f'downloaded ({size}) and ' if needs_download else ''}prepared once for all users, "
        "which takes about half a minute. Then any photo flows through it in a moment."
    )
    label = f"{'Download and prepare' if needs_download else 'Prepare'} {plain(row.title)}"
    request = {"architecture": row.name, "weights": "imagenet"}
    offer_jobs("prepare", {f"Prepare {row.title}": request}, label, ":material/bolt:", lambda: None)


def _offer_another() -> None:
    """Lead to networks through which a photo can flow now."""
    ready = [one.key for one in imagenet_networks() if one.state == READY and one.key != INSTALLED][:2]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("See a photo flow through")
        for name in (INSTALLED, *ready):
            if st.button(
                find(name).title,
                on_click=safely(go_to),
                kwargs={"name": name, "form": ""},
                key=f"flow-other-{name}",
                type="tertiary",
                icon=":material/arrow_forward:",
            ):
                st.rerun()  # the whole page shows the other network, not only this part of it
