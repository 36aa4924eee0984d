"""A user's own network: what its file says, what is asked of it, where it is kept, by content. Knows no TensorFlow."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tlcore.access.asker import asker
from tlcore.access.folders import check_path
from tlcore.errors import InputError
from tlcore.guard import run
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.networks.prepared import (
    OWN,
    PREPARED,
    Card,
)
from tlcore.inference.own.given import Given, check_size
from tlcore.settings import settings
from tlcore.storage.files import file_digest
from tlcore.text import one_line

MOST_TITLE = 80
_TEACHABLE_SIDE = 224
_TEACHABLE_NAMES = ("model.tflite", "model_unquant.tflite")  # of its exports, which come with labels.txt
_CODE = ("description.py", "facts.py", "fill.py", "known_layers.py", "lite.py", "rebuild.py")


@dataclass(frozen=True)
class Look:
    """What a network's file says about itself.

    Args:
        kind: "keras" or "lite".
        side: of its square pictures in pixels.
        channels: of its pictures, 1 or 3.
        outputs: how many numbers it gives; 0 where that shows only when it is built.
        activation: that these went through; "linear" where they are scores and no probabilities.
        preprocessing: the likeliest mode of `tlcore.images.preprocess`.
        reason: why that one, as the end of a sentence.
        labels: class names that it holds, or that lay beside it.
        is_whole: whether it takes pixels as whole numbers, so that there is nothing to choose.
    """

    kind: str
    side: int
    channels: int
    outputs: int
    activation: str
    preprocessing: str
    reason: str
    labels: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def is_teachable(self) -> bool:
        """Whether it comes from Teachable Machine, which sees the middle of a picture."""
        return "Teachable Machine" in self.reason

    @property
    def classes(self) -> int:
        """How many classes it tells apart; one output is a probability of the second of two."""
        return 2 if self.outputs == 1 else self.outputs

    @property
    def resize(self) -> str:
        """The likeliest mode of `tlcore.images.resize`."""
        return "cover" if self.is_teachable else "stretch"


def look(given: Given) -> Look:
    """Look at a network's file, in a moment.

    Args:
        given: the file and class names.

    Returns:
        What it says.

    Raises:
        InputError: if it is no network that classifies pictures, or cannot be rebuilt.
    """
    facts = {name: value for name, value in own_facts(given.model).items() if name != "network"}
    found = Look(**{**facts, "labels": given.labels or tuple(facts["labels"])})
    is_likely = given.model.name in _TEACHABLE_NAMES and found.side == _TEACHABLE_SIDE and bool(given.labels)
    if found.preprocessing == "unit" and is_likely:
        return replace(found, preprocessing="tf", reason="it is called as Teachable Machine calls its files")
    return found


def own_facts(path: Path) -> dict:
    """All that a network's file says.

    Args:
        path: the file; not trusted.

    Returns:
        As `tlcore.inference.own.facts.describe_own`.

    Raises:
        InputError: as `look`.
    """
    check_size(check_path(path))
    return run("own", path, path.name)


@dataclass(frozen=True)
class OwnRequest:
    """What is wanted of a network's file: the request of a preparation.

    Args:
        file: path of the network's file.
        title: what the user calls it.
        classes: names in the order of its outputs; empty for "class 0", "class 1" …
        preprocessing: mode of `tlcore.images.preprocess`.
        resize: mode of `tlcore.images.resize`.
        is_scores: whether its outputs are scores, to be made probabilities by softmax, or by sigmoid where it is one.
    """

    file: str
    title: str
    classes: tuple[str, ...]
    preprocessing: str
    resize: str
    is_scores: bool = False

    def to_json(self) -> dict:
        """The request as plain values, for the job `prepare`."""
        return {"own": asdict(self)}

    @property
    def ratio(self) -> float:
        """Share of the short side that a center crop keeps: all of it."""
        return 1.0

    def card(self, side: int, channels: int, outputs: int) -> Card:
        """Describe the network.

        Args:
            side: of its pictures in pixels.
            channels: of its pictures.
            outputs: how many numbers it gives.

        Returns:
            The card.

        Raises:
            InputError: if there are names for more or fewer classes.
        """
        return Card(
            architecture="",
            weights=self._content(),
            input_size=side,
            preprocessing=self.preprocessing,
            cut_layer="",
            title=self.title,
            classes=named_classes(self.classes, outputs),
            channels=channels,
            resize=self.resize,
            ratio=self.ratio,
            made_by=asker().id,
        )

    def _content(self) -> str:
        """Digest of all that decides which numbers come out: the file, the code that reads it, what is made of them."""
        facts = [file_digest(Path(self.file)), _code(), self.is_scores]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def own_folder(card: Card) -> Path:
    """Say where a network is kept: under all that decides what it answers, and whose it is.

    Args:
        card: of the network.

    Returns:
        The folder; what it holds lies in its versions.
    """
    facts = [card.weights, card.classes, card.preprocessing, card.resize, card.ratio, card.made_by]
    return settings().home / PREPARED / f"{OWN}{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]}"


def own_request(
    given: Given,
    found: Look,
    *,
    title: str = "",
    classes: Sequence[str] = (),
    preprocessing: str = "",
    resize: str = "",
    is_scores: bool = False,
) -> OwnRequest:
    """Ask for a network to be prepared; what is left away is guessed.

    Args:
        given: the file.
        found: what it says.
        title: what to call it; "" for the name of the file.
        classes: their names; none for those that were found.
        preprocessing: mode; "" for the likeliest.
        resize: mode; "" for the likeliest.
        is_scores: whether its outputs are to be made probabilities.

    Returns:
        The request.

    Raises:
        InputError: if the names are too few or too many, a mode does not exist, or the outputs are no probabilities.
    """
    classes = tuple(classes) or found.labels
    if found.outputs:
        named_classes(classes, found.outputs)
    check_outputs(found.activation, is_scores)
    if found.is_whole and preprocessing not in ("", "identity"):
        raise InputError("pixels as they are (identity)", preprocessing, "A quantized network scales them itself.")
    return OwnRequest(
        str(given.model.resolve()),
        one_line(title or given.name, MOST_TITLE),
        classes,
        PREPROCESSING.find(preprocessing or found.preprocessing).name,
        RESIZE_MODES.find(resize or found.resize).name,
        is_scores,
    )


def check_outputs(activation: str, is_scores: bool) -> None:
    """Refuse outputs that are no probabilities, unless they were said to be scores; and the other way around.

    Args:
        activation: that they went through.
        is_scores: whether the user says so.

    Raises:
        InputError: if both do not fit together.
    """
    is_probability = activation in ("softmax", "sigmoid")
    if is_probability and is_scores:
        raise InputError("outputs that are scores", f"outputs of a {activation}", "Do not say that they are scores.")
    if not is_probability and not is_scores:
        raise InputError(
            "probabilities at the output, from softmax or sigmoid",
            f"plain numbers ({activation})",
            "If the network was trained with from_logits=True, say that its outputs are scores. "
            "Otherwise it does not classify.",
        )


def named_classes(classes: Sequence[str], outputs: int) -> tuple[str, ...]:
    """Give each class its name.

    Args:
        classes: names, or none.
        outputs: how many numbers the network gives; one is the probability of the second of two classes.

    Returns:
        The names, "class 0", "class 1" … where there were none.

    Raises:
        InputError: if there are more or fewer.
    """
    count = 2 if outputs == 1 else outputs
    if not classes:
        return tuple(f"class {number}" for number in range(count))
    if len(classes) != count:
        raise InputError(
            f"{count} class names, as the network tells {count} classes apart",
            str(len(classes)),
            "Give one line for each class, in the order of training.",
        )
    return tuple(classes)


@functools.cache
def _code() -> str:
    """What the code that reads such files is: a mended program prepares anew."""
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()
