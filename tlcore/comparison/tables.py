"""The tables of a comparison as people read them: short titles with units, the most important column first."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.comparison.findings.pairs import SIGNIFICANT, Pair, Pairs, enough_images
from tlcore.comparison.findings.strategies import percent
from tlcore.comparison.statistics import p_text, wilson_interval
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
            "Trained numbers": row["trainable parameters"],
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


def verdict_table(ranked: Sequence[ComparedRun], pairs: Pairs) -> list[dict]:
    """Hold the best run against each other one, in a row each.

    Args:
        ranked: runs on the same test images, the best one first, at least two.
        pairs: of these runs.

    Returns:
        Titles of columns → values.
    """
    best, *others = ranked
    return [_verdict_row(best, other, pairs.between(best, other)) for other in others]


def _verdict_row(best: ComparedRun, other: ComparedRun, pair: Pair) -> dict:
    test, score = pair.test, other.result.test
    is_clear = pair.adjusted < SIGNIFICANT
    needed = None if is_clear else enough_images(pair, score.images)
    low, high = (100 * end for end in wilson_interval(score.correct, score.images))
    adjusted = f", adjusted for {pair.pairs} pairs" if pair.pairs > 1 else ""
    return {
        "Run": other.title,
        f"Right of {score.images:,} images": f"{percent(other)} ({low:.0f}–{high:.0f})",
        "Chance?": "unlikely" if is_clear else "possible",
        f"p-value{adjusted}": p_text(pair.adjusted).removeprefix("p ").removeprefix("= "),
        "Images to tell": f"about {needed:,}" if needed else "–",
        f"Only {best.title} is right": test.first_only,
        "Only this one is right": test.second_only,
    }


def titled(rows: Sequence[dict]) -> list[dict]:
    """Give the columns of a table the titles that people read.

    Args:
        rows: names of columns → values.

    Returns:
        The same rows.
    """
    return [{_TITLES.get(name, name[:1].upper() + name[1:]): value for name, value in row.items()} for row in rows]
