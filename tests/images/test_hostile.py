"""Hostile and odd files: each a photo or one clear sentence, in bounded time and memory."""

import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcore.errors import ImageError
from tlcore.images.decode import decode_image
from tlcore.images.resize import resize

# Pillow warns of oddities that it puts up with.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

NAME = "holiday.jpg"
SECONDS = 5


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows=b"", depth=8, color=2, extra=b"", interlace=0):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(*entries, order="<"):
    """A little TIFF of one directory: (tag, type, count, value) each."""
    directory = struct.pack(order + "H", len(entries))
    directory += b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8) + directory + b"\0" * 4


def noise(height, width, channels=3):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, channels)).astype(np.uint8)
    return Image.fromarray(pixels.squeeze())


PHOTO = noise(64, 96)
JPEG, PNG = encode(PHOTO, "JPEG"), encode(PHOTO, "PNG")
GIF, WEBP = encode(PHOTO, "GIF"), encode(PHOTO, "WEBP")
BMP, TIFF = encode(PHOTO, "BMP"), encode(PHOTO, "TIFF")
FULL = {"jpeg": JPEG, "png": PNG, "gif": GIF, "webp": WEBP, "bmp": BMP, "tiff": TIFF}


def jpeg_with_size(width, height):
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack(">HH", height, width) + JPEG[place + 4 :]


def gif_with_size(width, height):
    return GIF[:6] + struct.pack("<HH", width, height) + GIF[10:]


def bmp_with_size(width, height):
    return BMP[:18] + struct.pack("<ii", width, height) + BMP[26:]


def webp_with_size(width, height):
    place = WEBP.index(b"\x9d\x01\x2a") + 3
    return WEBP[:place] + struct.pack("<HH", width, height) + WEBP[place + 4 :]


def huge_exif(format):
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    exif[0x0112] = 6
    return encode(PHOTO, format, exif=exif)


def broken_exif():
    data = encode(PHOTO, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 64)
    return data


REFUSED = {
    "zero bytes": b"",
    "one byte": b"\xff",
    "only zeros": bytes(1000),
    "random bytes": np.random.default_rng(1).bytes(5000),
    "plain text": b"This is no photo.\n" * 10,
    "html named jpg": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "html with a mark": b"\xef\xbb\xbf\n <html></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>',
    "svg with declaration": b'<?xml version="1.0"?>\n<!-- drawing -->\n<svg></svg>',
    "xml with entity bomb": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "pdf": b"%PDF-1.7\n" + bytes(100),
    "zip": b"PK\x03\x04" + bytes(100),
    "heic": b"\0\0\0\x18ftypheic" + bytes(100),
    "avif": b"\0\0\0\x18ftypavif" + bytes(100),
    "icon": b"\0\0\1\0\1\0" + bytes(100),
    "photoshop": b"8BPS" + bytes(100),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "ppm": b"P6 60000 60000 255\n",
    "pickle": b"\x80\x04\x95" + bytes(50),
    "only a jpeg mark": b"\xff\xd8\xff",
    "only a png mark": b"\x89PNG\r\n\x1a\n",
    "only a gif mark": b"GIF89a",
    "only a bmp mark": b"BM",
    "only a tiff mark": b"II*\0",
    "only a webp mark": b"RIFF\x10\0\0\0WEBPVP8 ",
    "png bomb 60000": png(60_000, 60_000),
    "png bomb 2^31": png(2**31 - 1, 2**31 - 1),
    "png bomb just over the limit": png(60_000, 1_834),
    "png bomb of one bit": png(60_000, 60_000, depth=1, color=0),
    "png of no width": png(0, 10),
    "png of unknown depth": png(4, 4, depth=7),
    "png with short data": png(3000, 3000, b"\0" * 3001),
    "png with a text bomb": png(4, 4, b"", extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000)))),
    "png with wrong checksum": PNG[:40] + bytes([PNG[40] ^ 255]) + PNG[41:],
    "jpeg bomb 65535": jpeg_with_size(65_500, 65_500),
    "jpeg of no height": jpeg_with_size(96, 0),
    "gif bomb": gif_with_size(65_535, 65_535),
    "bmp bomb": bmp_with_size(60_000, 60_000),
    "bmp of negative width": bmp_with_size(-5, 5),
    "bmp claiming more than it holds": bmp_with_size(5_000, 5_000),
    "tiff bomb": tiff((256, 4, 1, 60_000), (257, 4, 1, 60_000), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8)),
    "tiff with a directory of its own": tiff((330, 4, 1, 8), (256, 4, 1, 4)),
    "tiff with endless counts": tiff((256, 4, 2**32 - 1, 8), (257, 4, 1, 4)),
    "tiff pointing outside": b"II*\0\xff\xff\xff\x7f",
}
SERVED = {
    "png named jpg": PNG,
    "gif named jpg": GIF,
    "1 x 1": encode(noise(1, 1), "PNG"),
    "1 x 20000": encode(noise(1, 20_000), "PNG"),
    "20000 x 1": encode(noise(20_000, 1), "PNG"),
    "20000 x 1 jpeg": encode(noise(20_000, 1), "JPEG"),
    "cmyk jpeg": encode(PHOTO.convert("CMYK"), "JPEG"),
    "progressive jpeg": encode(PHOTO, "JPEG", progressive=True),
    "16-bit png": encode(Image.fromarray(np.arange(100, dtype=np.uint16).reshape(10, 10) * 650), "PNG"),
    "one-bit png": encode(PHOTO.convert("1"), "PNG"),
    "palette png": encode(PHOTO.quantize(7), "PNG"),
    "rgba webp": encode(PHOTO.convert("RGBA"), "WEBP", lossless=True),
    "animated gif": encode(PHOTO, "GIF", save_all=True, append_images=[PHOTO.rotate(90)] * 5),
    "animated webp": encode(PHOTO, "WEBP", save_all=True, append_images=[PHOTO.rotate(90)] * 5),
    "huge exif jpeg": huge_exif("JPEG"),
    "huge exif png": huge_exif("PNG"),
    "broken exif": broken_exif(),
    "many comments": JPEG[:2] + (b"\xff\xfe\xff\xff" + bytes(65_533)) * 20 + JPEG[2:],
    "a zip behind a jpeg": JPEG + b"PK\x03\x04" + bytes(1000),
    "html behind a png": PNG + b"<script>alert(1)</script>",
    "lossless webp": encode(PHOTO, "WEBP", lossless=True),
    "packed tiff": encode(PHOTO, "TIFF", compression="tiff_lzw"),
    "jpeg in tiff": encode(PHOTO, "TIFF", compression="jpeg"),
    "interlaced gif": encode(PHOTO.quantize(16), "GIF", interlace=1),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_in_one_sentence(kind):
    started = time.perf_counter()
    with pytest.raises(ImageError) as caught:
        decode_image(REFUSED[kind], NAME)
    assert time.perf_counter() - started < SECONDS
    assert NAME in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.parametrize("kind", SERVED)
def test_served(kind):
    image = decode_image(SERVED[kind], NAME)
    assert image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
    assert resize(image, 224, 224, "crop").shape == (224, 224, 3)


@pytest.mark.parametrize("kind", FULL)
def test_cut_short_anywhere(kind):
    data = FULL[kind]
    refused = 0
    for length in sorted({*range(1, 64), *np.linspace(64, len(data) - 1, 60, dtype=int).tolist()}):
        try:
            assert decode_image(data[:length], NAME).shape == (64, 96, 3)
        except ImageError as error:
            refused += 1
            assert NAME in str(error)
    # Only a cut in the closing bytes leaves the picture whole.
    assert refused > 100


@pytest.mark.parametrize("kind", FULL)
def test_flipped_bytes_anywhere(kind):
    random = np.random.default_rng(2)
    for _ in range(150):
        data = bytearray(FULL[kind])
        for place in random.integers(0, min(len(data), 800), 3):
            data[place] = random.integers(256)
        try:
            assert decode_image(bytes(data), NAME).dtype == np.uint8
        except ImageError as error:
            assert NAME in str(error)


def test_limits_come_from_the_settings(monkeypatch):
    from tlcore.settings import settings

    monkeypatch.setenv("TLCORE_MAX_IMAGE_BYTES", "1000")
    monkeypatch.setenv("TLCORE_MAX_IMAGE_PIXELS", "50")
    settings.cache_clear()
    try:
        with pytest.raises(ImageError, match="TLCORE_MAX_IMAGE_BYTES"):
            decode_image(PNG, NAME)
        with pytest.raises(ImageError, match="claims 10 x 10"):
            decode_image(encode(Image.new("RGB", (10, 10)), "PNG"), NAME)
    finally:
        settings.cache_clear()


def test_memory_stays_bounded():
    """All bombs one after another need no more memory than a few permitted photos.

    Read from Linux' own record of the process: the peak that `resource` gives begins with that of the process which
    started it, so here with all that other tests have loaded.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("needs Linux' record of a process's largest memory")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_hostile import REFUSED, decode_image, ImageError\n"
        "for data in REFUSED.values():\n"
        "    try: decode_image(data)\n"
        "    except ImageError: pass\n"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])\n"
    )
    folder = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", program, folder], capture_output=True, text=True, timeout=120, check=True
    )
    assert int(done.stdout) * 1024 < 800e6
