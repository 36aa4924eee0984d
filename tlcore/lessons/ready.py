"""Ready lessons, as rows: what each is about, what pupils may choose, and what is the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlcore.catalog import Catalog
from tlcore.training.plans.fields import EXACT
from tlcore.zoo.catalog import INSTALLED

EACH = "images_per_class"  # in place of "fraction": how many training images of each class
HERE = "here"  # in place of a backbone: all whose pretrained weights are on this machine


@dataclass(frozen=True)
class ReadyLesson:
    """A lesson as it comes with the studio; a dataset makes it one for a class.

    Args:
        name: its key.
        title: what a person calls it.
        learned: what pupils learn, in a sentence.
        task: what to do, as pupils read it.
        fixed: fields of the plan that are the same for all.
        choices: fields of the plan → the values that pupils choose from, the first one to begin with.
        seconds: how long a run may take.
    """

    name: str
    title: str
    learned: str
    task: str
    fixed: Mapping[str, Any]
    choices: Mapping[str, Sequence[Any]]
    seconds: float


READY = Catalog(
    "ready lesson",
    (
        ReadyLesson(
            "freezing",
            "What freezing buys",
            "A network that keeps what it learned elsewhere needs seconds and few images; one from scratch needs both.",
            "Train the same network three ways. Which way is right most often, and what does it cost?",
            {"backbone": INSTALLED, "input_size": 96, "subset": 150.0, "epochs": 3},
            {"strategy": ("frozen", "fine_tune", "scratch")},
            120,
        ),
        ReadyLesson(
            "few",
            "How few images are enough",
            "The first few images help most, and with few of them luck decides.",
            "Train with as few images as you dare. Then draw other ones: how much was luck?",
            {"backbone": INSTALLED, "strategy": "frozen"},
            {EACH: (1, 3, 10, 30, 100), "split_seed": (1, 2, 3, 4, 5)},
            30,
        ),
        ReadyLesson(
            "break",
            "Break it on purpose",
            "Too large steps, too few images and wrong pixels each spoil a network in a way that its curve shows.",
            "First train a good network. Then spoil it, one thing at a time. What does the curve look like?",
            {"backbone": INSTALLED, "strategy": "frozen", "optimizer": "adam", "normalize": False, "epochs": 8},
            {"learning_rate": (0.003, 0.1, 3.0), EACH: (100, 2), "preprocessing": ("", "identity")},
            60,
        ),
        ReadyLesson(
            "best",
            "Whose network is best",
            "Which network is best shows only on images that nobody chose by, and small differences are chance.",
            "Build the best network you can. Choose by your own validation images: the hidden test is for the end.",
            {"optimizer": EXACT},
            {"backbone": (HERE,), EACH: (100, 30), "normalize": (True, False), "class_weights": (False, True)},
            60,
        ),
    ),
)
