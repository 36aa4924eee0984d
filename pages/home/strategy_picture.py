"""A picture of the four strategies: which layers each of them trains."""

from __future__ import annotations

import base64

from tlcore.training.plans.strategies import STRATEGIES, Strategy

_BACKBONE_LAYERS = 6
_TRAINED_LAYERS = {"scratch": 6, "frozen": 0, "fine_tune": 2, "full": 6}
WEIGHTS = (
    "Late layers are the largest: what fine-tuning trains unless you choose otherwise is a third of the layers, but 46 "
    "to 88 % of a network's weights."
)
_COLUMN, _LAYER, _TOP, _BOTTOM = 120, 30, 30, 28


def strategy_picture() -> str:
    """Draw each strategy as a stack of layers: hatched ones stay frozen, colored ones are trained.

    A picture in its own address needs neither a chart library nor Pillow, which would hold the first page up.

    Returns:
        HTML, with words in a gray that reads on light and on dark.
    """
    words = "; ".join(f"{row.title} trains {_TRAINED_LAYERS[row.name]} of {_BACKBONE_LAYERS}" for row in STRATEGIES)
    picture = base64.b64encode(_svg().encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{picture}" style="width: 100%" '
        f'alt="Backbone layers that each strategy trains in addition to the head: {words}.">'
    )


def _svg() -> str:
    width, height = _COLUMN * len(STRATEGIES), _TOP + (_BACKBONE_LAYERS + 1) * _LAYER + _BOTTOM
    columns = "".join(_column(index, strategy) for index, strategy in enumerate(STRATEGIES))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-size="14" font-family="sans-serif" text-anchor="middle" fill="#768294">'
        '<defs><pattern id="frozen-layer" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<path d="M0 8 8 0" stroke="gray" stroke-width="1.5"/></pattern></defs>'
        f"{columns}</svg>"
    )


def _column(index: int, strategy: Strategy) -> str:
    middle = _COLUMN * index + _COLUMN // 2
    trained = _TRAINED_LAYERS[strategy.name]
    layers = [_layer(middle, 0, 44, strategy.color)]
    for depth in range(1, _BACKBONE_LAYERS + 1):
        layers.append(_layer(middle, depth, 76, strategy.color if depth <= trained else "url(#frozen-layer)"))
    bottom = _TOP + (_BACKBONE_LAYERS + 1) * _LAYER
    return (
        f'<text x="{middle}" y="{_TOP - 12}">{trained + 1} of {_BACKBONE_LAYERS + 1} trained</text>{"".join(layers)}'
        f'<text x="{middle}" y="{bottom + 20}">{strategy.title}</text>'
    )


def _layer(middle: int, depth: int, width: int, fill: str) -> str:
    return (
        f'<rect x="{middle - width // 2}" y="{_TOP + depth * _LAYER}" width="{width}" height="{_LAYER - 4}" rx="3" '
        f'fill="{fill}" stroke="gray" stroke-width="0.5"/>'
    )
