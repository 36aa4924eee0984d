"""Commands about classifying photos: `prepare`, `classify` and `predict`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from click import Choice, IntRange, argument, option

from tlcore.cli.answer import Answer
from tlcore.cli.parameters import FILE, complete, network_argument, run_argument, weights_option
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.errors import ImageError, InputError
from tlcore.images.decode import read_bytes
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.classifier import Guess
from tlcore.inference.many import PhotoFile, classify_files
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import (
    PREPARED,
    Prepared,
    is_folder_prepared,
    load_prepared,
    prepared_folder,
    run_request,
)
from tlcore.runs.client import submit, trained_run
from tlcore.zoo import catalog

_RESIZE = "How a photo becomes a square; by default as the network is evaluated."
_images = argument("images", nargs=-1, required=True, type=FILE, metavar="IMAGE...", help="Image files.")
_top = option("--top", type=IntRange(1), default=5, show_default=True, help="How many classes to name.")
_resize = option("--resize", type=Choice([row.name for row in RESIZE_MODES]), help=_RESIZE)


@program.command("prepare")
@network_argument
@weights_option
def _prepare(network: str, weights: Path | None) -> Answer:
    """Make a network ready to classify."""
    architecture = catalog.find_classifier(network)
    folder = _ready_folder(architecture, weights)
    values = {"folder": str(folder), "card": load_prepared(folder).card.to_json()}
    return Answer(values, f"{architecture.title} is ready: {folder}")


@program.command("classify")
@option(
    "--model", "network", default=catalog.INSTALLED, show_default=True, help="The network.", shell_complete=complete
)
@weights_option
@_images
@_top
@_resize
def _classify(network: str, weights: Path | None, images: Sequence[Path], top: int, resize: str | None) -> Answer:
    """Classify photos with a pretrained network."""
    folder = _ready_folder(catalog.find_classifier(network), weights)
    return _answer(load_prepared(folder), images, top, resize)


def _ready_folder(architecture: catalog.Architecture, file: Path | None) -> Path:
    """The folder of a network, which is prepared first where it is not yet."""
    weights = str(file.resolve()) if file else architecture.pretrained_weights
    if weights == "none":
        raise InputError(
            f"a weights file for {architecture.title}", "none", f"{architecture.why_no_weights}: give --weights FILE."
        )
    folder = prepared_folder(architecture.name, weights)
    if is_folder_prepared(folder):
        return folder
    if weights == "package":
        return prepare_installed(architecture)
    plan = {"architecture": architecture.name, "weights": weights}
    wait_and_show(submit("prepare", plan, f"Prepare {architecture.title}").id)
    return folder


@program.command("predict")
@run_argument
@_images
@_top
@_resize
def _predict(run: str, images: Sequence[Path], top: int, resize: str | None) -> Answer:
    """Classify photos with a network that was trained here."""
    trained = trained_run(run)
    folder = trained.folder / PREPARED
    if not is_folder_prepared(folder):
        request = run_request(trained.folder, trained.plan, trained.result["classes"], trained.name)
        wait_and_show(submit("prepare", request, f"Prepare {trained.name}").id)
    return _answer(load_prepared(folder), images, top, resize)


def _answer(prepared: Prepared, images: Sequence[Path], top: int, resize: str | None) -> Answer:
    files = [PhotoFile(str(path), path.name, partial(read_bytes, path)) for path in images]
    rows: list[dict[str, object]] = []
    lines, code = [], 0
    for path, result in zip(images, classify_files(prepared, files, top=max(2, top), mode=resize or ""), strict=True):
        if isinstance(result, ImageError):
            rows.append({"file": str(path), "error": str(result)})
            lines.append(f"{path}: {result}")
            code = 2
            continue
        shown = result.guesses[:top]
        guesses = [_guess_values(prepared, guess) for guess in shown]
        milliseconds, sureness = round(result.milliseconds, 2), result.sureness()
        rows.append({"file": str(path), "guesses": guesses, "sureness": sureness, "milliseconds": milliseconds})
        lines.append(f"{path}: {', '.join(map(str, shown))}. {sureness}")
    return Answer(rows, "\n".join(lines), code)


def _guess_values(prepared: Prepared, guess: Guess) -> dict:
    identity = {"id": prepared.wordnet_ids[guess.index]} if prepared.wordnet_ids else {}
    return {**identity, "name": guess.name, "probability": guess.probability}
