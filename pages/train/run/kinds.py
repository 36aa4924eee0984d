"""What the page of a job says about it: a heading, and a sentence on what is being done and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.runs.kinds import JOBS
from tlcore.runs.run import FINISHED, Run


@dataclass(frozen=True)
class JobWords:
    """The words for a kind of job.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        doing: heading until it is done; "" for jobs that carry a name of their own.
        done: heading afterward; likewise.
        sentence: what is being done, and what one gets.
    """

    kind: str
    doing: str
    done: str
    sentence: str


JOB_WORDS = (
    JobWords("train", "", "", ""),  # its page says what it is doing at the moment
    JobWords(
        "verify",
        "Verifying a run",
        "Run verified",
        "The saved network is loaded again and classifies all test images again, from their files. Its answers must "
        "match those stored with the run.",
    ),
    JobWords(
        "advise",
        "Looking at your images",
        "What you could train",
        "A pretrained network looks at up to 300 of your training images. How well it tells your classes apart shows "
        "how much of it needs training. You get a recommendation and a filled-in plan.",
    ),
    JobWords(
        "search",
        "Looking for the best network",
        "Best network for your images",
        "Heads are trained on the features of several networks, input sizes and cuts, and each image is classified by "
        "a head that has not seen it. You get a comparison and a plan to use.",
    ),
    JobWords(
        "find_rate",
        "Finding a learning rate",
        "Learning rate found",
        "Training runs for a short while with a learning rate that rises at every step. A rate at which the loss falls "
        "fast is suggested for your plan. The network from this trial is discarded.",
    ),
)


def heading(run: Run) -> str:
    """What stands above the page of a run.

    Args:
        run: of any kind.
    """
    words = _find(run.kind)
    if words is None:
        return JOBS.find(run.kind).title
    if run.state == FINISHED:
        return words.done or run.name
    if words.doing and run.has_ended:
        return f"{words.doing}: {run.state}"
    return words.doing or run.name


def sentence(run: Run) -> str:
    """What is being done while a run goes on, and what comes of it; "" for kinds without a page of their own.

    Args:
        run: of any kind.
    """
    words = _find(run.kind)
    return words.sentence if words else ""


def _find(kind: str) -> JobWords | None:
    return next((row for row in JOB_WORDS if row.kind == kind), None)
