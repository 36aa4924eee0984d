"""Real files of other programs that were once misread or refused: each gives what it holds, or one true sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tlcore.errors import InputError
from tlcore.zoo.opened.network import open_network
from tlcore.zoo.weights.layout import read_layout

Check = Callable[[Path], None]

DATASETS: dict[str, Check] = {}

ARRAYS: dict[str, Check] = {}

PHOTOS: dict[str, Check] = {}


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


HOSTILE: dict[str, Check] = dict.fromkeys(("segv.h5", "hang.h5", "loop.h5"), harmful)

CHECKS = {**DATASETS, **ARRAYS, **PHOTOS, **NETWORKS, **HOSTILE}


@pytest.mark.parametrize("name", CHECKS)
def test_an_odd_file_gives_what_it_holds_or_one_sentence(shared, name):
    CHECKS[name](shared / "data" / "odd_files" / name)
