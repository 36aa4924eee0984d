"""The Datasets page in Chromium: many images chosen by mouse and keyboard, and by drawing around them on the map."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.training.features.image_map import MAP_FILE, ImageMap, write_map

pytestmark = [pytest.mark.browser]


def test_images_are_chosen_by_mouse_and_keyboard_and_relabeled_with_one_key(objects, app, page):
    dataset = open_dataset(objects)
    page.goto(f"{app.url}/datasets?dataset={objects}&tab=Images")
    tiles = page.locator(".tile")
    tiles.nth(47).wait_for()
    tiles.nth(1).click()
    tiles.nth(4).click(modifiers=["Shift"])
    page.get_by_text("4 chosen").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_text("5 chosen").wait_for()
    name = tiles.nth(5).get_attribute("aria-label").split(":")[0]
    page.keyboard.press(name[0])  # of five classes in turn, this is that of the sixth image and of no other one chosen
    page.get_by_text("4 to relabel, 0 to remove.").wait_for()
    assert tiles.nth(2).locator(".label.new").inner_text() == name
    page.keyboard.press("Control+a")
    page.get_by_text("48 chosen").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("4 to relabel, 0 to remove.").wait_for()
    page.get_by_role("button", name="Page 2").click()
    page.get_by_text("60 images, page 2 of 2").wait_for()
    tiles.nth(11).wait_for()
    tiles.nth(11).focus()
    page.keyboard.press("Delete")
    page.get_by_text("4 to relabel, 1 to remove.").wait_for()
    tiles.nth(3).dblclick()
    page.get_by_role("dialog").get_by_role("img").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.locator(".tile[aria-selected=true]").count() == 0, "to look is not to choose"
    assert "page=2" in page.url and "tab=Images" in page.url
    assert name in dataset.classes


def test_images_drawn_around_on_the_map_are_relabeled_together(objects, app, page):
    dataset, run = open_dataset(objects), open_store().add_run("map", {"dataset": objects}, "Map")
    points = np.stack([dataset.labels, np.arange(60) % 12], axis=1).astype(np.float32)
    run.folder.mkdir(parents=True)
    write_map(run.folder / MAP_FILE, ImageMap(dataset.digests, points))
    open_store().move(run.id, [states.QUEUED], states.FINISHED, result={})
    page.goto(f"{app.url}/datasets?dataset={objects}&tab=Map")
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    plot.wait_for(timeout=150_000)  # the library of charts is loaded first
    page.wait_for_timeout(500)  # the tool bar and the drag layer settle
    box = plot.bounding_box()
    corners = [(0.01, 0.01), (0.12, 0.01), (0.12, 0.99), (0.01, 0.99), (0.01, 0.02)]
    for number, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        if number == 0:
            page.mouse.down()
    page.mouse.up()
    page.get_by_text("12 chosen").wait_for()
    page.locator(".tile").nth(11).wait_for()
    page.get_by_role("combobox", name="Class for the chosen images").click()
    page.get_by_role("option", name=dataset.classes[3]).click()
    page.get_by_text("12 to relabel, 0 to remove.").wait_for()
    assert page.locator(".js-plotly-plot .select-outline").count() == 0, "what was drawn goes with the choice"
