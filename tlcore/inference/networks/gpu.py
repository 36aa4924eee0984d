"""Which GPU may be used, as far as can be told without TensorFlow, which takes seconds to import."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

_NVIDIA = Path("/dev/nvidiactl")  # there wherever a driver of NVIDIA is loaded
_NONE = ("", "-1", "NoDevFiles")  # what says in CUDA_VISIBLE_DEVICES that a process gets none


def gpu_device() -> str:
    """Find the GPU that computes features.

    Returns:
        TensorFlow's name of the first one that it sees, such as "/GPU:0"; "" where there is none.
    """
    if not _NVIDIA.exists() or os.environ.get("CUDA_VISIBLE_DEVICES") in _NONE:
        return ""
    return "/GPU:0" if importlib.import_module("tensorflow").config.list_physical_devices("GPU") else ""
