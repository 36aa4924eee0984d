"""What a file is, told by its first bytes, whatever its name: a photo of some kind, or something else.

A kind without reliable first bytes, such as TGA, is no photo here: its decoder would be tried on any file.
"""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.errors import ImageError

USUAL = "JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF"  # what people have, for labels and sentences; more are read
USABLE = f"an image such as {USUAL}"
BEGINNING = 1024  # bytes by which kinds of files are told apart
_LEADING = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class Kind:
    """How a kind of file begins.

    Args:
        title: what the file is, for a sentence.
        starts: its first bytes; any of them.
        decoders: Pillow's decoders for it, tried in this order; none if it is no usable photo.
        offset: where `starts` stand.
        common: its decoder may run in any process; all others run in a child process only.
    """

    title: str
    starts: tuple[bytes, ...]
    decoders: tuple[str, ...] = ()
    offset: int = 0
    common: bool = False


_SPACES = (b" ", b"\t", b"\r", b"\n")
KINDS = (
    Kind("JPEG", (b"\xff\xd8\xff",), ("JPEG",), common=True),
    Kind("PNG", (b"\x89PNG\r\n\x1a\n",), ("PNG",), common=True),
    Kind("WebP", (b"WEBP",), ("WEBP",), offset=8, common=True),
    Kind("BMP", (b"BM",), ("BMP",)),
    Kind("GIF", (b"GIF87a", b"GIF89a"), ("GIF",)),
    Kind("TIFF", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), ("TIFF",)),
    Kind("AVIF", (b"ftypavif", b"ftypavis"), ("AVIF",), offset=4),
    Kind(
        "HEIC",
        tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")),
        ("HEIF",),
        offset=4,
    ),
    Kind("HEIF", (b"ftypmif1", b"ftypmsf1"), ("AVIF", "HEIF"), offset=4),  # the brands of what may be either
    Kind("JPEG 2000", (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"), ("JPEG2000",)),
    Kind(
        "PNM",
        tuple(b"P" + kind + space for kind in (b"1", b"2", b"3", b"4", b"5", b"6", b"f") for space in _SPACES),
        ("PPM",),
    ),
    Kind("Photoshop", (b"8BPS",), ("PSD",)),
    Kind("an icon", (b"\0\0\1\0",), ("ICO",)),
    Kind("an icon", (b"icns",), ("ICNS",)),
    Kind("DDS", (b"DDS ",), ("DDS",)),
    Kind("QOI", (b"qoif",), ("QOI",)),
    Kind("SGI", (b"\x01\xda",), ("SGI",)),
    Kind("PCX", (b"\n\x00\x01", b"\n\x02\x01", b"\n\x03\x01", b"\n\x05\x01"), ("PCX",)),
    Kind("Sun raster", (b"\x59\xa6\x6a\x95",), ("SUN",)),
    Kind("a JPEG XL image", (b"\0\0\0\x0cJXL \r\n\x87\n", b"\xff\x0a")),
    Kind("a video or raw photo", (b"ftyp",), offset=4),
    Kind("a PDF document", (b"%PDF",)),
    Kind("a PostScript drawing", (b"%!PS", b"\xc5\xd0\xd3\xc6")),
    Kind("a zip archive", (b"PK\x03\x04",)),
    Kind("a NumPy array", (b"\x93NUMPY",)),
    Kind("an HDF5 file", (b"\x89HDF\r\n\x1a\n",)),
)
TEXT_KINDS = (
    Kind("an SVG drawing", (b"<svg",)),
    Kind("a web page", (b"<!doctype html", b"<html")),
    Kind("an XML document", (b"<?xml",)),
)


def title_of(data: bytes) -> str:
    """What a file is by how it begins; "" if it begins like nothing that is known here.

    Args:
        data: its first `BEGINNING` bytes.
    """
    head = data[:BEGINNING].lstrip(_LEADING).lower()
    known = [row for row in KINDS if data.startswith(row.starts, row.offset)]
    known += [row for row in TEXT_KINDS if any(start in head for start in row.starts)]
    return known[0].title if known else ""


def check_beginning(data: bytes, name: str) -> Kind:
    """Tell a photo from other files by how it begins.

    Args:
        data: the file, or its first `BEGINNING` bytes; not trusted.
        name: how to call the file in an error.

    Returns:
        The kind of photo.

    Raises:
        ImageError: if it is none; it says what it is instead, where that is known.
    """
    kind = next((row for row in KINDS if data.startswith(row.starts, row.offset)), None)
    if kind is None or not kind.decoders:
        raise ImageError(
            USABLE,
            f"{name}, which is {title_of(data) or 'some other kind of file'}",
            "Choose an image, or save this one as JPEG or PNG first.",
        )
    return kind
