"""The shipped weights: one file of float16 arrays with its card; whatever does not match the card is refused.

`weights.npz` holds one array for each Keras weight, named by its path in the network built with its top. Only
`load_weights` needs a Keras model; nothing here imports Keras itself.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tlcore.errors import MissingError, StateError
from tlcore.files import file_digest, replacing, write_json

FOLDER = Path(__file__).parent
WEIGHTS = "weights.npz"
CARD = "card.json"
MAX_BYTES = 8_000_000


@dataclass(frozen=True)
class Card:
    """What the shipped weights are, and what they are not.

    Args:
        name: of the network.
        digest: SHA-256 of `weights.npz`.
        parameters: number of weights.
        pixels: height and width that the accuracy was measured at.
        preprocessing: preprocessing mode of the input; "identity" takes RGB from 0 to 255.
        last_feature_layer: name of the layer whose output is the last feature map.
        wnids: WordNet id of each class, in the order of the outputs.
        names: plain English name of each class.
        data: what the weights were trained on.
        held_out: what the accuracy was measured on.
        teacher: the network distilled from, or empty.
        recipe: how the weights were trained.
        epochs: epochs trained.
        processor_hours: time of one processor core spent on training.
        held_out_top_1: accuracy on the held-out photos, 0 to 1.
        held_out_top_5: share of held-out photos whose class is among the five likeliest, 0 to 1.
        limits: what the network is not.
        transfer: what it buys on few photos, as `transfer` measured it: plain values of its results, or empty.
    """

    name: str
    digest: str
    parameters: int
    pixels: int
    preprocessing: str
    last_feature_layer: str
    wnids: tuple[str, ...]
    names: tuple[str, ...]
    data: str
    held_out: str
    teacher: str
    recipe: dict[str, object]
    epochs: float
    processor_hours: float
    held_out_top_1: float
    held_out_top_5: float
    limits: tuple[str, ...]
    transfer: tuple[dict, ...] = ()


@functools.cache
def read_card(folder: Path = FOLDER) -> Card:
    """Read the card of the weights.

    Args:
        folder: where `card.json` and `weights.npz` lie.

    Returns:
        The card.

    Raises:
        MissingError: if there is no card.
    """
    path = folder / CARD
    if not path.is_file():
        raise MissingError(f"a card {path}", "no such file", "Install the project again.")
    facts = json.loads(path.read_text(encoding="utf-8"))
    lists = {name: tuple(facts.get(name, ())) for name in ("wnids", "names", "limits", "transfer")}
    return Card(**(facts | lists))


def read_weights(folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Read and check the weights.

    Args:
        folder: where `card.json` and `weights.npz` lie.

    Returns:
        float32 array of each weight, by its path in the network.

    Raises:
        MissingError: if the file is absent.
        StateError: if it is not the file that the card describes.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise MissingError(f"the embedded weights {path}", "no such file", "Install the project again.")
    if (found := file_digest(path)) != (expected := read_card(folder).digest):
        raise StateError(
            f"embedded weights with digest {expected[:12]}…", f"{found[:12]}…", "Install the project again."
        )
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name].astype(np.float32) for name in file.files}


def load_weights(model, folder: Path = FOLDER) -> None:
    """[TF] Put the shipped weights into a network.

    Args:
        model: as built by `network.build_network`, at any input size, with or without its top (200 classes).
        folder: where `card.json` and `weights.npz` lie.

    Raises:
        MissingError: if the file is absent.
        StateError: if the file is not the card's, or the model is another network.
    """
    arrays = read_weights(folder)
    for variable in model.weights:
        array = arrays.get(variable.path)
        if array is None or array.shape != tuple(variable.shape):
            raise StateError(
                f"a weight {variable.path} of shape {tuple(variable.shape)}",
                "none" if array is None else f"one of shape {array.shape}",
                "Load these weights into the embedded network with 200 classes or without its top.",
            )
    for variable in model.weights:
        variable.assign(arrays[variable.path])


def write_weights(model, facts: dict[str, object], folder: Path) -> Card:
    """[TF] Write weights and card.

    Args:
        model: the trained network with its top.
        facts: the card's fields but `digest` and `parameters`.
        folder: where to write.

    Returns:
        The card written.

    Raises:
        StateError: if the file would be larger than 8 MB, or a weight does not fit float16.
    """
    arrays = {variable.path: np.asarray(variable).astype(np.float16) for variable in model.weights}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise StateError("weights that fit float16", "overflow", "Train with more weight decay.")
    path = folder / WEIGHTS
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)
    if path.stat().st_size > MAX_BYTES:
        raise StateError(f"at most {MAX_BYTES} bytes", f"{path.stat().st_size}", "Use a narrower network.")
    card = Card(digest=file_digest(path), parameters=int(model.count_params()), **facts)
    write_json(folder / CARD, asdict(card))
    read_card.cache_clear()
    return card
