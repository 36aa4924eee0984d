"""NumPy arrays: every usual form is read, headers that lie or ask too much are refused unread."""

import io
import time
import zipfile

import numpy as np
import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.errors import DatasetError

RANDOM = np.random.default_rng(0)
IMAGES = np.kron(RANDOM.integers(0, 256, (12, 5, 6, 3)), np.ones((1, 8, 8, 1))).astype(np.uint8)
LABELS = np.arange(12) % 3


def save(path, array, **options):
    with path.open("wb") as file:
        np.save(file, array, **options)
    return path


def load(tmp_path, images=IMAGES, labels=LABELS, **options):
    paths = {"path": save(tmp_path / "x.npy", images), "labels": save(tmp_path / "y.npy", labels)}
    return import_dataset("arrays", paths | options)


@pytest.mark.parametrize(
    "labels",
    [LABELS, LABELS[:, None], LABELS.astype(np.uint8), LABELS.astype(float), np.eye(3)[LABELS], LABELS.astype(">i8")],
    ids=["integer", "column", "byte", "float", "one-hot", "big-endian"],
)
def test_labels(tmp_path, labels):
    dataset = load(tmp_path, labels=labels, classes="hat, cube,card")
    assert dataset.counts() == {"hat": 4, "cube": 4, "card": 4}
    assert dataset.labels.tolist() == LABELS.tolist()
    assert all(np.array_equal(dataset.image(index), IMAGES[index]) for index in range(12))


def test_text_labels_and_numbers_without_names(tmp_path):
    assert load(tmp_path, labels=np.array(["b", "a", "c"])[LABELS]).classes == ("a", "b", "c")
    assert load(tmp_path, labels=LABELS * 5 + 2).classes == ("2", "7", "12")


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (IMAGES[..., 0], np.repeat(IMAGES[..., :1], 3, axis=3)),
        (IMAGES[..., :1], np.repeat(IMAGES[..., :1], 3, axis=3)),
        (IMAGES / np.float32(255), IMAGES),
        (IMAGES.astype(np.float64), IMAGES),
        (IMAGES.astype(np.int64), IMAGES),
        (np.asfortranarray(IMAGES), IMAGES),
        (IMAGES > 127, (IMAGES > 127) * 255),
    ],
    ids=["gray", "one channel", "0 to 1", "float 0 to 255", "integer", "fortran", "boolean"],
)
def test_images(tmp_path, images, expected):
    dataset = load(tmp_path, images)
    assert all(np.array_equal(dataset.image(index), expected[index]) for index in range(12))


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_two_pairs_in_one_file(tmp_path, write):
    write(tmp_path / "set.npz", x_train=IMAGES[:8], y_train=LABELS[:8], x_test=IMAGES[8:], y_test=np.eye(3)[LABELS[8:]])
    dataset = import_dataset("arrays", {"path": tmp_path / "set.npz"})
    assert dataset.name == "set" and dataset.labels.tolist() == LABELS.tolist()
    assert np.array_equal(dataset.image(11), IMAGES[11]) and dataset.names[8] == "x_test/000000"
    assert dataset.parts.tolist() == [0] * 8 + [2] * 4
    assert dataset.given_parts() == {"train": 8, "test": 4}


def test_two_pairs_in_four_files(tmp_path):
    dataset = load(
        tmp_path,
        IMAGES[:6],
        LABELS[:6],
        test_images=str(save(tmp_path / "x2.npy", IMAGES[6:])),
        test_labels=str(save(tmp_path / "y2.npy", LABELS[6:])),
    )
    assert len(dataset) == 12 and np.array_equal(dataset.image(7), IMAGES[7])


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (IMAGES, LABELS[:11], "12 images but 11 labels"),
        (IMAGES[..., [0, 1, 2, 0, 1]], LABELS, r"type uint8 and shape \(12, 40, 48, 5\)"),
        (IMAGES.reshape(12, -1), LABELS, "shape"),
        (IMAGES[:, :3], LABELS, "shape"),
        (IMAGES.astype(float) * 300, LABELS, "values from"),
        (IMAGES - 200.0, LABELS, "values from"),
        (IMAGES * np.nan, LABELS, "not finite numbers"),
        (IMAGES, LABELS + 0.5, "not whole numbers"),
        (IMAGES, np.ones((12, 3)), "not one-hot"),
        (IMAGES, np.zeros((12, 2, 2)), "labels of type float64 and shape"),
        (IMAGES, np.zeros(12, int), "only the class 0"),
        (IMAGES, np.arange(12), "only one readable image in 0, 1"),
        (IMAGES.astype(complex), LABELS, "complex"),
        (IMAGES, np.array([None] * 12), "Python objects are never loaded"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, images, labels, said):
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, images, labels)
    assert not any(datasets_folder().iterdir())


def header(shape, dtype="|u1"):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": dtype, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "header cannot be read"),
        (b"\x93NUMPY", "header cannot be read"),
        (b"\x93NUMPY\x09\x09" + bytes(100), "header cannot be read"),
        (header((10**6, 10**6, 10**6)), "of shape"),
        (header((10**12,)), "of shape"),
        (header((0, 4, 4)), "and shape"),
        (header((-5, 4, 4)), "of shape"),
        (header((10, 40, 40)) + bytes(100), "damaged"),
        (header((2, 2, 2)) + bytes(100), "damaged"),
        (header((2, 2), "|O") + b"\x80\x04.", "Python objects are never loaded"),
        (header((2, 2)).replace(b"False", b"f(x) "), "header cannot be read"),
    ],
)
def test_hostile_headers(tmp_path, data, said):
    (tmp_path / "x.npy").write_bytes(data)
    with pytest.raises(DatasetError, match=said):
        import_dataset("arrays", {"path": tmp_path / "x.npy", "labels": save(tmp_path / "y.npy", LABELS)})


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (header((4000, 4000, 400)) + bytes(1000), "damaged"),
        (header((10**9, 10**9)), "of shape"),
        (bytes(10_000_000), "header cannot be read"),
    ],
)
def test_hostile_members(tmp_path, member, said):
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", member)
        archive.writestr("labels.npy", header((2,)) + bytes(2))
    with pytest.raises(DatasetError, match=said):
        import_dataset("arrays", {"path": tmp_path / "x.npz"})


def test_every_label_needs_one_of_the_given_names(tmp_path):
    with pytest.raises(DatasetError, match="labels from 0 to 2"):
        load(tmp_path, classes="a,b")


def test_a_bomb_of_arrays_is_measured_and_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("x.npy", "w") as member:
            member.write(header((250, 1000, 1000)))
            for _ in range(250):
                member.write(bytes(1_000_000))
        archive.writestr("y.npy", header((250,)) + bytes(range(250)))
    assert (tmp_path / "x.npz").stat().st_size < 400_000
    started = time.monotonic()
    with pytest.raises(DatasetError, match="at most 300 times its size"):
        import_dataset("arrays", {"path": tmp_path / "x.npz"})
    assert time.monotonic() - started < 1


def test_limits_hold_before_anything_is_converted(tmp_path, limit):
    limit("max_dataset_images", 11)
    limit("max_image_pixels", 40 * 48 - 1)
    with pytest.raises(DatasetError, match=r"images of 40 x 48 pixels; images with 12 images, more than allowed"):
        load(tmp_path)


def test_all_members_together_stay_within_the_limit(tmp_path, limit):
    limit("max_dataset_bytes", 1_000_000)
    random = np.random.default_rng(0)
    np.savez(tmp_path / "x.npz", **{f"x{index}": random.integers(0, 256, 600_000, np.uint8) for index in range(3)})
    with pytest.raises(DatasetError, match="TLCORE_MAX_DATASET_BYTES"):
        import_dataset("arrays", {"path": tmp_path / "x.npz"})


@pytest.mark.parametrize("text", ["-" * 9000 + "1", "(" * 9000, "[" * 90 + "]" * 90, "9" * 9000, "{'descr': {}}"])
def test_a_header_is_an_expression_that_can_be_anything(tmp_path, text):
    data = b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text.encode()
    (tmp_path / "x.npy").write_bytes(data)
    with pytest.raises(DatasetError, match="header cannot be read"):
        import_dataset("arrays", {"path": tmp_path / "x.npy", "labels": save(tmp_path / "y.npy", LABELS)})
