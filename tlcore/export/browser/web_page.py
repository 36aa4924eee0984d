"""A trained network as one web page: how large it will be, and where it is once it is made."""

from __future__ import annotations

from pathlib import Path

from tlcore.runs.run import Run
from tlcore.storage.folders import sound_version

PAGE_FILE = "page.html"
_RUNTIME_BYTES = 3_900_000  # of the page; what the runtime takes, packed
_BYTES_PER_PARAMETER = {False: 4.95, True: 1.3}  # with 8 bits or not; packed, in letters (measured: EfficientNet-Lite0)


def web_page_name(int8: bool) -> str:
    """What the folder of the page is called in the folder of its run, without the number of its version.

    Args:
        int8: whether the page holds the network of 8 bits.
    """
    return "web-page-int8" if int8 else "web-page"


def web_page(run: Run, int8: bool) -> Path | None:
    """Find the page of a run.

    Args:
        run: a training run.
        int8: whether the page with the network of 8 bits.

    Returns:
        The HTML file; None if it was not made, or is damaged.
    """
    folder = sound_version(run.folder / web_page_name(int8))
    return folder / PAGE_FILE if folder else None


def expected_bytes(run: Run, int8: bool) -> int:
    """Estimate how large the page of a run will be.

    Args:
        run: a finished training run.
        int8: whether the page with the network of 8 bits.

    Returns:
        Bytes.
    """
    parameters = run.result["trainable"] + run.result["frozen"]
    return _RUNTIME_BYTES + round(_BYTES_PER_PARAMETER[int8] * parameters)
