"""Commands about datasets: `data add|list|show|change|delete|restore|suspects`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from click import Option, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import dataset_argument, dataset_or_run_argument
from tlcore.cli.program import Command, program
from tlcore.cli.waiting import wait_and_show
from tlcore.comparison.label_noise import checks_of, is_judged, suspects_of
from tlcore.datasets.dataset import Dataset, list_datasets, open_dataset
from tlcore.datasets.deleting import deleted_datasets, restore_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.overview import change_sentence, class_rows, size_sentence
from tlcore.datasets.preview import Preview, preview_dataset
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.datasets.sources.source import Source
from tlcore.datasets.versions import new_version
from tlcore.errors import InputError, NotFoundError
from tlcore.jobs import Monitor
from tlcore.runs.client import delete_unused_dataset, submit
from tlcore.runs.housekeeping import purge_dataset_now
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.settings import KEEP_DELETED

_IMAGE = "An image: its position or its file name"


@program.group("data")
def _data() -> None:
    """Import and list datasets."""


@_data.group("add")
def _add() -> None:
    """Import a dataset."""


def _add_command(source: Source) -> Command:
    options = [
        Option([f"--{row.name.replace('_', '-')}", row.name], type=row.type, help=_sentence(row.help))
        for row in source.options
    ]
    name = Option(["--name"], help="What to call the dataset.")
    dry = Option(["--dry-run"], is_flag=True, help="Show classes, parts and some files, and keep nothing.")
    about = {"help": source.help, "short_help": source.help}
    return Command(source.name, callback=partial(_import, source.name), params=[name, dry, *options], **about)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _import(source: str, /, name: str | None, dry_run: bool, **values: object) -> Answer:
    chosen = {option: value for option, value in values.items() if value is not None}
    if dry_run:
        return _show_preview(preview_dataset(source, chosen, Monitor(_show_progress)))
    dataset = import_dataset(source, chosen, name, Monitor(_show_progress))
    sys.stderr.write("\n")
    return _describe(dataset)


def _show_preview(preview: Preview) -> Answer:
    lines = [f"{preview.name}: {sum(row.images for row in preview.classes):,} images, {len(preview.classes):,} classes"]
    for row in preview.classes:
        parts = ", ".join(f"{count} {part}" for part, count in row.parts.items())
        lines.append(f"  {row.name}: {row.images}{f' ({parts})' if parts else ''}, such as {', '.join(row.files)}")
    lines += [f"  Could not be read, and is left out: {name}" for name in preview.unreadable]
    lines += [f"  {sentence}" for sentence in preview.notes]
    lines += [f"  This looks wrong: {sentence}" for sentence in preview.doubts]
    if preview.is_guess:
        lines.append(f"  The classes are guessed from file names. If they are right: --classes-from {preview.way}")
    return Answer(preview.to_json(), "\n".join(lines))


for _source in SOURCES:
    _add.add_command(_add_command(_source))


def _show_progress(event: dict) -> None:
    if event["kind"] == "progress" and sys.stderr.isatty():
        sys.stderr.write(f"\r{event['what']}: {event['done']}/{event['total']} ")


@_data.command("list")
def _list() -> Answer:
    """List the datasets."""
    rows = [
        {"id": dataset.id, "name": dataset.name, "images": len(dataset), "classes": len(dataset.classes)}
        for dataset in list_datasets()
    ]
    return Answer(rows, text_table(rows) if rows else "There are no datasets yet. Add one: data add rendered")


@_data.command("show")
@dataset_argument
def _show(dataset: str) -> Answer:
    """Show one dataset and what its import found."""
    return _describe(open_dataset(dataset))


@_data.command("change")
@dataset_argument
@option("--relabel", multiple=True, metavar="IMAGE=CLASS", help=f"{_IMAGE}, and the class it belongs to.")
@option("--remove", multiple=True, metavar="IMAGE", help=f"{_IMAGE}.")
def _change(dataset: str, relabel: Sequence[str], remove: Sequence[str]) -> Answer:
    """Make a new version: relabel or remove images."""
    opened = open_dataset(dataset)
    pairs = [text.rpartition("=") for text in relabel]
    wrong = [text for text, (image, _, name) in zip(relabel, pairs, strict=True) if not image or not name]
    if wrong:
        raise InputError("IMAGE=CLASS", ", ".join(wrong), "Write for example 12=dog.")
    relabeled = {_position(opened, image): name for image, _, name in pairs}
    return _describe(new_version(opened, relabeled, [_position(opened, image) for image in remove]))


def _position(dataset: Dataset, image: str) -> int:
    if image in dataset.names:
        return dataset.names.index(image)
    if not image.isdecimal():
        raise NotFoundError("image", image, dataset.names)
    return int(image)


@_data.command("delete", help=f"Delete a dataset; for {KEEP_DELETED.days} days it can be restored.")
@dataset_argument
@option("--for-good", is_flag=True, help="At once and for ever, to make room on the disk.")
def _delete(dataset: str, for_good: bool) -> Answer:
    if not (for_good and dataset in deleted_datasets()):
        delete_unused_dataset(dataset)
    text = f"Dataset {dataset} is deleted. For {KEEP_DELETED.days} days this brings it back: data restore {dataset}"
    if for_good:
        purge_dataset_now(dataset)
        text = f"Dataset {dataset} is deleted for good."
    return Answer({"id": dataset, "restorable": not for_good}, text)


@_data.command("restore")
@dataset_argument
def _restore(dataset: str) -> Answer:
    """Bring a deleted dataset back."""
    restore_dataset(dataset)
    return _describe(open_dataset(dataset))


@_data.command("suspects")
@dataset_or_run_argument
def _suspects(id: str) -> Answer:
    """List images whose label is probably wrong, by the installed network or that of a frozen run."""
    checked = _check(id)
    dataset = open_dataset(checked.plan["dataset"])
    rows = [
        {
            "image": each.image,
            "file": dataset.names[each.image],
            "part": each.part,
            "label": dataset.classes[each.label],
            "suggested": dataset.classes[each.suggested],
            "probability": round(each.probability, 4),
        }
        for each in suspects_of(checked)
    ]
    return Answer(rows, text_table(rows) if rows else "No label is probably wrong.")


def _check(id: str) -> Run:
    """The check of a dataset's labels, or of those of a run, made now if there is none."""
    dataset = next((dataset for dataset in list_datasets() if dataset.id == id), None)
    if dataset is not None:
        found = next(iter(checks_of(id)), None)
        return found or wait_and_show(submit("judge", {"dataset": id}, f"Label check: {dataset.name}").id)
    run = open_store().run(id)
    if not is_judged(run):
        wait_and_show(submit("judge", {"run": run.id}, f"Label check: {run.name}").id)
    return run


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
