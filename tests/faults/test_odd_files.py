"""Real files of other programs that were once misread or refused: each gives what it holds, or one true sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Check = Callable[[Path], None]

DATASETS: dict[str, Check] = {}

ARRAYS: dict[str, Check] = {}

PHOTOS: dict[str, Check] = {}

NETWORKS: dict[str, Check] = {}

HOSTILE: dict[str, Check] = {}

CHECKS = {**DATASETS, **ARRAYS, **PHOTOS, **NETWORKS, **HOSTILE}


@pytest.mark.parametrize("name", CHECKS)
def test_an_odd_file_gives_what_it_holds_or_one_sentence(shared, name):
    CHECKS[name](shared / "data" / "odd_files" / name)
