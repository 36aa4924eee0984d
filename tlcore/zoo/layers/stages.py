"""The coarse build of a network: stages of one resolution, made of blocks, made of layers. Knows no TensorFlow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tlcore.zoo.layers.tables import LayerRow, LayerTable


@dataclass(frozen=True)
class Block:
    """Layers that belong together.

    Args:
        name: unique in its network.
        rows: its layers, in order.
    """

    name: str
    rows: tuple[LayerRow, ...]

    @property
    def parameters(self) -> int:
        """Numbers that its layers hold."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with an addition for one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of what its last layer gives."""
        return self.rows[-1].output_shape


@dataclass(frozen=True)
class Stage:
    """Neighboring blocks that work at the same resolution.

    Args:
        name: such as "56×56", unique in its network; "classifier" for what comes after the maps.
        blocks: in order.
    """

    name: str
    blocks: tuple[Block, ...]

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Its layers, block after block."""
        return tuple(row for block in self.blocks for row in block.rows)

    @property
    def parameters(self) -> int:
        """Numbers that its layers hold."""
        return sum(block.parameters for block in self.blocks)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with an addition for one image."""
        return sum(block.multiply_adds for block in self.blocks)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of what its last layer gives."""
        return self.blocks[-1].output_shape


def blocks_of(table: LayerTable) -> tuple[Block, ...]:
    """Gather the layers of a network by block.

    Args:
        table: of any network.

    Returns:
        The blocks, each behind those that feed it; where that leaves a choice, in the order in which they begin.
    """
    rows: dict[str, list[LayerRow]] = {}
    for row in table.rows:
        rows.setdefault(row.block, []).append(row)
    block_of = {row.name: row.block for row in table.rows}
    feeding = {
        name: {block_of[source] for row in members for source in row.connected_to if source in block_of} - {name}
        for name, members in rows.items()
    }
    blocks: list[Block] = []
    while feeding:
        # Blocks that feed each other have no such order: then the one that begins first comes first.
        name = next((name for name, sources in feeding.items() if not sources & feeding.keys()), next(iter(feeding)))
        del feeding[name]
        blocks.append(Block(name, tuple(rows[name])))
    return tuple(blocks)


def stages_of(table: LayerTable) -> tuple[Stage, ...]:
    """Gather the blocks of a network by resolution.

    Args:
        table: of any network.

    Returns:
        The stages in order. A block counts to the resolution at which it does most of its work.
    """
    stages: list[tuple[float | None, list[Block]]] = []
    for block in blocks_of(table):
        stride = _working_stride(block)
        if stages and stages[-1][0] == stride:
            stages[-1][1].append(block)
        else:
            stages.append((stride, [block]))
    names: Counter[str] = Counter()
    result = []
    for stride, blocks in stages:
        name = _resolution(stride, blocks)
        names[name] += 1
        result.append(Stage(name if names[name] == 1 else f"{name}, again", tuple(blocks)))
    return tuple(result)


def _working_stride(block: Block) -> float | None:
    work: Counter[float | None] = Counter()
    for row in block.rows:
        if row.stride is not None or block.name == "classifier":
            work[row.stride] += row.multiply_adds
    if not work:
        return None
    most = max(work.values())
    # Without any counted work the last layer decides, as for a block that only pools.
    return list(work)[-1] if most == 0 else max(work, key=work.__getitem__)


def _resolution(stride: float | None, blocks: list[Block]) -> str:
    shapes = [
        row.output_shape
        for block in blocks
        for row in block.rows
        if row.stride == stride and len(row.output_shape) == 3
    ]
    if stride is None or not shapes:
        return "classifier" if blocks[-1].name == "classifier" else blocks[-1].name or "other"
    # Padding makes some maps a little larger; the most frequent size is the one people speak of.
    (height, width), _ = Counter(shape[:2] for shape in shapes).most_common(1)[0]
    return f"{height}×{width}"
