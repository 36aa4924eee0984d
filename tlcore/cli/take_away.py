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
from tlcore.storage.folders import MANIFEST, new_folder
from tlcore.training.plans.plan import TrainingPlan, plan_from_json


@program.command("export")
@run_argument
@option("--to", "folder", type=FILE, required=True, metavar="DIR", help="A folder that does not exist yet.")
@option("--int8", is_flag=True, help="Add a LiteRT file that is quantized to 8 bits.")
def _export(run: str, folder: Path, int8: bool) -> Answer:
    """Take a trained network away, as a folder."""
    trained = open_store().run(run)
    request = export_request(trained, int8)
    if folder.exists():
        raise InputError("a folder that does not exist yet", str(folder), "Choose another name after --to.")
    result = wait_and_show(submit("export", request, f"Export {trained.name}").id).result
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
