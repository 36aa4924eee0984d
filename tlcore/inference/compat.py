"""What LiteRT keeps to itself and this project needs, with the public way that is missing."""

from __future__ import annotations

from ai_edge_litert.interpreter import Interpreter


def operation_outputs(interpreter: Interpreter) -> list[int]:
    """Numbers of the tensors that operations give, in the order in which they are computed.

    In public `get_tensor_details` lists all tensors, weights included, and says nothing of their order.

    Args:
        interpreter: of any LiteRT file.
    """
    return [int(index) for row in interpreter._get_ops_details() for index in row["outputs"]]
