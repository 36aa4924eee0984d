"""Commands about classifying photos: `prepare`, `classify` and `predict`."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from tlcore.cli.answer import Answer
from tlcore.cli.waiting import wait_and_show
from tlcore.errors import ImageError, InputError, StateError
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
    read_card,
    run_request,
)
from tlcore.runs.client import submit
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.zoo import catalog


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    prepare = commands.add_parser("prepare", parents=[shared], help="make a network ready to classify")
    prepare.add_argument("name", help="such as MobileNetV2")
    prepare.add_argument("--weights", help="a weights file of this architecture, instead of its pretrained weights")
    prepare.set_defaults(command=_prepare)
    classify = commands.add_parser("classify", parents=[shared], help="classify photos with a pretrained network")
    classify.add_argument("--model", default=catalog.INSTALLED, help=f"the network; by default {catalog.INSTALLED}")
    classify.add_argument("--weights", help="a weights file of this architecture, instead of its pretrained weights")
    _add_photo_options(classify)
    classify.set_defaults(command=_classify)
    predict = commands.add_parser(
        "predict", parents=[shared], help="classify photos with a network that was trained here"
    )
    predict.add_argument("run", metavar="RUN", help="id of a finished training run")
    _add_photo_options(predict)
    predict.set_defaults(command=_predict)


def _add_photo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--top", type=int, default=5, help="how many classes to name")
    parser.add_argument(
        "--resize",
        default="",
        choices=[row.name for row in RESIZE_MODES],
        help="how a photo becomes a square; by default as the network is evaluated",
    )


def _prepare(options: argparse.Namespace) -> Answer:
    architecture = catalog.find_classifier(options.name)
    folder = _ready_folder(architecture, options.weights)
    values = {"folder": str(folder), "card": read_card(folder).to_json()}
    return Answer(values, f"{architecture.title} is ready: {folder}")


def _classify(options: argparse.Namespace) -> Answer:
    architecture = catalog.find_classifier(options.model)
    return _answer(load_prepared(_ready_folder(architecture, options.weights)), options)


def _ready_folder(architecture: catalog.Architecture, file: str | None) -> Path:
    """The folder of a network, which is prepared first where it is not yet."""
    weights = str(Path(file).resolve()) if file else architecture.pretrained_weights
    if weights == "none":
        raise InputError(
            f"a weights file for {architecture.title}", "none", "Nobody published weights for it: give --weights FILE."
        )
    folder = prepared_folder(architecture.name, weights)
    if is_folder_prepared(folder):
        return folder
    if weights == "package":
        return prepare_installed(architecture)
    plan = {"architecture": architecture.name, "weights": weights}
    wait_and_show(submit("prepare", plan, f"Prepare {architecture.title}").id)
    return folder


def _predict(options: argparse.Namespace) -> Answer:
    run = open_store().run(options.run)
    if run.kind != "train" or run.state != FINISHED:
        received = f"run {run.id} ({run.kind}), which is {run.state}"
        raise StateError("a finished training run", received, "List them: python -m tlcore runs list")
    folder = run.folder / PREPARED
    if not is_folder_prepared(folder):
        request = run_request(run.folder, run.plan, run.result["classes"], run.name)
        wait_and_show(submit("prepare", request, f"Prepare {run.name}").id)
    return _answer(load_prepared(folder), options)


def _answer(prepared: Prepared, options: argparse.Namespace) -> Answer:
    if options.top < 1:
        raise InputError("at least 1 class in --top", str(options.top), "Choose 1 or more.")
    files = [PhotoFile(str(path), path.name, partial(read_bytes, path)) for path in options.images]
    rows, lines, code = [], [], 0
    for path, result in zip(
        options.images, classify_files(prepared, files, top=max(2, options.top), mode=options.resize), strict=True
    ):
        if isinstance(result, ImageError):
            rows.append({"file": str(path), "error": str(result)})
            lines.append(f"{path}: {result}")
            code = 2
            continue
        shown = result.guesses[: options.top]
        guesses = [_guess_values(prepared, guess) for guess in shown]
        milliseconds, sureness = round(result.milliseconds, 2), result.sureness()
        rows.append({"file": str(path), "guesses": guesses, "sureness": sureness, "milliseconds": milliseconds})
        lines.append(f"{path}: {', '.join(map(str, shown))}. {sureness}")
    return Answer(rows, "\n".join(lines), code)


def _guess_values(prepared: Prepared, guess: Guess) -> dict:
    identity = {"id": prepared.wordnet_ids[guess.index]} if prepared.wordnet_ids else {}
    return {**identity, "name": guess.name, "probability": guess.probability}
