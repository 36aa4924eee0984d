"""The job that makes one web page of a trained network. [TF]"""

from __future__ import annotations

import json
from pathlib import Path

from tlcore.comparison.comparison import ComparedRun, load_compared
from tlcore.comparison.statistics import accuracy_text
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError
from tlcore.export.browser.one_photo import for_one_photo
from tlcore.export.browser.page import Shown, page_html
from tlcore.export.browser.runtime import LITERT_JS, load_runtime
from tlcore.export.browser.web_page import PAGE_FILE, web_page, web_page_name
from tlcore.export.jobs import export
from tlcore.export.take_away import CARD_FILE, INT8_FILE, LITERT_FILE, exported
from tlcore.jobs import Monitor
from tlcore.storage.folders import new_version

_MOST_BYTES = 200_000_000  # browsers refuse texts of more than about twice as many letters


def make_web_page(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Write the page of a run; its network is exported and checked before, unless it was already.

    Args:
        request: as `tlcore.export.take_away.export_request` gives it.
        folder: of the job.
        monitor: told of progress, and asked between steps.

    Returns:
        {"file": path, "bytes": its size}.

    Raises:
        InputError: if the network is too large for a page.
        MissingError: if the runtime of browsers is not kept and cannot be downloaded, or files of the run are gone.
        StateError: if the run is not finished, or an exported file names other classes than the run.
        NotFoundError: if there is no such run, or its dataset is gone.
        Stopped: if asked to.
    """
    monitor.report("Looking for the runtime of browsers", 0, 1)
    monitor.check()
    runtime = load_runtime(LITERT_JS, monitor)  # first: without it all else is in vain
    [item] = load_compared([request["run"]])
    int8 = bool(request["int8"])
    files = exported(item.run, int8) or Path(export(request, folder, monitor)["folder"])
    name = INT8_FILE if int8 else LITERT_FILE
    network = (files / name).read_bytes()
    if len(network) > _MOST_BYTES:
        raise InputError(
            f"a network file of at most {_MOST_BYTES / 1e6:.0f} MB for a web page",
            f"{name} with {len(network) / 1e6:.0f} MB",
            "Take the folder, or choose 8 bits, or train a smaller network.",
        )
    monitor.check()
    monitor.report("Writing the page", 0, 1)
    card = json.loads((files / CARD_FILE).read_text("utf-8"))
    shown = Shown(
        item.run.name, card["classes"], card["input"]["size"], card["input"]["resize"], _about(item, card, name)
    )
    text = page_html(shown, for_one_photo(network), runtime)
    with new_version(item.run.folder / web_page_name(int8)) as temporary:
        (temporary / PAGE_FILE).write_text(text, "utf-8")
    return {"file": str(web_page(item.run, int8)), "bytes": len(text.encode())}


def _about(item: ComparedRun, card: dict, file: str) -> list[str]:
    """What a reader of the page may want to know of the network."""
    check, plan = card["checks"][file], item.run.plan
    accuracy = accuracy_text(check["correct"], check["photos"])
    dataset = open_dataset(plan["dataset"]).name
    bits = " Its numbers were rounded to 8 bits, which makes this file smaller." if file == INT8_FILE else ""
    return [
        f"{item.strategy.title} {plan['backbone']}, trained on {item.result.scores['train'].images:,} images of "
        f"{dataset}.{bits}",
        f"Right on test images that training did not use: {accuracy}; in brackets the 95 % interval. They come from "
        "the same source as the training images: on photos taken elsewhere it may do worse.",
        f"When this file was made, its network named the class that the run had named for {check['same']} of "
        f"{check['photos']} test images.",
        "This file holds the numbers of the network and the names of the classes, and none of the photos.",
    ]
