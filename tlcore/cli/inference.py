"""Commands about classifying photos: `prepare` and `classify`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlcore.cli.answer import Answer
from tlcore.cli.waiting import wait_and_show
from tlcore.errors import ImageError
from tlcore.images.decode import read_image
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.classifier import classify
from tlcore.inference.imagenet import imagenet_classes, imagenet_names
from tlcore.inference.prepared import load_prepared, prepared_folder
from tlcore.runs.client import submit
from tlcore.zoo import catalog


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    prepare = commands.add_parser("prepare", parents=[shared], help="make a network ready to classify")
    prepare.add_argument("name", help="such as MobileNetV2")
    prepare.add_argument("--weights", default="imagenet", help="imagenet, or a weights file of this architecture")
    prepare.set_defaults(command=_prepare)
    classify = commands.add_parser("classify", parents=[shared], help="classify photos on ImageNet")
    classify.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    classify.add_argument("--model", default="MobileNetV2", help="a prepared network")
    classify.add_argument("--weights", default="imagenet", help="imagenet, or the weights file it was prepared from")
    classify.add_argument("--top", type=int, default=5, help="how many classes to name")
    classify.add_argument("--resize", default="crop", choices=[row.name for row in RESIZE_MODES])
    classify.set_defaults(command=_classify)


def _prepare(options: argparse.Namespace) -> Answer:
    architecture = catalog.find(options.name)
    weights = options.weights if options.weights == "imagenet" else str(Path(options.weights).resolve())
    plan = {"architecture": architecture.name, "weights": weights}
    run = wait_and_show(submit("prepare", plan, f"Prepare {architecture.title}").id)
    return Answer(run.result, f"{architecture.title} is ready: {run.result['folder']}")


def _classify(options: argparse.Namespace) -> Answer:
    prepared = load_prepared(prepared_folder(options.model, options.weights))
    names = imagenet_names()
    rows, lines, failed = [], [], False
    for path in options.images:
        try:
            photo = read_image(path)
        except ImageError as error:
            rows.append({"file": str(path), "error": str(error)})
            lines.append(f"{path}: {error}")
            failed = True
            continue
        result = classify(prepared, [photo], names, top=options.top, mode=options.resize)[0]
        guesses = [
            {"id": imagenet_classes()[guess.index][0], "name": guess.name, "probability": guess.probability}
            for guess in result.guesses
        ]
        rows.append({"file": str(path), "guesses": guesses, "milliseconds": round(result.milliseconds, 2)})
        lines.append(f"{path}: {', '.join(map(str, result.guesses))}")
    return Answer(rows, "\n".join(lines), code=2 if failed else 0)
