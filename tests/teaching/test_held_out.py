"""The held-out figure: equal to scikit-learn's, and no frame of a recording on both sides."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tlcore.comparison.statistics import wilson_interval
from tlcore.teaching import held_out as module
from tlcore.teaching.frames import Examples
from tlcore.teaching.head import STRENGTH, solve
from tlcore.teaching.held_out import held_out, recordings_of_each


def examples(of_class, frames, classes=2, spread=0.35, seed=0, looks=None):
    """Recordings whose frames are nearly the same; with so wide a spread some recordings look like another class."""
    random = np.random.default_rng(seed)
    centers = random.normal(size=(classes, 40))
    rows, labels, recordings, thumbnails = [], [], [], []
    for label in range(classes):
        for number in range(of_class):
            middle = centers[label] + spread * 6 * random.normal(size=40)
            look = random.integers(0, 256, 1096).astype(np.uint8)
            for _ in range(frames):
                rows.append(middle + 0.05 * random.normal(size=40))
                labels.append(label)
                recordings.append(100 * label + number)
                thumbnails.append(look if looks is None else looks[number])
    features = np.array(rows, np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    names = tuple(f"class {label}" for label in range(classes))
    return Examples(names, features, np.array(labels), np.array(recordings), np.stack(thumbnails))


@pytest.mark.parametrize("classes", [2, 3])
def test_the_figure_is_that_of_scikit_learn_with_recordings_left_out_in_turn(classes):
    data = examples(5, 4, classes, spread=0.6)
    shares = []
    for recording in np.unique(data.recordings):
        left_out = data.recordings == recording
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=10_000, tol=1e-8)
        model.fit(data.features[~left_out].astype(float), data.labels[~left_out])
        shares.append((model.predict(data.features[left_out]) == data.labels[left_out]).mean())
    assert 0.2 < np.mean(shares) < 1, "or it would tell nothing"
    found = held_out(data)
    assert found.accuracy == pytest.approx(np.mean(shares))
    assert (found.recordings, found.frames) == (5 * classes, 20 * classes)
    assert found.interval == pytest.approx(wilson_interval(sum(shares), 5 * classes)), "frames do not count as images"


def test_solved_probabilities_are_those_of_scikit_learn():
    data = examples(5, 4, 3)
    head = solve(data.features, data.labels, 3)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=10_000, tol=1e-10)
    model.fit(data.features, data.labels)
    np.testing.assert_allclose(
        np.exp(head.log_probabilities(data.features)), model.predict_proba(data.features), atol=2e-3
    )


@pytest.mark.parametrize("of_class", [3, 40])
def test_no_head_sees_a_frame_of_a_recording_that_it_judges(of_class, monkeypatch):
    data = examples(of_class, 3)
    by_row = {row.tobytes(): recording for row, recording in zip(data.features, data.recordings, strict=True)}
    judged, heads = set(), []

    def spy(features, labels, classes):
        seen = {by_row[row.tobytes()] for row in features}
        complete = all((data.recordings == recording).sum() == 3 for recording in seen)
        assert len(features) == 3 * len(seen) and complete, "no recording is taken apart"
        judged.update(set(data.recordings.tolist()) - seen)
        heads.append(seen)
        return solve(features, labels, classes)

    monkeypatch.setattr(module, "solve", spy)
    assert held_out(data).recordings == 2 * of_class
    assert judged == set(data.recordings.tolist()), "each is judged"
    assert len(heads) <= module.MOST_HEADS
    assert all({recording // 100 for recording in seen} == {0, 1} for seen in heads)


def test_recordings_of_a_camera_that_did_not_move_count_as_one():
    random = np.random.default_rng(1)
    scene = random.integers(0, 256, 1096).astype(np.uint8)
    looks = [scene, random.integers(0, 256, 1096).astype(np.uint8), scene]
    data = examples(3, 4, looks=looks)
    assert recordings_of_each(data) == [2, 2]
    found = held_out(data)
    assert (found.recordings, found.alike) == (4, 2)


def test_a_single_recording_of_a_class_gives_no_figure():
    data = examples(2, 4)
    one = data.recordings != 1
    single = Examples(
        data.classes, *(rows[one] for rows in (data.features, data.labels, data.recordings, data.thumbnails))
    )
    assert held_out(single) is None and recordings_of_each(single) == [1, 2]
    assert held_out(data, go_on=lambda: False) is None
