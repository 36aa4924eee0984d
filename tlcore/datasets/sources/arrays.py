"""Source: arrays of images and labels, in one file or in several, in one part or in the parts of a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tlcore.datasets.sources.array_files.reading import plain_name, read_arrays
from tlcore.datasets.sources.array_labels import class_values, label_count, label_problem, name_classes
from tlcore.datasets.sources.array_layouts import extent, find_axes, find_range, to_image
from tlcore.datasets.sources.array_pairs import Pair, find_pairs
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.errors import DatasetError
from tlcore.jobs import Monitor
from tlcore.settings import settings


def list_pairs(
    name: str, pairs: Sequence[Pair], classes: Sequence[str] = (), arrays: Mapping[str, np.ndarray] | None = None
) -> Listing:
    """Join pairs of images and labels to one listing.

    Args:
        name: what to call the dataset.
        pairs: one or more; of several each stays the part of the split that it is.
        classes: class names in the order of integer labels; without them the labels themselves are the names.
        arrays: all arrays of the same file, one of which may hold the class names.

    Returns:
        The listing.

    Raises:
        DatasetError: if types, shapes, ranges or lengths do not fit, saying all that is wrong.
    """
    problems = [problem for pair in pairs for problem in _problems(pair)]
    alike = {} if problems else {pair.images.dtype: _images_of(pairs, pair.images.dtype) for pair in pairs}
    ranges = {dtype: found for dtype, images in alike.items() if (found := find_range(images))}
    problems += [_range_problem(images) for dtype, images in alike.items() if dtype not in ranges]
    if problems:
        raise DatasetError(
            "images of 1, 3 or 4 colors with values from 0 to 1, -1 to 1 or 0 to 255, and one label for each",
            "; ".join(problems),
            "Save the arrays again in this form.",
        )
    values = np.concatenate([class_values(pair.labels) for pair in pairs])
    names, labels, said = name_classes(values, classes, arrays or {})
    axes = [row for pair in pairs if (row := find_axes(pair.images))]
    done = [note for row in axes for note in row.notes()] + [note for row in ranges.values() for note in row.notes()]
    starts = np.cumsum([0] + [len(pair.images) for pair in pairs])

    def read(index: int) -> np.ndarray:
        number = int(np.searchsorted(starts, index, side="right")) - 1
        images = pairs[number].images
        return to_image(images[index - starts[number]], axes[number], ranges[images.dtype])

    return Listing(
        name=name,
        classes=names,
        names=_image_names(pairs),
        labels=labels.tolist(),
        read=read,
        notes=(*dict.fromkeys(done), *said),
        parts=[pair.part for pair in pairs for _ in range(len(pair.images))] if len(pairs) > 1 else (),
    )


def _images_of(pairs: Sequence[Pair], dtype: np.dtype) -> list[np.ndarray]:
    return [pair.images for pair in pairs if pair.images.dtype == dtype]


def _image_names(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """The name of each pair and a number, which goes on where pairs have the same name."""
    names, counts = [], dict.fromkeys((pair.name for pair in pairs), 0)
    for pair in pairs:
        start = counts[pair.name]
        counts[pair.name] += len(pair.images)
        names += [f"{pair.name}/{number:06d}" for number in range(start, counts[pair.name])]
    return tuple(names)


def _problems(pair: Pair) -> list[str]:
    images, labels = pair.images, pair.labels
    axes = find_axes(images)
    if axes is None:
        return [f"an array {pair.name} of type {images.dtype} and shape {images.shape}"]
    problems = []
    if axes.shape[0] * axes.shape[1] > settings().max_image_pixels:
        problems.append(f"{pair.name} with images of {axes.shape[0]} x {axes.shape[1]} pixels")
    if len(images) > settings().max_dataset_images:
        problems.append(f"{pair.name} with {len(images):,} images, more than allowed")
    count = label_count(labels)
    if not count:
        problems.append(f"labels of type {labels.dtype} and shape {labels.shape} for {pair.name}")
    elif count != len(images):
        problems.append(f"{len(images):,} images but {count:,} labels in {pair.name}")
    elif problem := label_problem(labels):
        problems.append(f"{problem} for {pair.name}")
    return problems


def _range_problem(arrays: Sequence[np.ndarray]) -> str:
    low, high = extent(arrays)
    if not (np.isfinite(low) and np.isfinite(high)):
        return "values that are not finite numbers"
    return f"values from {low:g} to {high:g}"


def _open(options: Options, monitor: Monitor) -> Listing:
    path = Path(options["path"]).expanduser()
    arrays = read_arrays(path)
    wanted = [_names(options[name]) for name in ("images_array", "labels_array")]
    if options["labels"]:
        pairs = _given_pairs("images", arrays, options["labels"], wanted)
        if options["test_images"]:
            if not options["test_labels"]:
                raise DatasetError("test_labels to go with test_images", "none", "Give both or neither.")
            test = read_arrays(Path(options["test_images"]).expanduser())
            test_pairs = _given_pairs("test_images", test, options["test_labels"], wanted)
            pairs = [replace(pair, part=0) for pair in pairs] + [replace(pair, part=2) for pair in test_pairs]
    else:
        pairs = find_pairs(arrays, arrays, *wanted)
    return list_pairs(Path(plain_name(path.name)).stem, pairs, _names(options["classes"]), arrays)


def _given_pairs(name: str, images: Mapping[str, np.ndarray], path: Path, wanted: Sequence[list[str]]) -> list[Pair]:
    """Pairs of images and labels that are in separate files; where each holds one array there is nothing to find."""
    labels = read_arrays(path.expanduser())
    if len(images) == len(labels) == 1:
        return [Pair(name, next(iter(images.values())), next(iter(labels.values())))]
    return find_pairs(images, labels, *wanted)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


ARRAYS = Source(
    "arrays",
    "Arrays (NumPy, CIFAR, MNIST, HDF5)",
    "Reads images and labels from files of arrays, whose shapes and values say how they are stored. Arrays called "
    "train, val or test stay the split.",
    (
        Option(
            "path", "Images", Path, None, "the file of images, or one of images and labels: .npy, .npz, .h5, CIFAR, IDX"
        ),
        Option("labels", "Labels", Path, "", "the file of labels; not needed for a file with both"),
        Option("test_images", "Test images", Path, "", "a second file of images, if there is one"),
        Option("test_labels", "Test labels", Path, "", "the file of its labels"),
        Option("classes", "Class names", str, "", "names in the order of the labels, separated by commas"),
        Option(
            "images_array", "Array of images", str, "", "its name, if several arrays could be the images", is_rare=True
        ),
        Option(
            "labels_array", "Array of labels", str, "", "its name, if several arrays could be the labels", is_rare=True
        ),
    ),
    _open,
    upload=(),
    is_own=True,
)
