"""What the page of a job says about it: a heading, and a sentence on what is being done and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.runs.kinds import find_job
from tlcore.runs.run import FINISHED, Run


@dataclass(frozen=True)
class JobWords:
    """The words for a kind of job.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        doing: heading until it is done; "" for jobs that carry a name of their own.
        done: heading afterwards; likewise.
        sentence: what is being done, and what one gets.
    """

    kind: str
    doing: str
    done: str
    sentence: str


JOB_WORDS = (
    JobWords(
        "train",
        "",
        "",
        "The network goes through the training images epoch by epoch, and is tested on the validation images after "
        "each. At the end it is judged by test images that it has never seen. You may close this page meanwhile.",
    ),
    JobWords(
        "verify",
        "Verifying a run",
        "Run verified",
        "The saved network is read back and classifies all test images anew, from their files. Its answers must be "
        "those that are stored with the run.",
    ),
    JobWords(
        "import",
        "Importing a dataset",
        "Dataset imported",
        "Each image is read, checked and kept. Files that cannot be read, duplicates and classes with too few images "
        "are noted. Then you see the images and what was found, and can train on them.",
    ),
    JobWords(
        "version",
        "Making a new version",
        "New version made",
        "The images are copied with your changes; the dataset as it was stays. Then you can look at the new version "
        "or train on it.",
    ),
    JobWords(
        "advise",
        "Looking at your images",
        "What you could train",
        "A pretrained network looks at up to 300 of your training images. How well it tells your classes apart says "
        "how much has to be trained. You get a recommendation, and a plan that is filled in.",
    ),
    JobWords(
        "search",
        "Looking for the best network",
        "Best for your photos",
        "Heads are solved on the features of several networks, input sizes and cuts, and each image is classified by a "
        "head that has not seen it. You get a comparison, and the plan to take.",
    ),
    JobWords(
        "find_rate",
        "Finding a learning rate",
        "Learning rate found",
        "The network is trained for some steps, each a little longer than the one before. The size at which it learns "
        "fastest is suggested for your plan. The network of this short training is thrown away.",
    ),
    JobWords(
        "example",
        "Setting up the first example",
        "First example",
        "Pictures of five objects are drawn, to learn from. Then three networks are trained on them, and you see "
        "them side by side.",
    ),
)


def heading(run: Run) -> str:
    """What stands above the page of a run.

    Args:
        run: of any kind.
    """
    words = _find(run.kind)
    if words is None:
        return find_job(run.kind).title
    return (words.done if run.state == FINISHED else words.doing) or run.name


def sentence(run: Run) -> str:
    """What is being done while a run goes on, and what comes of it; "" for kinds without a page of their own.

    Args:
        run: of any kind.
    """
    words = _find(run.kind)
    return words.sentence if words else ""


def _find(kind: str) -> JobWords | None:
    return next((row for row in JOB_WORDS if row.kind == kind), None)
