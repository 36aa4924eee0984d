"""The Architectures page in Chromium: from a bubble to the network behind it, and from a cut to the Train page."""

from __future__ import annotations

import re

import pytest

from tlcore.datasets.importer import import_dataset

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLACE_OF_BUBBLE = """name => {
    const chart = document.querySelector('.js-plotly-plot'), box = chart.getBoundingClientRect();
    const {xaxis, yaxis} = chart._fullLayout;
    for (const trace of chart.data)
        for (const [index, facts] of (trace.customdata ?? []).entries())
            if (facts[0] === name)
                return {x: box.left + xaxis._offset + xaxis.d2p(trace.x[index]),
                        y: box.top + yaxis._offset + yaxis.d2p(trace.y[index])};
}"""
DRAWN = "document.querySelectorAll('[data-testid=stMain] .js-plotly-plot .main-svg').length >= 2"


def click_bubble(page, name: str) -> None:
    """Click the bubble of an architecture in the gallery's chart."""
    page.locator(".js-plotly-plot .point").first.wait_for()
    before = None
    while (place := page.evaluate(PLACE_OF_BUBBLE, name)) != before:  # until the page stands still
        before = place
        page.wait_for_timeout(300)
    page.mouse.move(place["x"], place["y"])
    page.locator(".hoverlayer .hovertext").first.wait_for()  # a click is for what the chart knows to be beneath
    page.mouse.click(place["x"], place["y"])


def wait_for_network(page, title: str) -> None:
    """Wait until the page of a network is drawn: words and pictures."""
    page.locator(f"input[value^='{title}  (']").wait_for()
    page.wait_for_function(DRAWN)
    page.wait_for_function("!document.querySelector('[data-testid=stMain] [data-stale=true]')")


def test_from_a_bubble_to_the_largest_network_and_from_its_cut_to_the_train_page(app, page):
    import_dataset("digits", {}, "digits")
    page.goto(f"{app.url}/architectures")
    page.get_by_role("radio", name="Accuracy", exact=True).click()
    click_bubble(page, "NASNetLarge")
    wait_for_network(page, "NASNet large")
    assert "name=NASNetLarge" in page.url
    page.reload()
    wait_for_network(page, "NASNet large")
    page.go_back()
    page.get_by_role("button", name="LeNet-5").wait_for()
    page.go_forward()
    wait_for_network(page, "NASNet large")
    page.get_by_role("tab", name="Reuse").click()
    page.get_by_role("button", name="Cut here").first.click()
    page.wait_for_url(re.compile(r"/train"))
    page.get_by_role("combobox", name="Backbone").wait_for()
    page.get_by_text("10,090", exact=True).wait_for()  # a head for ten digits on the 1,008 channels of the first cut
    page.go_back()
    wait_for_cut = page.get_by_role("button", name="Cut here").first
    wait_for_cut.wait_for()  # the network that was open, and no gallery
    assert "name=NASNetLarge" in page.url


def test_from_a_network_without_weights_to_a_photo_flowing_through_another_and_a_value_of_its_last_maps(app, page):
    page.goto(f"{app.url}/architectures?name=VGG16&tab=Flow")
    page.get_by_text("See a photo flow through").wait_for()
    page.get_by_role("button", name="EfficientNet-Lite0").click()
    page.wait_for_url(re.compile("name=EfficientNetLite0"))
    maps = page.get_by_role("button", name="of top_activation")
    maps.first.wait_for()
    page.get_by_text("times weights").wait_for()
    maps.first.click()
    page.get_by_text("top_activation, map").wait_for()
    page.get_by_role("button", name="Where does its largest part come from?").click()
    page.get_by_role("button", name="Back to the value that was clicked").wait_for()
    assert "tab=Flow" in page.url
