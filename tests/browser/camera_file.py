"""A film for Chromium's fake camera, and a browser that has it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tests.browser.conftest import FLAGS

_SIZE = (640, 480)


def camera_flags(photos: Sequence[Path], path: Path, frames_each: int = 10) -> tuple[str, ...]:
    """Write a film in which one photo after the other is held before the camera, again and again.

    Args:
        photos: one or more.
        path: of the film, to be written; it ends with `.mjpeg`.
        frames_each: how many pictures long each photo is held.

    Returns:
        Arguments for Chromium, which then takes the film for its camera and asks nobody for leave.
    """
    film = io.BytesIO()
    for photo in photos:
        picture = io.BytesIO()
        ImageOps.fit(Image.open(photo).convert("RGB"), _SIZE).save(picture, "JPEG", quality=90)
        film.write(picture.getvalue() * frames_each)
    path.write_bytes(film.getvalue())
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )


@contextmanager
def page_with_camera(chromium, photos: Sequence[Path], folder: Path, frames_each: int, **options: Any) -> Iterator[Any]:
    """Open a browser before whose camera photos are held.

    Args:
        chromium: the browser of all tests, which has no camera.
        photos: as `camera_flags` takes them.
        folder: takes the film.
        frames_each: as `camera_flags` takes it.
        **options: of the page, as Playwright takes them.

    Yields:
        A page of a browser of its own.
    """
    flags = camera_flags(photos, folder / "film.mjpeg", frames_each)
    browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags])
    yield browser.new_page(**options)
    browser.close()
