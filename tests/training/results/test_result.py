"""What a result says of its run: true also of one that was resumed."""

from __future__ import annotations

import numpy as np

from tlcore.training.costs import KeptCost, Reuse, add_up
from tlcore.training.networks.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tlcore.training.results.result import Solver


def test_what_an_earlier_attempt_of_its_own_has_computed_is_not_reused():
    kept = [KeptCost(1.0, 40, "mine"), KeptCost(1.0, 2, "other")]
    assert add_up(kept, "mine") == Reuse(2, ("other",))
    assert add_up(kept).images == 42


def test_a_run_that_goes_on_after_its_head_was_solved_still_knows_its_passes(tmp_path):
    weights = {"head/kernel": np.ones(3, np.float32)}
    facts = {"optimizer": [], "best": {}, "best_loss": 0.5, "waited": 0, "seconds": 1.0}
    saved = Checkpoint(29, 1, 28, weights, solver=Solver(100.0, 28), **facts)
    save_checkpoint(tmp_path, saved)
    assert load_checkpoint(tmp_path).solver == Solver(100.0, 28)
