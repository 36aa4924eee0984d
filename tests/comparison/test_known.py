"""What is known already of a mistake: a label that was doubted, an answer that was right for most of training."""

from __future__ import annotations

import shutil

import numpy as np

from tlcore.comparison.comparison import load_compared
from tlcore.comparison.known import known_of
from tlcore.datasets.dataset import open_dataset
from tlcore.training.results.evaluation import JUDGED_FILE, PREDICTIONS_FILE
from tlcore.training.results.kept_epochs import EpochKeeper


def test_a_mistake_is_explained_by_what_was_found_out_before(objects, finished_run):
    run = finished_run(objects, optimizer="adam", wrong=(6, 7, 8))
    [item] = load_compared([run.id])
    test = item.predictions()
    keeper = EpochKeeper(run.folder, test.indices, open_dataset(objects).labels, len(item.classes))
    # Epoch by epoch: position 6 is right until the last, 7 once by chance, 8 never.
    for epoch, right in ((1, (6, 7)), (2, (6,)), (3, ())):
        answers = test.probabilities.copy()
        answers[list(right)] = np.eye(len(item.classes))[test.labels[list(right)]]
        keeper.look(epoch, lambda answers=answers: answers)
    keeper.close()
    known, [first, second, third] = known_of(item), test.indices[6:].tolist()
    assert known.of(first) == "It was right for most of training, last after epoch 2, then forgotten."
    assert known.of(second) == known.of(third) == ""
    shutil.copyfile(run.folder / PREDICTIONS_FILE, run.folder / JUDGED_FILE)  # heads that agree with the run
    known = known_of(item)
    assert "The label check doubts that this is" in known.of(third)
    assert known.sentences([first, second, third])[-1] == "1 was right earlier in training and forgotten again."
