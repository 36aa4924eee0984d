"""Source: photo sets of TensorFlow Datasets by name, from the zip files that they are made of.

TensorFlow Datasets itself is not needed: these sets are zip files of class folders. It leaves the 1,738 photos
without a JFIF mark out of `cats_vs_dogs`; here those that decode are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tlcore.catalog import Catalog
from tlcore.datasets.sources.archives.zip_file import list_zip
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.download import fetch
from tlcore.jobs import Monitor
from tlcore.settings import settings

MICROSOFT = "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
GOOGLE = "https://storage.googleapis.com/download.tensorflow.org/data/"


@dataclass(frozen=True)
class ZippedSet:
    """One set.

    Args:
        name: as TensorFlow Datasets calls it.
        title: for people, with the size of the download.
        address: where the zip file is.
        digest: its SHA-256 in hex, as published.
    """

    name: str
    title: str
    address: str
    digest: str


ZIPPED_SETS = Catalog(
    "dataset",
    (
        ZippedSet(
            "cats_vs_dogs",
            "Cats and dogs: 25,000 images, 825 MB",
            MICROSOFT + "kagglecatsanddogs_5340.zip",
            "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
        ),
        ZippedSet(
            "horses_or_humans",
            "Horses or humans: 1,027 rendered images, 150 MB",
            GOOGLE + "horse-or-human.zip",
            "e2e6f70d3d549c5dd10a57165e55af253ee66ad750403f95c0fb76bb943633a9",
        ),
        ZippedSet(
            "rock_paper_scissors",
            "Rock, paper, scissors: 2,520 rendered hands, 201 MB",
            GOOGLE + "rps.zip",
            "c2403444395842ad04c53612bad54b574443eae17a0723117a2ff87b9d72194f",
        ),
    ),
)


def _open(options: Options, monitor: Monitor) -> Listing:
    row = ZIPPED_SETS.find(str(options["set"]))
    path = settings().home / "downloads" / row.address.rsplit("/", 1)[-1]
    return replace(list_zip(fetch(row.address, path, row.digest, monitor), {}), name=row.name)


TENSORFLOW = Source(
    "tensorflow",
    "TensorFlow Datasets",
    "Image datasets that TensorFlow Datasets offers under the same names; downloaded once.",
    (
        Option(
            "set",
            "Dataset",
            str,
            "cats_vs_dogs",
            "which dataset; downloads 150 to 825 MB if it is not on this machine",
            choices=tuple(row.name for row in ZIPPED_SETS),
        ),
    ),
    _open,
    online=True,
)
