"""How images are stored is told by shapes and values: exact pixels, and a sentence that says what was done."""

import numpy as np
import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.errors import DatasetError

RANDOM = np.random.default_rng(0)
SMOOTH = np.kron(RANDOM.integers(0, 256, (8, 4, 4, 3)), np.ones((1, 4, 4, 1))).astype(np.uint8)
SMOOTH[0, 0, 0], SMOOTH[0, 0, 1] = 0, 255  # each set reaches both ends of its range
GRAY = SMOOTH[..., :1]
LABELS = np.arange(8) % 2
OPACITY = RANDOM.integers(0, 256, (8, 16, 16, 1)).astype(np.uint8)
DEEP = RANDOM.integers(0, 2**16, (8, 16, 16))
DEEP[0, 0, :2] = 0, 2**16 - 1


def load(tmp_path, images, labels=LABELS, **options):
    np.savez(tmp_path / "set.npz", images=images, labels=labels)
    return import_dataset("arrays", {"path": tmp_path / "set.npz", **options})


def on_white(colors, opacity):
    share = opacity / 255
    return colors * share + 255 * (1 - share)


def deep(bits):
    return DEEP >> (16 - bits)


def eight_bits(bits):
    return np.rint(deep(bits)[..., None] * (255 / (2**bits - 1)))


ROWS = "Rows of {} values were read as images of 16 x 16"
PLANES = "Colors were stored before height and width, and were put behind them."
UNIT = "Values from 0 to 1 were multiplied by 255."
CASES = {
    "colors first": (SMOOTH.transpose(0, 3, 1, 2), SMOOTH, [PLANES]),
    "gray first": (GRAY.transpose(0, 3, 1, 2), GRAY, [PLANES]),
    "rows of gray": (GRAY.reshape(8, -1), GRAY, [ROWS.format(256) + "."]),
    "rows of mixed colors": (SMOOTH.reshape(8, -1), SMOOTH, [ROWS.format(768) + "."]),
    "rows of planes": (
        SMOOTH.transpose(0, 3, 1, 2).reshape(8, -1), SMOOTH, [ROWS.format(768) + ", one color after the other."],
    ),
    "0 to 1": (SMOOTH / 255, SMOOTH, [UNIT]),
    "a hair above 1": (np.where(SMOOTH == 255, 1.0000000000000004, SMOOTH / 255), SMOOTH, [UNIT]),
    "overshooting": (np.where(SMOOTH == 255, 1.04, np.where(SMOOTH == 0, -0.04, SMOOTH / 255)), SMOOTH, [UNIT]),
    "half precision": ((SMOOTH / 255).astype(np.float16), SMOOTH, [UNIT]),
    "-1 to 1": (SMOOTH / np.float32(127.5) - 1, SMOOTH, ["Values from -1 to 1 were stretched to 0 to 255."]),
    "-0.5 to 0.5": (SMOOTH / 255 - 0.5, SMOOTH, ["Values from -0.5 to 0.5 were stretched to 0 to 255."]),
    "signed bytes": (
        (SMOOTH.astype(int) - 128).astype(np.int8), SMOOTH, ["Values from -128 to 127 were stretched to 0 to 255."],
    ),
    "integer masks": ((GRAY > 127).astype(np.uint8), (GRAY > 127) * 255, [UNIT]),
    "boolean masks": (GRAY > 127, (GRAY > 127) * 255, [UNIT]),
    **{
        f"{bits} bits": (
            deep(bits).astype(np.uint16), eight_bits(bits),
            [f"Values from 0 to {2**bits - 1:,} ({bits} bits) were divided by {(2**bits - 1) / 255:.4g}."],
        )
        for bits in (10, 12, 14, 16)
    },
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_pixels_are_exact_and_what_was_done_is_said(tmp_path, case):
    images, expected, notes = CASES[case]
    dataset = load(tmp_path, images)
    for index in range(8):
        assert np.array_equal(dataset.image(index), np.broadcast_to(expected[index], (16, 16, 3)))
    assert list(dataset.report.notes) == notes
    assert dataset.labels.tolist() == LABELS.tolist() and dataset.classes == ("0", "1")


@pytest.mark.parametrize("first", [False, True])
def test_transparent_parts_are_put_on_white(tmp_path, first):
    images = np.concatenate([SMOOTH, OPACITY], axis=3)
    dataset = load(tmp_path, images.transpose(0, 3, 1, 2) if first else images)
    for index in range(8):
        assert np.abs(dataset.image(index) - on_white(SMOOTH[index], OPACITY[index])).max() <= 1
    assert dataset.report.notes[-1].startswith("The fourth color was read as opacity")


def test_the_parts_of_a_set_share_one_range(tmp_path):
    dark = deep(12).astype(np.uint16) // 16  # alone, they would be taken for bytes
    np.savez(tmp_path / "x.npz", x_train=deep(12).astype(np.uint16), y_train=LABELS, x_test=dark, y_test=LABELS)
    dataset = import_dataset("arrays", {"path": tmp_path / "x.npz"})
    assert np.array_equal(dataset.image(9)[..., 0], np.rint(dark[1] * (255 / 4095)))


@pytest.mark.parametrize(("images", "said"), [
    (SMOOTH / 64.0 - 2, "values from -2 to 1.98"),
    (SMOOTH.astype(float) * 2, "values from 0 to 510"),
    (DEEP.astype(np.int64) * 2, "values from 0 to 131070"),
    (np.where(SMOOTH == 0, np.inf, SMOOTH), "not finite numbers"),
])  # fmt: skip
def test_an_unusual_range_is_refused_with_its_ends(tmp_path, images, said):
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, images)


def test_images_that_show_nothing_are_reported(tmp_path):
    dark = SMOOTH // 64
    assert load(tmp_path, dark).report.sentences()[-1].startswith("All 8 images are nearly black")
    some = SMOOTH.copy()
    some[:2], some[2] = 90, 3
    notes = load(tmp_path, some).report.notes
    assert [note.split(":")[0] for note in notes] == [
        "1 of 8 images are nearly black", "2 of 8 images are of nearly one color",
    ]  # fmt: skip


TEXTS = np.array(["cat", "../../dog"])[LABELS]


@pytest.mark.parametrize("labels", [
    TEXTS, TEXTS.astype("S"), TEXTS.astype(object), TEXTS.astype("S").astype(object), TEXTS[:, None], TEXTS[None],
])  # fmt: skip
def test_texts_in_every_type_are_labels_as_they_are(tmp_path, labels):
    dataset = load(tmp_path, SMOOTH, labels)
    assert dataset.classes == ("../../dog", "cat") and dataset.counts() == {"../../dog": 4, "cat": 4}
    assert dataset.labels.tolist() == (1 - LABELS).tolist()


def test_objects_that_are_numbers_are_labels_and_others_are_refused(tmp_path):
    assert load(tmp_path, SMOOTH, LABELS.astype(object)).labels.tolist() == LABELS.tolist()
    mixed = np.array([{"class": 1}] * 8)
    with pytest.raises(DatasetError, match="neither texts nor numbers"):
        load(tmp_path, SMOOTH, mixed)
