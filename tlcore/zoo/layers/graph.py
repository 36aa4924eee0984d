"""The graph of a network in any detail: stages that open to blocks that open to layers. Knows no TensorFlow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from tlcore.zoo.layers.stages import Block, Stage, stages_of
from tlcore.zoo.layers.tables import LayerRow, LayerTable

Edge = tuple[str, str]


@dataclass(frozen=True)
class Node:
    """A box of the graph.

    Args:
        id: "stage:…", "block:…" or "layer:…".
        title: what it is called.
        rows: the layers inside.
        level: row of the drawing, from 0 at the top.
        lane: column of the drawing; 0 is the middle.
    """

    id: str
    title: str
    rows: tuple[LayerRow, ...]
    level: int = 0
    lane: float = 0.0

    @property
    def opens(self) -> bool:
        """Whether there is more inside."""
        return not self.id.startswith("layer:")


@dataclass(frozen=True)
class Graph:
    """Boxes and the connections between them.

    Args:
        nodes: from top to bottom.
        edges: pairs of node ids, from feeding to fed.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_of(table: LayerTable, opened: Collection[str] = ()) -> Graph:
    """Draw up the graph of a network.

    Args:
        table: of any network.
        opened: ids of the stages and blocks that show their inside; none shows the stages only.

    Returns:
        The boxes, placed so that every connection leads downward.
    """
    nodes = [node for stage in stages_of(table) for node in _visible(stage, opened)]
    home = {row.name: node.id for node in nodes for row in node.rows}
    connections = {
        (home[source], home[row.name]): None
        for row in table.rows
        for source in row.connected_to
        if home[source] != home[row.name]
    }
    nodes, edges = _sorted(nodes, connections)
    return Graph(tuple(_placed(nodes, edges)), tuple(edges))


def _sorted(nodes: list[Node], edges: Iterable[Edge]) -> tuple[list[Node], list[Edge]]:
    """Order the nodes so that all edges lead forward.

    Where closed blocks interleave, as in NASNet, two may feed each other: the edge that leads back is left out.
    """
    edges = list(edges)
    position = {node.id: number for number, node in enumerate(nodes)}
    while True:
        sorter = TopologicalSorter({node.id: () for node in nodes})
        for source, target in edges:
            sorter.add(target, source)
        try:
            order = list(sorter.static_order())
        except CycleError as circle:
            steps = list(pairwise(circle.args[1]))
            edges.remove(next(edge for edge in steps if position[edge[0]] > position[edge[1]]))
        else:
            by_id = {node.id: node for node in nodes}
            return [by_id[identity] for identity in order], edges


def _visible(stage: Stage, opened: Collection[str]) -> list[Node]:
    identity = f"stage:{stage.name}"
    if len(stage.rows) == 1:
        return [_layer(stage.rows[0])]
    if identity not in opened:
        return [Node(identity, stage.name, stage.rows)]
    if sum(len(block.rows) > 1 for block in stage.blocks) <= 1:  # no block is to be told from another
        return [_layer(row) for row in stage.rows]
    return [node for block in stage.blocks for node in _visible_block(block, opened)]


def _visible_block(block: Block, opened: Collection[str]) -> list[Node]:
    identity = f"block:{block.name}"
    if len(block.rows) == 1:
        return [_layer(block.rows[0])]
    if identity not in opened:
        return [Node(identity, block.name, block.rows)]
    return [_layer(row) for row in block.rows]


def _layer(row: LayerRow) -> Node:
    return Node(f"layer:{row.name}", row.name, (row,))


def _placed(nodes: list[Node], edges: list[Edge]) -> list[Node]:
    """Give each node the level below all that feed it, and a lane near theirs."""
    feeding: dict[str, list[str]] = {node.id: [] for node in nodes}
    for source, target in edges:
        feeding[target].append(source)
    levels: dict[str, int] = {}
    rows: dict[int, list[Node]] = {}
    for node in nodes:
        levels[node.id] = max((levels[source] + 1 for source in feeding[node.id]), default=0)
        rows.setdefault(levels[node.id], []).append(node)
    lanes: dict[str, float] = {}
    placed = []
    for level in sorted(rows):
        wanted = {
            node.id: sum(lanes[source] for source in feeding[node.id]) / len(feeding[node.id])
            if feeding[node.id]
            else 0.0
            for node in rows[level]
        }
        members = sorted(rows[level], key=lambda node: wanted[node.id])
        middle = sum(wanted.values()) / len(wanted)
        for position, node in enumerate(members):
            spread = middle + position - (len(members) - 1) / 2
            lanes[node.id] = spread if len(members) > 1 else wanted[node.id]
            placed.append(Node(node.id, node.title, node.rows, level, lanes[node.id]))
    return placed
