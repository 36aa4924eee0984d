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


class Engine:
    """One converted network, ready to run.

    Args:
        path: a LiteRT file with one float32 input (batch, …) and one float32 output (batch, …).
    """

    def __init__(self, path: Path):
        _leave_the_cores_to_litert()
        # The file is handed over as bytes: replacing or deleting it later cannot disturb a running engine.
        self._interpreter = Interpreter(model_content=path.read_bytes(), num_threads=settings().worker_threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._batch = int(self._input["shape"][0])
        self._lock = threading.Lock()

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one output row, without the batch."""
        return tuple(int(size) for size in self._output["shape"][1:])

    def run(self, batch: np.ndarray) -> np.ndarray:
        """Run the network.

        Args:
            batch: float32 (n, …) as the network's input wants it, already preprocessed.

        Returns:
            float32 (n, …), a copy that is the caller's.
        """
        with self._lock:
            if len(batch) != self._batch:
                self._interpreter.resize_tensor_input(self._input["index"], batch.shape)
                self._interpreter.allocate_tensors()
                self._batch = len(batch)
            self._interpreter.set_tensor(self._input["index"], batch)
            self._interpreter.invoke()
            return self._interpreter.get_tensor(self._output["index"])
