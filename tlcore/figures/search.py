"""What a search for the best network found, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.statistics import accuracy_text, p_text, wilson_interval
from tlcore.figures.layout import studio_layout
from tlcore.training.advice.search import Trial, choice
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

HEIGHT = 360
_WORSE = "rgba(128, 128, 128, 0.8)"  # reads on light and on dark


def search_figure(trials: Sequence[Trial]) -> go.Figure:
    """Draw accuracy with its interval against the time that an image takes.

    Args:
        trials: as `tlcore.training.advice.search.search` returns them.

    Returns:
        The figure; what cannot be told apart from the best has the color of the frozen strategy, the choice a ring.
    """
    figure, chosen = go.Figure(), choice(trials)
    for name, told_apart, color in (
        ("cannot be told apart from the best", False, STRATEGIES.find("frozen").color),
        ("worse than the best", True, _WORSE),
    ):
        shown = [trial for trial in trials if trial.is_told_apart == told_apart]
        bounds = [wilson_interval(trial.right, trial.images) for trial in shown]
        shares = [trial.right / trial.images for trial in shown]
        figure.add_scatter(
            x=[1000 * trial.seconds_per_image for trial in shown],
            y=shares,
            error_y={
                "type": "data",
                "array": [high - share for share, (_, high) in zip(shares, bounds, strict=True)],
                "arrayminus": [share - low for share, (low, _) in zip(shares, bounds, strict=True)],
                "thickness": 1,
            },
            name=name,
            mode="markers",
            marker={
                "color": color,
                "size": 11,
                "line": {"width": [3 if trial == chosen else 0 for trial in shown], "color": "#D55E00"},
            },
            customdata=[[_title(trial)] for trial in shown],
            hovertemplate="%{customdata[0]}: %{y:.1%}, %{x:.1f} ms per image<extra></extra>",
        )
    figure.update_layout(
        **studio_layout(HEIGHT, top=30),
        legend={"orientation": "h", "x": 0, "y": 1.15},
        xaxis={"title": "Milliseconds per image on this machine", "rangemode": "tozero"},
        yaxis={"title": "Right answers", "tickformat": ".0%"},
    )
    return figure


def search_table(trials: Sequence[Trial]) -> list[dict]:
    """The numbers behind the picture.

    Args:
        trials: as `tlcore.training.advice.search.search` returns them.

    Returns:
        One row a trial: names of columns → values.
    """
    chosen = choice(trials)
    return [
        {
            "network": catalog.find(trial.backbone).title,
            "input size": trial.input_size,
            "cut at": trial.cut_layer,
            "right": accuracy_text(trial.right, trial.images, exact=True),
            "ms per image": round(1000 * trial.seconds_per_image, 1),
            "p-value vs. the best": "" if trial is trials[0] else p_text(trial.p),
            "choice": "✓" if trial is chosen else "",
        }
        for trial in trials
    ]


def _title(trial: Trial) -> str:
    return f"{catalog.find(trial.backbone).title}, {trial.input_size} px, cut at {trial.cut_layer}"
