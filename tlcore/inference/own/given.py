"""What a user gives: a network's file and class names, in a folder, an archive or one by one."""

from __future__ import annotations

import shutil
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from tlcore.access.folders import UPLOADS, check_path, uploads_folder
from tlcore.errors import InputError
from tlcore.guard import run
from tlcore.inference.own.labels import read_labels
from tlcore.settings import settings
from tlcore.storage.files import replacing

MODEL_ENDINGS = (".h5", ".hdf5", ".keras", ".tflite", ".lite")
LABEL_ENDINGS = (".txt", ".json", ".csv", ".names")
_CONFIG = "config.json"  # a member of a `.keras` file, and of no archive that people make themselves
_MOST_LABEL_BYTES = 1_000_000
_OTHERS = {
    (".pt", ".pth", ".bin", ".safetensors"): "Export it from PyTorch to ONNX and from there to a .tflite file.",
    (".onnx",): "Convert it to a .tflite file.",
    (".pb", ".pbtxt"): "Load the SavedModel in Keras, save it as .keras, and give that.",
    (".json",): "This is a description without weights, as for TensorFlow.js: give the Keras or .tflite file.",
    (".ckpt", ".index", ".data-00000-of-00001"): "This holds weights only: save the whole network as .keras.",
    (".pkl", ".joblib", ".pickle"): "It can hold any program, so it is never opened. Save the network as .keras.",
}


@dataclass(frozen=True)
class Given:
    """A network's file and the names of its classes.

    Args:
        model: the file; not trusted.
        labels: names in the order of the outputs; empty where none were given.
        name: what the user calls it.
    """

    model: Path
    labels: tuple[str, ...]
    name: str

    @property
    def file_name(self) -> str:
        """Of the network's file."""
        return self.model.name


def gather(paths: Sequence[Path]) -> Given:
    """Find the network and the class names among files, in a folder or in an archive.

    Args:
        paths: of one folder, of one archive, or of files; not trusted.

    Returns:
        Both. What was packed lies unpacked among the asker's uploads.

    Raises:
        InputError: if there is no network among them, or more than one.
        AccessError: if the asker may not name a path.
    """
    name = paths[0].stem if paths else ""
    for path in paths:
        if not check_path(path).exists():
            raise InputError("a network's file", f"{path}, which does not exist", "Check the path.")
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    files = [file for path in files for file in (_unpacked(path) if _is_archive(path) else [path])]
    models = [file for file in files if _is_model(file)]
    labels = [file for file in files if file.suffix.lower() in LABEL_ENDINGS]
    if len(models) != 1:
        raise _no_model(files, models)
    known = [file for file in labels if "label" in file.name.lower() or "class" in file.name.lower()] or labels
    return Given(models[0], read_label_file(known[0]) if known else (), name)


def read_label_file(path: Path) -> tuple[str, ...]:
    """Read class names from a file.

    Args:
        path: not trusted.

    Returns:
        The names.

    Raises:
        InputError: if it is none, or too large.
    """
    if not path.is_file() or path.stat().st_size > _MOST_LABEL_BYTES:
        raise InputError("a file with a line for each class", path.name, "Give a text file such as labels.txt.")
    return read_labels(path.read_bytes(), path.name)


def _is_model(file: Path) -> bool:
    if file.suffix.lower() in MODEL_ENDINGS:
        return file.is_file()
    if file.suffix.lower() in LABEL_ENDINGS or not file.is_file():
        return False
    with file.open("rb") as stream:  # under another name
        start = stream.read(8)
    return start == b"\x89HDF\r\n\x1a\n" or start[4:8] == b"TFL3"


def _is_archive(path: Path) -> bool:
    is_other = path.suffix.lower() in (".keras", ".tflite", ".lite", ".pt", ".pth", ".npz")
    return path.is_file() and not is_other and zipfile.is_zipfile(path)


def _unpacked(path: Path) -> list[Path]:
    """The network and the class names in an archive, copied out of it; the archive itself where it is a network."""
    members = run("unpack", path, path.name)["members"]
    if _CONFIG in members:
        return [path]
    wanted = [name for name in members if PurePosixPath(name).suffix.lower() in (*MODEL_ENDINGS, *LABEL_ENDINGS)]
    wanted = [name for name in wanted if "__MACOSX" not in name]
    if sum(PurePosixPath(name).suffix.lower() in MODEL_ENDINGS for name in wanted) != 1:
        raise _no_model([Path(name) for name in members], [Path(name) for name in wanted])
    folder = uploads_folder() / uuid.uuid4().hex
    return [unpacked_member(path, name, folder / PurePosixPath(name).name) for name in wanted]


def unpacked_member(path: Path, member: str, target: Path) -> Path:
    """Copy one member out of an archive.

    Args:
        path: the archive; not trusted.
        member: its name within.
        target: the file to write.

    Returns:
        The target.

    Raises:
        InputError: if the archive is damaged, or the member too large.
    """
    content: np.ndarray = run("unpack", path, path.name, member=member)
    with replacing(target) as temporary:
        temporary.write_bytes(content.data)
    return target


def _no_model(files: Sequence[Path], models: Sequence[Path]) -> InputError:
    expected = "one network, as .h5, .keras or .tflite"
    if len([file for file in models if file.suffix.lower() in MODEL_ENDINGS]) > 1:
        names = ", ".join(file.name for file in models[:5])
        return InputError(expected, f"several files ({names})", "Give one of them.")
    names = ", ".join(file.name for file in files[:5]) or "no file"
    for endings, action in _OTHERS.items():
        if any(file.name.lower().endswith(endings) for file in files):
            return InputError(expected, names, action)
    return InputError(expected, names, "Save the network with `model.save('network.keras')` and give that file.")


def check_size(path: Path) -> None:
    """Refuse a file that is larger than those that are opened.

    Args:
        path: of a network.

    Raises:
        InputError: if it is.
    """
    limit, size = settings().max_weights_bytes, path.stat().st_size
    if size > limit:
        received = f"{path.name} with {size:,}"
        raise InputError(f"a file of at most {limit:,} bytes", received, "Raise TLCORE_MAX_WEIGHTS_BYTES.")


def forget_given(path: Path) -> None:
    """Remove a file that came through a page, or was unpacked; the prepared network needs it no more.

    Args:
        path: any; only what lies among the uploads is removed.
    """
    if settings().home / UPLOADS in path.parents:
        shutil.rmtree(path.parent, ignore_errors=True)
