"""Commands about datasets: `data add|list|show|change|delete|restore|suspects`."""

from __future__ import annotations

import argparse
import sys

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.waiting import wait_and_show
from tlcore.comparison.label_noise import is_judged, suspects_of
from tlcore.datasets.dataset import Dataset, list_datasets, open_dataset
from tlcore.datasets.deleting import deleted_datasets, purge_dataset, restore_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.overview import change_sentence, class_rows, size_sentence
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.datasets.versions import new_version
from tlcore.errors import InputError, NotFoundError
from tlcore.jobs import Monitor
from tlcore.runs.client import delete_unused_dataset, submit
from tlcore.runs.store import open_store
from tlcore.settings import KEEP_DELETED


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    group = commands.add_parser("data", help="import and list datasets").add_subparsers(required=True, metavar="ACTION")
    add = group.add_parser("add", parents=[shared], help="import a dataset")
    sources = add.add_subparsers(required=True, metavar="SOURCE", dest="source")
    for source in SOURCES:
        parser = sources.add_parser(source.name, parents=[shared], help=source.help)
        parser.add_argument("--name", help="what to call the dataset")
        for option in source.options:
            flag = "--" + option.name.replace("_", "-")
            parser.add_argument(flag, dest=option.name, default=None, type=option.type, help=option.help)
        parser.set_defaults(command=_add, option_names=[option.name for option in source.options])
    group.add_parser("list", parents=[shared], help="list the datasets").set_defaults(command=_list)
    show = group.add_parser("show", parents=[shared], help="show one dataset and what its import found")
    show.add_argument("id")
    show.set_defaults(command=_show)
    change = group.add_parser("change", parents=[shared], help="make a new version: relabel or remove images")
    change.add_argument("id")
    image = "an image: its position or its file name"
    change.add_argument(
        "--relabel", action="append", default=[], metavar="IMAGE=CLASS", help=f"{image}, and the class it belongs to"
    )
    change.add_argument("--remove", action="append", default=[], metavar="IMAGE", help=image)
    change.set_defaults(command=_change)
    delete = group.add_parser(
        "delete", parents=[shared], help=f"delete a dataset; for {KEEP_DELETED.days} days it can be restored"
    )
    delete.add_argument("id")
    delete.add_argument("--for-good", action="store_true", help="at once and for ever, to make room on the disk")
    delete.set_defaults(command=_delete)
    restore = group.add_parser("restore", parents=[shared], help="bring a deleted dataset back")
    restore.add_argument("id")
    restore.set_defaults(command=_restore)
    doubted = group.add_parser("suspects", parents=[shared], help="list images whose label a frozen run doubts")
    doubted.add_argument("run")
    doubted.set_defaults(command=_suspects)


def _add(options: argparse.Namespace) -> Answer:
    chosen = {name: getattr(options, name) for name in options.option_names if getattr(options, name) is not None}
    dataset = import_dataset(options.source, chosen, options.name, Monitor(_show_progress))
    sys.stderr.write("\n")
    return _describe(dataset)


def _show_progress(event: dict) -> None:
    if event["kind"] == "progress" and sys.stderr.isatty():
        sys.stderr.write(f"\r{event['what']}: {event['done']}/{event['total']} ")


def _list(_options: argparse.Namespace) -> Answer:
    rows = [
        {"id": dataset.id, "name": dataset.name, "images": len(dataset), "classes": len(dataset.classes)}
        for dataset in list_datasets()
    ]
    text = text_table(["id", "name", "images", "classes"], [list(row.values()) for row in rows])
    return Answer(rows, text if rows else "There are no datasets yet. Add one: data add rendered")


def _show(options: argparse.Namespace) -> Answer:
    return _describe(open_dataset(options.id))


def _change(options: argparse.Namespace) -> Answer:
    dataset = open_dataset(options.id)
    pairs = [text.rpartition("=") for text in options.relabel]
    wrong = [text for text, (image, _, name) in zip(options.relabel, pairs, strict=True) if not image or not name]
    if wrong:
        raise InputError("IMAGE=CLASS", ", ".join(wrong), "Write for example 12=dog.")
    relabelled = {_position(dataset, image): name for image, _, name in pairs}
    return _describe(new_version(dataset, relabelled, [_position(dataset, image) for image in options.remove]))


def _position(dataset: Dataset, image: str) -> int:
    if image in dataset.names:
        return dataset.names.index(image)
    if not image.isdecimal():
        raise NotFoundError("image", image, dataset.names)
    return int(image)


def _delete(options: argparse.Namespace) -> Answer:
    if not (options.for_good and options.id in deleted_datasets()):
        delete_unused_dataset(options.id)
    text = f"Dataset {options.id} is deleted. For {KEEP_DELETED.days} days this brings it back: "
    text += f"data restore {options.id}"
    if options.for_good:
        purge_dataset(options.id)
        text = f"Dataset {options.id} is deleted for good."
    return Answer({"id": options.id, "restorable": not options.for_good}, text)


def _restore(options: argparse.Namespace) -> Answer:
    restore_dataset(options.id)
    return _describe(open_dataset(options.id))


def _suspects(options: argparse.Namespace) -> Answer:
    run = open_store().run(options.run)
    if not is_judged(run):
        wait_and_show(submit("judge", {"run": run.id}, f"Wrong labels, {run.name}").id)
    found = suspects_of(run)
    dataset = open_dataset(run.plan["dataset"])
    rows = [
        {
            "image": each.image,
            "file": dataset.names[each.image],
            "part": each.part,
            "label": dataset.classes[each.label],
            "suggested": dataset.classes[each.suggested],
            "probability": round(each.probability, 4),
        }
        for each in found
    ]
    text = text_table(["image", "file", "part", "label", "suggested", "probability"], [[*row.values()] for row in rows])
    return Answer(rows, text if rows else "No label is doubted.")


def _describe(dataset: Dataset) -> Answer:
    given = dataset.given_parts()
    lines = [f"{dataset.id}: {len(dataset)} images, {len(dataset.classes)} classes"]
    if "parent" in dataset.source:
        lines.append(f"  a version of {dataset.source['parent']}: {change_sentence(dataset)}")
    for row in class_rows(dataset, None):
        listed = ", ".join(f"{row[f'given {part}']} {part}" for part in given)
        lines.append(f"  {row['class']}: {row['images']}" + (f" ({listed})" if given else ""))
    if given:
        listed = ", ".join(f"{count} {part}" for part, count in given.items())
        lines.append(f"  given parts: {listed}; plans keep them unless they name shares")
    lines.append(f"  {size_sentence(dataset)}")
    lines += [f"  {sentence}" for sentence in dataset.report.sentences()]
    return Answer(dataset.to_json(), "\n".join(lines))
