"""Networks of the users' own that were prepared: found, changed in how pixels are prepared, removed. Knows no TF."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tlcore.access.asker import check_change
from tlcore.errors import NotFoundError
from tlcore.images.preprocess import PREPROCESSING
from tlcore.inference.networks.prepared import CARD_FILE, prepared_cards, read_card
from tlcore.inference.own.network import own_folder
from tlcore.storage.caches import USED
from tlcore.storage.files import write_json
from tlcore.storage.folders import MANIFEST, new_version, newest_version, remove_versions, sound_version


def find_own(key: str) -> Path:
    """Find a network that was prepared from a user's own file.

    Args:
        key: name of its folder.

    Returns:
        The folder.

    Raises:
        NotFoundError: if there is none of this key.
    """
    folders = {folder.name: folder for folder, card in prepared_cards().items() if not card.architecture}
    if key not in folders:
        raise NotFoundError("network of your own", key, folders)
    return folders[key]


def delete_own(folder: Path) -> None:
    """Remove a network for good.

    Args:
        folder: as `find_own` gives it.

    Raises:
        AccessError: if it belongs to somebody else.
    """
    card = read_card(folder)
    check_change(card.made_by if card else "", f"network {folder.name}")
    remove_versions(folder)


def choose_preprocessing(folder: Path, mode: str) -> Path:
    """Keep a network with another preprocessing, which is all that changes.

    Args:
        folder: as `find_own` gives it.
        mode: of `tlcore.images.preprocess`.

    Returns:
        The folder under which it is kept from now on.

    Raises:
        AccessError: if it belongs to somebody else.
        MissingError: if it is damaged.
    """
    card, version = read_card(folder), sound_version(folder)
    if card is None or version is None:
        raise NotFoundError("network of your own", folder.name, [])
    check_change(card.made_by, f"network {folder.name}")
    PREPROCESSING.find(mode)
    card = replace(card, preprocessing=mode, created=datetime.now(UTC).isoformat(timespec="seconds"))
    changed = own_folder(card)
    if changed == folder:
        return folder
    with new_version(changed) as temporary:
        for file in version.iterdir():
            if file.name not in (CARD_FILE, MANIFEST, USED):
                shutil.copyfile(file, temporary / file.name)
        write_json(temporary / CARD_FILE, card.to_json())
    remove_versions(folder)
    return changed


def own_bytes_of(visitor: str) -> list[Path]:
    """The folders of a visitor's own networks, for what they take.

    Args:
        visitor: id.
    """
    found = [newest_version(folder) for folder, card in prepared_cards().items() if card.made_by == visitor]
    return [folder for folder in found if folder]
