"""Which paths visitors may name, and that a refusal tells nothing about files."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

from tlcore.access.asker import asking
from tlcore.access.folders import uploads_folder
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.errors import AccessError, PlanError
from tlcore.inference.networks.prepared import prepared_folder
from tlcore.settings import settings
from tlcore.training.plans.plan import plan_from_json


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A folder that is open and one that is not, each with photos of two classes."""
    for place in ("open", "secret"):
        for name in ("cat", "dog"):
            (tmp_path / place / name).mkdir(parents=True)
            for number in range(12):
                pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), np.uint8)
                Image.fromarray(pixels).save(tmp_path / place / name / f"{number}.png")
    monkeypatch.setenv("TLCORE_FOLDERS", os.pathsep.join([str(tmp_path / "nowhere"), str(tmp_path / "open")]))
    settings.cache_clear()
    return tmp_path


def _refusals(path) -> set[str]:
    """What each door says about a path."""
    said = set()
    with asking("visitor"):
        for source, option in (("folder", "path"), ("zip", "path"), ("arrays", "path"), ("arrays", "labels")):
            with pytest.raises(AccessError) as refused:
                SOURCES.find(source).parse({"path": str(uploads_folder() / "a"), option: str(path)})
            said.add(str(refused.value))
        with pytest.raises(AccessError) as refused:
            prepared_folder("MobileNetV2", str(path))
        said.add(str(refused.value))
    return said


def test_a_refusal_is_the_same_whether_or_not_there_is_such_a_file(places):
    (places / "secret" / "key.h5").write_text("secret")
    (places / "open" / "link").symlink_to(places / "secret")
    (places / "open" / "circle").symlink_to(places / "open" / "circle")
    paths = ["secret", "secret/key.h5", "secret/missing", "open/../secret/key.h5", "open/link", "open/link/key.h5"]
    listed = [places / path for path in [*paths, "openly", "\0", "home/uploads", "home/codes.json"]]
    said = set.union(*(_refusals(path) for path in ["/etc/passwd", "~root/x", "/no/such/file", *listed]))
    assert len(said) == 1 and str(places / "open") in said.pop()


def test_a_plan_says_the_same_of_weights_files_that_exist_and_that_do_not(places):
    (places / "secret" / "key.h5").write_text("secret")
    said = set()
    with asking("visitor"):
        for path in (places / "secret" / "key.h5", places / "secret" / "missing.h5"):
            with pytest.raises(PlanError) as refused:
                plan_from_json({"dataset": "a", "strategy": "frozen", "weights": str(path)})
            said.add(refused.value.problems[0].mend)
    assert len(said) == 1 and "open folder" in said.pop()
    plan_from_json({"dataset": "a", "strategy": "frozen", "weights": str(places / "secret" / "key.h5")})


def test_open_folders_uploads_and_everything_of_the_owner_can_be_read(places):
    (places / "open" / "cat" / "extra.png").symlink_to(places / "secret" / "cat" / "0.png")
    with asking("visitor"):
        dataset = import_dataset("folder", {"path": str(places / "open")})
        assert "cat/extra.png" not in dataset.names and len(dataset) == 24
        SOURCES.find("zip").parse({"path": str(uploads_folder() / "photos.zip")})
        theirs = uploads_folder()
    with asking("another"), pytest.raises(AccessError):
        SOURCES.find("zip").parse({"path": str(theirs / "photos.zip")})
    assert len(import_dataset("folder", {"path": str(places / "secret")}, "own")) == 24
