"""Photos of every usual and unusual kind decode the way a careful person would convert them."""

import io
import struct
import time
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from tlcore.errors import ImageError
from tlcore.images.decode import decode_image, measure_image, read_bytes
from tlcore.images.samples import sample_photos
from tlcore.settings import settings

pillow_heif.register_heif_opener()  # to write such files here; the engine reads them in other processes only


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def color_png(colors):
    """A PNG of 16 bits a color, as Pillow writes none; (height, width, 3)."""
    height, width = colors.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in colors)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def little_tiff(width, height, depth, data, *entries, photometric=1, samples=1, compression=1, order="<"):
    """A TIFF of one strip, as Pillow writes none: `entries` are further (tag, type, count, value)."""
    rows = [
        *((256, 3, 1, width), (257, 3, 1, height), (259, 3, 1, compression), (262, 3, 1, photometric)),
        *((277, 3, 1, samples), (278, 3, 1, height), (279, 4, 1, len(data)), *entries),
    ]
    start = 8 + 2 + 12 * (len(rows) + 2) + 4
    rows += [(273, 4, 1, start + 2 * samples)]
    rows += [(258, 3, samples, start if samples > 2 else depth)]
    text = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(rows))
    for tag, kind, count, value in sorted(rows):
        short = kind == 3 and count == 1
        text += struct.pack(
            order + "HHI" + ("HH" if short else "I"), tag, kind, count, *([value, 0] if short else [value])
        )
    return text + bytes(4) + struct.pack(order + "H", depth) * samples + data


def little_color_tiff(colors):
    return color_tiff(colors, "<")


def big_color_tiff(colors):
    return color_tiff(colors, ">")


def packed_color_tiff(colors):
    return color_tiff(colors, "<", 8)


def color_tiff(colors, order, compression=1):
    height, width = colors.shape[:2]
    data = colors.astype(order + "u2").tobytes()
    data = zlib.compress(data) if compression == 8 else data
    return little_tiff(width, height, 16, data, photometric=2, samples=3, compression=compression, order=order)


@pytest.fixture(scope="module")
def scene():
    """Smooth and asymmetric, so that turning and loss both show."""
    y, x = np.mgrid[0:40, 0:60]
    return Image.fromarray(np.stack([x * 4, y * 6, 255 - x * 2 - y * 2], axis=2).astype(np.uint8))


EXACT = ("PNG", "BMP", "TIFF", "PPM", "DDS", "QOI", "SGI", "PCX", "JPEG2000")
LOSSY = ("JPEG", "WEBP", "AVIF", "HEIF")


@pytest.mark.parametrize("format", [*EXACT, *LOSSY])
def test_formats(scene, format):
    data = encode(scene, format)
    result = decode_image(data, "no ending")
    assert result.dtype == np.uint8 and result.flags.writeable
    assert measure_image(data) == (40, 60)
    difference = np.abs(result.astype(int) - np.asarray(scene))
    assert difference.max() == 0 if format in EXACT else difference.mean() < 4


def test_other_kinds(scene):
    pixels = np.asarray(scene)
    rows = b"".join(row.tobytes() for row in pixels.transpose(2, 0, 1))
    photoshop = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 40, 60, 8, 3) + bytes(12) + b"\0\0" + rows
    sun = struct.pack(">8I", 0x59A66A95, 60, 40, 24, len(rows), 1, 0, 0) + pixels[:, :, ::-1].tobytes()
    text = f"P3 60 40 255 {' '.join(map(str, pixels.ravel()))}".encode()
    for data in (photoshop, sun, text):
        assert np.array_equal(decode_image(data), pixels), data[:4]
    square = scene.resize((64, 64))
    for format in ("ICO", "ICNS"):
        data = encode(square, format, sizes=[(64, 64)])
        assert measure_image(data) == decode_image(data).shape[:2]
        difference = np.abs(decode_image(data)[:64, :64].astype(int) - np.asarray(square)).mean()
        assert difference == 0 or format == "ICNS"


def test_containers_that_name_no_coding(scene):
    """HEIC and AVIF files may both begin with a brand that leaves open which of them they are."""
    for format, brand in (("HEIF", b"heic"), ("AVIF", b"avif")):
        data = encode(scene, format)
        assert data[8:12] == brand
        result = decode_image(data[:8] + b"mif1" + data[12:])
        assert np.array_equal(result, decode_image(data))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(scene, format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    # As bytes, pillow-heif writes it both as EXIF and, as phones do, into the container, where alone it counts.
    data = encode(scene, format, exif=exif.tobytes() if format == "HEIF" else exif)
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


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM", "JPEG2000"])
def test_sixteen_bits_use_the_whole_range(format):
    ramp = np.array([[0, 257, 32_896, 65_535]], np.uint16)
    assert decode_image(encode(Image.fromarray(ramp), format))[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG2000"])
@pytest.mark.parametrize("depth", [8, 10, 12, 14])
def test_fewer_bits_in_sixteen_use_their_own_range(format, depth):
    top = 2**depth - 1
    for most, expected in ((top, 255), (top // 2 + 1, 128)):  # the second is dark for its own depth only
        ramp = np.array([[0, most // 2, most]], np.uint16)
        found = decode_image(encode(Image.fromarray(ramp), format))[0, :, 0].tolist()
        assert found == [0, *np.rint(255 / top * ramp[0, 1:]).astype(int)] and found[2] == expected


def test_a_file_may_say_that_it_is_dark():
    """Levels 0, 100 and 200 of 4095, by the two tags of TIFF that state a range."""
    stated = encode(Image.fromarray(np.array([[0, 100, 200]], np.uint16)), "TIFF", tiffinfo={281: 4095})
    packed = little_tiff(3, 1, 12, bytes([0, 0x00, 100, 0x0C, 0x80, 0]))
    assert decode_image(stated)[0, :, 0].tolist() == [0, 6, 12]
    assert decode_image(packed)[0, :, 0].tolist() == [0, 6, 12]
    for nothing_said in ({}, {281: 65_535}):
        plain = encode(Image.fromarray(np.array([[0, 100, 200]], np.uint16)), "TIFF", tiffinfo=nothing_said)
        assert decode_image(plain)[0, :, 0].tolist() == [0, 100, 200]


@pytest.mark.parametrize("most", [4095, 65_535])
@pytest.mark.parametrize(
    "write", [color_png, little_color_tiff, big_color_tiff, packed_color_tiff], ids=lambda write: write.__name__
)
def test_colors_of_sixteen_bits(write, most):
    colors = np.array([[[0, most // 4, most], [most, most // 2, 0]]], np.uint16)
    expected = [[0, 63, 255], [255, 127, 0]]
    assert np.abs(decode_image(write(colors))[0].astype(int) - expected).max() <= 1


def test_signed_and_wide_integers_and_white_that_is_zero():
    signed = little_tiff(3, 1, 16, np.array([-1000, 0, 1000], "<i2").tobytes(), (339, 3, 1, 2))
    assert decode_image(signed)[0, :, 0].tolist() == [0, 128, 255]
    wide = Image.fromarray(np.array([[0, 50_000, 100_000]], np.int32))
    assert decode_image(encode(wide, "TIFF"))[0, :, 0].tolist() == [0, 128, 255]
    big = Image.frombytes("I;16B", (3, 1), np.array([0, 32_896, 65_535], ">u2").tobytes())
    assert decode_image(encode(big, "TIFF"))[0, :, 0].tolist() == [0, 128, 255]
    ink = little_tiff(3, 1, 16, np.array([0, 32_896, 65_535], "<u2").tobytes(), photometric=0)
    assert decode_image(ink)[0, :, 0].tolist() == [255, 127, 0]


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


def test_a_jpeg_beyond_the_limit_is_decoded_at_a_size_within_it(monkeypatch, recwarn):
    data = encode(Image.new("RGB", (1200, 900), (200, 100, 50)), "JPEG")
    png = encode(Image.new("RGB", (1200, 900)), "PNG")
    monkeypatch.setenv("TLCORE_MAX_IMAGE_PIXELS", "200000")
    settings.cache_clear()
    assert measure_image(data) == (900, 1200)
    assert decode_image(data).shape == (225, 300, 3)
    assert decode_image(data, target=200).shape == (225, 300, 3)
    assert decode_image(data, target=40).shape == (113, 150, 3)
    with pytest.raises(ImageError, match=r"at most 0\.2 megapixels.*claims 1200 x 900"):
        decode_image(png)
    monkeypatch.setenv("TLCORE_MAX_IMAGE_PIXELS", "100000")
    settings.cache_clear()
    with pytest.raises(ImageError, match=r"at most 0\.8 megapixels.*claims 1200 x 900"):
        decode_image(data)
    assert not recwarn.list


def test_a_panorama_and_a_photo_of_108_megapixels(recwarn):
    """Sizes at which Pillow itself warns of a bomb; the second is one that it would refuse at twice the size."""
    panorama = encode(Image.new("RGB", (16_384, 3_800), (10, 200, 90)), "PNG", compress_level=1)
    phone = encode(Image.new("RGB", (12_000, 9_000), (10, 200, 90)), "JPEG")
    for data, size, small in ((panorama, (3_800, 16_384), (475, 2_048)), (phone, (9_000, 12_000), (563, 750))):
        found = decode_image(data, target=224)
        assert measure_image(data) == size and found.shape == (*small, 3)
        assert np.abs(found.astype(int) - (10, 200, 90)).max() <= 2
    assert not recwarn.list


def test_reading_says_what_is_wrong(tmp_path):
    with pytest.raises(ImageError, match="does not exist"):
        read_bytes(tmp_path / "none.jpg")
    with pytest.raises(ImageError, match="is a folder"):
        read_bytes(tmp_path)
