"""Source: NumPy arrays of images and labels, as one pair or as two (training and test)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.datasets.parts import NOT_GIVEN
from tlcore.datasets.sources.npy import open_arrays
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.errors import DatasetError
from tlcore.jobs import Monitor
from tlcore.settings import settings

PAIRS = (
    ("x_train", "y_train", 0),
    ("x_val", "y_val", 1),
    ("x_test", "y_test", 2),
    ("train_images", "train_labels", 0),
    ("val_images", "val_labels", 1),
    ("test_images", "test_labels", 2),
    ("images", "labels", NOT_GIVEN),
    ("x", "y", NOT_GIVEN),
    ("X", "y", NOT_GIVEN),
    ("data", "labels", NOT_GIVEN),
    ("data", "target", NOT_GIVEN),
)
PIECE = 256


@dataclass(frozen=True)
class Pair:
    """Images and their labels.

    Args:
        name: what to call the images.
        images: array (n, h, w), (n, h, w, 1) or (n, h, w, 3) of numbers.
        labels: array (n,) or (n, 1) of integers or texts, or one-hot (n, classes).
        part: which part of a split they are: position in `tlcore.datasets.parts.PARTS`, or `NOT_GIVEN`.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    part: int = NOT_GIVEN


def list_pairs(name: str, pairs: Sequence[Pair], classes: Sequence[str] = ()) -> Listing:
    """Join pairs of images and labels to one listing.

    Args:
        name: what to call the dataset.
        pairs: one or more; of several each stays the part of the split that it is.
        classes: class names in the order of integer labels; without them the labels themselves are the names.

    Returns:
        The listing.

    Raises:
        DatasetError: if types, shapes, ranges or lengths do not fit, saying all that is wrong.
    """
    problems = [problem for pair in pairs for problem in _problems(pair)]
    if problems:
        raise DatasetError(
            "images as uint8 or 0 to 1, of shape (n, height, width[, 1 or 3]), and one label for each",
            "; ".join(problems),
            "Save the arrays again in this format.",
        )
    found = [_class_values(pair.labels) for pair in pairs]
    values = np.concatenate(found)
    if values.dtype.kind != "U" and classes:
        if values.min() < 0 or values.max() >= len(classes):
            raise DatasetError(
                f"labels from 0 to {len(classes) - 1}, one per class name",
                f"labels from {values.min()} to {values.max()}",
                "Give every class a name.",
            )
        names, labels = tuple(classes), values
    else:
        present, labels = np.unique(values, return_inverse=True)
        names = tuple(str(value) for value in present)
    scales = [_scale(pair.images) for pair in pairs]
    starts = np.cumsum([0] + [len(pair.images) for pair in pairs])

    def read(index: int) -> np.ndarray:
        part = int(np.searchsorted(starts, index, side="right")) - 1
        image = pairs[part].images[index - starts[part]]
        return np.asarray(image * scales[part]).round().astype(np.uint8)

    return Listing(
        name=name,
        classes=names,
        names=tuple(f"{pair.name}/{index:06d}" for pair in pairs for index in range(len(pair.images))),
        labels=labels.tolist(),
        read=read,
        parts=[pair.part for pair in pairs for _ in range(len(pair.images))] if len(pairs) > 1 else (),
    )


def _problems(pair: Pair) -> list[str]:
    images, labels, problems = pair.images, pair.labels, []
    if images.dtype.kind not in "biuf" or images.ndim not in (3, 4):
        return [f"images {pair.name} of type {images.dtype} and shape {images.shape}"]
    if images.ndim == 4 and images.shape[3] not in (1, 3):
        hint = ", channels must come last" if images.shape[1] in (1, 3) else ""
        problems.append(f"{pair.name} with {images.shape[3]} channels{hint}")
    if images.shape[1] * images.shape[2] > settings().max_image_pixels:
        problems.append(f"{pair.name} with images of {images.shape[1]} x {images.shape[2]} pixels")
    if len(images) > settings().max_dataset_images:
        problems.append(f"{pair.name} with {len(images):,} images, more than allowed")
    if len(images) != len(labels):
        problems.append(f"{len(images):,} images but {len(labels):,} labels in {pair.name}")
    if labels.ndim not in (1, 2) or (labels.ndim == 2 and labels.dtype.kind in "US" and labels.shape[1] > 1):
        problems.append(f"labels of shape {labels.shape} in {pair.name}")
    elif labels.ndim == 2 and labels.shape[1] > settings().max_classes:
        problems.append(f"labels of {labels.shape[1]:,} classes in {pair.name}")
    elif labels.dtype.kind in "biuf":
        problems += _label_problems(pair)
    return problems or _range_problems(pair)


def _label_problems(pair: Pair) -> list[str]:
    labels = pair.labels
    if labels.ndim == 2 and labels.shape[1] > 1:
        one_hot = ((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()
        return [] if one_hot else [f"label rows of {pair.name} that are not one-hot"]
    whole = np.isfinite(labels).all() and (labels == np.floor(labels)).all() and np.abs(labels).max() < 2**53
    return [] if whole else [f"labels of {pair.name} that are not whole numbers"]


def _range_problems(pair: Pair) -> list[str]:
    if pair.images.dtype in (np.uint8, np.bool_):
        return []
    low, high = _range(pair.images)
    if not (np.isfinite(low) and np.isfinite(high)):
        return [f"{pair.name} with values that are not finite numbers"]
    if low < 0 or high > 255:
        return [f"{pair.name} with values from {low:g} to {high:g}, expected 0 to 1 or 0 to 255"]
    return []


def _range(images: np.ndarray) -> tuple[float, float]:
    """Least and greatest value, NaN if there is one, piece by piece to bound memory."""
    pieces = [images[start : start + PIECE] for start in range(0, len(images), PIECE)]
    lows, highs = zip(*((piece.min(), piece.max()) for piece in pieces), strict=True)
    return float(np.min(lows)), float(np.max(highs))


def _scale(images: np.ndarray) -> float:
    if images.dtype == np.uint8:
        return 1
    if images.dtype == np.bool_ or (images.dtype.kind == "f" and _range(images)[1] <= 1):
        return 255
    return 1


def _class_values(labels: np.ndarray) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] > 1:
        return labels.argmax(axis=1)
    flat = np.asarray(labels).reshape(-1)
    if flat.dtype.kind == "S":
        return np.char.decode(flat, "utf-8", "replace")
    return flat if flat.dtype.kind == "U" else flat.astype(np.int64)


def _open(options: Options, monitor: Monitor) -> Listing:
    path = Path(options["path"]).expanduser()
    arrays = open_arrays(path)
    if options["labels"]:
        pairs = [_given_pair("images", arrays, Path(options["labels"]), 0)]
        if options["test_images"]:
            if not options["test_labels"]:
                raise DatasetError("test_labels to go with test_images", "none", "Give both or neither.")
            test = open_arrays(Path(options["test_images"]).expanduser())
            pairs.append(_given_pair("test_images", test, Path(options["test_labels"]), 2))
    else:
        pairs = [Pair(x, arrays[x], arrays[y], part) for x, y, part in PAIRS if x in arrays and y in arrays]
        if not pairs:
            raise DatasetError(
                "an .npz file with images and labels, such as x_train and y_train, or a second file with labels",
                f"{path.name} with {', '.join(list(arrays)[:10])}",
                "Rename the arrays, or set the option labels.",
            )
    classes = [name.strip() for name in options["classes"].split(",") if name.strip()]
    return list_pairs(path.stem, pairs, classes)


def _given_pair(name: str, images: Mapping[str, np.ndarray], path: Path, part: int) -> Pair:
    labels = open_arrays(path.expanduser())
    if len(images) > 1 or len(labels) > 1:
        raise DatasetError(
            "one array per file when images and labels are in separate files",
            f"{len(images)} and {len(labels)}",
            "Save each with numpy.save.",
        )
    (pictures,), (answers,) = images.values(), labels.values()
    return Pair(name, pictures, answers, part)


ARRAYS = Source(
    "arrays",
    "NumPy arrays",
    "Reads images and labels (integer or one-hot) from .npy or .npz files: one set, or training and test sets.",
    (
        Option("path", "Images", Path, None, "the .npy file of images, or an .npz file of images and labels"),
        Option("labels", "Labels", Path, "", "the .npy file of labels; not needed for an .npz file with both"),
        Option("test_images", "Test images", Path, "", "a second .npy file of images, if there is one"),
        Option("test_labels", "Test labels", Path, "", "the .npy file of its labels"),
        Option("classes", "Class names", str, "", "names in the order of the labels, separated by commas"),
    ),
    _open,
    upload=("npy", "npz"),
)
