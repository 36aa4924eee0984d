"""The drawn objects: varied, repeatable, and not told apart by color alone."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from tlcore.datasets.importer import import_dataset
from tlcore.datasets.sources.rendered import render
from tlcore.datasets.sources.rendering.objects import OBJECTS


def test_seeded_and_varied():
    assert [row.name for row in OBJECTS] == ["hat", "cube", "card", "torch", "screw"]
    for label in range(5):
        first = render(label, 0)
        assert first.shape == (224, 224, 3) and first.dtype == np.uint8
        assert np.array_equal(first, render(label, 0))
        assert np.abs(first.astype(int) - render(label, 1)).mean() > 10
        assert np.abs(first.astype(int) - render(label, 0, seed=1)).mean() > 10
        assert render(label, 0, size=33).shape == (33, 33, 3)


def test_color_alone_does_not_tell_the_class():
    images = np.array([render(label, index, size=32) for label in range(5) for index in range(80)])
    labels = np.repeat(np.arange(5), 80)
    colors = np.stack([[np.histogram(image[..., c], 8, (0, 256))[0] for c in range(3)] for image in images])
    features = colors.reshape(len(images), -1) / 1024
    model = LogisticRegression(max_iter=2000).fit(features[::2], labels[::2])
    assert model.score(features[1::2], labels[1::2]) < 0.5


def test_import_is_the_same_everywhere():
    small = {"images_per_class": 4, "size": 48, "seed": 3}
    dataset = import_dataset("rendered", small)
    assert dataset.counts() == {"hat": 4, "cube": 4, "card": 4, "torch": 4, "screw": 4}
    assert np.array_equal(dataset.image(5), render(1, 1, size=48, seed=3))
    assert dataset.report.near_duplicates == ()
    larger = import_dataset("rendered", small | {"images_per_class": 5})
    assert larger.id != dataset.id
    assert {bytes(row) for row in dataset.digests} < {bytes(row) for row in larger.digests}
