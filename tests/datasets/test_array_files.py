"""Files of arrays in every format, told by their first bytes, alone, packed, and in folders and archives."""

import gzip
import pickle
import shutil
import zipfile

import h5py
import numpy as np
import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.errors import DatasetError

RANDOM = np.random.default_rng(0)
IMAGES = np.kron(RANDOM.integers(0, 256, (12, 8, 8, 3)), np.ones((1, 4, 4, 1))).astype(np.uint8)
LABELS = np.arange(12) % 3
HALVES = (slice(0, 8), slice(8, 12))


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def batch(part, protocol=2):
    """As the authors of CIFAR stored it: keys of bytes, one color after the other, and a few things beside."""
    data = IMAGES[part].transpose(0, 3, 1, 2).reshape(-1, 3072)
    names = [f"{number}.png".encode() for number in range(len(data))]
    held = {b"batch_label": b"training", b"labels": LABELS[part].tolist(), b"data": data, b"filenames": names}
    return pickle.dumps(held, protocol)


@pytest.fixture
def mnist(tmp_path):
    """A folder of four files as MNIST has them."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    for part, name in zip(HALVES, ("train", "t10k"), strict=True):
        (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(IMAGES[part, ..., 0])))
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(idx(LABELS[part]))
    return folder


@pytest.fixture
def cifar(tmp_path):
    """A folder of two batches for training, one for tests, the names of the classes, and a page."""
    folder = tmp_path / "made" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name, part in {"data_batch_1": slice(0, 4), "data_batch_2": slice(4, 8), "test_batch": slice(8, 12)}.items():
        (folder / name).write_bytes(batch(part))
    meta = {b"num_vis": 3072, b"label_names": [b"hat", b"cube", b"card"]}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, 2))
    (folder / "readme.html").write_text("<html>")
    return folder


def packed(folder, kind):
    if kind == "folder":
        return folder
    name = shutil.make_archive(str(folder.parent / "packed"), kind, folder.parent, folder.name)
    return folder.parent / name


def check(dataset, parts, images=IMAGES):
    assert dataset.labels.tolist() == LABELS.tolist() and dataset.given_parts() == parts
    assert all(np.array_equal(dataset.image(index), images[index]) for index in range(12))


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "gztar"])
def test_batches_of_cifar(cifar, kind):
    dataset = import_dataset("arrays", {"path": packed(cifar, kind)})
    check(dataset, {"train": 8, "test": 4})
    assert dataset.classes == ("hat", "cube", "card") and dataset.names[4] == "data_batch_2/data/000000"
    assert "Rows of 3,072 values were read as images of 32 x 32, one color after the other." in dataset.report.notes


@pytest.mark.parametrize("protocol", range(2, 6))
def test_one_batch_without_an_ending(tmp_path, protocol):
    (tmp_path / "data_batch_1").write_bytes(batch(slice(None), protocol))
    check(import_dataset("arrays", {"path": tmp_path / "data_batch_1"}), {})


@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
def test_files_of_mnist(mnist, kind):
    dataset = import_dataset("arrays", {"path": packed(mnist, kind)})
    check(dataset, {"train": 8, "test": 4}, np.repeat(IMAGES[..., :1], 3, axis=3))


def test_two_uploaded_files_of_mnist(mnist):
    paths = {"path": mnist / "train-images-idx3-ubyte.gz", "labels": mnist / "train-labels-idx1-ubyte"}
    dataset = import_dataset("arrays", paths)
    assert dataset.labels.tolist() == LABELS[:8].tolist() and np.array_equal(
        dataset.image(7)[..., 0], IMAGES[7, ..., 0]
    )


@pytest.mark.parametrize("kind", ["file", "folder", "zip"])
def test_hdf5_as_courses_have_it(tmp_path, kind):
    folder = tmp_path / "datasets"
    folder.mkdir()
    for name, part in zip(("train", "test"), HALVES, strict=True):
        with h5py.File(folder / f"{name}_toys.h5", "w") as file:
            file.create_dataset(f"{name}_set_x", data=IMAGES[part], chunks=True, compression="gzip")
            file[f"{name}_set_y"] = LABELS[part]
            file["list_classes"] = np.array([b"hat", b"cube", b"card"])
    if kind == "file":
        dataset = import_dataset("arrays", {"path": folder / "train_toys.h5"})
        assert np.array_equal(dataset.image(7), IMAGES[7]) and dataset.labels.tolist() == LABELS[:8].tolist()
    else:
        dataset = import_dataset("arrays", {"path": packed(folder, kind)})
        check(dataset, {"train": 8, "test": 4})
    assert dataset.classes == ("hat", "cube", "card")


def test_nested_pickles_and_folders_of_numpy(tmp_path):
    sets = [(IMAGES[part, ..., 0].reshape(-1, 1024) / 255, LABELS[part]) for part in (slice(0, 6), slice(6, 12))]
    (tmp_path / "mnist.pkl.gz").write_bytes(gzip.compress(pickle.dumps(tuple(sets), 2)))
    check(import_dataset("arrays", {"path": tmp_path / "mnist.pkl.gz"}), {}, np.repeat(IMAGES[..., :1], 3, axis=3))
    for part, name in zip(HALVES, ("train", "val"), strict=True):
        (tmp_path / "plain" / name).mkdir(parents=True)
        np.save(tmp_path / "plain" / name / "images.npy", IMAGES[part])
        np.save(tmp_path / "plain" / name / "labels.npy", LABELS[part])
    check(import_dataset("arrays", {"path": tmp_path / "plain"}), {"train": 8, "validation": 4})


class Evil:
    """Runs a program where it is unpickled."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("evil", [
    Evil(print, ("owned",)), {"data": Evil(eval, ("1",))}, Evil(np.frombuffer, (b"12",)), Evil(type, ("x", (), {})),
    Evil(np.ndarray, ((10**12,),)),
])  # fmt: skip
def test_pickles_can_name_nothing_but_arrays(tmp_path, evil):
    (tmp_path / "batch").write_bytes(pickle.dumps(evil))
    with pytest.raises(DatasetError, match=r"is not an array|'NoneType' object is not callable"):
        import_dataset("arrays", {"path": tmp_path / "batch"})


def test_arrays_that_claim_to_be_large_cost_nothing(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", (1_000_000, 1000), "u1", chunks=(1000, 1000))
    with pytest.raises(DatasetError, match="at most 300 times its size"):
        import_dataset("arrays", {"path": tmp_path / "x.h5"})
    (tmp_path / "x").write_bytes(gzip.compress(bytes([0, 0, 8, 1]) + bytes(300_000_000)))
    with pytest.raises(DatasetError, match="at most 300 times its size"):
        import_dataset("arrays", {"path": tmp_path / "x"})
    assert not any(datasets_folder().iterdir())


def test_hdf5_that_leads_elsewhere_is_refused(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = IMAGES
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"], file["y"] = h5py.ExternalLink("other.h5", "x"), LABELS
    with pytest.raises(DatasetError, match="x refers to another place"):
        import_dataset("arrays", {"path": tmp_path / "x.h5"})


def test_damage_is_one_sentence(tmp_path, cifar):
    whole = packed(cifar, "gztar").read_bytes()
    damaged = {
        "cut.tar.gz": (whole[: len(whole) // 2], "cannot be read"),
        "cut.batch": (batch(slice(None))[:5000], "pickled arrays, texts or numbers"),
        "cut.idx": (idx(IMAGES)[:500], "The file is damaged"),
        "cut.h5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "cannot be read as one"),
        "photo": (b"\xff\xd8\xff" + bytes(100), "which holds none"),
        "empty": (b"", "which holds none"),
    }
    for name, (data, said) in damaged.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DatasetError, match=said):
            import_dataset("arrays", {"path": tmp_path / name})
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("x/data_batch_1", batch(slice(None))[:5000])
    with pytest.raises(DatasetError, match="x/data_batch_1"):
        import_dataset("arrays", {"path": tmp_path / "inner.zip"})
