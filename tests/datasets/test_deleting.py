"""Deleted datasets: restored, imported again, purged."""

import os
import time

import pytest

from tlcore.datasets.dataset import list_datasets, open_dataset
from tlcore.datasets.deleting import (
    delete_dataset,
    deleted_datasets,
    purge_dataset,
    purge_old_datasets,
    restore_dataset,
)
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.errors import NotFoundError
from tlcore.settings import KEEP_DELETED


def test_a_deleted_dataset_comes_back_as_it_was(make_folder):
    dataset = import_dataset("folder", {"path": make_folder({"cat": 3, "dog": 3})})
    photo = dataset.image_bytes(4)
    delete_dataset(dataset.id)
    assert list_datasets() == () and deleted_datasets() == [dataset.id]
    with pytest.raises(NotFoundError):
        open_dataset(dataset.id)
    restore_dataset(dataset.id)
    assert open_dataset(dataset.id).image_bytes(4) == photo and deleted_datasets() == []
    with pytest.raises(NotFoundError):
        restore_dataset(dataset.id)


def test_imported_again_it_is_there_once(make_folder):
    root = make_folder({"cat": 3, "dog": 3})
    dataset = import_dataset("folder", {"path": root})
    delete_dataset(dataset.id)
    assert import_dataset("folder", {"path": root}).id == dataset.id
    assert [each.id for each in list_datasets()] == [dataset.id] and deleted_datasets() == []
    delete_dataset(dataset.id)
    import_dataset("folder", {"path": root})
    delete_dataset(dataset.id)
    assert deleted_datasets() == [dataset.id]
    purge_dataset(dataset.id)
    assert not any(datasets_folder().iterdir())


def test_what_earlier_versions_deleted_can_be_restored(make_folder):
    dataset = import_dataset("folder", {"path": make_folder({"cat": 3, "dog": 3})})
    dataset.folder.rename(datasets_folder() / f".deleted-{dataset.id}")
    assert list_datasets() == () and deleted_datasets() == [dataset.id]
    restore_dataset(dataset.id)
    assert [each.id for each in list_datasets()] == [dataset.id]


def test_purged_when_its_time_is_over(make_folder):
    dataset = import_dataset("folder", {"path": make_folder({"cat": 3, "dog": 3})})
    delete_dataset(dataset.id)
    purge_old_datasets()
    assert deleted_datasets() == [dataset.id]
    moment = time.time() - KEEP_DELETED.total_seconds() - 60
    os.utime(datasets_folder() / dataset.id / ".deleted", (moment, moment))
    purge_old_datasets()
    assert deleted_datasets() == []
