"""Pictures on a page, and photos of a dataset as small ones, read once for everybody: a dataset never changes."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Literal

import numpy as np
import streamlit as st
from PIL import Image

from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.overview import mixed_order
from tlcore.datasets.thumbnails import thumbnail
from tlcore.images.resize import resize

_WIDTH = 128
_EXAMPLES = 8
_MOST_TURNS = 1000  # images among which the examples are looked for
_SHOWN_PIXELS = 900  # of a large picture
_EXAMPLE_WIDTH = 96  # eight stand in one row of a wide page


@st.cache_data(max_entries=3000, show_spinner=False)
def photo(id: str, index: int) -> str:
    """Make a small picture of a photo.

    The picture travels inside its address. A file of its own would be gone from the server by the time that the
    browser asks for it, where a live page shows other photos every second.

    Args:
        id: of the dataset.
        index: the photo's position in it.

    Returns:
        A data address of a WebP picture, for `st.image`.
    """
    return webp_address(thumbnail(open_dataset(id), index))


def show_grid(dataset: Dataset, indices: Sequence[int], captions: Sequence[str], key: str) -> None:
    """Draw photos side by side, as many in a row as there is room for.

    Args:
        dataset: where they are.
        indices: their positions in it.
        captions: what stands beneath each.
        key: unique on the page.
    """
    with st.container(horizontal=True, key=key):
        for index, caption in zip(indices, captions, strict=True):
            st.image(photo(dataset.id, int(index)), caption=plain(caption), width=_WIDTH, alt=caption)


def show_examples(dataset: Dataset, most: int = _EXAMPLES, width: int = _EXAMPLE_WIDTH) -> None:
    """Draw a few images of a dataset as squares, in turn from each class.

    Args:
        dataset: any dataset.
        most: how many, 8 or fewer.
        width: of each in pixels, 96 or less.
    """
    with st.container(horizontal=True, gap="xsmall", key="examples"):
        for picture, label in _examples(dataset.id)[:most]:
            st.image(picture, caption=plain(label), width=width, alt=label)


@st.cache_data(max_entries=32, show_spinner=False)
def _examples(id: str) -> list[tuple[str, str]]:
    dataset = open_dataset(id)
    indices = in_turn(dataset, mixed_order(dataset))[:_EXAMPLES]
    return [(_square(dataset, index), dataset.classes[dataset.labels[index]]) for index in indices]


def in_turn(dataset: Dataset, indices: np.ndarray) -> list[int]:
    """Order images so that classes take turns: a version keeps the order of the one before, where they may not.

    Args:
        dataset: where they are.
        indices: their positions, of which the first thousand are looked at.

    Returns:
        Positions: the first of each class, then the second of each.
    """
    order = indices[:_MOST_TURNS]
    labels = dataset.labels[order]
    turns = [np.count_nonzero(labels[:place] == label) for place, label in enumerate(labels)]
    return [int(index) for index in order[np.argsort(turns, kind="stable")]]


def _square(dataset: Dataset, index: int) -> str:
    side = _EXAMPLE_WIDTH
    return webp_of(resize(dataset.preview(index, side), side, side, "crop", ratio=1.0))


def webp_address(picture: bytes) -> str:
    """Put a picture into its own address, so that the browser need not ask for it.

    Args:
        picture: a WebP file.

    Returns:
        A data address, for `st.image`.
    """
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def webp_of(pixels: np.ndarray, **options: object) -> str:
    """Put a picture into its own address, as a WebP.

    Args:
        pixels: uint8 (height, width, 3 or 4) or (height, width).
        **options: how Pillow writes it, such as `quality`, by default 85, or `lossless`.

    Returns:
        A data address, for `st.image`.
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WebP", **{"quality": 85, **options})
    return webp_address(file.getvalue())


def jpeg_address(pixels: np.ndarray) -> str:
    """Put a picture into its own address, as a JPEG.

    Args:
        pixels: uint8 (height, width, 3) or (height, width).

    Returns:
        A data address, for `st.image`.
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def show_picture(
    picture: np.ndarray, caption: str, description: str, width: int | Literal["stretch"] = "stretch"
) -> None:
    """Draw an image, never larger than a screen needs.

    Args:
        picture: uint8 (height, width, 3 or 1).
        caption: stands below it.
        description: for those who cannot see it.
        width: in pixels, or "stretch".
    """
    step = max(1, max(picture.shape[:2]) // _SHOWN_PIXELS)
    # A file of its own might be gone before the browser asks for it: photos that are uploaded together come one by one.
    address = jpeg_address(np.ascontiguousarray(picture[::step, ::step].squeeze()))
    st.image(address, caption=plain(caption), alt=description, width=width)
