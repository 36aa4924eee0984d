"""The images of a dataset on a plane, as a pretrained network arranges them: alike images lie side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from tlcore.datasets.dataset import Dataset
from tlcore.inference.latent import plane, unit_rows
from tlcore.jobs import Monitor
from tlcore.storage.arrays import read_arrays, write_arrays
from tlcore.training.features.cache import FeatureCache
from tlcore.training.features.phase import open_features
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import LOOKING, plan_from_json
from tlcore.zoo.catalog import INSTALLED

MAP_FILE = "map.npz"
MOST = 2000  # images: more take long, and cover each other
_COMPONENTS = 50
_PERPLEXITY = 30
_STEPS = 500  # half of scikit-learn's: the picture is settled by then, and 2,000 images take 7 s and not 14
_FEWEST = 12  # images: of fewer there are no neighborhoods, and principal components say as much


@dataclass(frozen=True)
class ImageMap:
    """Images of a dataset on a plane.

    Args:
        digests: uint8 (n, 32), SHA-256 of each image's bytes: versions of a dataset share its map.
        points: float32 (n, 2).
    """

    digests: np.ndarray
    points: np.ndarray

    def places_in(self, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
        """Find images of the map in a dataset.

        Args:
            dataset: the one that was arranged, or a version of it.

        Returns:
            int64 (m,), their positions in the dataset, and int64 (m,), their rows on the map.
        """
        positions = {digest.tobytes(): index for index, digest in enumerate(dataset.digests)}
        found = [(positions.get(digest.tobytes(), -1), row) for row, digest in enumerate(self.digests)]
        kept = np.array([each for each in found if each[0] >= 0], np.int64).reshape(-1, 2)
        return kept[:, 0], kept[:, 1]


def arrange(dataset: Dataset, monitor: Monitor, maker: str = "") -> ImageMap:
    """Arrange images so that neighbors look alike to the network whose weights are installed, by t-SNE (van der Maaten
    and Hinton, "Visualizing Data using t-SNE", 2008) on the first principal components of its features.

    Args:
        dataset: any dataset; of more than 2,000 images, as many are drawn at random.
        monitor: told of progress, and asked between batches.
        maker: id of the job, noted with the features, or "".

    Returns:
        The map.

    Raises:
        Stopped: if asked to; what is computed is kept.
    """
    chosen = np.sort(np.random.default_rng(0).permutation(len(dataset))[:MOST])
    plan = plan_from_json(suggest_plan(dataset, "frozen", INSTALLED))
    key, part = open_features(plan, plan.phases()[-1], monitor)
    rows = FeatureCache(dataset, key, part, maker).rows(chosen, monitor, LOOKING)[chosen]
    monitor.check()
    monitor.report("Arranging the images", 0, 1)
    return ImageMap(dataset.digests[chosen], _neighborhoods(rows.reshape(len(rows), -1)).astype(np.float32))


def write_map(path: Path, arranged: ImageMap) -> None:
    """Keep a map.

    Args:
        path: the file to create or replace.
        arranged: what to keep.
    """
    write_arrays(path, vars(arranged))


def read_map(path: Path) -> ImageMap:
    """Read what `write_map` wrote.

    Args:
        path: the file.

    Raises:
        MissingError: if it is gone or damaged.
    """
    return ImageMap(**read_arrays(path, "a map of images", "Draw the map again."))


def lineage(id: str, parents: Mapping[str, str], known: Collection[str]) -> str:
    """Find the version of a dataset that something is known of: itself, or the nearest it came from.

    Args:
        id: the dataset's id.
        parents: id of a version → id of what it was made from.
        known: ids of which something is known.

    Returns:
        An id; "" if nothing is known of any of them.
    """
    seen = set()
    while id and id not in known and id not in seen:
        seen.add(id)
        id = parents.get(id, "")
    return id if id in known else ""


def _neighborhoods(features: np.ndarray) -> np.ndarray:
    """float (n, 2): where neighbors among the features are neighbors again."""
    if len(features) < _FEWEST:
        return plane(features)
    from sklearn.decomposition import PCA  # takes a second to import, and few need it
    from sklearn.manifold import TSNE

    count = min(_COMPONENTS, *features.shape)
    perplexity = min(_PERPLEXITY, (len(features) - 1) / 3)
    # Threads would wait busily for each other where others use the machine too.
    with threadpool_limits(1):
        components = PCA(count, random_state=0).fit_transform(unit_rows(features))
        return TSNE(perplexity=perplexity, max_iter=_STEPS, init="pca", random_state=0).fit_transform(components)
