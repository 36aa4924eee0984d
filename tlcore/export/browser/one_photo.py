"""A LiteRT file for one photo at a time, as the runtime of browsers wants it."""

from __future__ import annotations

import ai_edge_litert.schema_py_generated as schema


def for_one_photo(network: bytes) -> bytes:
    """Fix the batch of a network to one; nothing else is changed.

    Args:
        network: a LiteRT file with a batch of any size.

    Returns:
        The same file with a batch of one.
    """
    content = bytearray(network)
    model = schema.Model.GetRootAs(content, 0)
    for graph in map(model.Subgraphs, range(model.SubgraphsLength())):
        for tensor in map(graph.Tensors, range(graph.TensorsLength())):
            if tensor.ShapeSignatureLength():
                # The array is a view of the file: what is written to it is written there.
                tensor.ShapeSignatureAsNumpy()[:] = tensor.ShapeAsNumpy()
    return bytes(content)
