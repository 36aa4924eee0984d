"""The README's example of the engine does what it says, and its map of the code names what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_the_engine_can_be_used_from_python_as_shown(capsys):
    [program] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(program, "README.md", "exec"), {})
    accuracy, images = re.match(r"([\d.]+)% of (\d+) test images", capsys.readouterr().out).groups()
    assert float(accuracy) > 80 and int(images) > 200


def test_every_file_that_is_named_is_there():
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", README)
    assert len(named) > 3
    assert not [path for path in named if not ((ROOT / path).exists() or (ROOT / "tlcore" / path).exists())]


def test_the_map_names_every_folder_of_the_engine():
    drawn = README.partition("## A map of the code")[2]
    folders = [path.name for path in (ROOT / "tlcore").iterdir() if (path / "__init__.py").exists()]
    assert not [name for name in folders if f"  {name}/" not in drawn]
