"""The networks that can classify, and what each still needs on this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tlcore.inference.networks.prepared import (
    PREPARED,
    PUBLISHED,
    Prepared,
    is_folder_prepared,
    load_prepared,
    prepared_cards,
    prepared_folder,
)
from tlcore.internet import can_download
from tlcore.zoo import catalog

READY = "ready"
HERE = "weights on this machine"
DOWNLOAD = "needs a download"
MISSING = "weights missing"
_STATES = (READY, HERE, DOWNLOAD, MISSING)


@dataclass(frozen=True)
class Network:
    """One network that can classify, or could.

    Args:
        key: unique name, part of addresses.
        title: what a person calls it.
        folder: where it is prepared, or will be.
        state: READY; HERE, only to be prepared; DOWNLOAD; or MISSING, where there is no network to fetch it.
        row: its row in the catalog; None for a network of the user's own.
        weights_path: where its weights file is expected; None for networks that need none any more.
        run_id: of the training run that made it; "" for none.
    """

    key: str
    title: str
    folder: Path
    state: str
    row: catalog.Architecture | None
    weights_path: Path | None = None
    run_id: str = ""

    @property
    def architecture(self) -> catalog.Architecture:
        """Its row in the catalog; networks of the user's own, which are always ready, have none."""
        assert self.row is not None
        return self.row

    @property
    def needs_no_worker(self) -> bool:
        """Whether it is prepared on the spot: its weights are installed, and need no TensorFlow."""
        return self.state == HERE and not self.run_id and self.architecture.package_weights is not None

    def load(self) -> Prepared:
        """Load it under the title by which it is chosen: the one that was kept with it need not be unique."""
        prepared = load_prepared(self.folder)
        return replace(prepared, card=replace(prepared.card, title=self.title))


def told_apart(networks: Sequence[Network]) -> list[Network]:
    """Make the titles of networks unique.

    Args:
        networks: any number.

    Returns:
        The networks in their order; those of one title have their keys added to it.
    """
    counts = Counter(network.title for network in networks)
    return [
        network if counts[network.title] == 1 else replace(network, title=f"{network.title} ({network.key})")
        for network in networks
    ]


def imagenet_networks() -> list[Network]:
    """List the networks of the zoo that have ImageNet weights, and those prepared from the user's weights files.

    Returns:
        The networks: those prepared from files first, then the zoo, those first that are soonest ready.
    """
    rows = {row.name: row for row in catalog.CLASSIFIERS}
    own = [
        Network(folder.name, card.title, folder, READY, rows[card.architecture])
        for folder, card in prepared_cards().items()
        if card.weights not in PUBLISHED and card.architecture in rows
    ]
    published = [_published(row) for row in catalog.CLASSIFIERS if row.pretrained_weights != "none"]
    return own + sorted(published, key=lambda network: _STATES.index(network.state))


def own_networks() -> list[Network]:
    """List the networks that were prepared from the users' own files."""
    cards = prepared_cards().items()
    return [Network(folder.name, card.title, folder, READY, None) for folder, card in cards if not card.architecture]


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
        state = DOWNLOAD if row.imagenet_weights and can_download() else MISSING
    path = catalog.weights_path(row) if row.imagenet_weights else None
    return Network(row.name, row.title, folder, state, row, path)
