"""Splits: exact, stratified, repeatable, nested, and without twins on two sides."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from tlcore.datasets.parts import NOT_GIVEN
from tlcore.datasets.splits import split
from tlcore.errors import DatasetError, InputError


def dataset(counts, groups=None, given=None):
    labels = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    labels = np.random.default_rng(5).permutation(labels)
    count = len(labels)
    return SimpleNamespace(
        classes=tuple(f"class {label}" for label in range(len(counts))),
        labels=labels,
        parts=np.full(count, NOT_GIVEN, np.int8) if given is None else np.array(given, np.int8),
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
    with pytest.raises(DatasetError, match="class 4 with 2 and 995 more") as refused:
        split(dataset([2] * 1000))
    assert len(str(refused.value)) < 400
    with pytest.raises(DatasetError, match=r"class 0 \(10 train, 0 validation, 0 test\)"):
        split(dataset([10, 10], np.where(np.random.default_rng(5).permutation([0] * 10 + [1] * 10), np.arange(20), 99)))
    for shares in ((0.5, 0.5), (0.5, 0.4, 0.2), (0, 0.5, 0.5), (1.2, -0.1, -0.1)):
        with pytest.raises(InputError, match="add up to 1"):
            split(dataset([10, 10]), shares)
    for arguments in ({"fraction": 0}, {"fraction": 1.5}, {"seed": -1}, {"subset": 0}):
        with pytest.raises(InputError):
            split(dataset([10, 10]), **arguments)


def test_given_parts_stay_and_a_missing_one_is_drawn_from_training():
    given = np.repeat([0, 2], [800, 200])
    groups = np.arange(1000)
    groups[:40] //= 2  # alike within training
    groups[799] = groups[999]  # and across the given parts
    data = dataset([500, 500], groups, given)
    result = split(data, seed=3)
    assert np.array_equal(result.test, np.arange(800, 1000))
    assert (len(result.train), len(result.validation)) == (680, 120)
    assert np.array_equal(np.sort(np.concatenate(parts(result))), np.arange(1000))
    assert not set(groups[result.train]) & set(groups[result.validation])
    assert result.shares == () and "validation drawn" in result.sentence
    assert np.array_equal(split(data, seed=4, fraction=0.5).test, result.test)
    anew = split(data, (0.7, 0.15, 0.15))
    assert len(anew.test) == 150 and set(anew.test) - set(result.test)


def test_given_validation_and_test_need_nothing_drawn():
    data = dataset([50, 50], given=np.repeat([0, 1, 2], [60, 30, 10]))
    result = split(data)
    assert [len(part) for part in parts(result)] == [60, 30, 10]
    assert result.sentence == "Split given by the dataset."
    with pytest.raises(DatasetError, match="for training"):
        split(dataset([50, 50], given=np.repeat([1, 2], [60, 40])))
    with pytest.raises(DatasetError, match="class 1 with 0"):
        split(dataset([50, 50], given=np.where(data.labels == 1, 2, 0)))


@pytest.mark.parametrize("given", [None, np.repeat([0, 2], [20_000, 3_262])])
def test_a_subset_is_exact_stratified_and_contains_smaller_ones(given):
    data = dataset([11_658, 11_604], given=given)  # as many as cats_vs_dogs
    fifth = split(data, subset=0.2)
    used = np.concatenate(parts(fifth))
    assert len(used) == len(set(used)) == 4_652
    assert np.abs(np.bincount(data.labels[used]) - [2_331, 2_321]).max() <= 1
    assert "4,652 of 23,262 images" in fifth.sentence
    smaller = split(data, subset=1_000)
    assert sum(len(part) for part in parts(smaller)) == 1_000
    assert set(np.concatenate(parts(smaller))) < set(used)
    assert np.array_equal(np.concatenate(parts(split(data, subset=50_000))), np.concatenate(parts(split(data))))
    if given is not None:
        assert set(fifth.test) < set(range(20_000, 23_262)) and abs(len(fifth.test) - 652) <= 1


def test_a_small_subset_keeps_rare_classes():
    data = dataset([1_000, 12])
    for part in parts(split(data, subset=0.05)):
        assert np.bincount(data.labels[part], minlength=2).min() >= 1


@pytest.mark.parametrize("shares", [(), (0.5, 0.25, 0.25), (0.8, 0.0, 0.2)])
def test_a_fraction_is_of_the_training_images_whatever_the_shares(shares):
    data = dataset([200, 200])
    whole, part = split(data, shares), split(data, shares, fraction=0.25)
    assert len(part.train) == round(len(whole.train) / 4)
    assert np.array_equal(part.test, whole.test) and np.array_equal(part.validation, whole.validation)


@pytest.mark.parametrize("recordings", [3, 4, 7])
def test_few_long_recordings_reach_every_part_whole(recordings):
    labels = np.repeat([0, 1], 30 * recordings).astype(np.int32)
    data = dataset([30 * recordings, 30 * recordings], np.repeat(np.arange(2 * recordings), 30))
    data.labels = labels
    result = split(data)
    for part in parts(result):
        assert set(labels[part]) == {0, 1}
    found = [set(data.groups[part].tolist()) for part in parts(result)]
    assert sum(map(len, found)) == 2 * recordings, "none is in two parts"
