"""What is recorded as an archive, for the import that makes it a dataset."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path

from tlcore.access.folders import uploads_folder
from tlcore.datasets.sources.recorded import RECORDED
from tlcore.errors import StateError
from tlcore.storage.files import replacing
from tlcore.storage.names import safe_names
from tlcore.teaching.collection import Collection, TaughtClass
from tlcore.text import one_line

_MOST_NAME = 200  # characters
_NAME = "Recorded"
_FEWEST = 2  # images of a class in a dataset


def import_request(collection: Collection, name: str) -> dict:
    """Write what is recorded to the asker's uploads, and say how to import it.

    Args:
        collection: with two or more classes that have enough pictures; others are left out.
        name: what to call the dataset; "" for a name of its classes.

    Returns:
        The request for `tlcore.datasets.jobs.import_images`.

    Raises:
        StateError: if there are not enough pictures.
    """
    classes = collection.answerable
    if not classes:
        raise StateError("two classes with enough pictures", "fewer", "Record more, then make it a dataset.")
    path = uploads_folder() / uuid.uuid4().hex / "recorded.zip"
    with replacing(path) as temporary:
        _write(temporary, classes)
    plain = one_line(name, _MOST_NAME) or f"{_NAME}: {', '.join(each.name for each in classes)}"[:_MOST_NAME]
    return {"source": RECORDED.name, "options": {"path": str(path)}, "name": plain}


def _write(path: Path, classes: list[TaughtClass]) -> None:
    """One folder a class; in it a folder for each recording, and single photos under their own names."""
    with zipfile.ZipFile(path, "w") as archive:  # stored: photos do not shrink
        for taught, folder in zip(classes, safe_names([each.name for each in classes]), strict=True):
            photos = [each for each in taught.recordings if each.frames[0].name]
            names = safe_names([f"photo {number:03d} {each.frames[0].name}" for number, each in enumerate(photos, 1)])
            for recording, name in zip(photos, names, strict=True):
                archive.writestr(f"{folder}/{name}", recording.frames[0].data)
            recorded = [each for each in taught.recordings if not each.frames[0].name]
            for number, recording in enumerate(recorded, 1):
                for place, frame in enumerate(recording.frames, 1):
                    archive.writestr(f"{folder}/recording {number:02d}/{place:03d}.jpg", frame.data)
