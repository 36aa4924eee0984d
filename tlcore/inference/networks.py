"""The networks that can classify, and what each still needs on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tlcore.embedded.weights import read_card
from tlcore.inference import embedded
from tlcore.inference.prepared import PREPARED, is_folder_prepared, prepared_cards, prepared_folder
from tlcore.internet import can_download
from tlcore.zoo import catalog

READY = "ready"
HERE = "weights here"
DOWNLOAD = "to be downloaded"
MISSING = "weights missing"
_PREFERRED = "MobileNetV2"


@dataclass(frozen=True)
class Network:
    """One network that can classify, or could.

    Args:
        key: unique name, part of addresses.
        title: what a person calls it.
        folder: where it is prepared, or will be.
        state: READY; HERE, only to be prepared; DOWNLOAD; or MISSING, where there is no network to fetch it.
        architecture: its row in the catalog.
        weights_path: where its weights file is expected; None for networks that need none any more.
        run_id: of the training run that made it; "" for none.
        note: what a person should know about it besides, or "".
    """

    key: str
    title: str
    folder: Path
    state: str
    architecture: catalog.Architecture
    weights_path: Path | None = None
    run_id: str = ""
    note: str = ""


def imagenet_networks() -> list[Network]:
    """List the networks of the zoo that have ImageNet weights, and those prepared from the user's weights files.

    Returns:
        The networks: those prepared from files first, then the zoo in the order of the catalog.
    """
    own = [
        Network(folder.name, card.title, folder, READY, architecture)
        for folder, card in prepared_cards().items()
        if card.weights not in ("imagenet", "embedded")
        and (architecture := catalog.find(card.architecture)) in catalog.CLASSIFIERS
    ]
    published = [_published(row) for row in catalog.CLASSIFIERS if row.imagenet_weights is not None]
    return own + published


def embedded_network() -> Network:
    """Describe the network that comes with this project; it is always ready, and prepared on the spot for that.

    Returns:
        The network.
    """
    row, card = catalog.find(catalog.EMBEDDED), read_card()
    note = f"works offline, {len(card.names)} everyday classes"
    return Network(row.name, row.title, embedded.prepare_embedded(), READY, row, note=note)


def first_choice() -> str:
    """Choose the network to begin with.

    Returns:
        Key of MobileNetV2 where its weights are on this machine, else of the embedded network.
    """
    row = catalog.find(_PREFERRED)
    here = is_folder_prepared(prepared_folder(row.name)) or catalog.has_weights(row)
    return row.name if here else catalog.EMBEDDED


def trained_network(run_id: str, title: str, run_folder: Path, backbone: str) -> Network:
    """Describe the network of a finished training run.

    Args:
        run_id: its id.
        title: what the user calls it.
        run_folder: with `model.keras`.
        backbone: name of its architecture.

    Returns:
        The network; an older run may still have to be prepared.
    """
    folder = run_folder / PREPARED
    state = READY if is_folder_prepared(folder) else HERE
    return Network(run_id, title, folder, state, catalog.find(backbone), run_id=run_id)


def _published(row: catalog.Architecture) -> Network:
    folder = prepared_folder(row.name)
    if is_folder_prepared(folder):
        state = READY
    elif catalog.has_weights(row):
        state = HERE
    else:
        state = DOWNLOAD if can_download() else MISSING
    return Network(row.name, row.title, folder, state, row, catalog.weights_path(row))
