"""Recordings in a folder or zip file as examples: what the page does with a camera, for the command line."""

from __future__ import annotations

from pathlib import Path

from tlcore.datasets.sources.recorded import RECORDED
from tlcore.errors import DatasetError, ImageError
from tlcore.images.decode import decode_image
from tlcore.inference.networks.prepared import Prepared
from tlcore.jobs import SILENT, Monitor
from tlcore.teaching.collection import FEWEST_FRAMES
from tlcore.teaching.frames import Examples, Recording, examples_of, make_frame
from tlcore.teaching.head import maps_of
from tlcore.text import listed

_SIDE = 256  # pixels of the short side that are wanted in the end


def read_examples(path: Path, base: Prepared, monitor: Monitor = SILENT) -> tuple[Examples, list[str]]:
    """Read classes with recordings, and compute the features of each picture.

    Args:
        path: folder or zip file of class/photo and class/recording/frame.
        base: the network.
        monitor: told of progress.

    Returns:
        The examples, and a sentence about each file that is left out.

    Raises:
        DatasetError: if there are no two classes of three pictures each.
    """
    listing = RECORDED.open(RECORDED.parse({"path": path}), monitor)
    recordings: list[dict[int, Recording]] = [{} for _ in listing.classes]
    refused = []
    try:
        for index, name in enumerate(listing.names):
            monitor.report("Reading pictures", index, len(listing.names))
            content = listing.read(index)
            assert isinstance(content, bytes)  # recordings are files
            try:
                picture = decode_image(content, name, _SIDE)
            except ImageError as error:
                refused.append(str(error))
                continue
            group, of_class = listing.groups[index], recordings[listing.labels[index]]
            frame = make_frame(b"", name, picture, maps_of(base, [picture])[0])
            of_class.setdefault(group, Recording(str(group), b"", [])).frames.append(frame)
    finally:
        listing.close()
    counts = [sum(len(recording.frames) for recording in of_class.values()) for of_class in recordings]
    few = [name for name, count in zip(listing.classes, counts, strict=True) if count < FEWEST_FRAMES]
    if few:
        raise DatasetError(f"at least {FEWEST_FRAMES} pictures of each class", f"fewer of {listed(few)}", "Add some.")
    return examples_of(listing.classes, [list(of_class.values()) for of_class in recordings]), refused
