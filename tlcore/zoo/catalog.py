"""The catalog of architectures: all rows, and how to find one. Knows no TensorFlow.

To add an architecture, add its row to a file in `rows`, with a builder in `builders` unless Keras has one, and run
`python -m tlcore.zoo.layers.compute NAME`.
"""

from __future__ import annotations

from pathlib import Path

from tlcore.catalog import Catalog
from tlcore.errors import InputError, NotFoundError
from tlcore.settings import settings
from tlcore.zoo.architecture import Architecture, CutLayer, Evaluation, ImagenetWeights
from tlcore.zoo.rows import classic, efficient, inception, mobile, residual, segmentation, vgg
from tlcore.zoo.weights.package import has_package

__all__ = [
    "ARCHITECTURES",
    "CLASSIFIERS",
    "INSTALLED",
    "RENAMED",
    "Architecture",
    "CutLayer",
    "Evaluation",
    "ImagenetWeights",
    "find",
    "find_classifier",
    "has_weights",
    "has_weights_of_any_size",
    "matches",
    "training_size",
    "weights_path",
]

_QUICK_SIZE, _SIZE_STEP = 160, 32  # pixels
_ENLARGED = 1.2  # by how much an image is enlarged at most
INSTALLED = "EfficientNetLite0"  # the one to begin with: its weights are installed with the requirements

ARCHITECTURES = Catalog(
    "architecture",
    (
        *classic.ROWS,
        *vgg.ROWS,
        *inception.ROWS,
        *residual.ROWS,
        *segmentation.ROWS,
        *mobile.ROWS,
        *efficient.ROWS,
    ),
)
CLASSIFIERS = tuple(row for row in ARCHITECTURES if not row.why_no_classifier)


def _key(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


# Runs and plans of earlier versions have these names. SkipNet is another network, of 2018.
RENAMED = {"SkipNet": "residual_net", "SkipNetProjection": "residual_net_projection"}
_NAMES = {_key(row.name): row.name for row in ARCHITECTURES} | {_key(old): new for old, new in RENAMED.items()}
_REMOVED = {
    "embeddedresnet": "Only earlier versions had it. You can still view runs that used it; to train or classify, use "
    f"{INSTALLED}, whose weights are installed.",
}


def find(name: str) -> Architecture:
    """Find an architecture by its name.

    Args:
        name: such as "MobileNetV2"; case, "-", "_" and spaces do not matter.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none; it suggests the nearest names.
        InputError: if an earlier version had it; it says what to take instead.

    Example:
        >>> find("mobilenet v2").title
        'MobileNetV2'
    """
    if _key(name) in _REMOVED:
        raise InputError("an architecture of this version", name, _REMOVED[_key(name)])
    return ARCHITECTURES.find(_NAMES.get(_key(name), name))


def title_of(name: str) -> str:
    """What a person calls an architecture.

    Args:
        name: as a plan has it, perhaps one of an earlier version.

    Returns:
        Its title; the name itself where this version has no such architecture.
    """
    try:
        return find(name).title
    except (InputError, NotFoundError):
        return name


def matches(row: Architecture, words: str) -> bool:
    """Tell whether a search finds an architecture.

    Args:
        row: the architecture.
        words: all of which must stand in its names, its family or among its authors; case, "-" and "_" do not matter.

    Example:
        >>> [row.name for row in ARCHITECTURES if matches(row, "vgg-1 9")]
        ['VGG19']
    """
    text = " ".join(map(_key, (row.name, row.title, row.family, row.authors)))
    return all(_key(word) in text for word in words.split())


def find_classifier(name: str) -> Architecture:
    """Find an architecture that is to tell the classes of whole photos apart.

    Args:
        name: as `find` takes it.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none.
        InputError: if it has no answer for a whole photo; it says why.
    """
    row = find(name)
    if row.why_no_classifier:
        raise InputError("a network that classifies", row.title, row.why_no_classifier)
    return row


def weights_path(architecture: Architecture, include_top: bool = True, input_size: int | None = None) -> Path:
    """Say where Keras keeps the ImageNet weights of an architecture on this machine.

    Args:
        architecture: a row of the catalog that has ImageNet weights.
        include_top: the file with the classifier, or the one without.
        input_size: side of the square input in pixels; None for the original's.

    Returns:
        The path, whether or not the file is there.

    Raises:
        InputError: if Keras publishes no ImageNet weights for it.
    """
    if architecture.imagenet_weights is None:
        raise InputError(
            "an architecture whose ImageNet weights Keras publishes",
            architecture.title,
            "Start from random weights, or give a weights file of your own.",
        )
    size = input_size or architecture.input_size
    return settings().keras_home / "models" / architecture.imagenet_weights.file_name(include_top, size)


def has_weights(architecture: Architecture, include_top: bool = True, input_size: int | None = None) -> bool:
    """Tell whether the pretrained weights of an architecture are on this machine.

    Args:
        architecture: a row of the catalog.
        include_top: the file with the classifier, or the one without.
        input_size: side of the square input in pixels; None for the original's.

    Returns:
        True if the file of ImageNet weights is there, or the package with them is installed.
    """
    if architecture.package_weights:
        return has_package(architecture)
    return architecture.imagenet_weights is not None and weights_path(architecture, include_top, input_size).is_file()


def has_weights_of_any_size(architecture: Architecture, include_top: bool) -> bool:
    """Tell whether pretrained weights of an architecture are on this machine, whatever input size they are for.

    Args:
        architecture: a row of the catalog.
        include_top: the file with the classifier, or the one without.

    Returns:
        True if `has_weights` says so for the original's input size or another one that has its own file.
    """
    sizes = {architecture.input_size, *architecture.weights_sizes}
    return any(has_weights(architecture, include_top, size) for size in sizes)


def training_size(architecture: Architecture, short_side: int = 10_000) -> int:
    """Choose the input size to train at: the network's own for large images, less for small ones.

    Measured on photos with a short side of 192 pixels, EfficientNet-Lite0 and an exact head: at 224 pixels 97.7 %, at
    192 97.3, at 160 96.4 and at 128 94.7. Where the published weights differ by input size, the size is at most 160, to
    be quick, and sizes whose weights are on this machine come first.

    Args:
        architecture: the backbone.
        short_side: of the images, in pixels; by default that of large ones.

    Returns:
        Pixels, never below what the network takes; one of the sizes that have their own ImageNet weights, where the
        network has several.
    """
    sizes = architecture.imagenet_weights.sizes if architecture.imagenet_weights else ()
    if not sizes:
        sharp = int(_ENLARGED * short_side) // _SIZE_STEP * _SIZE_STEP
        return max(architecture.minimum_size, min(architecture.input_size, sharp))
    sizes = tuple(size for size in sizes if has_weights(architecture, False, size)) or sizes
    wanted = min(_QUICK_SIZE, short_side)
    return max((size for size in sizes if size <= wanted), default=min(sizes))
