"""The catalog of sources that datasets can be imported from."""

from __future__ import annotations

from tlcore.catalog import Catalog
from tlcore.datasets.sources.archives.zip_file import ZIP
from tlcore.datasets.sources.arrays import ARRAYS
from tlcore.datasets.sources.digits import DIGITS
from tlcore.datasets.sources.folder import FOLDER
from tlcore.datasets.sources.keras_sets import KERAS
from tlcore.datasets.sources.recorded import RECORDED
from tlcore.datasets.sources.rendered import RENDERED
from tlcore.datasets.sources.tensorflow_sets import TENSORFLOW

SOURCES = Catalog("dataset source", (FOLDER, ZIP, RECORDED, ARRAYS, RENDERED, DIGITS, KERAS, TENSORFLOW))
