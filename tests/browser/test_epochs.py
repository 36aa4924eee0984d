"""The slider over the epochs of a run, which the browser draws by itself."""

from __future__ import annotations

import numpy as np

from tlcore.datasets.dataset import open_dataset
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.results.kept_epochs import EpochKeeper


def test_the_slider_moves_map_matrix_and_photos(app, page, objects, finished_run):
    run = finished_run(objects)
    dataset = open_dataset(objects)
    test = plan_from_json(run.plan).split(dataset).test
    labels = dataset.labels[test]
    keeper = EpochKeeper(run.folder, test, dataset.labels, 5)
    for epoch, answers in enumerate(((labels + 1) % 5, labels)):  # all wrong, then all right
        keeper.look(epoch, lambda answers=answers: 0.1 + 0.5 * np.eye(5, dtype=np.float32)[answers])
    keeper.close()
    page.goto(f"{app.url}/train?run={run.id}")
    page.get_by_role("tab", name="Through training").click()
    page.get_by_text(f"Epoch 1: {len(test)} of {len(test)} photos right").wait_for()
    before = page.locator(".map circle").first.get_attribute("style")
    page.locator(".slider").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_text(f"Before training: 0 of {len(test)} photos right").wait_for()
    assert page.locator(".map circle").first.get_attribute("style") != before
    page.locator("td button").nth(1).click()
    first, second = dataset.classes[:2]
    page.get_by_text(f"Photos of {first} taken for {second} at this moment").wait_for()
    page.locator(".strip button img").first.wait_for()  # pictures come when they are asked for
    page.locator(".strip button").last.click()
    sentence = f"was taken for {second} before training and recognized as {first} since"
    page.get_by_text(sentence).wait_for()
    page.locator(".play").click()
    page.get_by_text("Epoch 1:").wait_for()
