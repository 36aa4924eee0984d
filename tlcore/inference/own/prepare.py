"""The job's part for a user's own file: build it, or take it as it is, and keep it like any prepared network. [TF]"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import keras

from tlcore.errors import InputError, StudioError
from tlcore.inference.networks.head import Activated, Head
from tlcore.inference.networks.prepared import CARD_FILE, FEATURES_FILE, HEAD_FILE, Card
from tlcore.inference.own.fill import fill
from tlcore.inference.own.given import unpacked_member
from tlcore.inference.own.network import OwnRequest, check_outputs, own_facts, own_folder
from tlcore.inference.own.rebuild import rebuild
from tlcore.storage.files import write_json
from tlcore.storage.folders import new_version
from tlcore.text import listed
from tlcore.zoo.compat import made_by

_WEIGHTS = "model.weights.h5"  # in a `.keras` file
_ZIP = b"PK"
_OPERATION = re.compile(r"'tf\.(\w+)' op")  # as the converter names one that it does not know


def prepare_own(
    request: OwnRequest, prepare_model: Callable[..., Card], step: Callable[[str, int], None]
) -> tuple[Path, Card]:
    """Prepare a network from a user's own file.

    Args:
        request: what is wanted.
        prepare_model: as `tlcore.inference.jobs.prepare_model`.
        step: called with what is being done and how many of four steps are done.

    Returns:
        The folder and the card.

    Raises:
        InputError: if it is no network that classifies pictures, cannot be rebuilt, or its weights do not fit.
    """
    path = Path(request.file)
    facts = own_facts(path)  # nothing that was found out elsewhere is believed
    if facts["kind"] == "lite":
        return _keep_lite(request, facts, step)
    model = _filled(path, facts)
    check_outputs(_activation(model), request.is_scores)
    output = model.output
    if request.is_scores:
        function = "sigmoid" if output.shape[-1] == 1 else "softmax"
        model = keras.Model(model.input, keras.layers.Activation(function, name="probabilities")(output))
    card = request.card(facts["side"], facts["channels"], output.shape[-1])
    folder = own_folder(card)
    try:
        return folder, prepare_model(model, model.layers[-1].name, folder, card, step)
    except (MemoryError, StudioError):
        raise
    except Exception as problem:  # the converter passes on whatever it stumbles over
        raise _not_convertible(path, problem) from problem


def _not_convertible(path: Path, problem: Exception) -> InputError:
    operations = sorted(set(_OPERATION.findall(str(problem))))
    reason = f"needs {listed(operations)}" if operations else "cannot be converted"
    action = "Save a network without these layers, or convert it to a .tflite file yourself and give that."
    return InputError("a network that LiteRT can run", f"{path.name}, which {reason}", action)


def _filled(path: Path, facts: dict) -> keras.Model:
    network = rebuild(facts["network"], facts["side"], facts["channels"])
    shape = network.model.output.shape
    if len(shape) == 4 and shape[1] == shape[2] == 1:
        flat = keras.layers.Flatten(name="one_row")(network.model.output)
        network = replace(network, model=keras.Model(network.model.input, flat))
    elif len(shape) != 2:
        received = f"{path.name}, which gives {' x '.join(map(str, shape[1:]))} numbers"
        action = "It may end with features or a picture: give one that ends with a classifier."
        raise InputError("a network that gives one number for each class", received, action)
    with path.open("rb") as file:
        is_archive = file.read(2) == _ZIP
    if not is_archive:
        fill(network, path, path.name)
        return network.model
    with tempfile.TemporaryDirectory() as folder:
        fill(network, unpacked_member(path, _WEIGHTS, Path(folder) / _WEIGHTS), path.name)
    return network.model


def _activation(model: keras.Model) -> str:
    """What the last numbers went through."""
    layer = model.layers[-1]
    while isinstance(layer, keras.layers.Flatten | keras.layers.Reshape):
        layer = made_by(layer.input)
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    return getattr(getattr(layer, "activation", None), "__name__", "linear")


def _keep_lite(request: OwnRequest, facts: dict, step: Callable[[str, int], None]) -> tuple[Path, Card]:
    """A LiteRT file is taken as it is: it was tried out where it can do no harm."""
    check_outputs(facts["activation"], request.is_scores)
    step("Saving the result", 3)
    function = "sigmoid" if facts["outputs"] == 1 else "softmax"
    head = Head("flatten", (Activated(function),) if request.is_scores else ())
    card = request.card(facts["side"], facts["channels"], facts["outputs"])
    card = replace(card, created=datetime.now(UTC).isoformat(timespec="seconds"))
    folder = own_folder(card)
    with new_version(folder) as temporary:
        shutil.copyfile(request.file, temporary / FEATURES_FILE)
        head.save(temporary / HEAD_FILE)
        write_json(temporary / CARD_FILE, card.to_json())
    return folder, card
