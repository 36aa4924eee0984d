"""Commands about networks of the user's own: `own add|list|choose|delete`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from click import Choice, argument, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import FILE, complete
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.networks.choice import own_networks
from tlcore.inference.networks.prepared import read_card
from tlcore.inference.own.given import gather, read_label_file
from tlcore.inference.own.network import choose_preprocessing, delete_own, find_own, look, own_request
from tlcore.runs.client import submit

_modes = Choice([row.name for row in PREPROCESSING])
_key = argument("own", metavar="KEY", help="Key of a network of your own.", shell_complete=complete)


@program.group("own")
def _own() -> None:
    """Classify with a network file of your own."""


@_own.command("add")
@argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...", help="A .h5, .keras, .tflite or zip file.")
@option("--labels", type=FILE, help="Class names, one on each line; by default those that lie beside the network.")
@option("--title", default="", help="What to call it; by default the name of the file.")
@option("--preprocessing", default="", type=Choice(["", *(row.name for row in PREPROCESSING)]), help="How it wants "
        "its pixels; by default the likeliest way.")  # fmt: skip
@option("--resize", default="", type=Choice(["", *(row.name for row in RESIZE_MODES)]), help="How a photo becomes "
        "square; by default the likeliest way.")  # fmt: skip
@option("--scores", is_flag=True, help="Its outputs are scores: it was trained with from_logits=True.")
def _add(
    files: Sequence[Path], labels: Path | None, title: str, preprocessing: str, resize: str, scores: bool
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
        preprocessing=preprocessing,
        resize=resize,
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
