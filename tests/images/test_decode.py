"""Photos of every usual and unusual kind decode the way a careful person would convert them."""

import io
import time

import numpy as np
import pytest
from PIL import Image, ImageCms

from tlcore.errors import ImageError
from tlcore.images.decode import decode_image, measure_image, read_bytes
from tlcore.images.samples import sample_photos


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def scene():
    """Smooth and asymmetric, so that turning and loss both show."""
    y, x = np.mgrid[0:40, 0:60]
    return Image.fromarray(np.stack([x * 4, y * 6, 255 - x * 2 - y * 2], axis=2).astype(np.uint8))


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "JPEG", "WEBP"])
def test_formats(scene, format):
    result = decode_image(encode(scene, format))
    assert result.dtype == np.uint8 and result.flags.writeable
    assert np.abs(result.astype(int) - np.asarray(scene)).mean() < 4


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(scene, format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(scene, format, exif=exif)
    pixels = np.asarray(scene)
    turned = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.swapaxes(0, 1),
        6: pixels[::-1].swapaxes(0, 1),
        7: pixels[::-1, ::-1].swapaxes(0, 1),
        8: pixels[:, ::-1].swapaxes(0, 1),
    }[orientation]
    result = decode_image(data)
    assert measure_image(data) == result.shape[:2] == turned.shape[:2]
    assert np.abs(result.astype(int) - turned).mean() < 4


def test_transparency_becomes_white(scene):
    for image in (
        Image.new("RGBA", (4, 4), (0, 0, 0, 0)),
        Image.new("LA", (4, 4), (0, 0)),
        Image.new("RGBA", (4, 4), (0, 0, 0, 0)).quantize(),
    ):
        assert (decode_image(encode(image, "PNG")) == 255).all()
    half = decode_image(encode(Image.new("RGBA", (4, 4), (255, 0, 0, 128)), "PNG"))
    assert np.abs(half[0, 0].astype(int) - (255, 127, 127)).max() <= 1
    keyed = encode(Image.new("RGB", (4, 4), (9, 9, 9)), "PNG", transparency=(9, 9, 9))
    assert (decode_image(keyed) == 255).all()


def test_gray_palette_and_black_and_white(scene):
    gray = np.asarray(scene.convert("L"))
    assert np.array_equal(decode_image(encode(scene.convert("L"), "PNG")), np.repeat(gray[:, :, None], 3, axis=2))
    palette = decode_image(encode(scene.quantize(256), "PNG"))
    assert np.abs(palette.astype(int) - np.asarray(scene)).mean() < 6
    assert set(np.unique(decode_image(encode(scene.convert("1"), "PNG")))) == {0, 255}


def test_sixteen_bits_use_the_whole_range():
    ramp = np.array([[0, 257, 32_896, 65_535]], np.uint16)
    for format in ("PNG", "TIFF"):
        assert decode_image(encode(Image.fromarray(ramp), format))[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0, 0.5, 1], [0, 128, 255]), ([0, 100, 255], [0, 100, 255]), ([-2, 0, 2], [0, 128, 255]), ([7, 7, 7], [7, 7, 7])],
)
def test_floating_point_tiff(values, expected):
    image = Image.fromarray(np.array([values], np.float32))
    assert decode_image(encode(image, "TIFF"))[0, :, 0].tolist() == expected


def test_floating_point_without_numbers_is_black():
    image = Image.fromarray(np.array([[np.nan, 0, 1, np.inf]], np.float32))
    assert decode_image(encode(image, "TIFF"))[0, :, 0].tolist() == [0, 0, 255, 0]


def test_print_colors(scene):
    for image, format in ((scene.convert("CMYK"), "JPEG"), (scene.convert("CMYK"), "TIFF")):
        result = decode_image(encode(image, format))
        assert np.abs(result.astype(int) - np.asarray(scene)).mean() < 6
    broken = encode(scene.convert("CMYK"), "JPEG", icc_profile=b"no profile")
    assert decode_image(broken).shape == (40, 60, 3)


def test_lab_colors(scene):
    lab = ImageCms.profileToProfile(
        scene, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    try:
        result = decode_image(encode(lab, "TIFF"))
    except ImageError as error:
        assert "save it again" in str(error)
    else:
        assert np.abs(result.astype(int) - np.asarray(scene)).mean() < 6


def test_first_frame_of_animations(scene):
    red, blue = Image.new("RGB", (9, 9), (255, 0, 0)), Image.new("RGB", (9, 9), (0, 0, 255))
    for format in ("GIF", "WEBP", "PNG", "TIFF"):
        data = encode(
            red, format, save_all=True, append_images=[blue], **({"lossless": True} if format == "WEBP" else {})
        )
        assert decode_image(data)[0, 0].tolist() == [255, 0, 0]


def test_large_jpeg_decodes_small_when_asked():
    photo = Image.open(sample_photos()[0].path).resize((4000, 3000))
    data = encode(photo, "JPEG")
    whole = decode_image(data)
    started = time.perf_counter()
    small = decode_image(data, target=256)
    seconds = time.perf_counter() - started
    assert whole.shape == (3000, 4000, 3) and measure_image(data) == (3000, 4000)
    assert small.shape == (750, 1000, 3)
    assert seconds < 2
    reference = np.asarray(Image.fromarray(whole).reduce(4))
    assert np.abs(small.astype(int) - reference).mean() < 3


def test_reading_says_what_is_wrong(tmp_path):
    with pytest.raises(ImageError, match="does not exist"):
        read_bytes(tmp_path / "none.jpg")
    with pytest.raises(ImageError, match="is a folder"):
        read_bytes(tmp_path)
