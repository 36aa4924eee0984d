"""Small pictures of photos, of which one is clicked to see it large."""

from __future__ import annotations

import io
from collections.abc import Sequence

import streamlit as st
from PIL import Image, ImageOps

from pages.ui.photos import webp_address
from pages.ui.text import plain
from tlcore.images.samples import sample_photos
from tlcore.inference.many import PhotoFile

_WIDTH, _HEIGHT = 68, 54
_SAMPLE = "sample"  # in the page's address
_STYLE = f"""<style>
.st-key-gallery img {{height: {_HEIGHT}px; max-height: none !important; width: {_WIDTH}px; object-fit: cover;
  border-radius: .4rem; display: block}}
.st-key-gallery button {{padding: 3px; height: auto; min-height: 0; border-radius: .6rem; border-width: 2px}}
@media (max-width: 640px) {{.st-key-gallery img {{width: 54px; height: 44px}}}}
</style>"""


def choose_sample(samples: Sequence[PhotoFile]) -> PhotoFile:
    """Draw the samples; the one chosen is kept in the page's address.

    Args:
        samples: one or more, as `input.sample_files` has them.

    Returns:
        The one chosen.
    """
    names = [sample.name for sample in sample_photos()]
    asked = st.query_params.get(_SAMPLE)
    start = names.index(asked) if asked in names else 0
    pictures = [_small(sample.key) for sample in samples]
    chosen = choose_photo(samples, pictures, start, "samples")
    st.query_params[_SAMPLE] = names[chosen]
    return samples[chosen]


def caption(photo: PhotoFile) -> str:
    """What stands beneath a photo: its name, and of a sample whose it is.

    Args:
        photo: any.
    """
    credits = (f"{photo.name}: {sample.credit}" for sample in sample_photos() if str(sample.path) == photo.key)
    return next(credits, photo.name)


def choose_photo(photos: Sequence[PhotoFile], pictures: Sequence[str], start: int, key: str) -> int:
    """Draw photos small, side by side.

    Args:
        photos: one or more.
        pictures: the address of a small picture of each.
        start: which is chosen at first.
        key: unique on the page.

    Returns:
        Which is chosen.
    """
    st.html(_STYLE)
    with st.container(key="gallery"):
        return st.pills(
            "Photo",
            range(len(photos)),
            default=start,
            required=True,
            # A picture whose name is for those who cannot see it.
            format_func=lambda index: f"![{plain(photos[index].name)}]({pictures[index]})",
            label_visibility="collapsed",
            key=key,
        )


@st.cache_data(show_spinner=False)
def _small(path: str) -> str:
    file = io.BytesIO()
    ImageOps.fit(Image.open(path).convert("RGB"), (2 * _WIDTH, 2 * _HEIGHT)).save(file, "WebP", quality=80)
    return webp_address(file.getvalue())
