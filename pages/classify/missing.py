"""Networks that cannot be had on this machine, with the reason and the way in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.ui.compat import empty_field, file_field, forget_upload
from tlcore.access.folders import uploads_folder
from tlcore.errors import InputError
from tlcore.inference.networks.choice import Network
from tlcore.runs import client
from tlcore.settings import settings
from tlcore.storage.files import replacing


def show_missing(networks: Sequence[Network]) -> None:
    """Draw the networks that have no weights here.

    Args:
        networks: those that miss their weights, one or more.
    """
    network = st.selectbox(
        "Network",
        networks,
        index=None,
        placeholder=f"{len(networks)} more could be used here, with their weights",
        format_func=lambda network: f"{network.title} ({network.architecture.weights_bytes / 1e6:,.0f} MB)",
        key="missing-network",
    )
    if network is None:
        return
    st.markdown(f"There is no internet connection right now to fetch the weights of {network.title}.")
    say_where(network)
    take_weights(network)


def say_where(network: Network) -> None:
    """Say which file a network needs, and where.

    Args:
        network: one that misses its weights.
    """
    if network.weights_path is None:
        st.markdown("Its weights come with the required packages. Install those again:")
        st.code("pip install -r requirements.txt", language=None)
        return
    st.markdown("To use it, put this file in this folder:")
    st.code(f"{network.weights_path.name}\n{network.weights_path.parent}", language=None)


def take_weights(network: Network) -> None:
    """Offer to prepare a network from a weights file of one's own.

    Args:
        network: any of the zoo.

    Raises:
        InputError: if the file is too large.
    """
    field = f"weights-{network.key}"
    upload = file_field(
        f"Weights file (.h5) for {network.title}, including its classifier",
        ["h5", "hdf5"],
        help="Only the numbers are read, into a network that this program builds. A file for a different network is "
        "rejected, and you see what differs.",
        key=field,
    )
    if upload is None:
        return
    limit = settings().max_weights_bytes
    if upload.size > limit:
        forget_upload(upload)
        raise InputError(
            f"a weights file of at most {limit:,} bytes",
            f"{upload.name} with {upload.size:,} bytes",
            "If you trust the file, raise TLCORE_MAX_WEIGHTS_BYTES.",
        )
    if st.button("Prepare with this file", icon=":material/bolt:", key=f"file-{network.key}"):
        path = uploads_folder() / upload.file_id / Path(upload.name).name
        with replacing(path) as temporary:
            temporary.write_bytes(upload.getbuffer())
        empty_field(upload, field)
        plan = {"architecture": network.architecture.name, "weights": str(path)}
        run = client.submit("prepare", plan, f"Prepare {network.title} ({path.name})")
        st.query_params["job"] = run.id
        st.rerun()
