"""The catalog of sources that datasets can be imported from."""

from __future__ import annotations

from tlcore.datasets.arrays import ARRAYS
from tlcore.datasets.digits import DIGITS
from tlcore.datasets.folder import FOLDER
from tlcore.datasets.keras_sets import KERAS
from tlcore.datasets.rendered import RENDERED
from tlcore.datasets.tensorflow_sets import TENSORFLOW
from tlcore.datasets.zip_file import ZIP

SOURCES = (RENDERED, DIGITS, FOLDER, ZIP, ARRAYS, KERAS, TENSORFLOW)
