"""Names that look like Markdown, HTML or addresses stay names wherever a page shows them."""

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.versions import new_version

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 90_000
NAMES = (
    *("www.evil.example", ":material/bolt:", "a &amp; b", "<b>x</b>", "$x$", "[link](http://evil)", "# heading"),
    *(":red[x]", "![](http://evil/x.png)", '5" <a href="http://evil">y</a>', "- a->b", "1. one", "me@evil.example"),
)


def shown(texts: list[str]) -> set[str]:
    return {text.replace("\u2060", "") for text in texts}


def test_names_of_classes_and_runs_stay_what_they_are(objects, finished_run, app, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    dataset = new_version(open_dataset(objects), relabeled={number: NAMES[number % len(NAMES)] for number in range(60)})
    run = finished_run(dataset.id, name=" ".join(NAMES))

    page.goto(f"{app.url}/datasets?dataset={dataset.id}")
    page.locator(".card .name").nth(len(NAMES) - 1).wait_for(timeout=PATIENCE)
    assert shown(page.locator(".card .name").all_inner_texts()) == set(NAMES)
    page.get_by_role("tab", name="Images").click()
    page.locator(".tile .label").nth(47).wait_for(timeout=PATIENCE)
    assert shown(page.locator(".tile .label").all_inner_texts()) == set(NAMES)

    page.goto(f"{app.url}/train?run={run.id}")
    page.get_by_role("tab", name="Confusion").click()
    page.locator(".js-plotly-plot .ytick text").first.wait_for(timeout=PATIENCE)
    assert shown(page.locator("h1").all_inner_texts()) == {" ".join(NAMES)}
    ticks = shown(page.locator(".js-plotly-plot .ytick text").all_text_contents())
    assert {name for name in NAMES if len(name) <= 18} <= ticks

    assert page.locator("a[href^='http://evil'], a[href*='www.evil'], a[href^=mailto], .katex").count() == 0
    assert not [url for url in asked if url.startswith("http://evil")]
