"""Calibration: is a network right as often as it is sure?"""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.statistics import wilson_interval
from tlcore.figures.marks import marks
from tlcore.training.results.evaluation import Predictions

BINS = 10
HEIGHT = 420
_DRAWS = 200


def calibration_rows(predictions: Predictions) -> list[dict]:
    """Sort photos by how sure the network is, and count how often it is right.

    Args:
        predictions: of one part.

    Returns:
        One row for each tenth of confidence that occurs: its ends, photos, mean confidence, accuracy with the ends of
        its 95 % interval; all 0..1.
    """
    confidence, right = predictions.probabilities.max(axis=1), predictions.right
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = []
    for number in np.unique(numbers):
        chosen = numbers == number
        low, high = wilson_interval(int(right[chosen].sum()), int(chosen.sum()))
        rows.append(
            {
                "from": float(number / BINS),
                "to": float((number + 1) / BINS),
                "photos": int(chosen.sum()),
                "confidence": float(confidence[chosen].mean()),
                "accuracy": float(right[chosen].mean()),
                "low": low,
                "high": high,
            }
        )
    return rows


def calibration_error(rows: Sequence[dict]) -> float:
    """Sum the distance from perfect calibration up (expected calibration error; Naeini et al., 2015).

    Args:
        rows: as `calibration_rows` gives them.

    Returns:
        Mean distance between confidence and accuracy, weighted by photos, 0..1.
    """
    photos = sum(row["photos"] for row in rows)
    return sum(row["photos"] * abs(row["confidence"] - row["accuracy"]) for row in rows) / photos


def calibration_floor(predictions: Predictions) -> float:
    """What a perfectly calibrated network would show on as many images: chance alone fills no bin evenly.

    Args:
        predictions: of one part.

    Returns:
        Mean calibration error, 0..1, if each answer were right with just the probability that it was given: over 200
        draws from a fixed seed.
    """
    confidence = predictions.probabilities.max(axis=1)
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    is_right = np.random.default_rng(0).random((_DRAWS, len(confidence))) < confidence
    off = [np.abs((is_right - confidence)[:, numbers == number].sum(axis=1)) for number in np.unique(numbers)]
    return float(np.sum(off, axis=0).mean() / len(confidence))


def calibration_figure(compared: Sequence[ComparedRun]) -> go.Figure:
    """Draw accuracy against confidence on the test photos.

    Args:
        compared: the runs.

    Returns:
        The figure: one curve a run with 95 % intervals, and the diagonal of perfect calibration.
    """
    figure = go.Figure(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"color": "rgba(128, 128, 128, 0.7)", "dash": "dash", "width": 1.5},
            name="perfect calibration",
            hoverinfo="skip",
        )
    )
    for item, mark in zip(compared, marks([item.strategy.name for item in compared]), strict=True):
        predictions = item.predictions()
        rows = calibration_rows(predictions)
        off, floor = 100 * calibration_error(rows), 100 * calibration_floor(predictions)
        accuracy = [row["accuracy"] for row in rows]
        figure.add_trace(
            go.Scatter(
                x=[row["confidence"] for row in rows],
                y=accuracy,
                error_y={
                    "array": [row["high"] - value for row, value in zip(rows, accuracy, strict=True)],
                    "arrayminus": [value - row["low"] for row, value in zip(rows, accuracy, strict=True)],
                    "thickness": 1,
                },
                name=f"{html.escape(item.title)} (off by {off:.1f} points; {floor:.1f} from chance alone)",
                mode="lines+markers",
                line={"color": mark.color, "dash": mark.dash},
                marker={"size": 8, "symbol": mark.symbol},
                customdata=[row["photos"] for row in rows],
                hovertemplate="confidence %{x:.1%}, right %{y:.1%}, %{customdata} images<extra></extra>",
            )
        )
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        xaxis={"title": "Confidence (probability of the answer)", "tickformat": ".0%", "range": [0, 1.02]},
        yaxis={"title": "Share of right answers", "tickformat": ".0%", "range": [0, 1.05]},
    )
    return figure
