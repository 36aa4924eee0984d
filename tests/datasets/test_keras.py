"""Keras' sets from local stand-ins of the same form, and what is said without a network."""

import gzip
import hashlib
import io
import pickle
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from tlcore.catalog import Catalog
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.sources import keras_sets
from tlcore.datasets.sources.keras_sets import KERAS_SETS, RemoteFile
from tlcore.errors import DatasetError, MissingError
from tlcore.jobs import Monitor
from tlcore.settings import settings

RANDOM = np.random.default_rng(0)


def stand_in(monkeypatch, name, files, place=None):
    """Replace a set's files by others of the same form; put them where Keras would, or behind an address."""
    row = KERAS_SETS.find(name)
    remote = []
    for file, data in zip(row.files, files, strict=True):
        target = (place or settings().keras_home / row.folder) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        remote.append(RemoteFile(target.as_uri(), file.name, hashlib.sha256(data).hexdigest()))
    changed = replace(row, files=tuple(remote))
    monkeypatch.setattr(keras_sets, "KERAS_SETS", Catalog("dataset", [changed if r is row else r for r in KERAS_SETS]))
    return changed


def mnist_bytes(train=40, test=20):
    buffer = io.BytesIO()
    x = RANDOM.integers(0, 256, (train + test, 28, 28)).astype(np.uint8)
    y = (np.arange(train + test) % 10).astype(np.uint8)
    np.savez(buffer, x_train=x[:train], y_train=y[:train], x_test=x[train:], y_test=y[train:])
    return buffer.getvalue(), x, y


def test_mnist_from_the_cache_folder(monkeypatch):
    data, x, y = mnist_bytes()
    stand_in(monkeypatch, "mnist", [data])
    dataset = import_dataset("keras", {"set": "mnist"})
    assert dataset.classes == tuple("0123456789") and dataset.labels.tolist() == y.tolist()
    assert np.array_equal(dataset.image(45)[..., 1], x[45])


def test_fashion_mnist(monkeypatch):
    def idx(array):
        head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
        return gzip.compress(head + array.tobytes())

    x = RANDOM.integers(0, 256, (60, 28, 28)).astype(np.uint8)
    y = (np.arange(60) % 10).astype(np.uint8)
    stand_in(monkeypatch, "fashion_mnist", [idx(y[:40]), idx(x[:40]), idx(y[40:]), idx(x[40:])])
    dataset = import_dataset("keras", {"set": "fashion_mnist"})
    assert dataset.classes[9] == "Ankle boot" and np.array_equal(dataset.image(59)[..., 0], x[59])
    stand_in(monkeypatch, "fashion_mnist", [idx(y[:40]), idx(x[:40]), idx(y[40:]), idx(x[40:])[:500]])
    with pytest.raises(DatasetError, match="damaged"):
        import_dataset("keras", {"set": "fashion_mnist"})


@pytest.mark.parametrize(("name", "key", "classes"), [("cifar10", b"labels", 10), ("cifar100", b"fine_labels", 100)])
def test_cifar(monkeypatch, name, key, classes):
    members = (
        ["cifar-100-python/train", "cifar-100-python/test"]
        if classes == 100
        else [*(f"cifar-10-batches-py/data_batch_{n}" for n in range(1, 6)), "cifar-10-batches-py/test_batch"]
    )
    x = RANDOM.integers(0, 256, (2 * classes * len(members), 32, 32, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for number, member in enumerate(members):
            part = x[number * 2 * classes : (number + 1) * 2 * classes]
            batch = {b"data": part.transpose(0, 3, 1, 2).reshape(-1, 3072), key: list(range(classes)) * 2}
            data = pickle.dumps(batch, protocol=3)
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    stand_in(monkeypatch, name, [buffer.getvalue()])
    dataset = import_dataset("keras", {"set": name})
    assert len(dataset.classes) == classes and len(dataset) == len(x)
    assert dataset.classes[0] in ("airplane", "apple") and dataset.labels[3] == 3
    assert np.array_equal(dataset.image(7), x[7])


def test_pickles_that_run_code_are_refused(monkeypatch, tmp_path):
    class Evil:
        def __reduce__(self):
            return (print, ("owned",))

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for part in ("train", "test"):
            data = pickle.dumps(Evil())
            info = tarfile.TarInfo(f"cifar-100-python/{part}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    stand_in(monkeypatch, "cifar100", [buffer.getvalue()])
    with pytest.raises(DatasetError, match="is not an array"):
        import_dataset("keras", {"set": "cifar100"})


def test_a_folder_where_a_file_belongs_is_reported_as_damage(monkeypatch):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        folder = tarfile.TarInfo("cifar-100-python/train")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    stand_in(monkeypatch, "cifar100", [buffer.getvalue()])
    with pytest.raises(DatasetError, match="holds none"):
        import_dataset("keras", {"set": "cifar100"})


def test_download_with_progress(monkeypatch, tmp_path):
    monkeypatch.setenv("TLCORE_OFFLINE", "0")
    settings.cache_clear()
    data, _, _ = mnist_bytes(2000, 100)
    stand_in(monkeypatch, "mnist", [data], tmp_path / "server")
    events = []
    dataset = import_dataset("keras", {"set": "mnist"}, monitor=Monitor(events.append))
    assert len(dataset) == 2100
    loading = [event for event in events if event["what"].startswith("Downloading")]
    assert loading[-1]["done"] == loading[-1]["total"] == len(data)
    assert [path.name for path in (settings().keras_home / "datasets").iterdir()] == ["mnist.npz"]


def test_without_network_the_way_out_is_named(monkeypatch, tmp_path):
    with pytest.raises(MissingError) as caught:
        import_dataset("keras", {"set": "cifar10"})
    for part in ("offline", "cifar-10-batches-py-target_archive", str(tmp_path / "keras" / "datasets"), "https://"):
        assert part in str(caught.value)
    monkeypatch.setenv("TLCORE_OFFLINE", "0")
    settings.cache_clear()
    row = stand_in(monkeypatch, "mnist", [b"short-lived"], tmp_path / "server")
    (tmp_path / "server" / "mnist.npz").unlink()
    with pytest.raises(MissingError, match="download failed"):
        import_dataset("keras", {"set": "mnist"})
    (tmp_path / "server" / "mnist.npz").write_bytes(b"something else")
    with pytest.raises(MissingError, match="another file"):
        import_dataset("keras", {"set": "mnist"})
    assert not any((settings().keras_home / row.folder).iterdir())
