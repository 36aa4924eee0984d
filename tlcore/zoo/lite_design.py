"""EfficientNet-Lite as a list of convolutions, for building it, reading its weights and writing it for LiteRT.

The design is EfficientNet B0 (Tan and Le 2019, table 1) without squeeze-and-excitation and with ReLU6 for swish.
Growing leaves the first and the last convolution as wide, and the first and the last stage as deep, as they are.
Knows no TensorFlow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

EPSILON = 1e-3  # of every normalization
_STEM, _TOP = 32, 1280  # filters of the first and the last convolution
_WIDTH_STEP = 8

# (kernel, blocks, filters, expansion, stride of the first block), stage by stage.
_STAGES = (
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 3, 80, 6, 2),
    (5, 3, 112, 6, 1),
    (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
)


@dataclass(frozen=True)
class Step:
    """A convolution with its normalization, perhaps a ReLU6, perhaps a shortcut that is added.

    Args:
        name: how the names of its layers begin.
        published: names of the convolution and its normalization in the published weights.
        filters: channels that come out.
        kernel: side in pixels.
        stride: in pixels.
        is_depthwise: whether each channel is filtered on its own.
        is_activated: whether a ReLU6 follows.
        adds: the layer whose output is added at the end, or "".
    """

    name: str
    published: tuple[str, str]
    filters: int
    kernel: int = 1
    stride: int = 1
    is_depthwise: bool = False
    is_activated: bool = True
    adds: str = ""

    @property
    def convolution(self) -> str:
        """Name of the convolution."""
        return f"{self.name}_dwconv" if self.is_depthwise else f"{self.name}_conv"

    @property
    def output(self) -> str:
        """Name of the last layer."""
        if self.adds:
            return self.name.replace("_project", "_add")
        return f"{self.name}_activation" if self.is_activated else f"{self.name}_bn"


def steps(width: float, depth: float) -> Iterator[Step]:
    """List the convolutions of a network from the image to the last maps.

    Args:
        width: by what channels are multiplied.
        depth: by what the blocks of a stage are multiplied.

    Yields:
        The steps; each takes what the one before gives.
    """
    stem = Step("stem", ("_conv_stem", "_bn0"), _STEM, kernel=3, stride=2)
    yield stem
    number, channels, before = 0, _STEM, stem.output
    for stage, (kernel, blocks, filters, expansion, first_stride) in enumerate(_STAGES, start=1):
        filters = _rounded(filters * width)
        for block in range(blocks if stage in (1, len(_STAGES)) else math.ceil(blocks * depth)):
            name, published = f"block{stage}{chr(ord('a') + block)}", f"_blocks.{number}."
            wide, stride = channels * expansion, first_stride if block == 0 else 1
            if expansion > 1:
                yield Step(f"{name}_expand", (f"{published}_expand_conv", f"{published}_bn0"), wide)
            of_depthwise = (f"{published}_depthwise_conv", f"{published}_bn1")
            yield Step(name, of_depthwise, wide, kernel, stride, is_depthwise=True)
            of_projection = (f"{published}_project_conv", f"{published}_bn2")
            adds = before if stride == 1 and filters == channels else ""
            projection = Step(f"{name}_project", of_projection, filters, is_activated=False, adds=adds)
            yield projection
            number, channels, before = number + 1, filters, projection.output
    yield Step("top", ("_conv_head", "_bn1"), _TOP)


def _rounded(filters: float) -> int:
    """The nearest multiple of eight, but never less than nine tenths of what was asked for."""
    nearest = max(_WIDTH_STEP, int(filters + _WIDTH_STEP / 2) // _WIDTH_STEP * _WIDTH_STEP)
    return nearest + _WIDTH_STEP if nearest < 0.9 * filters else nearest
