"""Commands that take a run away: `export` its network as a folder, `code` it as a Keras program of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from click import argument, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import FILE, complete, plan_option, run_argument
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError
from tlcore.export.code.folder import PROGRAM, write_code_folder
from tlcore.export.code.program import plan_code
from tlcore.export.take_away import export_request
from tlcore.runs.client import submit
from tlcore.runs.store import open_store
from tlcore.storage.files import replacing
from tlcore.storage.folders import MANIFEST, new_folder
from tlcore.training.plans.plan import TrainingPlan, plan_from_json


@program.command("export")
@run_argument
@option("--to", type=FILE, metavar="PATH", help="A folder that does not exist yet; with --web, an HTML file.")
@option("--int8", is_flag=True, help="Add a LiteRT file that is quantized to 8 bits; with --web, take it.")
@option("--web", is_flag=True, help="One HTML file with the network and the camera, which runs in a browser.")
def _export(run: str, to: Path | None, int8: bool, web: bool) -> Answer:
    """Take a trained network away, as a folder or as a web page."""
    trained = open_store().run(run)
    request = export_request(trained, int8)
    if web:
        return _export_page(request, trained.name, to or Path(f"network-{run}.html"))
    if to is None:
        raise InputError("a place for the folder", "none", "Name it: --to DIR. For one HTML file: --web")
    return _export_folder(request, trained.name, to)


def _export_folder(request: dict, name: str, folder: Path) -> Answer:
    if folder.exists():
        raise InputError("a folder that does not exist yet", str(folder), "Choose another name after --to.")
    result = wait_and_show(submit("export", request, f"Export {name}").id).result
    try:
        with new_folder(folder) as temporary:
            ignored = shutil.ignore_patterns(MANIFEST)
            shutil.copytree(result["folder"], temporary, dirs_exist_ok=True, ignore=ignored)
    except OSError as error:
        raise InputError("a folder that can be written", str(error), "Choose another folder.") from error
    columns = {"same class as the run": "same", "right": "correct"}
    rows = [
        {"file": name, **{title: f"{check[key]} of {check['photos']}" for title, key in columns.items()}}
        for name, check in result["checks"].items()
    ]
    return Answer({**result, "folder": str(folder)}, f"{text_table(rows)}\nThe network is in {folder}.")


def _export_page(request: dict, name: str, file: Path) -> Answer:
    if file.exists():
        raise InputError("a file that does not exist yet", str(file), "Choose another name: --to FILE.html")
    result = wait_and_show(submit("web_page", request, f"Web page of {name}").id).result
    try:
        with replacing(file) as temporary:
            shutil.copyfile(result["file"], temporary)
    except OSError as error:
        raise InputError("a file that can be written", str(error), "Choose another place.") from error
    text = f"The page is {file} ({result['bytes'] / 1e6:.1f} MB). Open it in a browser; it needs no network."
    return Answer({**result, "file": str(file)}, text)


@program.command("code")
@argument("run", required=False, help="Id of a training run.", shell_complete=complete)
@plan_option
@option("--to", "folder", type=FILE, metavar="DIR", help="Write train.py and the images of each part of the split.")
def _code(run: str | None, plan: dict | None, folder: Path | None) -> Answer:
    """Print a run or a plan as a Keras program of its own."""
    shown, name = _read(run, plan)
    dataset = open_dataset(shown.dataset)
    if folder:
        write_code_folder(shown, dataset, folder, name)
        text = f"{shown.split(dataset).sentence}\nStart it: python {folder / PROGRAM}"
        return Answer({"folder": str(folder)}, text)
    source = plan_code(shown, dataset.classes, name)
    return Answer({"code": source}, source.rstrip("\n"))


def _read(run_id: str | None, plan: dict | None) -> tuple[TrainingPlan, str]:
    if plan is not None and not run_id:
        return plan_from_json(plan), ""
    if plan is not None or not run_id:
        raise InputError("a run or --plan FILE", "both" if run_id else "neither", "Give one of the two.")
    run = open_store().run(run_id)
    if run.kind != "train":
        raise InputError("a training run", f"{run.id}, a job of kind {run.kind}", "See: python -m tlcore runs list")
    return plan_from_json(run.plan), run.name
