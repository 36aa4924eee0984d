"""The LiteRT engine: runs a converted network on batches of any size, from any thread."""

from __future__ import annotations

import functools
import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from threadpoolctl import threadpool_limits

from tlcore.settings import settings


@functools.cache
def _leave_the_cores_to_litert() -> None:
    """Let NumPy's matrix products use one thread in this process.

    Its threads wait busily for more work after each product, on the cores that LiteRT's threads then need: measured
    for one photo and MobileNetV2, 28 instead of 12 ms of processor time.
    """
    threadpool_limits(limits=1, user_api="blas")


def as_numbers(values: np.ndarray, details: dict) -> np.ndarray:
    """Turn what a quantized network gives into numbers.

    Args:
        values: of any type.
        details: of the tensor, as the interpreter tells them.

    Returns:
        float32, of the same shape.
    """
    scale, zero = details["quantization"]
    if values.dtype == np.float32 or not scale:
        return values.astype(np.float32, copy=False)
    return (values.astype(np.float32) - zero) * np.float32(scale)


class Engine:
    """One converted network, ready to run.

    Args:
        path: a LiteRT file with one input (batch, …) and one output (batch, …), float32 or quantized to 8 bits.
        threads: that it may use; 0 for all that a worker may.
    """

    def __init__(self, path: Path, threads: int = 0):
        _leave_the_cores_to_litert()
        # The file is handed over as bytes: replacing or deleting it later cannot disturb a running engine.
        self._interpreter = Interpreter(
            model_content=path.read_bytes(), num_threads=threads or settings().worker_threads
        )
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._shape = tuple(int(size) for size in self._input["shape"])
        self._is_fixed = int(self._input["shape_signature"][0]) > 0  # to a batch of one size, where not made here
        self._lock = threading.Lock()

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one output row, without the batch."""
        return tuple(int(size) for size in self._output["shape"][1:])

    @property
    def takes_pixels(self) -> bool:
        """Whether its input is of whole numbers, so that it takes pixels as they are."""
        return self._input["dtype"] is not np.float32

    def run(self, batch: np.ndarray) -> np.ndarray:
        """Run the network.

        Args:
            batch: float32 (n, …) as the network's input wants it, already preprocessed. A quantized input takes pixels
                from 0 to 255 as they are, moved into the range of its type.

        Returns:
            float32 (n, …), a copy that is the caller's.
        """
        if self.takes_pixels:
            kind = self._input["dtype"]
            batch = np.rint(batch + np.iinfo(kind).min).clip(np.iinfo(kind).min, np.iinfo(kind).max).astype(kind)
        if self._is_fixed and len(batch) > 1:
            return np.concatenate([self._run(row[None]) for row in batch])
        return self._run(batch)

    def _run(self, batch: np.ndarray) -> np.ndarray:
        with self._lock:
            if batch.shape != self._shape:
                self._interpreter.resize_tensor_input(self._input["index"], batch.shape)
                self._interpreter.allocate_tensors()
                self._shape = batch.shape
            self._interpreter.set_tensor(self._input["index"], batch)
            self._interpreter.invoke()
            return as_numbers(self._interpreter.get_tensor(self._output["index"]), self._output)
