"""The map of a dataset's images: which images of a map a version still has, and who lies beside whom."""

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.versions import new_version
from tlcore.errors import MissingError
from tlcore.jobs import SILENT
from tlcore.training.features.image_map import ImageMap, arrange, lineage, read_map, write_map


def test_a_version_finds_its_images_on_the_map_of_the_one_before(objects, tmp_path):
    dataset = open_dataset(objects)
    order = np.random.default_rng(1).permutation(60)[:40]
    write_map(tmp_path / "map.npz", ImageMap(dataset.digests[order], np.arange(80, dtype=np.float32).reshape(40, 2)))
    version = new_version(dataset, removed=order[:3].tolist())
    positions, rows = read_map(tmp_path / "map.npz").places_in(version)
    assert sorted(rows) == list(range(3, 40))
    assert [version.names[index] for index in positions] == [dataset.names[order[row]] for row in rows]
    (tmp_path / "map.npz").write_bytes(b"x")
    with pytest.raises(MissingError):
        read_map(tmp_path / "map.npz")


def test_the_nearest_version_of_which_something_is_known_is_found():
    parents = {"c": "b", "b": "a", "x": "x"}
    assert [lineage(id, parents, {"a", "c"}) for id in ("c", "b", "a", "x", "")] == ["c", "a", "a", "", ""]


def test_images_of_one_class_lie_together(objects):
    dataset = open_dataset(objects)
    arranged = arrange(dataset, SILENT)
    positions, rows = arranged.places_in(dataset)
    points, labels = arranged.points[rows], dataset.labels[positions]
    assert len(points) == 60 and np.isfinite(points).all()
    distances = ((points[:, None] - points[None]) ** 2).sum(axis=2) + np.diag(np.full(60, np.inf))
    assert (labels[distances.argmin(axis=1)] == labels).mean() > 0.5, "chance is 0.19"
