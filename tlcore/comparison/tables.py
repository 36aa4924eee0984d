"""The tables of a comparison as people read them: short titles with units, the most important column first."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.comparison.findings.pairs import Pair
from tlcore.comparison.statistics import p_text
from tlcore.datasets.parts import PART_TITLES

_TITLES = {"photos": "Images", "train": "Training"}


def result_table(compared: Sequence[ComparedRun]) -> list[dict]:
    """What each run reached, and at what cost.

    Args:
        compared: at least one run.

    Returns:
        One row a run: titles of columns → values.
    """
    return [
        {
            "Run": row["title"],
            "Test accuracy (%)": round(100 * row["test accuracy"], 1),
            "95 % interval (%)": f"{100 * row['test low']:.1f}–{100 * row['test high']:.1f}",
            "Test images": row["test photos"],
            "Cost (s)": round(row["seconds"], 1),
            "Waited (s)": round(row["seconds waited"], 1),
            "Trainable parameters": row["trainable parameters"],
            "Effort": row["effort"],
        }
        for row in comparison_rows(compared)
    ]


def part_table(compared: Sequence[ComparedRun]) -> list[dict]:
    """Accuracy and loss of each run on the test, validation and training images.

    Args:
        compared: at least one run.

    Returns:
        Three rows a run: titles of columns → values.
    """
    return [
        {
            "Run": row["title"],
            "Part": title,
            "Accuracy (%)": round(100 * row[f"{part} accuracy"], 1),
            "Loss": round(row[f"{part} loss"], 4),
            "Images": row[f"{part} photos"],
        }
        for row in comparison_rows(compared)
        for part, title in PART_TITLES.items()
    ]


def pair_table(found: Sequence[Pair]) -> list[dict]:
    """Every two runs held against each other.

    Args:
        found: such as `tlcore.comparison.findings.pairs.compare_pairs` gives.

    Returns:
        One row a pair: titles of columns → values.
    """
    return [
        {
            "First run": pair.first,
            "Second run": pair.second,
            "Only first right": pair.test.first_only,
            "Only second right": pair.test.second_only,
            "p-value (McNemar)": p_text(pair.test.p),
            "Adjusted p-value (Holm)": p_text(pair.adjusted),
        }
        for pair in found
    ]


def titled(rows: Sequence[dict]) -> list[dict]:
    """Give the columns of a table the titles that people read.

    Args:
        rows: names of columns → values.

    Returns:
        The same rows.
    """
    return [{_TITLES.get(name, name[:1].upper() + name[1:]): value for name, value in row.items()} for row in rows]
