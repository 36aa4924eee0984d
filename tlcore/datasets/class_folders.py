"""A dataset written back as files: one folder for each class."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from tlcore.datasets.dataset import Dataset
from tlcore.files import replacing_folder


def write_class_folders(dataset: Dataset, folder: Path) -> Path:
    """Write all images of a dataset as files, one folder for each class.

    Args:
        dataset: what to write; the files hold the very bytes that were imported.
        folder: where to; it is replaced as a whole.

    Returns:
        The folder.
    """
    with replacing_folder(folder) as temporary:
        for name in dataset.classes:
            (temporary / name).mkdir(parents=True)
        for index, label in enumerate(dataset.labels):
            data = dataset.image_bytes(index)
            with Image.open(BytesIO(data)) as image:
                kind = image.format.lower()
            (temporary / dataset.classes[label] / f"{index:06d}.{kind}").write_bytes(data)
    return folder
