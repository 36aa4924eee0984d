"""Splits: exact, stratified, repeatable, nested, and without twins on two sides."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from tlcore.datasets.splits import split
from tlcore.errors import DatasetError, InputError


def dataset(counts, groups=None):
    labels = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    labels = np.random.default_rng(5).permutation(labels)
    count = len(labels)
    return SimpleNamespace(
        classes=tuple(f"class {label}" for label in range(len(counts))),
        labels=labels,
        groups=np.arange(count, dtype=np.int32) if groups is None else np.array(groups, np.int32),
        digests=np.random.default_rng(0).integers(0, 256, (count, 32)).astype(np.uint8),
    )


def parts(result):
    return result.train, result.validation, result.test


@pytest.mark.parametrize(
    ("counts", "sizes"),
    [
        ([500, 500], (700, 150, 150)),
        ([333, 334, 333], (700, 150, 150)),
        ([7] * 100, (490, 105, 105)),
        ([3, 997], (700, 150, 150)),
        ([1797], (1258, 270, 269)),
    ],
)
def test_sizes_are_exact_and_stratified(counts, sizes):
    data = dataset(counts)
    result = split(data)
    assert tuple(len(part) for part in parts(result)) == sizes
    assert np.array_equal(np.sort(np.concatenate(parts(result))), np.arange(sum(counts)))
    for part, share in zip(parts(result), (0.7, 0.15, 0.15), strict=True):
        assert part.dtype == np.int64
        got = np.bincount(data.labels[part], minlength=len(counts))
        assert (np.abs(got - np.array(counts) * share) <= 2).all() and got.min() >= 1


def test_repeatable_and_seeded():
    data = dataset([50, 50])
    assert all(np.array_equal(a, b) for a, b in zip(parts(split(data)), parts(split(data)), strict=True))
    assert split(data).digest == split(data, fraction=0.3).digest != split(data, seed=1).digest


def test_fractions_are_nested_and_stratified():
    data = dataset([300, 100])
    whole = split(data)
    smaller = [split(data, fraction=fraction) for fraction in (0.01, 0.2, 0.5, 1.0)]
    for less, more in itertools.pairwise(smaller):
        assert set(less.train) < set(more.train)
        assert np.array_equal(less.test, whole.test) and np.array_equal(less.validation, whole.validation)
    assert np.bincount(data.labels[smaller[1].train]).tolist() == [42, 14]
    assert np.bincount(data.labels[smaller[0].train]).tolist() == [2, 1]


def test_alike_pictures_stay_on_one_side():
    groups = np.arange(1000) // 2
    groups[600:] = np.arange(600, 1000)
    groups[:30] = 0
    for seed in range(5):
        data = dataset([500, 500], groups)
        result = split(data, seed=seed)
        assert tuple(len(part) for part in parts(result)) == (700, 150, 150)
        found = [set(data.groups[part]) for part in parts(result)]
        assert not (found[0] & found[1] or found[0] & found[2] or found[1] & found[2])


def test_a_group_larger_than_any_part():
    groups = np.arange(100)
    groups[:60] = 0
    result = split(dataset([50, 50], groups), (0.5, 0.25, 0.25))
    assert sum(len(part) for part in parts(result)) == 100
    assert min(len(part) for part in parts(result)) >= 2


def test_two_parts():
    result = split(dataset([10, 10]), (0.8, 0.0, 0.2))
    assert [len(part) for part in parts(result)] == [16, 0, 4]


def test_refused_with_names_and_counts():
    with pytest.raises(DatasetError, match="class 1 with 2"):
        split(dataset([10, 2]))
    with pytest.raises(DatasetError, match=r"class 0 \(10 train, 0 validation, 0 test\)"):
        split(dataset([10, 10], np.where(np.random.default_rng(5).permutation([0] * 10 + [1] * 10), np.arange(20), 99)))
    for shares in ((0.5, 0.5), (0.5, 0.4, 0.2), (0, 0.5, 0.5), (1.2, -0.1, -0.1)):
        with pytest.raises(InputError, match="add up to 1"):
            split(dataset([10, 10]), shares)
    for arguments in ({"fraction": 0}, {"fraction": 1.5}, {"seed": -1}):
        with pytest.raises(InputError):
            split(dataset([10, 10]), **arguments)
