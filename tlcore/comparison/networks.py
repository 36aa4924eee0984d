"""Two architectures side by side: which blocks are equal, which changed, and in a few sentences what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from tlcore.text import count_text, listed
from tlcore.zoo.layers.sketch import describe
from tlcore.zoo.layers.stages import Block, Stage, stages_of
from tlcore.zoo.layers.tables import LayerRow, LayerTable

EQUAL, CHANGED, ONLY_FIRST, ONLY_SECOND = "equal", "changed", "only first", "only second"
_ENLARGING = ("Conv2DTranspose", "UpSampling2D")


@dataclass(frozen=True)
class Side:
    """Blocks of one network that do the same.

    Args:
        stage: at which resolution, such as "56×56".
        names: of the blocks, in order.
        text: what the layers of each do; see `tlcore.zoo.layers.sketch.describe`.
    """

    stage: str
    names: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Pair:
    """What stands at the same place in two networks.

    Args:
        verdict: `EQUAL`, `CHANGED`, `ONLY_FIRST` or `ONLY_SECOND`.
        first: in the first network, None if nothing does.
        second: in the second one.
    """

    verdict: str
    first: Side | None
    second: Side | None


def align(first: LayerTable, second: LayerTable) -> list[Pair]:
    """Lay two networks beside each other, stage by stage and block by block.

    Args:
        first: a network.
        second: another.

    Returns:
        Pairs from input to output. Stages belong together if they shrink their input alike; neighbors of which the same
        is to be said are one pair.
    """
    stages = [list(map(_Shrunk, stages_of(table))) for table in (first, second)]
    ours, theirs = ([stage.by for stage in some] for some in stages)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    pairs: list[Pair] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            for one, other in zip(stages[0][a:b], stages[1][c:d], strict=True):
                pairs += _aligned_blocks(_sides(first, [one.stage]), _sides(second, [other.stage]))
        else:
            some, others = ([stage.stage for stage in part] for part in (stages[0][a:b], stages[1][c:d]))
            pairs += _aligned_blocks(_sides(first, some), _sides(second, others))
    return _merged(pairs)


@dataclass(frozen=True)
class _Shrunk:
    """A stage and by how much its maps are smaller than the input; None behind the last maps."""

    stage: Stage

    @property
    def by(self) -> float | None:
        strides = Counter(row.stride for row in self.stage.rows)
        return strides.most_common(1)[0][0]


def _sides(table: LayerTable, stages: Sequence[Stage]) -> list[Side]:
    blocks: list[tuple[Stage, Block]] = [(stage, block) for stage in stages for block in stage.blocks]
    sides = [Side(stage.name, (block.name,), _block_text(table, block)) for stage, block in blocks]
    return [side for side in sides if side.text]


def _block_text(table: LayerTable, block: Block) -> str:
    text = describe(table, block.rows)
    return f"{text} (not padded)" if any(_loses_edges(table, row) for row in block.rows) else text


def _aligned_blocks(first: Sequence[Side], second: Sequence[Side]) -> list[Pair]:
    ours, theirs = ([side.text for side in sides] for sides in (first, second))
    pairs = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        for one, other in zip_longest(first[a:b], second[c:d]):
            verdict = ONLY_SECOND if one is None else ONLY_FIRST if other is None else CHANGED
            pairs.append(Pair(EQUAL if kind == "equal" else verdict, one, other))
    return pairs


def _merged(pairs: Sequence[Pair]) -> list[Pair]:
    def said(pair: Pair) -> tuple:
        sides = (pair.first, pair.second)
        return (pair.verdict, *((side.stage, side.text) if side else None for side in sides))

    groups = [list(group) for _, group in groupby(pairs, key=said)]
    return [
        Pair(group[0].verdict, _joined([p.first for p in group]), _joined([p.second for p in group]))
        for group in groups
    ]


def _joined(sides: Sequence[Side | None]) -> Side | None:
    present = [side for side in sides if side is not None]
    if not present:
        return None
    return Side(present[0].stage, tuple(name for side in present for name in side.names), present[0].text)


def differences(first: LayerTable, second: LayerTable, titles: tuple[str, str]) -> list[str]:
    """Say in a few sentences how two networks differ.

    Args:
        first: a network.
        second: another.
        titles: what they are called.

    Returns:
        Sentences on how they are built (the way back to large maps, joins, padding, where they normalize), then on
        their cost and depth; only those in which there is something to tell.
    """
    tables, (one, other) = (first, second), titles
    built = []
    grows = [_growing(table) for table in tables]
    if any(grows):
        built += [f"{title} {text or 'never enlarges its maps'}." for title, text in zip(titles, grows, strict=True)]
    joins = [joins_text(table) for table in tables]
    if joins[0] != joins[1]:
        built.append(f"{one} has {joins[0]}, {other} has {joins[1]}.")
    edges = [sum(_loses_edges(table, row) for row in table.rows) for table in tables]
    if edges[0] != edges[1]:
        built.append(
            f"{one} has {count_text(edges[0], 'convolution')} without padding, at which maps lose their edges, {other} "
            f"{edges[1]}."
        )
    early = [_normalizes_first(table) for table in tables]
    if early[0] != early[1]:
        before, after = (one, other) if early[0] else (other, one)
        built.append(f"{before} normalizes and activates before its convolutions, {after} after them.")
    costs = [
        _more("parameters", (first.parameters, second.parameters), titles),
        _more("multiply-adds for one photo", (first.multiply_adds, second.multiply_adds), titles),
    ]
    if first.depth != second.depth:
        costs.append(f"{one} is {first.depth} layers with weights deep, {other} {second.depth}.")
    same = [f"Both have {joins[0]}."] if joins[0] == joins[1] else []
    return [*built, *costs, *same]


def _more(what: str, counts: tuple[int, int], titles: tuple[str, str]) -> str:
    """Say which network has more of something, and how much more."""
    large = [f"{count / 1e9:.1f} billion" if count >= 1e9 else f"{count / 1e6:.1f} million" for count in counts]
    if abs(counts[0] - counts[1]) < 0.01 * max(counts):
        return f"Both have about as many {what}: {large[0]} and {large[1]}."
    most = counts.index(max(counts))
    ratio = max(counts) / max(1, min(counts))
    return (
        f"{titles[most]} has {ratio:.{1 if ratio >= 10 else 2}f} times as many {what} as {titles[1 - most]}: "
        f"{large[most]} against {large[1 - most]}."
    )


def joins_of(table: LayerTable) -> dict[str, int]:
    """Count the places where flows of maps come together.

    Args:
        table: of any network.

    Returns:
        How many there are of each kind: "sum", "concatenation", "gate" (a product).
    """
    types = Counter(row.type for row in table.rows)
    return {
        "sum": types["Add"] + types["CustomScaleLayer"],
        "concatenation": types["Concatenate"],
        "gate": types["Multiply"],
    }


def joins_text(table: LayerTable) -> str:
    """Say what joins a network has, such as "10 sums and 8 gates"."""
    found = [count_text(count, word) for word, count in joins_of(table).items() if count]
    return listed(found) if found else "no join: each layer feeds the next"


def _loses_edges(table: LayerTable, row: LayerRow) -> bool:
    """Whether a convolution with step 1 gives smaller maps than came in, and nothing before it made up for that."""
    if row.type not in ("Conv2D", "SeparableConv2D", "DepthwiseConv2D") or not row.window or not row.connected_to:
        return False
    window, step, _ = row.window
    source = table.row(row.connected_to[0])
    return window > 1 and step == 1 and source.type != "ZeroPadding2D" and row.output_shape[0] < source.output_shape[0]


def _growing(table: LayerTable) -> str:
    """How a network comes back from small maps to large ones; "" where it never does."""
    steps = [_shrinks(table, row) for row in table.rows if row.window and row.connected_to]
    up = [f"×{1 / step:g}" for step in steps if step < 1]
    if not up:
        return ""
    halvings = steps.count(2)
    first = next(row.index for row in table.rows if row.type in _ENLARGING)
    filters = sum(row.type == "Conv2D" and row.window is not None and row.window[0] > 1 for row in table.rows[first:])
    symmetry = (
        "a step for each halving (symmetric)" if len(up) == halvings else f"{len(up)} steps for {halvings} halvings"
    )
    return f"enlarges its maps by {', '.join(up)}, {symmetry}, with {filters or 'no'} convolutions over 1×1 on the way"


def _shrinks(table: LayerTable, row: LayerRow) -> float:
    """By how much a layer makes the maps smaller; below 1 where it enlarges them."""
    before = table.row(row.connected_to[0]).stride
    return row.stride / before if row.stride and before else 1


def _normalizes_first(table: LayerTable) -> bool:
    joins = {row.name for row in table.rows if row.type in ("Add", "Concatenate")}
    return any(row.type == "BatchNormalization" and joins.intersection(row.connected_to) for row in table.rows)
