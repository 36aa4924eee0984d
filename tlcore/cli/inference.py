"""Commands about classifying photos: `prepare`, `classify`, `predict`, and `own` for networks of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from click import Choice, IntRange, argument, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import FILE, complete, network_argument, run_argument, weights_option
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.errors import ImageError, InputError
from tlcore.images.decode import read_bytes
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.classifier import Guess
from tlcore.inference.many import PhotoFile, classify_files
from tlcore.inference.networks.choice import own_networks
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import (
    OWN,
    PREPARED,
    Prepared,
    is_folder_prepared,
    load_prepared,
    prepared_folder,
    read_card,
    run_request,
)
from tlcore.inference.own.given import gather, read_label_file
from tlcore.inference.own.kept import choose_preprocessing, delete_own, find_own
from tlcore.inference.own.network import look, own_request
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
    """Classify photos with a pretrained network, or with one of your own."""
    is_own = network.startswith(OWN)
    folder = find_own(network) if is_own else _ready_folder(catalog.find_classifier(network), weights)
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


_modes = Choice([row.name for row in PREPROCESSING])
_key = argument("own", metavar="KEY", help="Key of a network of your own.", shell_complete=complete)


@program.group("own")
def _own() -> None:
    """Classify with a network file of your own."""


@_own.command("add")
@argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...", help="A .h5, .keras, .tflite or zip file.")
@option("--labels", type=FILE, help="Class names, one on each line; by default those that lie beside the network.")
@option("--title", default="", help="What to call it; by default the name of the file.")
@option("--preprocessing", type=_modes, help="How it wants its pixels; by default the likeliest way.")
@_resize
@option("--scores", is_flag=True, help="Its outputs are scores: it was trained with from_logits=True.")
def _add(
    files: Sequence[Path],
    labels: Path | None,
    title: str,
    preprocessing: str | None,
    resize: str | None,
    scores: bool,
) -> Answer:
    """Prepare a network from its file, with class names beside it, in the same folder or in the same zip."""
    given = gather(files)
    found = look(given)
    classes = read_label_file(labels) if labels else ()
    request = own_request(
        given,
        found,
        title=title,
        classes=classes,
        preprocessing=preprocessing or "",
        resize=resize or "",
        is_scores=scores,
    )
    run = wait_and_show(submit("prepare", request.to_json(), f"Prepare {request.title}").id)
    key, card = Path(run.result["folder"]).name, run.result["card"]
    why = "" if preprocessing else f" That is a guess: {found.reason}. `own choose {key} MODE` changes it."
    text = (
        f"{card['title']} is ready: classify PHOTO --model {key}\n"
        f"{len(card['classes'])} classes, pictures of {card['input_size']} x {card['input_size']} pixels, "
        f"{PREPROCESSING.find(card['preprocessing']).title}.{why}"
    )
    return Answer({"key": key, "card": card, "look": asdict(found)}, text)


@_own.command("list")
def _list() -> Answer:
    """List the networks of your own."""
    cards = [(network.key, card) for network in own_networks() if (card := read_card(network.folder))]
    rows = [
        {
            "key": key,
            "title": card.title,
            "classes": len(card.classes),
            "size": card.input_size,
            "preprocessing": card.preprocessing,
            "resize": card.resize,
        }
        for key, card in cards
    ]
    return Answer(rows, text_table(rows) if rows else "There is none yet: own add FILE.")


@_own.command("choose")
@_key
@argument("mode", type=_modes, help="How it wants its pixels.")
def _choose(own: str, mode: str) -> Answer:
    """Change how a network's pixels are prepared."""
    folder = choose_preprocessing(find_own(own), mode)
    return Answer({"key": folder.name, "preprocessing": mode}, f"It is kept as {folder.name} from now on.")


@_own.command("delete")
@_key
def _delete(own: str) -> Answer:
    """Remove a network for good."""
    delete_own(find_own(own))
    return Answer({"deleted": own}, f"{own} is gone.")
