"""Mixup: training on mixtures of two images and of their labels. Knows no TensorFlow.

Zhang, Cissé, Dauphin and Lopez-Paz (2018), "mixup: Beyond empirical risk minimization". Where frozen layers come first,
their features are mixed, as in Verma et al. (2019), "Manifold mixup".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mixture:
    """How the images of a batch are mixed.

    Args:
        share: of each image itself, 0..1.
        partners: int (n,), position in the batch of the image that takes the rest.
    """

    share: float
    partners: np.ndarray

    def mix(self, rows: np.ndarray) -> np.ndarray:
        """Mix what belongs to the images.

        Args:
            rows: float32 (n, …), such as pixels, targets or weights.

        Returns:
            The same shape.
        """
        share = np.float32(self.share)
        return share * rows + (1 - share) * rows[self.partners]


def draw_mixture(alpha: float, images: int, random: np.random.Generator) -> Mixture | None:
    """Draw how a batch is mixed.

    Args:
        alpha: both parameters of the Beta distribution that the share is drawn from; 0 for no mixing.
        images: in the batch.
        random: source of chance.

    Returns:
        The mixture; None if nothing is mixed.
    """
    return Mixture(float(random.beta(alpha, alpha)), random.permutation(images)) if alpha else None
