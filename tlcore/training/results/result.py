"""What a finished training run came to, as the store keeps it. Knows no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from tlcore.text import count_text
from tlcore.training.costs import Costs, Reuse
from tlcore.training.results.evaluation import Score


@dataclass(frozen=True)
class Verification:
    """What a check of a run's predictions came to.

    Args:
        images: test images that were classified anew.
        of: test images that there are.
        difference: largest difference of any probability.
    """

    images: int
    of: int
    difference: float

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Solver:
    """How an exact head was found.

    Args:
        strength: the inverse penalty that was chosen.
        passes: over the training features.
    """

    strength: float
    passes: int


@dataclass(frozen=True)
class TrainResult:
    """What a finished training run came to.

    Args:
        classes: their names.
        scores: "train", "validation", "test" → how well the network did there.
        confusion: test images by true class (rows) and predicted class (columns).
        split: digest of the images of each part; equal for runs that were tested on the same images.
        split_words: how the images were divided, as a sentence; "" in runs of earlier versions.
        epochs: how many were trained.
        trainable: parameters that were trained in the last phase.
        frozen: the others.
        seconds: that were waited, all attempts together.
        costs: what the plan needs where nothing is kept; None in runs of earlier versions.
        reused: what other runs had computed already.
        solver: of an exact head; else None.
        verified: the check of the saved network; None in runs of earlier versions.
        chosen: the epoch whose weights the network has; None in runs of earlier versions.
        reads_reduced: whether large JPEGs were read at a fraction of their size; those of earlier versions were not.
    """

    classes: list[str]
    scores: dict[str, Score]
    confusion: list[list[int]]
    split: str
    split_words: str
    epochs: int
    trainable: int
    frozen: int
    seconds: float
    costs: Costs | None = None
    reused: Reuse = field(default_factory=Reuse)
    solver: Solver | None = None
    verified: Verification | None = None
    chosen: int | None = None
    reads_reduced: bool = False

    @property
    def test(self) -> Score:
        """How well the network did on the test images."""
        return self.scores["test"]

    @property
    def effort(self) -> str:
        """How often training saw its images, such as "10 epochs"; a head that is solved exactly takes passes."""
        if self.solver is None:
            return count_text(self.epochs, "epoch")
        passes = count_text(self.solver.passes, "pass", "passes")
        epochs = self.epochs - self.solver.passes  # of fine-tuning, once the head is solved
        return f"{passes} and {count_text(epochs, 'epoch')}" if epochs > 0 else passes

    @property
    def cost_seconds(self) -> float:
        """Seconds that the plan needs where nothing is kept; in runs of earlier versions, those that were waited."""
        return self.costs.total if self.costs else self.seconds

    def to_json(self) -> dict:
        """The record as plain values."""
        return {**asdict(self), "scores": {part: score.to_json() for part, score in self.scores.items()}}

    @classmethod
    def from_json(cls, data: Mapping) -> TrainResult:
        """Read the result of a finished training run, of this version or an earlier one.

        Args:
            data: `tlcore.runs.run.Run.result`.
        """
        reused = data.get("reused", {})
        return cls(
            classes=data["classes"],
            scores={part: Score.from_json(score) for part, score in data["scores"].items()},
            confusion=data["confusion"],
            split=data["split"],
            split_words=data.get("split_words", ""),
            epochs=data["epochs"],
            trainable=data["trainable"],
            frozen=data["frozen"],
            seconds=data["seconds"],
            costs=Costs(**data["costs"]) if data.get("costs") else None,
            reused=Reuse(reused.get("images", 0), tuple(reused.get("runs", ()))),
            solver=Solver(**data["solver"]) if data.get("solver") else None,
            verified=Verification(**data["verified"]) if data.get("verified") else None,
            chosen=data.get("chosen"),
            reads_reduced=data.get("reads_reduced", False),
        )
