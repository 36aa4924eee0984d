"""Which block of a network a layer belongs to. Knows no TensorFlow."""

from __future__ import annotations

import dataclasses
import re

from tlcore.zoo.layers.tables import LayerRow


def block_names(names: list[str], blocks: str, blocks_close: bool) -> list[str]:
    """Give every layer its block.

    Args:
        names: layer names in order.
        blocks: regular expression whose first group names the block; empty for none.
        blocks_close: True where a matching name ends its block instead of being inside it.

    Returns:
        One block name a layer. What comes before the first block is "input"; where blocks close, what follows the
        last one is "output".
    """
    found = [re.search(blocks, name) if blocks else None for name in names]
    labels = [match.group(1) if match else None for match in found]
    labels = [f"block {label}" if label and label.isdigit() else label for label in labels]
    if blocks_close:
        label, result = "output", []
        for own in reversed(labels):
            label = own or label
            result.append(label)
        return result[::-1]
    label, result = "input", []
    for own in labels:
        label = own or label
        result.append(label)
    return result


def with_classifier(rows: list[LayerRow]) -> tuple[LayerRow, ...]:
    """Give the layers at the end that no longer are maps a block of their own.

    Args:
        rows: all layers in order.

    Returns:
        The same, the last ones in the block "classifier".
    """
    end = len(rows)
    while end and rows[end - 1].receptive_field is None:
        end -= 1
    return (*rows[:end], *(dataclasses.replace(row, block="classifier") for row in rows[end:]))
