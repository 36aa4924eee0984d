"""One value of a feature map as arithmetic that can be read: windows of numbers times weights, and their sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from tlcore.figures.pictures import map_colors
from tlcore.inference.flow.functions import EXPLAINED, NAMES
from tlcore.inference.flow.value import Step, Term

_SHOWN = 5  # maps that are written out; the others are summed up
_MOST_NUMBERS = 9  # cells of a window that still hold their numbers
_POSITIVE, _NEGATIVE = (230, 159, 0), (0, 114, 178)
_STYLE = """<style>
.value {font-size: .875rem; line-height: 1.35}
.value .term {display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .45rem; margin: .35rem 0}
.value .map {width: 4.6rem; font-weight: 600}
.value .window {display: inline-grid; gap: 1px; font-variant-numeric: tabular-nums}
.value .window span {display: flex; align-items: center; justify-content: center; height: 1.35rem; width: 2.35rem;
  font-size: .72rem; border-radius: 2px}
.value .window.small span {height: .8rem; width: .8rem}
.value .window span.outside {background: repeating-linear-gradient(45deg, #8886 0 2px, transparent 2px 5px)}
.value .sum {border-top: 1px solid #8888; margin-top: .5rem; padding-top: .4rem}
.value b {font-variant-numeric: tabular-nums}
</style>"""

NameOf = Callable[[int], str]


def value_html(steps: Sequence[Step], name_of: NameOf, colors: Sequence[str]) -> str:
    """Write out how a value came about, from its window on.

    Args:
        steps: from the value back, as `tlcore.inference.flow.value.write_out` gives them.
        name_of: number of a tensor → what to call the layer that gives it; "" for the photo.
        colors: names of the photo's channels, in the order in which the network takes them.

    Returns:
        HTML with a style of its own.
    """
    parts = [_step_html(step, name_of, colors) for step in reversed(steps)]
    return f'{_STYLE}<div class="value">{"".join(parts)}</div>'


def number_text(value: float) -> str:
    """Write a number with three digits that count: 12.3, 0.412, −0.00210."""
    text = (
        f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}" if abs(value) >= 1e-3 or value == 0 else f"{value:.0e}"
    )
    return ("0" if float(text) == 0 else text).replace("-", "−")


def _step_html(step: Step, name_of: NameOf, colors: Sequence[str]) -> str:
    if step.terms:
        source = name_of(step.came_from) if step.came_from is not None else ""
        return _pooling_html(step, source) if step.terms[0].kernel is None else _weighted_html(step, source, colors)
    value, operands = number_text(step.value), [number_text(operand) for operand in step.operands]
    if step.kind in ("sum", "difference", "product"):
        sign = {"sum": "+", "difference": "−", "product": "×"}[step.kind]
        words = {
            "sum": "Joined by a sum (a shortcut, or a constant for this map)",
            "difference": "Joined by a difference",
            "product": "Scaled (a gate, an activation, or a constant for this map)",
        }[step.kind]
        ending, joined = _activation_text(step), f" {sign} ".join(operands).replace("+ −", "− ")
        return f'<div class="sum">{words}: {joined} = <b>{number_text(step.before)}</b>{ending}</div>'
    if step.operands:
        return f'<div class="sum">{NAMES.get(step.kind, step.kind)} of {operands[0]} = <b>{value}</b></div>'
    return f'<div class="sum">An operation that is not written out here gives <b>{value}</b>.</div>'


def _weighted_html(step: Step, source: str, colors: Sequence[str]) -> str:
    height, width = step.terms[0].patch.shape
    is_photo = not source
    shown = step.terms[: len(colors) if is_photo else _SHOWN]
    rest = step.terms[len(shown) :]
    taken = "the photo's pixels, as the network takes them" if is_photo else f"the maps of {escape(source)}"
    first = f"{height} × {width} values of {taken}, times weights"
    if step.kind == "depthwise":
        first += " (a depthwise filter looks at one map alone)"
    elif rest:
        first += f" (the {len(shown)} of {len(step.terms):,} maps that count most)"
    # One scale for all maps that are written out, so that colors compare from one to another.
    values = _reach(shown)
    heaviest = max((float(np.abs(term.kernel).max()) for term in shown if term.kernel is not None), default=0.0)
    key = "lighter is larger" if is_photo else "yellow is large, dark blue small"
    lines = [f"<div>{first}. Values: {key}. Weights: orange above zero, blue below, the stronger the larger.</div>"]
    for term in shown:
        name = colors[term.channel] if is_photo else f"map {term.channel}"
        lines.append(
            f'<div class="term"><span class="map">{escape(name)}</span>'
            f"{_patch_html(term, values, is_photo)}<span>×</span>"
            f"{_kernel_html(term.kernel, heaviest)}<span>= <b>{number_text(term.total)}</b></span></div>"
        )
    summed = " + ".join(number_text(term.total) for term in shown)
    if rest:
        others = sum(term.total for term in rest)
        summed += f" + {number_text(others)} ({len(rest):,} other map{'s' if len(rest) > 1 else ''})"
    summed += f" + {number_text(step.bias)} (bias) = <b>{number_text(step.before)}</b>"
    return "".join(lines) + f'<div class="sum">{summed.replace("+ −", "− ")}{_activation_text(step)}</div>'


def _activation_text(step: Step) -> str:
    if step.activation == "none":
        return ""
    name = NAMES.get(step.activation, step.activation)
    why = f" ({EXPLAINED[step.activation]})" if step.activation in EXPLAINED else ""
    return f" → {name}{why} → <b>{number_text(step.value)}</b>"


def _pooling_html(step: Step, source: str) -> str:
    term = step.terms[0]
    what = "greatest" if step.kind == "maximum" else "mean"
    return (
        f"<div>The {what} of the values under the window, in map {term.channel} of {escape(source)}:</div>"
        f'<div class="term">{_patch_html(term, _reach([term]), False)}'
        f"<span>→ <b>{number_text(step.value)}</b></span></div>"
    )


def _reach(terms: Sequence[Term]) -> tuple[float, float]:
    """The smallest and the largest value of some windows."""
    return min(float(term.patch.min()) for term in terms), max(float(term.patch.max()) for term in terms)


def _patch_html(term: Term, values: tuple[float, float], is_photo: bool) -> str:
    """Values in the colors of maps; those of the photo in gray, from the darkest to the lightest of `values`."""
    low, high = values
    levels = (term.patch - low) / ((high - low) or 1)
    fills = np.repeat((255 * levels)[..., None], 3, axis=-1).astype(int) if is_photo else map_colors(levels)
    return _window_html(term.patch, fills, term.outside)


def _kernel_html(kernel: np.ndarray | None, heaviest: float) -> str:
    """Weights: orange above zero, blue below, the paler the nearer to it; `heaviest` is not pale at all."""
    assert kernel is not None
    strength = np.abs(kernel) / (heaviest or 1)
    color = np.where((kernel >= 0)[..., None], _POSITIVE, _NEGATIVE)
    fills = (255 - strength[..., None] * (255 - color)).astype(int)
    return _window_html(kernel, fills, np.zeros(kernel.shape, bool))


def _window_html(numbers: np.ndarray, fills: np.ndarray, outside: np.ndarray) -> str:
    height, width = numbers.shape
    has_numbers = height * width <= _MOST_NUMBERS
    cells = []
    for place in np.ndindex(height, width):
        text, fill = number_text(float(numbers[place])), fills[place]
        if outside[place]:
            cells.append('<span class="outside" title="beyond the edge: 0">' + ("0" if has_numbers else "") + "</span>")
            continue
        ink = "#111" if fill @ (0.299, 0.587, 0.114) > 128 else "#fff"
        style = f"background: rgb({fill[0]}, {fill[1]}, {fill[2]}); color: {ink}"
        cells.append(f'<span style="{style}" title="{text}">{text if has_numbers else ""}</span>')
    size = "" if has_numbers else " small"
    return f'<span class="window{size}" style="grid-template-columns: repeat({width}, auto)">{"".join(cells)}</span>'
