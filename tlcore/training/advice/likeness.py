"""What a pretrained network makes of the photos of a dataset, and how that is judged. Knows no TensorFlow.

All limits are rules of thumb of this project.
"""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass

from tlcore.zoo import catalog

# Kornblith et al. (2019), "Do better ImageNet models transfer better?": fine-tuning beat a linear classifier on frozen
# features in 179 of 192 pairs of network and dataset. The smallest dataset, Oxford's flowers, has 2,040 training
# images, 20 of each class.
MANY = 2000
MANY_A_CLASS = 20
_CLEARLY = 5  # times more or fewer: in between it is a close call

ENOUGH_SEPARATION = 0.9  # of the way from guessing to faultless: the features serve, whatever the photos look like
SOME_SEPARATION = 0.5
FAMILIAR = 0.6
ENOUGH_PHOTOS = 50  # of fewer the shares say little


@dataclass(frozen=True)
class Likeness:
    """What a pretrained network makes of the photos of a dataset.

    Args:
        network: name of its architecture.
        photos: how many were looked at, all of them training photos.
        photos_per_class: training photos of an average class, all of them and not only those looked at.
        classes: of the dataset.
        correct: how many a linear classifier on the frozen features got right that was fitted without them.
        confidence: mean probability of the class that the pretrained network names first, 0..1.
    """

    network: str
    photos: int
    photos_per_class: float
    classes: int
    correct: int
    confidence: float

    @property
    def training_photos(self) -> int:
        """All training photos, and not only those looked at."""
        return round(self.photos_per_class * self.classes)

    @property
    def plenty(self) -> float:
        """How many times as many training photos there are as count as many: in all and a class, whichever is less."""
        return min(self.training_photos / MANY, self.photos_per_class / MANY_A_CLASS)

    @property
    def is_large(self) -> bool:
        """Whether there are many training photos."""
        return self.plenty >= 1

    @property
    def is_clearly_sized(self) -> bool:
        """Whether that would be the same with far fewer or far more of them."""
        return not 1 / _CLEARLY < self.plenty < _CLEARLY

    @property
    def separation(self) -> float:
        """How far the features separate the classes: 0 is guessing, 1 is faultless."""
        chance = 1 / self.classes
        return max(0.0, (self.correct / self.photos - chance) / (1 - chance))

    @property
    def published_accuracy(self) -> float:
        """Published top-1 accuracy of the network on photos of its own classes, 0..1."""
        published = catalog.find(self.network).top1
        assert published is not None  # only pretrained classifiers are asked
        return published / 100

    @property
    def familiarity(self) -> float:
        """How confident the network is, as a share of its published accuracy; 0 and more.

        The accuracy stands in for the confidence on photos of its own classes, which was not measured. Networks are
        often more confident than right (Guo et al. 2017, "On calibration of modern neural networks"). On 100 photos
        of ImageNet's classes MobileNetV2 is 70 % confident on average and right on 85; 71 % were published.
        """
        return self.confidence / self.published_accuracy

    @property
    def is_similar(self) -> bool:
        """Whether the photos are like those of the pretraining."""
        familiar = self.separation >= SOME_SEPARATION and self.familiarity >= FAMILIAR
        return familiar or self.separation >= ENOUGH_SEPARATION

    @property
    def is_clearly_like(self) -> bool:
        """Whether the measures leave no doubt about that: the features serve, or neither of them speaks for it."""
        speaks_against = self.separation < SOME_SEPARATION and self.familiarity < FAMILIAR
        return self.photos >= ENOUGH_PHOTOS and (self.separation >= ENOUGH_SEPARATION or speaks_against)

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict) -> Likeness:
        """Read what `to_json` wrote, or an earlier version that wrote more."""
        return cls(**{field.name: record[field.name] for field in dataclasses.fields(cls)})
