"""Whether a finished run has proved that its figures are what its saved network does. Knows no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.runs.client import submit
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.text import count_text


def is_verified(run: Run) -> bool:
    """Tell whether a training run was checked; runs of earlier versions were not.

    Args:
        run: any run.
    """
    return bool(run.result.get("verified"))


def verification_text(run: Run) -> str:
    """Say in a sentence what the check of a run came to.

    Args:
        run: a finished training run.

    Returns:
        The sentence, also where there was no check yet.
    """
    if not is_verified(run):
        return (
            "Not verified: this run is older than the self-check, so its figures may not match what its network does."
        )
    found = run.result["verified"]
    count = count_text(found["of"], "test image")
    which = f"all {count}" if found["images"] == found["of"] else f"{found['images']} of the {count}"
    return f"Verified: the saved network was given {which} again, and all answers agree with those stored."


def runs_to_verify(run_ids: Sequence[str]) -> list[Run]:
    """Choose runs to check.

    Args:
        run_ids: their ids; none for all finished training runs.

    Returns:
        The runs.

    Raises:
        NotFoundError: if there is no run of an id.
    """
    store = open_store()
    return [store.run(run_id) for run_id in run_ids] or store.runs(kind="train", states=[FINISHED])


def submit_verification(run: Run, owner: str = "") -> Run:
    """Queue the check of a run on all of its test images.

    Args:
        run: a finished training run.
        owner: nickname of who asks, or "".

    Returns:
        The queued job.
    """
    return submit("verify", {"run": run.id}, f"Verifying {run.name}", owner=owner)
