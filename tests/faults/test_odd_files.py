"""Real files of other programs that were once misread or refused: each gives what it holds, or one true sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcore.datasets.importer import import_dataset
from tlcore.datasets.preview import preview_dataset
from tlcore.errors import DatasetError, InputError, StudioError
from tlcore.images.decode import decode_image, measure_image, read_bytes
from tlcore.zoo.opened.network import open_network
from tlcore.zoo.weights.layout import read_layout

Check = Callable[[Path], None]


def holds(source: str, counts: dict[str, int], parts: dict[str, int] | None = None, classes: int = 0) -> Check:
    """The import gives these classes (or at least these, of so many) and parts, and the page's preview the same."""

    def check(path: Path) -> None:
        dataset = import_dataset(source, {"path": path})
        found = dataset.counts()
        assert found == counts if not classes else len(found) == classes and counts.items() <= found.items()
        assert dataset.given_parts() == (parts or {})
        assert {row.name: row.images for row in preview_dataset(source, {"path": path}).classes} == found
        assert len(dataset.report.sentences()) < 6

    return check


def refuses(source: str, said: str) -> Check:
    """Import and preview say one sentence."""

    def check(path: Path) -> None:
        for look in (import_dataset, preview_dataset):
            with pytest.raises(StudioError, match=said):
                look(source, {"path": path})

    return check


def three(count: int) -> dict[str, int]:
    return {"train": count, "validation": count, "test": count}


DATASETS: dict[str, Check] = {
    "chest_xray.zip": holds("zip", {"NORMAL": 12, "PNEUMONIA": 12}, three(8)),
    "tongpython.zip": holds("zip", {"cats": 12, "dogs": 12}, {"train": 12, "test": 12}),
    "cats_and_dogs_filtered.zip": holds("zip", {"cats": 16, "dogs": 16}, {"train": 16, "validation": 16}),
    "flower_photos.zip": holds("zip", {"daisy": 8, "roses": 8}),
    "roboflow.zip": holds("zip", {"cat": 18, "dog": 18}, three(12)),
    "csvset.zip": holds("zip", {"cat": 6, "dog": 6}),
    "oneimg.zip": holds("zip", {"a": 8, "b": 8}),
    "bzip2_method.zip": holds("zip", {"cat": 6, "dog": 6}),
    "names.zip": holds("zip", {"new\nline": 3, "猫": 3, "trailing ": 3, "-n": 3, "x" * 200: 3}, classes=10),
    "thousand.zip": holds("zip", {"n00000000": 2, "n00000999": 2}, classes=1000),
}

UNIT = "Values from 0 to 1 were multiplied by 255."
PLANES = "Colors were stored before height and width, and were put behind them."
OPACITY = "The fourth color was read as opacity, and transparent parts were put on white."
SIGNED = "Values from -1 to 1 were stretched to 0 to 255."
ROWS = "Rows of 12,288 values were read as images of 64 x 64."
NAMES = "Class names were read from list_classes."
BEGINNING = [[194, 172, 145], [190, 170, 149]]  # of the same first photo in each of these files


def arrays_hold(*notes: str, classes: tuple[str, str] = ("0", "1"), beginning: list = BEGINNING) -> Check:
    """Ten photos of each of two classes of 64 x 64 pixels; labels are beside a file of images alone."""

    def check(path: Path) -> None:
        labels = path.with_name(path.name.replace("_x.npy", "_y.npy"))
        beside = {} if labels == path else {"labels": labels}
        dataset = import_dataset("arrays", {"path": path, **beside})
        assert dataset.counts() == dict.fromkeys(classes, 10) and dataset.sizes.tolist() == [[64, 64]] * 20
        assert dataset.image(0)[0, :2].tolist() == beginning
        assert dataset.report.sentences() == notes

    return check


def arrays_refuse(said: str, seconds: float) -> Check:
    """One sentence, soon."""

    def check(path: Path) -> None:
        began = time.monotonic()
        with pytest.raises(DatasetError, match=said):
            import_dataset("arrays", {"path": path})
        assert time.monotonic() - began < seconds

    return check


ARRAYS: dict[str, Check] = {
    "X_train_upper.npz": arrays_hold(),
    "objlab_npz.npz": arrays_hold(classes=("cat", "dog")),
    "chfirst_x.npy": arrays_hold(PLANES),
    "rgba_x.npy": arrays_hold(OPACITY),
    "minus1to1_x.npy": arrays_hold(SIGNED),
    "float_1.0000000000000004.npz": arrays_hold(UNIT, beginning=[[255, 172, 145], [190, 170, 148]]),
    "data_batch_1": arrays_hold(ROWS),
    "train_catvnoncat.h5": arrays_hold(NAMES, classes=("non-cat", "cat")),
    "path_in_label.npz": arrays_hold(classes=("../../../../bugs/pwned", "a/b")),
}


def photo(shape: tuple[int, int], color: tuple[float, float, float], near: float = 1.0) -> Check:
    """The photo has this height, width and mean color, also where it is decoded for a small picture."""

    def check(path: Path) -> None:
        data = read_bytes(path)
        assert measure_image(data, path.name) == shape
        for target in (None, 32):
            found = decode_image(data, path.name, target)
            assert target or found.shape == (*shape, 3)
            assert np.abs(found.mean((0, 1)) - color).max() < near

    return check


def levels(top: int) -> Check:
    """A gray photo of 16 bits whose levels are of 0 to `top`."""

    def check(path: Path) -> None:
        with Image.open(path) as image:
            expected = np.rint(np.asarray(image) * (255 / top))
        found = decode_image(read_bytes(path), path.name)
        assert np.abs(found - expected[:, :, None]).max() <= 0.5
        assert 60 < found.mean() < 200

    return check


# One picture of 96 x 96 pixels, as each format keeps it; the mean of its exact pixels is 174.6, 166.3, 155.3.
PHOTOS: dict[str, Check] = {
    "12bit.png": levels(4095),
    "12bit.tif": levels(4095),
    "16bit.cropped.tif": levels(1023),
    "iphone.heic": photo((96, 96), (174.6, 166.3, 155.3)),
    "y.avif": photo((96, 96), (174.6, 166.3, 155.3)),
    "z.jp2": photo((96, 96), (174.6, 166.3, 155.3)),
    "ppm.ppm": photo((96, 96), (174.6, 166.3, 155.3)),
    "phone_108MP.jpg": photo((9000, 12_000), (105, 151, 200)),
}


def network(parameters: int, multiply_adds: int, depth: int, closed: tuple[str, ...] = ()) -> Check:
    """The file opens with these totals; with closed layers, the work is at least so much."""

    def check(path: Path) -> None:
        table = open_network(path, path.name)
        assert (table.parameters, table.multiply_adds, table.depth) == (parameters, multiply_adds, depth)
        assert tuple(row.name for row in table.rows if row.is_closed) == closed
        assert table.is_complete("multiply_adds") is not bool(closed)
        assert table.is_complete("parameters") and table.is_complete("depth")

    return check


def weights_by_group(parameters: int, groups: tuple[str, ...]) -> Check:
    """The file says what its network holds, and that it does not say how it is connected."""

    def check(path: Path) -> None:
        table = open_network(path, path.name)
        assert table.parameters == parameters and not table.is_connected
        assert tuple(row.name for row in table.rows) == groups and "does not describe" in table.notes[0]

    return check


NETWORKS: dict[str, Check] = {
    "teachable_machine_waste_keras_model.h5": network(538_708, 58_134_208, 54),
    "k3_seq_mobilenet.h5": network(412_770, 29_597_360, 53),
    "k3_tf_tutorial_transfer_learning.keras": network(411_489, 29_596_080, 53),
    "k2_MobileNetV3Large.h5": network(5_507_432, 216_589_760, 64),
    "k3_lambda_first_sequential.h5": network(119_377, 8_933_952, 2, ("lambda_1",)),
    "k3_vit.keras": network(74_250, 21_049_984, 4),
    "k3_channels_first.keras": network(1_930, 99_000, 2),
    "k3_resizing_inside.keras": network(122, 954_296, 2),
    "app_ConvNeXtTiny.keras": network(28_589_128, 4_455_531_264, 59),
    "carnd_keras206_list_config.h5": network(143_421, 5_934_562, 6, ("lambda_1",)),
    "hdf5_named.keras": network(132, 86, 3),
    "subclassed_vae.keras": weights_by_group(
        93_125,
        ("dec/conv2d_transpose", "dec/conv2d_transpose_1", "dec/conv2d_transpose_2", "dec/dense", "enc/conv2d",
         "enc/conv2d_1", "enc/dense"),
    ),
}  # fmt: skip


def harmful(path: Path) -> None:
    """The file that crashed or hung the HDF5 library is a sentence, and the next file is read."""
    with pytest.raises(InputError, match=r"broke down|longer than|not an HDF5 file|cannot be read"):
        open_network(path.read_bytes(), path.name)
    with pytest.raises(InputError, match=r"broke down|longer than|cannot be read as one"):
        read_layout(path)
    network(132, 86, 3)(path.with_name("hdf5_named.keras"))


HOSTILE: dict[str, Check] = {
    "bomb.zip": refuses("zip", "unpacks to at most 300 times its size"),
    "bomb.npz": arrays_refuse("whose 0.7 MB become 750 MB", seconds=1),
    **dict.fromkeys(("segv.h5", "hang.h5", "loop.h5"), harmful),
}

CHECKS = {**DATASETS, **ARRAYS, **PHOTOS, **NETWORKS, **HOSTILE}


@pytest.mark.parametrize("name", CHECKS)
def test_an_odd_file_gives_what_it_holds_or_one_sentence(shared, name):
    CHECKS[name](shared / "data" / "odd_files" / name)


def test_every_odd_file_has_its_row(shared):
    beside = {"README.txt", "chfirst_y.npy", "rgba_y.npy", "minus1to1_y.npy"}  # labels go with their images
    names = {path.name for path in (shared / "data" / "odd_files").iterdir()}
    assert names - beside <= set(CHECKS)
