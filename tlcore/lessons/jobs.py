"""The job that prepares a lesson: splits the hidden images off, and computes what all pupils share once."""

from __future__ import annotations

from pathlib import Path

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import Monitor
from tlcore.lessons import book
from tlcore.lessons.hidden import make_versions
from tlcore.lessons.hidden_test import warm
from tlcore.lessons.plans import all_plans

# Fields of a plan without augmentation on which the features of its backbone depend.
_OF_FEATURES = ("backbone", "weights", "input_size", "resize", "preprocessing", "cut_layer", "pooling")


def prepare(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Prepare a lesson with a dataset.

    Args:
        request: {"lesson": id}.
        _folder: not needed.
        monitor: told of progress, and asked between images.

    Returns:
        {"dataset": id of what pupils learn from, "hidden": id of the hidden images, "images": how many these are}.

    Raises:
        DatasetError: if the dataset cannot be split so.
        NotFoundError: if the lesson or its dataset is gone.
        Stopped: if asked to; done again, it goes on where it was.
    """
    lesson = book.find(request["lesson"])
    dataset, hidden = make_versions(open_dataset(lesson.source), monitor)
    heads = [plan for plan in all_plans(lesson, dataset) if plan.trains_head_only]
    shared = {tuple(getattr(plan, name) for name in _OF_FEATURES): plan for plan in heads}
    for number, plan in enumerate(shared.values(), start=1):
        what = f"Looking at the images with {plan.architecture.title}, {number} of {len(shared)}"
        warm(plan, dataset, monitor, what)
        warm(plan, hidden, monitor, what)
    book.change(lesson.id, dataset=dataset.id, hidden=hidden.id)
    return {"dataset": dataset.id, "hidden": hidden.id, "images": len(hidden)}
