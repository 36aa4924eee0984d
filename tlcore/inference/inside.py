"""What a network sees inside: the feature maps of any of its layers for one photo."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from tlcore.images.preprocess import preprocess
from tlcore.inference.compat import operation_outputs
from tlcore.inference.flow.operations import Field, fields_of, read_operations
from tlcore.inference.networks.prepared import Prepared
from tlcore.settings import settings

_LOOKED_AT = 24  # maps by which a layer is judged
_SMALL = 7  # side of maps without an inside


@dataclass(frozen=True)
class Layer:
    """A layer that gives maps.

    Args:
        name: as Keras knows it.
        tensor: its number in the LiteRT file.
        height: of a map in pixels.
        width: of a map in pixels.
        channels: how many maps.
    """

    name: str
    tensor: int
    height: int
    width: int
    channels: int


class Inside:
    """A network that keeps what every layer gave. Slower than the engine, whose fused layers leave nothing to see.

    Args:
        path: a LiteRT file.
    """

    def __init__(self, path: Path):
        content = path.read_bytes()
        self.operations = read_operations(content)
        self._interpreter = Interpreter(
            model_content=content,
            num_threads=settings().worker_threads,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            experimental_preserve_all_tensors=True,
        )
        self._interpreter.allocate_tensors()
        self._lock = threading.Lock()
        self._seen: np.ndarray | None = None  # the photo that went through last

    @functools.cached_property
    def fields(self) -> dict[int, Field]:
        """Number of a tensor → which pixels of the photo its values see."""
        if self._seen is None:  # some shapes are known only once something went through
            self.run(np.zeros(self._interpreter.get_input_details()[0]["shape"], np.float32), self.image)
        details = self._interpreter.get_tensor_details()
        shapes = {row["index"]: tuple(int(side) for side in row["shape"]) for row in details}
        return fields_of(self.operations, self.image, shapes.__getitem__, self.constant)

    @property
    def image(self) -> int:
        """Number of the tensor that takes the photo."""
        return self._interpreter.get_input_details()[0]["index"]

    def constant(self, tensor: int) -> np.ndarray:
        """The weights in a tensor.

        Args:
            tensor: its number; one that no operation gives.
        """
        with self._lock:
            return self._interpreter.get_tensor(tensor)

    def tensors(self) -> dict[int, dict]:
        """Number → name and shape of what each operation gives, in order."""
        details = {row["index"]: row for row in self._interpreter.get_tensor_details()}
        return {index: details[index] for index in operation_outputs(self._interpreter) if index in details}

    def run(self, photo: np.ndarray, tensor: int) -> np.ndarray:
        """Compute what a tensor holds for a photo; asked again about the same photo, nothing is computed.

        Args:
            photo: float32 (1, size, size, channels), preprocessed.
            tensor: its number.

        Returns:
            float32, with the batch of one, where the network has not laid all places of its maps in a row.
        """
        with self._lock:
            if self._seen is None or not np.array_equal(self._seen, photo):
                self._interpreter.set_tensor(self.image, photo)
                self._interpreter.invoke()
                self._seen = photo.copy()
            return self._interpreter.get_tensor(tensor)


@functools.lru_cache(maxsize=2)
def _load(path: Path, _version: int) -> Inside:
    return Inside(path)


def open_inside(prepared: Prepared) -> Inside:
    """Open a prepared network so that all of its layers can be looked at.

    Args:
        prepared: the network.

    Returns:
        It; loaded once a process and shared by all threads.
    """
    path = prepared.features_file
    return _load(path, path.stat().st_mtime_ns)


def layers_with_maps(prepared: Prepared) -> list[Layer]:
    """List the layers that can be looked at.

    The converter fuses a convolution with the normalization and activation that follow; what the last of them gives
    is what can be seen, and it goes by that name.

    Args:
        prepared: the network.

    Returns:
        The layers, from the photo up; none where the network gives whole numbers, as quantized ones do.
    """
    found: dict[str, Layer] = {}
    for index, row in open_inside(prepared).tensors().items():
        shape = [int(size) for size in row["shape"]]
        if len(shape) == 4 and shape[1] * shape[2] > 1 and row["dtype"] is np.float32:
            name = _layer_name(row["name"], prepared.card.cut_layer)
            found[name] = Layer(name, index, *shape[1:])
    return list(found.values())


def _layer_name(tensor: str, cut_layer: str) -> str:
    """Read `block_1_expand_relu` out of `functional_3/block_1_expand_relu_1/Relu6;…`; Keras counts calls at the end."""
    parts = tensor.split(";")[0].split("/")
    if len(parts) < 2:
        return cut_layer or parts[0]  # the converter calls the network's own output `Identity`
    name = "/".join(parts[1:-1]).removesuffix("/batchnorm").removesuffix("/separable_conv2d") or parts[1]
    return re.sub(r"_\d+$", "", name)


def feature_maps(prepared: Prepared, square: np.ndarray, layer: Layer) -> np.ndarray:
    """Compute the maps of one layer.

    Args:
        prepared: the network.
        square: uint8 (size, size, channels), what the network sees.
        layer: one of `layers_with_maps`.

    Returns:
        float32 (height, width, channels).
    """
    return _run(prepared, square, [layer])[0]


def network_input(prepared: Prepared, square: np.ndarray) -> np.ndarray:
    """Preprocess a square as the network wants it: float32 (1, size, size, channels)."""
    return preprocess(square[None], prepared.card.preprocessing)


def _run(prepared: Prepared, square: np.ndarray, layers: Sequence[Layer]) -> list[np.ndarray]:
    inside, photo = open_inside(prepared), network_input(prepared, square)
    return [inside.run(photo, layer.tensor)[0] for layer in layers]


def telling_layer(prepared: Prepared, square: np.ndarray, layers: Sequence[Layer]) -> Layer:
    """Find a layer whose maps show something of a photo.

    Args:
        prepared: the network.
        square: uint8 (size, size, channels), what the network sees.
        layers: of `layers_with_maps`, one or more.

    Returns:
        Of the layers whose maps have about a quarter of the photo's side, so that shapes can be made out, the one with
        the greatest contrast.
    """
    wanted = len(square) / 4
    nearest = min((layer.height for layer in layers), key=lambda height: abs(np.log(height / wanted)))
    candidates = [layer for layer in layers if layer.height == nearest]
    contrasts = [_contrast(maps) for maps in _run(prepared, square, candidates)]
    return candidates[int(np.argmax(contrasts))]


def _contrast(maps: np.ndarray) -> float:
    """How much the maps that tell most vary over the photo, in units of their mean size."""
    shown = maps[..., telling_channels(maps, _LOOKED_AT)]
    return float((shown.std(axis=(0, 1)) / (np.abs(shown).mean(axis=(0, 1)) + 1e-9)).mean())


def telling_channels(maps: np.ndarray, count: int) -> list[int]:
    """Find the channels that tell one place of the photo from another.

    Args:
        maps: float32 (height, width, channels).
        count: how many are wanted.

    Returns:
        Numbers of the channels, the one whose values vary most first.
    """
    is_large = min(maps.shape[:2]) > _SMALL
    inner = maps[1:-1, 1:-1] if is_large else maps  # at the border, some answer to the zeros around the photo alone
    return np.argsort(-inner.std(axis=(0, 1)), kind="stable")[:count].tolist()
