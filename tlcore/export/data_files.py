"""Everything that a comparison rests on in one ZIP file: CSV, JSON, and logs for TensorBoard."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

from tlcore.comparison.calibration import calibration_rows
from tlcore.comparison.changes import load_changes
from tlcore.comparison.class_scores import class_scores
from tlcore.comparison.comparison import ComparedRun, comparison_rows, incomparable
from tlcore.comparison.curves.course import open_course
from tlcore.comparison.differences import plan_differences
from tlcore.comparison.findings.conclusions import conclusions
from tlcore.comparison.findings.lesson import lesson
from tlcore.comparison.findings.pairs import compare_pairs, pair_rows
from tlcore.comparison.mistakes import prediction_rows
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError
from tlcore.export.csv_text import csv_text
from tlcore.export.tensorboard import tensorboard_logs
from tlcore.figures.confusion import confusion_table
from tlcore.figures.curves import curves_table


def comparison_json(compared: Sequence[ComparedRun]) -> dict:
    """Put all results of a comparison into plain values.

    Args:
        compared: at least one run.

    Returns:
        Runs, warnings, headline, conclusions, pairs, plan fields, plans and epochs.
    """
    differing, equal = plan_differences(compared)
    pairs = compare_pairs(compared)
    taught = lesson(compared, pairs)
    return {
        "runs": comparison_rows(compared),
        "warnings": incomparable(compared),
        "headline": " ".join([taught.sentence, *taught.findings]).strip(),
        "conclusions": conclusions(compared, pairs),
        "pairs": pair_rows(pairs.all),
        "plans differ in": differing,
        "plans agree in": equal,
        "plans": {item.run.id: item.run.plan for item in compared},
        "epochs": {item.run.id: list(item.epochs) for item in compared},
    }


def data_zip(compared: Sequence[ComparedRun]) -> bytes:
    """Pack the data behind every table and figure.

    Args:
        compared: at least one run.

    Returns:
        A ZIP file: comparison.json, one CSV for all runs together, one folder with CSVs for each run,
        and TensorBoard logs.

    Raises:
        MissingError: if a run's predictions are gone.
    """
    file, answer = io.BytesIO(), comparison_json(compared)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("comparison.json", json.dumps(answer, indent=1))
        archive.writestr("comparison.csv", csv_text(comparison_rows(compared)))
        archive.writestr("pairs.csv", csv_text(answer["pairs"]))
        archive.writestr("curves.csv", csv_text(curves_table([item.curve for item in compared])))
        for item in compared:
            for name, rows in _tables(item).items():
                archive.writestr(f"{item.run.id}/{name}.csv", csv_text(rows))
            archive.writestr(f"{item.run.id}/plan.json", json.dumps(item.run.plan, indent=1))
            for path, log in tensorboard_logs(item).items():
                archive.writestr(f"tensorboard/{item.run.id}/{path}", log)
    return file.getvalue()


def _tables(item: ComparedRun) -> dict[str, list[dict]]:
    test = item.predictions()
    try:
        names = open_dataset(item.run.plan["dataset"]).names
    except NotFoundError:
        names = ()  # deleted since: the photos keep their numbers
    changes, course = load_changes(item.run), open_course(item.run)
    return {
        "confusion": confusion_table(item.result.confusion, item.classes),
        "classes": class_scores(test, item.classes),
        "calibration": calibration_rows(test),
        **({"layer-changes": changes.layer_rows()} if changes else {}),
        **({"predictions-test-by-epoch": course.rows()} if course else {}),
        **{
            f"predictions-{part}": prediction_rows(item.predictions(part), item.classes, names)
            for part in ("validation", "test")
        },
    }
