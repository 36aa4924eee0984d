"""Files that are no network of Keras: what each is, told by how it begins, and what its owner can do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath

from tlcore.errors import InputError

_SAVE = "Save the network in Keras with `model.save('network.keras')` and open that."
_AGAIN = "Copy or download it once more, or save the network again in Keras with `model.save('network.keras')`."
_CONVERT = "Only files of Keras and LiteRT (.keras, .h5, .tflite) can be read here."
_LOAD = "Load it in TensorFlow, then save it with `model.save('network.keras')`."
_IMPORT = "Import it as a dataset on the Datasets page."
_PHOTO = "Classify it on the Classify page."
_DOWNLOAD = "Download the file itself: a click on it in the browser may show a page about it."
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")


@dataclass(frozen=True)
class Foreign:
    """A kind of file that people take for a network of Keras, or confuse with one.

    Args:
        what: it is, as part of a sentence.
        action: what its owner can do.
        begins: first bytes, any of them; empty where the parts of an archive tell.
        offset: where those bytes stand.
        ending: that the name must have besides; empty for any.
        holds: parts of an archive, of which one must be the end of an entry's name.
    """

    what: str
    action: str
    begins: tuple[bytes, ...] = ()
    offset: int = 0
    ending: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


FOREIGN = (
    Foreign("a PyTorch file", _CONVERT, holds=("data.pkl", "constants.pkl")),
    Foreign("a TensorFlow SavedModel", _LOAD, holds=("saved_model.pb",)),
    Foreign("a TensorFlow.js network", _SAVE, holds=("model.json", "weights.bin")),
    Foreign("a NumPy archive of arrays", _CONVERT, holds=(".npy",)),
    Foreign("a zip of photos", _IMPORT, holds=(".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")),
    Foreign("a zip of other files, without a network", _SAVE, begins=(b"PK",)),
    Foreign("a PyTorch file of the old kind", _CONVERT, begins=(b"\x80\x02\x8a\x0al\xfc\x9c\x46\xf9",)),
    Foreign("a PyTorch file", _CONVERT, begins=(b"\x80",), ending=(".pt", ".pth", ".ckpt", ".bin")),
    Foreign("a Python pickle, which is never opened because it can run code", _SAVE, begins=_PICKLES),
    Foreign("an ONNX network", _CONVERT, begins=(b"\x08",), ending=(".onnx",)),
    Foreign("the graph of a TensorFlow SavedModel, without its weights", _LOAD, ending=(".pb",)),
    Foreign("a safetensors file, which holds weights without a network", _CONVERT, begins=(b'{"',), offset=8),
    Foreign("a TensorFlow.js network, of which this file is the description", _SAVE, ending=("model.json",)),
    Foreign("a text file (JSON)", _SAVE, begins=(b"{", b"[")),
    Foreign("a photo", _PHOTO, begins=(b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")),
    Foreign("a photo", _PHOTO, begins=(b"WEBP", b"heic", b"mif1", b"avif"), offset=8),
    Foreign("a NumPy array", _CONVERT, begins=(b"\x93NUMPY",)),
    Foreign("a packed file", "Unpack it and open the network in it.", begins=_PACKED),
    Foreign("a note of Git LFS that stands for the real file", _DOWNLOAD, begins=(b"version https://git-lfs",)),
    Foreign("a web page", _DOWNLOAD, begins=(b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML")),
)


def what_it_is(
    name: str, head: bytes, entries: Collection[str] = (), expected: str = "a network saved by Keras or LiteRT"
) -> InputError:
    """The error about a file of another kind.

    Args:
        name: as the user calls it.
        head: its first bytes, 16 or more where there are as many.
        entries: names of the parts, if it is an archive.
        expected: what it should be.

    Returns:
        The error; it says what the file is, where that can be told.
    """
    row = find_foreign(name, head, entries)
    if row is not None:
        return InputError(expected, f"{name}, {row.what}", row.action)
    if not head:
        return InputError(expected, f"{name}, an empty file", _AGAIN)
    return InputError(expected, f"{name}, a file of another kind or a damaged one, whatever its name says", _AGAIN)


def find_foreign(name: str, head: bytes, entries: Collection[str] = ()) -> Foreign | None:
    """Tell which kind of file it is; None if it is none of those that are known. Takes what `what_it_is` takes."""
    return next((row for row in FOREIGN if _fits(row, name, head, entries)), None)


def _fits(row: Foreign, name: str, head: bytes, entries: Collection[str]) -> bool:
    if row.holds:
        return any(entry.lower().endswith(row.holds) for entry in entries)
    if row.ending and not PurePath(name).name.lower().endswith(row.ending):
        return False
    return not row.begins or head[row.offset :].startswith(row.begins)
