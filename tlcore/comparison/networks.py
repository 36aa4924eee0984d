"""Two architectures side by side: which blocks are equal, which changed, and what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from tlcore.text import count_text, listed
from tlcore.zoo.layers.padding import lasting_zeros
from tlcore.zoo.layers.sketch import describe
from tlcore.zoo.layers.stages import Block, Stage, stages_of
from tlcore.zoo.layers.tables import LayerRow, LayerTable

EQUAL, CHANGED, ONLY_FIRST, ONLY_SECOND = "equal", "changed", "only first", "only second"
_ENLARGING = ("Conv2DTranspose", "UpSampling2D")
_JOINING = {
    "sum": "adds maps (sum)",
    "concatenation": "lays maps side by side (concatenation)",
    "gate": "weighs channels (gate)",
}
_ALIKE, _FAR = 1.01, 1.5  # times as many: below the one they are called alike, from the other on that leads
_SOME = 0.25  # share of words in common from which on two blocks are told to be one that changed
_SIZES = (1e9, "billion"), (1e6, "million")
_Tables = tuple[LayerTable, LayerTable]


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
    zeros = sum(lasting_zeros(table, row) for row in block.rows)
    text = f"pad {zeros} · {text}" if zeros else text
    return f"{text} (not padded)" if any(_loses_edges(table, row) for row in block.rows) else text


def _aligned_blocks(first: Sequence[Side], second: Sequence[Side]) -> list[Pair]:
    ours, theirs = ([side.text for side in sides] for sides in (first, second))
    pairs = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs += [Pair(EQUAL, one, other) for one, other in zip(first[a:b], second[c:d], strict=True)]
        else:
            pairs += _changed_blocks(first[a:b], second[c:d])
    return pairs


def _changed_blocks(first: Sequence[Side], second: Sequence[Side]) -> list[Pair]:
    """Pair unequal blocks that have the same part to play and some words in common; the others stand alone."""
    ours, theirs = ([_role(side) for side in sides] for sides in (first, second))
    pairs = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        for one, other in zip_longest(first[a:b], second[c:d]):
            if one and other and kind == "equal" and _likeness(one, other) >= _SOME:
                pairs.append(Pair(CHANGED, one, other))
                continue
            pairs += [Pair(ONLY_FIRST, one, None)] if one else []
            pairs += [Pair(ONLY_SECOND, None, other)] if other else []
    return pairs


def _role(side: Side) -> tuple[bool, ...]:
    """Whether blocks hold weights (whose channels follow a comma), enlarge maps, and how they join them."""
    words = side.text.split()
    return ("," in side.text, *(word in words for word in ("enlarge", "concatenate", "+")))


def _likeness(one: Side, other: Side) -> float:
    return SequenceMatcher(None, one.text.split(), other.text.split(), autojunk=False).ratio()


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


@dataclass(frozen=True)
class Difference:
    """One way in which two networks differ, or are alike.

    Args:
        headline: a few words with the numbers in them, those of the first network first.
        text: a sentence that says which is which, or what the words mean; may be empty.
    """

    headline: str
    text: str


def differences(first: LayerTable, second: LayerTable, titles: tuple[str, str]) -> list[Difference]:
    """Say how two networks differ.

    Args:
        first: a network.
        second: another.
        titles: what they are called.

    Returns:
        The most telling first: costs that are far apart, then how the networks are built, then small differences and
        what is alike.
    """
    tables = first, second
    costs = {
        what: (getattr(first, measure), getattr(second, measure))
        for what, measure in (("parameters", "parameters"), ("multiply-adds", "multiply_adds"))
    }
    told = [_more(what, counts, titles) for what, counts in costs.items()]
    far = [_ratio(counts) >= _FAR for counts in costs.values()]
    joins = joins_of(first)
    same = [Difference(_capital(f"{_joins_counted(joins)} in both"), "")] if joins == joins_of(second) else []
    built = [tell(tables, titles) for tell in (_order, _growth, _joins, _depth, _filters, _edges)]
    return [
        *(cost for cost, is_far in zip(told, far, strict=True) if is_far),
        *(difference for difference in built if difference is not None),
        *(cost for cost, is_far in zip(told, far, strict=True) if not is_far),
        *same,
    ]


def _ratio(counts: tuple[int, int]) -> float:
    return max(counts) / max(1, min(counts))


def _more(what: str, counts: tuple[int, int], titles: tuple[str, str]) -> Difference:
    """Which network has more of something, and how much more."""
    text = f"{titles[0]} has {_in_words(counts[0])}, {titles[1]} {_in_words(counts[1])}."
    ratio = _ratio(counts)
    if ratio < _ALIKE:
        return Difference(f"About as many {what}", text)
    return Difference(f"{ratio:.{1 if ratio >= 2 else 2}f}× the {what} in {titles[counts.index(max(counts))]}", text)


def _in_words(count: int) -> str:
    size, word = next(((size, word) for size, word in _SIZES if count >= size), (1, ""))
    if not word:
        return f"{count:,}"
    return f"{count / size:.{3 if count < 999.5 * size else 4}g} {word}"  # as exact as in the heads of the columns


def _order(tables: _Tables, titles: tuple[str, str]) -> Difference | None:
    early = [_normalizes_first(table) for table in tables]
    if early[0] == early[1]:
        return None
    before, after = titles if early[0] else titles[::-1]
    return Difference(
        f"{before} normalizes first", f"It normalizes and activates before its convolutions, {after} after them."
    )


def _growth(tables: _Tables, titles: tuple[str, str]) -> Difference | None:
    """How networks come back from small maps to large ones."""
    steps = [_steps(table) for table in tables]
    ups = [[f"×{1 / step:g}" for step in some if step < 1] for some in steps]
    if ups[0] == ups[1]:
        return None
    texts = []
    for title, some, up in zip(titles, steps, ups, strict=True):
        halvings = some.count(2)
        if not up:
            texts.append(f"{title} never enlarges its maps.")
        elif up == ["×2"] * halvings:
            texts.append(f"{title} doubles its maps as often as it halves them: symmetric.")
        else:
            texts.append(f"{title} halves its maps {halvings} times and enlarges them by {listed(up)}.")
    first, second = map(len, ups)
    return Difference(f"{first or 'No'} steps up against {second or 'none'}", " ".join(texts))


def _joins(tables: _Tables, titles: tuple[str, str]) -> Difference | None:
    joins = [joins_of(table) for table in tables]
    if joins[0] == joins[1]:
        return None
    counts = [_joins_counted(found) for found in joins]
    does = [[_JOINING[kind] for kind, count in found.items() if count] for found in joins]
    one, other = (listed(verbs) if verbs else "joins no maps" for verbs in does)
    return Difference(_capital(f"{counts[0]} against {counts[1]}"), f"{titles[0]} {one}; {titles[1]} {other}.")


def _depth(tables: _Tables, titles: tuple[str, str]) -> Difference | None:
    one, other = (table.depth for table in tables)
    if one == other:
        return None
    return Difference(f"{one} layers deep against {other}", "Layers with weights on the longest way through.")


def _filters(tables: _Tables, titles: tuple[str, str]) -> Difference | None:
    """How often maps are filtered again once they grow."""
    if not all(min(_steps(table), default=1) < 1 for table in tables):
        return None
    one, other = (_filters_on_the_way_up(table) for table in tables)
    if one == other:
        return None
    return Difference(
        f"{one or 'No'} filters on the way up against {other or 'none'}",
        "Convolutions that look at the enlarged maps again, with windows larger than 1×1.",
    )


def _edges(tables: _Tables, titles: tuple[str, str]) -> Difference | None:
    one, other = (sum(_loses_edges(table, row) for row in table.rows) for table in tables)
    if one == other:
        return None
    return Difference(
        f"{count_text(one, 'convolution')} without padding against {other}",
        "There maps lose their edges and become a little smaller.",
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _joins_counted(joins: dict[str, int]) -> str:
    found = [count_text(count, word) for word, count in joins.items() if count]
    return listed(found) if found else "no joins"


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
    joins = joins_of(table)
    return _joins_counted(joins) if any(joins.values()) else "none: each layer feeds the next"


def _loses_edges(table: LayerTable, row: LayerRow) -> bool:
    """Whether a convolution with step 1 gives smaller maps than came in, and nothing before it made up for that."""
    if row.type not in ("Conv2D", "SeparableConv2D", "DepthwiseConv2D") or not row.window or not row.connected_to:
        return False
    window, step, _ = row.window
    source = table.row(row.connected_to[0])
    return window > 1 and step == 1 and source.type != "ZeroPadding2D" and row.output_shape[0] < source.output_shape[0]


def _steps(table: LayerTable) -> list[float]:
    """By how much each layer with a window makes the maps smaller."""
    return [_shrinks(table, row) for row in table.rows if row.window and row.connected_to]


def _filters_on_the_way_up(table: LayerTable) -> int:
    first = next(row.index for row in table.rows if row.type in _ENLARGING)
    return sum(row.type == "Conv2D" and row.window is not None and row.window[0] > 1 for row in table.rows[first:])


def _shrinks(table: LayerTable, row: LayerRow) -> float:
    """By how much a layer makes the maps smaller; below 1 where it enlarges them."""
    before = table.row(row.connected_to[0]).stride
    return row.stride / before if row.stride and before else 1


def _normalizes_first(table: LayerTable) -> bool:
    joins = {row.name for row in table.rows if row.type in ("Add", "Concatenate")}
    return any(row.type == "BatchNormalization" and joins.intersection(row.connected_to) for row in table.rows)
