"""A picture of the four strategies: which layers each of them trains."""

from __future__ import annotations

import plotly.graph_objects as go

from tlcore.training.strategies import STRATEGIES

_BACKBONE_LAYERS = 6
_TRAINED_LAYERS = {"scratch": 6, "frozen": 0, "fine_tune": 2, "full": 6}
_HEIGHT = 300
_GREY = "rgba(128, 128, 128, 0.35)"


def strategy_picture() -> go.Figure:
    """Draw each strategy as a stack of layers: grey ones stay frozen, coloured ones are trained.

    Returns:
        The figure.
    """
    figure = go.Figure()
    for column, strategy in enumerate(STRATEGIES):
        frozen = _BACKBONE_LAYERS - _TRAINED_LAYERS[strategy.name]
        for layer in range(_BACKBONE_LAYERS + 1):
            is_head = layer == _BACKBONE_LAYERS
            colour = strategy.colour if layer >= frozen else _GREY
            start = "from random weights" if not strategy.needs_weights or is_head else "from pretrained weights"
            state = f"trained, {start}" if layer >= frozen else "frozen, pretrained weights"
            figure.add_bar(
                x=[strategy.title],
                y=[0.8 if is_head else 1.0],
                base=[layer * 1.12],
                width=[0.38 if is_head else 0.62],
                marker={"color": colour, "line": {"width": 0}, "pattern": {"shape": "/" if layer < frozen else ""}},
                hovertemplate=f"{'Head' if is_head else f'Layer {layer + 1} of the backbone'}: {state}<extra></extra>",
                showlegend=False,
            )
        figure.add_annotation(
            x=column, y=7.9, text=f"{_TRAINED_LAYERS[strategy.name] + 1} of 7 trained", showarrow=False
        )
    figure.update_layout(barmode="overlay", height=_HEIGHT, margin={"l": 0, "r": 0, "t": 10, "b": 0})
    figure.update_yaxes(visible=False, range=[-0.1, 8.4], fixedrange=True)
    figure.update_xaxes(fixedrange=True)
    return figure
