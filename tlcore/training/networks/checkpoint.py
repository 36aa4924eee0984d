"""Checkpoints: everything that a run needs to go on, as a folder of which each epoch writes a new version."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tlcore.storage.files import remove_folder, write_json
from tlcore.storage.folders import new_version, remove_versions, sound_version
from tlcore.training.results.result import Solver

VERSION = 3
_NAME = "checkpoint"
_OLDER = "checkpoint-*"  # of earlier versions of this program


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run between two epochs.

    Args:
        epoch: epochs done since the start of the run, at least 1.
        phase: index of the phase in the plan that the last epoch belonged to.
        phase_start: epochs done before that phase began.
        variables: all arrays of the trained part: weights, running statistics, random states; by path.
        optimizer: all arrays of the optimizer, in its own order.
        best: the arrays of the trained part after the best epoch of the phase; {} if best epochs are not kept.
        best_loss: validation loss after the best epoch.
        waited: epochs since the best one.
        seconds: spent on training so far.
        solver: how the head was solved in a phase before; None if none was, and in those of earlier versions.
    """

    epoch: int
    phase: int
    phase_start: int
    variables: dict[str, np.ndarray]
    optimizer: list[np.ndarray]
    best: dict[str, np.ndarray]
    best_loss: float
    waited: int
    seconds: float
    solver: Solver | None = None


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; a kill at any moment leaves the one before, and that one serves where this is damaged.

    Args:
        folder: of the run.
        checkpoint: the state to keep.
    """
    with new_version(folder / _NAME) as temporary:
        # Paths hold slashes, which are no good as names of members of an archive: they stand in the facts.
        np.savez(temporary / "variables.npz", *checkpoint.variables.values())
        np.savez(temporary / "optimizer.npz", *checkpoint.optimizer)
        np.savez(temporary / "best.npz", *checkpoint.best.values())
        facts = {
            "version": VERSION,
            "epoch": checkpoint.epoch,
            "phase": checkpoint.phase,
            "phase_start": checkpoint.phase_start,
            "paths": list(checkpoint.variables),
            "best_paths": list(checkpoint.best),
            "best_loss": checkpoint.best_loss,
            "waited": checkpoint.waited,
            "seconds": checkpoint.seconds,
            "solver": asdict(checkpoint.solver) if checkpoint.solver else None,
        }
        write_json(temporary / "state.json", facts)


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a run that needs them no more.

    Args:
        folder: of the run.
    """
    remove_versions(folder / _NAME)
    for old in folder.glob(_OLDER):
        remove_folder(old)


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """Read the last checkpoint of a run that is as it was written.

    Args:
        folder: of the run.

    Returns:
        The checkpoint; None if there is none, or only one of another version.
    """
    found = sound_version(folder / _NAME)
    if found is None:
        return None
    facts = json.loads((found / "state.json").read_text("utf-8"))
    if facts["version"] != VERSION:
        return None
    return Checkpoint(
        epoch=facts["epoch"],
        phase=facts["phase"],
        phase_start=facts["phase_start"],
        variables=_named(found / "variables.npz", facts["paths"]),
        optimizer=list(_named(found / "optimizer.npz").values()),
        best=_named(found / "best.npz", facts["best_paths"]),
        best_loss=facts["best_loss"],
        waited=facts["waited"],
        seconds=facts["seconds"],
        solver=Solver(**facts["solver"]) if facts.get("solver") else None,
    )


def _named(path: Path, names: list[str] | None = None) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[key] for name, key in zip(names or arrays.files, arrays.files, strict=True)}
