"""Two classes: what a threshold other than one half does, as ROC and precision-recall curves."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun
from tlcore.figures.marks import marks
from tlcore.training.results.evaluation import Predictions

KINDS = {"roc": "ROC curve", "precision-recall": "Precision and recall"}
HEIGHT = 380

_AXES = {
    "roc": ("False alarms (share of the other class)", "Found (share of the class)"),
    "precision-recall": ("Recall (share of the class that is found)", "Precision (share of those named that is right)"),
}


def threshold_row(predictions: Predictions, positive: int, threshold: float) -> dict:
    """Count what happens if a class is named from some probability on.

    Args:
        predictions: of one part, of two classes.
        positive: the number of the class in question, 0 or 1.
        threshold: its least probability to be named, 0..1.

    Returns:
        Counts (found, missed, false alarms, rightly not named) and accuracy, precision, recall and F1, 0..1;
        0 where undefined.
    """
    truth = predictions.labels == positive
    named = predictions.probabilities[:, positive] >= threshold
    found, missed = int((truth & named).sum()), int((truth & ~named).sum())
    alarms, rest = int((~truth & named).sum()), int((~truth & ~named).sum())
    return {
        "found": found,
        "missed": missed,
        "false alarms": alarms,
        "rightly not named": rest,
        "accuracy": (found + rest) / len(truth),
        "precision": found / (found + alarms) if found + alarms else 0.0,
        "recall": found / (found + missed) if found + missed else 0.0,
        "F1": 2 * found / (2 * found + alarms + missed) if found else 0.0,
    }


def curve_rows(predictions: Predictions, positive: int, kind: str) -> list[dict]:
    """Go through all thresholds that make a difference (from `sklearn.metrics`).

    Args:
        predictions: of one part, of two classes.
        positive: the number of the class in question.
        kind: a key of `KINDS`.

    Returns:
        One row a threshold: threshold, and the x and y of the curve.
    """
    from sklearn.metrics import (  # late: takes a second, and pages that need none of it open without
        precision_recall_curve,
        roc_curve,
    )

    truth, scores = predictions.labels == positive, predictions.probabilities[:, positive]
    if kind == "roc":
        x, y, thresholds = roc_curve(truth, scores)
    else:
        y, x, thresholds = precision_recall_curve(truth, scores)
        thresholds = np.append(thresholds, np.inf)  # the curve ends where nothing is named
    return [
        {"threshold": float(threshold), "x": float(across), "y": float(up)}
        for threshold, across, up in zip(thresholds, x, y, strict=True)
    ]


def area(predictions: Predictions, positive: int, kind: str) -> float:
    """Sum a curve up in one number: area under the ROC curve, or average precision (from `sklearn.metrics`).

    Args:
        predictions: of one part, of two classes.
        positive: the number of the class in question.
        kind: a key of `KINDS`.

    Returns:
        0..1.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score  # late, as above

    measure = roc_auc_score if kind == "roc" else average_precision_score
    return float(measure(predictions.labels == positive, predictions.probabilities[:, positive]))


def threshold_figure(
    compared: Sequence[ComparedRun], positive: int, threshold: float, kind: str, part: str = "test"
) -> go.Figure:
    """Draw a curve over all thresholds, with a large marker at one of them.

    Args:
        compared: runs of two classes.
        positive: the number of the class in question.
        threshold: where the markers stand, 0..1.
        kind: a key of `KINDS`.
        part: "validation" to choose a threshold by, "test" to judge it.

    Returns:
        The figure.
    """
    figure = go.Figure()
    for item, mark in zip(compared, marks([item.strategy.name for item in compared]), strict=True):
        predictions = item.predictions(part)
        rows = curve_rows(predictions, positive, kind)
        at = threshold_row(predictions, positive, threshold)
        alarm_share = at["false alarms"] / max(1, at["false alarms"] + at["rightly not named"])
        point = (alarm_share, at["recall"]) if kind == "roc" else (at["recall"], at["precision"])
        figure.add_scatter(
            x=[row["x"] for row in rows],
            y=[row["y"] for row in rows],
            name=f"{html.escape(item.title)} ({area(predictions, positive, kind):.3f})",
            mode="lines",
            line={"color": mark.color, "dash": mark.dash, "width": 2.5},
            legendgroup=item.run.id,
            customdata=[row["threshold"] for row in rows],
            hovertemplate="%{x:.1%}, %{y:.1%} at threshold %{customdata:.3f}<extra></extra>",
            cliponaxis=False,
        )
        figure.add_scatter(
            x=[point[0]],
            y=[point[1]],
            mode="markers",
            marker={"color": mark.color, "size": 14, "symbol": "circle-open", "line": {"width": 3}},
            legendgroup=item.run.id,
            showlegend=False,
            hovertemplate=f"%{{x:.1%}}, %{{y:.1%}} at threshold {threshold:.2f}<extra></extra>",
            cliponaxis=False,
        )
    across, up = _AXES[kind]
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        legend={"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
        xaxis={"title": across, "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis={"title": up, "tickformat": ".0%", "range": [0, 1.05]},
    )
    return figure
