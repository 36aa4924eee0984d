"""Which networks classify: the choice, and the way out where one is not ready on this machine."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import streamlit as st

from pages.classify.missing import say_where, take_weights
from pages.ui.jobs import show_failure, watch
from pages.ui.text import plain
from tlcore.access.asker import may_change
from tlcore.comparison.comparison import distinct_titles
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.networks.choice import (
    DOWNLOAD,
    HERE,
    MISSING,
    READY,
    Network,
    imagenet_networks,
    own_networks,
    told_apart,
    trained_network,
)
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import run_request
from tlcore.runs import client
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED, RESUMABLE, Run
from tlcore.runs.store import open_store
from tlcore.zoo.catalog import CLASSIFIERS, INSTALLED, RENAMED, find

_MOST = 6
_CHOSEN = "chosen-once-prepared"  # the job whose network was chosen as soon as it was ready


def pick_networks() -> tuple[list[Network], str, list[Network]]:
    """Draw the choice of networks; it is kept in the page's address.

    Returns:
        The networks chosen; the resize mode, "" for each network's own; and networks that miss their weights here.
    """
    _choose_what_was_prepared()
    networks = {network.key: network for network in _networks()}
    labels = {key: _label(network) for key, network in networks.items()}
    wanted = [key for key in st.query_params.get("networks", "").split(",") if key in networks]
    missing = [key for key in networks if networks[key].state == MISSING and key not in wanted]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keys = st.multiselect(
            "Networks",
            [key for key in networks if key not in missing],
            default=wanted or [INSTALLED],
            format_func=labels.__getitem__,
            max_selections=_MOST,
            select_all=False,
            placeholder="Choose one or several",
            help="Networks trained here, and your own, know your classes; the others know the 1,000 classes of "
            "ImageNet. Choose several to see them side by side. For one that has to be prepared or downloaded first, a "
            "button appears below once it is chosen.",
            # A choice is kept by its label: where labels change, a new widget takes the choice from the address.
            key=f"networks-{zlib.crc32(str(labels).encode())}-{st.session_state.get(_CHOSEN, '')}",
        )
        with st.popover("", icon=":material/crop:", help="How to make the photo square"):
            mode = _pick_mode()
    st.query_params["networks"] = ",".join(keys)
    return [networks[key] for key in keys], mode, [networks[key] for key in missing]


def _pick_mode() -> str:
    """How the photo becomes square: a resize mode, "" for the one by which each network is evaluated."""
    return st.radio(
        "How to make the photo square",
        ["", *(row.name for row in RESIZE_MODES)],
        format_func=lambda name: RESIZE_MODES.find(name).title if name else "As in the network's evaluation",
        captions=["", *(row.help for row in RESIZE_MODES)],
        key="square",
    )


def _networks() -> list[Network]:
    """All networks: first what can answer now, and of that first what knows most classes."""
    networks = told_apart([*imagenet_networks(), *own_networks(), *_trained_networks()])
    return sorted(networks, key=lambda network: not _is_ready(network))


def _is_ready(network: Network) -> bool:
    # What is prepared in a moment, as soon as it is chosen, counts as ready.
    return network.state == READY or network.needs_no_worker


def _label(network: Network) -> str:
    """Its name, and what is to be done before it can answer."""
    if _is_ready(network):
        return network.title
    to_do = {
        HERE: "prepare once, half a minute",
        DOWNLOAD: f"download once, {network.architecture.weights_bytes / 1e6:,.0f} MB",
        MISSING: "weights missing",
    }[network.state]
    return f"{network.title} ({to_do})"


def _trained_networks() -> list[Network]:
    known = {row.name for row in CLASSIFIERS} | set(RENAMED)  # runs of earlier versions may have others
    finished = [run for run in open_store().runs(kind="train") if run.state == FINISHED]
    runs = [run for run in finished if run.plan["backbone"] in known]
    titles = distinct_titles(runs)
    if len(backbones := {run.plan["backbone"] for run in runs}) == 1:  # which tells no two apart
        shared = f" {find(backbones.pop()).title}"
        titles = [title.replace(shared, "", 1) for title in titles]
    return [
        trained_network(run.id, title, run.folder, run.plan["backbone"])
        for run, title in zip(runs, titles, strict=True)
    ]


def show_preparation(networks: list[Network]) -> list[Network]:
    """Draw what is missing, with the way out next to it, and preparations that are under way.

    Args:
        networks: those chosen.

    Returns:
        Those that are ready.
    """
    jobs = {_wanted_folder(run): run for run in open_store().runs(kind="prepare")[:50][::-1]}
    networks = [_made_ready(network) for network in networks]
    for network in networks:
        if network.state == READY:
            continue
        job = jobs.get(str(network.folder))
        if job and not job.has_ended:
            ensure_dispatcher()
            watch(job.id, f"Preparing {plain(network.title)}")
        else:
            _offer(network, job)
    _show_file_jobs()
    return [network for network in networks if network.state == READY]


def _made_ready(network: Network) -> Network:
    """Prepare a network on the spot where that takes no more than a moment."""
    if not network.needs_no_worker:
        return network
    with st.spinner(f"Preparing {network.title}, only once on this machine"):
        prepare_installed(network.architecture)
    return replace(network, state=READY)


def _wanted_folder(run: Run) -> str:
    """The folder that a preparation fills; "" for one from an uploaded file."""
    if "folder" in run.plan:
        return run.plan["folder"]
    if "own" in run.plan or run.plan.get("weights", "imagenet") != "imagenet":
        return ""
    return str(next((n.folder for n in imagenet_networks() if n.key == run.plan["architecture"]), ""))


def _offer(network: Network, job: Run | None) -> None:
    """Say what a network still needs, and offer it."""
    with st.container(border=True):
        st.markdown(f"**{plain(network.title)} is not ready on this machine yet.** {_need(network)}")
        if job and job.state in RESUMABLE:
            show_failure(job)
        if network.state == MISSING:
            say_where(network)
        else:
            label = "Download and prepare" if network.state == DOWNLOAD else "Prepare"
            if st.button(
                f"{label} {plain(network.title)}", type="primary", icon=":material/bolt:", key=f"go-{network.key}"
            ):
                _start(network, job)
                st.rerun()
        if network.weights_path:
            with st.expander("Offline, or with your own weights file", expanded=network.state == MISSING):
                if network.state == DOWNLOAD:
                    say_where(network)
                take_weights(network)


def _need(network: Network) -> str:
    megabytes = network.architecture.weights_bytes / 1e6
    return {
        HERE: "Its weights are on this machine; it only has to be prepared once, which takes about half a minute.",
        DOWNLOAD: f"Its weights (about {megabytes:,.0f} MB) are downloaded and prepared once, for all users.",
        MISSING: "Its weights are not on this machine, and there is no internet connection to fetch them.",
    }[network.state]


def _start(network: Network, job: Run | None) -> None:
    if job and job.state in RESUMABLE and may_change(job.visitor):
        client.resume(job.id)
    elif network.run_id:
        run = open_store().run(network.run_id)
        client.submit(
            "prepare", run_request(run.folder, run.plan, run.result["classes"], run.name), f"Prepare {run.name}"
        )
    else:
        plan = {"architecture": network.architecture.name, "weights": "imagenet"}
        client.submit("prepare", plan, f"Prepare {network.title}")


def _choose_what_was_prepared() -> None:
    """Choose the network that the job in the page's address has prepared, before the choice is drawn."""
    run_id = st.query_params.get("job")
    run = open_store().run(run_id) if run_id else None
    if run is not None and run.state == FINISHED:
        del st.query_params["job"]
        st.query_params.pop("own", None)
        st.query_params["networks"] = Path(run.result["folder"]).name
        st.session_state[_CHOSEN] = run.id


def _show_file_jobs() -> None:
    """Follow the preparation from an uploaded file that the page's address names."""
    run_id = st.query_params.get("job")
    if not run_id:
        return
    run = open_store().run(run_id)
    if not run.has_ended:
        watch(run.id, f"Preparing {plain(run.name.removeprefix('Prepare '))}")
        return
    del st.query_params["job"]
    show_failure(run)
