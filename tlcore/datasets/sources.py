"""The catalog of sources that datasets can be imported from."""

from __future__ import annotations

from tlcore.datasets.folder import FOLDER
from tlcore.datasets.rendered import RENDERED

SOURCES = (RENDERED, FOLDER)
