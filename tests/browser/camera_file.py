"""A film for Chromium's fake camera."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

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
