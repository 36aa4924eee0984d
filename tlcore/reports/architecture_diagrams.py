"""The idea of each design as a small drawing: boxes on a grid and arrows between them."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from tlcore.reports.architecture_colors import KINDS, LINE

WIDTH, HEIGHT = 0.86, 0.56  # of a box, in places of the grid


@dataclass(frozen=True)
class Diagram:
    """A drawing as data.

    Args:
        boxes: id → (column, row, text, kind of layer). Columns go right, rows go down.
        arrows: "from to" pairs of ids, separated by commas; "from ~ to" is drawn as a bow over the boxes between.
        caption: what to see in it.
    """

    boxes: dict[str, tuple[float, float, str, str]]
    arrows: str
    caption: str


CONV, DEEP, POOL, SUM, POINT, DENSE, INPUT = (
    "convolution", "depthwise", "pooling", "merge", "point", "dense", "input",
)  # fmt: skip

DIAGRAMS: dict[str, Diagram] = {
    "lenet": Diagram(
        {
            "a": (0, 0, "picture", INPUT),
            "b": (1, 0, "5×5", CONV),
            "c": (2, 0, "average", POOL),
            "d": (3, 0, "5×5", CONV),
            "e": (4, 0, "average", POOL),
            "f": (5, 0, "dense", DENSE),
            "g": (6, 0, "digit", DENSE),
        },
        "a b, b c, c d, d e, e f, f g",
        "Filter, shrink, filter, shrink, decide: the recipe of all that follow.",
    ),
    "alexnet": Diagram(
        {
            "a": (0, 0, "photo", INPUT),
            "b": (1, 0, "11×11", CONV),
            "c": (2, 0, "pool", POOL),
            "d": (3, 0, "5×5", CONV),
            "e": (4, 0, "pool", POOL),
            "f": (5, 0, "three 3×3", CONV),
            "g": (6, 0, "pool", POOL),
            "h": (7, 0, "dense ×3", DENSE),
        },
        "a b, b c, c d, d e, e f, f g, g h",
        "LeNet's recipe with 1,000 times as many parameters; nearly all of them in the dense layers.",
    ),
    "stack": Diagram(
        {
            "a": (0, 0, "maps", INPUT),
            "b": (1, 0, "3×3", CONV),
            "c": (2, 0, "3×3", CONV),
            "d": (3, 0, "3×3", CONV),
            "e": (4, 0, "pool", POOL),
            "f": (0, 1, "maps", INPUT),
            "g": (2, 1, "7×7", CONV),
            "h": (4, 1, "pool", POOL),
        },
        "a b, b c, c d, d e, f g, g h",
        "Three 3×3 filters see as much as one 7×7, with 27 instead of 49 weights for each pair of channels.",
    ),
    "branches": Diagram(
        {
            "a": (0, 1.5, "maps", INPUT),
            "b": (2, 0, "1×1", CONV),
            "c": (1, 1, "1×1", POINT),
            "d": (2, 1, "3×3", CONV),
            "e": (1, 2, "1×1", POINT),
            "f": (2, 2, "5×5", CONV),
            "g": (1, 3, "pool", POOL),
            "h": (2, 3, "1×1", CONV),
            "i": (3, 1.5, "side by side", SUM),
        },
        "a b, a c, c d, a e, e f, a g, g h, b i, d i, f i, h i",
        "Four branches look at the same maps; the grey 1×1 bottlenecks thin them out before the large filters.",
    ),
    "branches_skip": Diagram(
        {
            "a": (0, 1, "maps", INPUT),
            "b": (1, 0.5, "1×1", CONV),
            "c": (1, 1.5, "1×1", POINT),
            "d": (2, 1.5, "3×3", CONV),
            "e": (3, 1, "side by side", SUM),
            "f": (4, 1, "1×1", CONV),
            "g": (5, 1, "+", SUM),
        },
        "a b, a c, c d, b e, d e, e f, f g, a ~ g",
        "The joined branches are what is added to the input, which goes around them.",
    ),
    "skip": Diagram(
        {
            "a": (0, 1, "input", INPUT),
            "b": (1, 1, "3×3", CONV),
            "c": (2, 1, "3×3", CONV),
            "d": (3, 1, "+", SUM),
            "e": (4, 1, "output", INPUT),
        },
        "a b, b c, c d, d e, a ~ d",
        "The input goes around the block and is added: the convolutions learn only the difference.",
    ),
    "dense": Diagram(
        {
            "a": (0, 1, "input", INPUT),
            "b": (1, 1, "layer 1", CONV),
            "c": (2, 1, "layer 2", CONV),
            "d": (3, 1, "layer 3", CONV),
            "e": (4, 1, "side by side", SUM),
        },
        "a b, b c, c d, d e, a ~ c, a ~ d, b ~ d, a ~ e, b ~ e, c ~ e",
        "Each layer sees the maps of all before it, laid side by side, and adds a few of its own.",
    ),
    "depthwise": Diagram(
        {
            "a": (0, 0, "maps", INPUT),
            "b": (2, 0, "3×3 across all channels", CONV),
            "c": (4, 0, "maps", INPUT),
            "d": (0, 1, "maps", INPUT),
            "e": (1.5, 1, "3×3 each channel", DEEP),
            "f": (2.6, 1, "1×1 mix", CONV),
            "g": (4, 1, "maps", INPUT),
        },
        "a b, b c, d e, e f, f g",
        "Above an ordinary convolution, below its two cheap halves: filter each channel, then mix the channels.",
    ),
    "inverted": Diagram(
        {
            "a": (0, 1, "narrow: 24", INPUT),
            "b": (1, 1, "1×1 widen ×6", CONV),
            "c": (2, 1, "3×3 each channel", DEEP),
            "d": (3, 1, "1×1 squeeze", CONV),
            "e": (4, 1, "+", SUM),
            "f": (5, 1, "narrow: 24", INPUT),
        },
        "a b, b c, c d, d e, e f, a ~ e",
        "Wide inside, narrow outside; the short cut joins the narrow ends.",
    ),
    "squeeze": Diagram(
        {
            "a": (0, 1, "maps", INPUT),
            "b": (1, 1, "3×3 each channel", DEEP),
            "c": (2, 2, "average", POOL),
            "d": (3, 2, "dense ×2", DENSE),
            "e": (4, 1, "×", SUM),
            "f": (5, 1, "1×1 squeeze", CONV),
        },
        "a b, b e, b c, c d, d e, e f",
        "A gate looks at each channel's average and turns the channel up or down.",
    ),
    "search": Diagram(
        {
            "a": (0, 1, "proposer", DENSE),
            "b": (1.4, 1, "candidate block", CONV),
            "c": (2.8, 1, "train it, measure it", POOL),
            "d": (4.4, 1, "best block, stacked", SUM),
        },
        "a b, b c, c d, c ~ a",
        "A network proposes blocks, learns from how well they do, and the best one is stacked.",
    ),
    "unet": Diagram(
        {
            "a": (0, 0, "64", CONV),
            "b": (0.6, 1, "128", CONV),
            "c": (1.2, 2, "256", CONV),
            "d": (2.5, 3, "1,024", CONV),
            "e": (3.8, 2, "256", CONV),
            "f": (4.4, 1, "128", CONV),
            "g": (5, 0, "64", CONV),
            "x": (2.5, 2, "side by side", SUM),
            "y": (2.5, 1, "side by side", SUM),
            "z": (2.5, 0, "side by side", SUM),
        },
        "a b, b c, c d, d e, e f, f g, c x, x e, b y, y f, a z, z g",
        "Down the left, up the right; at each level the left side's maps are laid beside the right side's.",
    ),
    "fcn": Diagram(
        {
            "a": (0, 0, "pool 3", POOL),
            "b": (1.2, 0, "pool 4", POOL),
            "c": (2.4, 0, "VGG's end", CONV),
            "d": (2.4, 1, "scores", CONV),
            "e": (1.2, 1, "+", SUM),
            "f": (0, 1, "+", SUM),
            "g": (-1.2, 1, "labels", INPUT),
        },
        "a b, b c, c d, d e, e f, f g, b e, a f",
        "Coarse scores are enlarged (lower row, to the left) and finer scores are added on the way.",
    ),
    "compound": Diagram(
        {
            "a": (0, 1, "B0", CONV),
            "b": (1.5, 0, "deeper", CONV),
            "c": (1.5, 1, "wider", DEEP),
            "d": (1.5, 2, "larger photos", POOL),
            "e": (3, 1, "B1 … B7", SUM),
        },
        "a b, a c, a d, b e, c e, d e",
        "All three grow together, by a fixed rule.",
    ),
    "fused": Diagram(
        {
            "a": (0, 0, "late layers", INPUT),
            "b": (1, 0, "1×1 widen", CONV),
            "c": (2, 0, "3×3 each channel", DEEP),
            "d": (3, 0, "1×1 squeeze", CONV),
            "e": (0, 1, "early layers", INPUT),
            "f": (1.5, 1, "3×3 widen, fused", CONV),
            "g": (3, 1, "1×1 squeeze", CONV),
        },
        "a b, b c, c d, e f, f g",
        "In early layers one ordinary 3×3 convolution replaces two steps: more arithmetic, but faster.",
    ),
    "convnext": Diagram(
        {
            "a": (0, 1, "input", INPUT),
            "b": (1, 1, "7×7 each channel", DEEP),
            "c": (2, 1, "normalize", POINT),
            "d": (3, 1, "1×1 widen ×4", CONV),
            "e": (4, 1, "1×1 squeeze", CONV),
            "f": (5, 1, "+", SUM),
        },
        "a b, b c, c d, d e, e f, a ~ f",
        "Filter each channel in a wide window, then mix the channels, with one normalization and one activation.",
    ),
}


def diagram_figure(key: str) -> go.Figure:
    """Draw the idea of a design.

    Args:
        key: of `DIAGRAMS`.

    Returns:
        The figure.
    """
    diagram = DIAGRAMS[key]
    shapes: list[dict] = []
    annotations: list[dict] = []
    for arrow in diagram.arrows.split(","):
        bow = "~" in arrow
        source, target = arrow.replace("~", " ").split()
        _draw_arrow(shapes, annotations, diagram.boxes[source][:2], diagram.boxes[target][:2], bow)
    for column, row, text, kind in diagram.boxes.values():
        _draw_box(shapes, annotations, column, row, text, kind)
    columns = [column for column, _, _, _ in diagram.boxes.values()]
    rows = [row for _, row, _, _ in diagram.boxes.values()]
    above = 0.95 if "~" in diagram.arrows else 0.45
    figure = go.Figure(layout={"shapes": shapes, "annotations": annotations})
    figure.update_xaxes(visible=False, range=[min(columns) - 0.6, max(columns) + 0.6], fixedrange=True)
    figure.update_yaxes(visible=False, range=[max(rows) + 0.45, min(rows) - above], fixedrange=True)
    figure.update_layout(
        height=int(62 * (max(rows) - min(rows) + above + 0.45)) + 10,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        dragmode=False,
    )
    return figure


def _draw_box(shapes: list[dict], annotations: list[dict], column: float, row: float, text: str, kind: str) -> None:
    _, fill, ink = KINDS[kind]
    shapes.append(
        {
            "type": "rect",
            "x0": column - WIDTH / 2,
            "x1": column + WIDTH / 2,
            "y0": row - HEIGHT / 2,
            "y1": row + HEIGHT / 2,
            "fillcolor": fill,
            "line": {"width": 0},
        }
    )
    words = text.split(" ")
    half = (len(words) + 1) // 2
    lines = [text] if len(text) <= 9 or len(words) == 1 else [" ".join(words[:half]), " ".join(words[half:])]
    annotations.append(
        {"x": column, "y": row, "text": "<br>".join(lines), "showarrow": False, "font": {"color": ink, "size": 11}}
    )


def _draw_arrow(
    shapes: list[dict],
    annotations: list[dict],
    source: tuple[float, float],
    target: tuple[float, float],
    bow: bool,
) -> None:
    (x0, y0), (x1, y1) = source, target
    if bow:  # over the boxes in between, the higher the farther
        top = min(y0, y1) - HEIGHT / 2
        peak = top - 0.18 - 0.09 * abs(x1 - x0)
        path = f"M {x0},{top} C {x0},{peak} {x1},{peak} {x1},{top - 0.08}"
        shapes.append({"type": "path", "path": path, "line": {"color": LINE, "width": 2}})
        start, end = (x1, top - 0.12), (x1, top)
    elif y0 != y1 and abs(x1 - x0) < WIDTH:  # one above the other, if not quite
        down = 1 if y1 > y0 else -1
        start, end = (x0, y0 + down * HEIGHT / 2), (x1, y1 - down * HEIGHT / 2)
    else:
        right = 1 if x1 > x0 else -1
        start, end = (x0 + right * WIDTH / 2, y0), (x1 - right * WIDTH / 2, y1)
    annotations.append(
        {
            "x": end[0],
            "y": end[1],
            "ax": start[0],
            "ay": start[1],
            "axref": "x",
            "ayref": "y",
            "showarrow": True,
            "arrowhead": 2,
            "arrowwidth": 2,
            "arrowcolor": LINE,
            "text": "",
        }
    )
