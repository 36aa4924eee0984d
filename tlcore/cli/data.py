"""Commands about datasets: `data add`, `data list`, `data show`."""

from __future__ import annotations

import argparse
import sys

from tlcore.cli.answer import Answer, text_table
from tlcore.datasets.dataset import Dataset, list_datasets, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.sources import SOURCES


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


def _add(options: argparse.Namespace) -> Answer:
    chosen = {name: getattr(options, name) for name in options.option_names if getattr(options, name) is not None}
    dataset = import_dataset(options.source, chosen, options.name, emit=_show_progress)
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


def _describe(dataset: Dataset) -> Answer:
    counts = dataset.counts()
    lines = [f"{dataset.id}: {len(dataset)} images, {len(dataset.classes)} classes"]
    lines += [f"  {name}: {count}" for name, count in counts.items()]
    lines += [f"  {sentence}" for sentence in dataset.report.sentences()]
    return Answer(dataset.to_json(), "\n".join(lines))
