"""How runs are told apart in figures: hue and dash by strategy, shade and symbol among runs of one strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tlcore.training.plans.strategies import STRATEGIES

_SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "hexagon")
# Both still stand out on white and on near black. The last one, which has learned from most, is the darkest.
_DARKEST, _LIGHTEST = -0.15, 0.45


@dataclass(frozen=True)
class Mark:
    """The looks of one run.

    Args:
        color: as Plotly takes it.
        dash: Plotly's line style.
        symbol: Plotly's marker.
    """

    color: str
    dash: str
    symbol: str


def marks(strategies: Sequence[str]) -> list[Mark]:
    """Choose the looks of the runs in a figure.

    Args:
        strategies: each run's strategy, in order.

    Returns:
        One mark a run. A run that is the only one of its strategy has exactly the strategy's color.
    """
    often, met = Counter(strategies), Counter[str]()
    chosen = []
    for name in strategies:
        strategy, position = STRATEGIES.find(name), met[name]
        met[name] += 1
        between = position / (often[name] - 1) if often[name] > 1 else None
        shade = 0.0 if between is None else _LIGHTEST + between * (_DARKEST - _LIGHTEST)
        symbol = _SYMBOLS[position % len(_SYMBOLS)]
        chosen.append(Mark(_shade(strategy.color, shade), strategy.dash, symbol))
    return chosen


def _shade(color: str, amount: float) -> str:
    """Mix a color with black (amount below 0) or white (above)."""
    target = 255 if amount > 0 else 0
    channels = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(channel + abs(amount) * (target - channel)):02X}" for channel in channels)
