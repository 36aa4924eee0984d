import io
import json

import numpy as np
import pytest
from PIL import Image

from tlcore.embedded.photos import load_photos
from tlcore.errors import DatasetError, InputError, StateError

WNIDS = ("n00000001", "n00000002", "n00000003")


@pytest.fixture
def folder(tmp_path):
    """Photos of three made-up classes (red, green, blue noise) in the pretraining data's format."""
    generator = np.random.default_rng(0)
    encoded, labels = [], np.arange(540) % len(WNIDS)
    for label in labels:
        pixels = generator.integers(0, 160, (64, 64, 3), dtype=np.uint8)
        pixels[..., label] += 60
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "WEBP", quality=60)
        encoded.append(buffer.getvalue())
    offsets = np.cumsum([0, *map(len, encoded)])
    np.savez(tmp_path / "train-0.npz", webp=np.frombuffer(b"".join(encoded), np.uint8), offsets=offsets, labels=labels)
    (tmp_path / "wnids.txt").write_text("\n".join(WNIDS))
    return tmp_path


def pretraining(folder, work):
    from tlcore.embedded.pretrain import Pretraining, Recipe
    from tlcore.embedded.teacher import Teacher

    recipe = Recipe(((16, 2), (32, 1.5)), batch_size=30, learning_rate=0.05, widths=(8, 8), stem=8)
    photos = load_photos(folder, folder / "decoded")
    answers = np.eye(len(WNIDS), dtype=np.float16)[photos.labels]
    run = Pretraining(recipe, photos, work, Teacher(answers[:, ::-1], answers))
    run.resume()
    return run


def curve(work):
    timeless = []
    for line in (work / "curve.jsonl").read_text().splitlines():
        fact = json.loads(line)
        del fact["processor_seconds"]
        timeless.append(fact)
    return timeless


def test_held_out_photos_are_fixed_balanced_and_never_trained_on(folder):
    photos = load_photos(folder, folder / "decoded")
    training, held_out = photos.split()
    assert not set(training) & set(held_out)
    assert np.bincount(photos.labels[held_out]).tolist() == [50, 50, 50]
    np.testing.assert_array_equal(held_out, load_photos(folder, folder / "decoded").split()[1])
    with pytest.raises(DatasetError, match="more than 180 photos"):
        photos.split(180)


def test_data_that_is_no_photo_is_refused(folder):
    np.savez(folder / "train-1.npz", webp=np.zeros(10, np.uint8), offsets=[0, 10], labels=[0])
    with pytest.raises(DatasetError, match=r"train-1\.npz"):
        load_photos(folder, folder / "decoded")


@pytest.mark.slow
def test_a_run_learns_and_a_killed_one_continues_on_the_same_curve(folder, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    assert pretraining(folder, whole).run(checkpoint_steps=5)
    first = pretraining(folder, broken)
    with pytest.raises(KeyboardInterrupt):
        _killed_after(first, 18).run(checkpoint_steps=5)
    second = pretraining(folder, broken)
    assert second.step == 15
    assert second.run(checkpoint_steps=5)
    expected, received = curve(whole), curve(broken)
    assert [fact["step"] for fact in received] == [fact["step"] for fact in expected]
    np.testing.assert_allclose([fact["loss"] for fact in received], [fact["loss"] for fact in expected], rtol=0.02)
    assert expected[-1]["held_out_top_1"] > 0.5  # chance is a third; 45 steps are few for normalisation statistics
    assert expected[-1]["loss"] < expected[0]["loss"]


def _killed_after(run, steps):
    batch = run._batch

    def interrupted(step):
        if step == steps:
            raise KeyboardInterrupt
        return batch(step)

    run._batch = interrupted
    return run


def test_another_recipe_does_not_continue_the_checkpoint(folder, tmp_path):
    from tlcore.embedded.pretrain import Pretraining, Recipe

    pretraining(folder, tmp_path).save()
    other = Pretraining(
        Recipe(((16, 1),), batch_size=30, widths=(8, 8), stem=8), load_photos(folder, folder / "decoded"), tmp_path
    )
    with pytest.raises(StateError, match="recipe"):
        other.resume()


def test_stages_are_read_or_refused():
    from tlcore.embedded.pretrain import parse_stages

    assert parse_stages("32x4,64x0.5") == ((32, 4), (64, 0.5))
    for wrong in ("32", "8x1", "56x1", "32x0", "axb", "32xnan"):
        with pytest.raises(InputError, match="32x1"):
            parse_stages(wrong)
