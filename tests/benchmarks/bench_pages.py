"""How fast pages answer, measured in Chromium.

The first page after the server's start next to Streamlit's with nothing but a title, every change of page, the largest
networks from a click in the gallery. With a home of one's own, changes of page alone, as long as they take with what is
in it.

python tests/benchmarks/bench_pages.py [--home FOLDER]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

# Found through the line above.
from tests.browser.conftest import FLAGS, free_port  # noqa: E402
from tests.browser.test_architectures import click_bubble, wait_for_network  # noqa: E402

PAGES = {
    "Home": "Transfer Learning Studio",
    "Architectures": "Architectures",
    "Classify": "Classify",
    "Datasets": "Datasets",
    "Train": "Train",
    "Compare": "Compare",
}
# By the browser's own clock, from the click to the frame in which everything is drawn.
CLOCK = """heading => { window.drawn = new Promise(done => {
    let started = null;
    document.addEventListener('mouseup', () => started = performance.now(), {capture: true, once: true});
    const isDrawn = main =>
        [...main.querySelectorAll('h1, h2, h3')].some(words => words.textContent.trim() === heading)
        && [...main.querySelectorAll('[data-testid=stPlotlyChart], .live-chart')]
            .every(chart => chart.querySelector('.main-svg'))
        && !main.querySelector('[data-stale=true]');
    const look = () => {
        const drawn = started !== null && isDrawn(document.querySelector('[data-testid=stMain]'));
        requestAnimationFrame(drawn ? () => done(performance.now() - started) : look);
    };
    look();
}); }"""
# From the start of the navigation to the frame in which the words stand there.
FIRST_PAGE = """window.stands = {};
const watch = () => {
    const text = document.body ? document.body.innerText : '';
    for (const words of WORDS) if (!(words in stands) && text.includes(words)) stands[words] = performance.now();
    requestAnimationFrame(watch);
};
watch();"""
STANDS = {"title": "Transfer Learning Studio", "ways on": "Compare runs", "all": "Share with a class"}
STARTS = 5
READING_SECONDS = 3.0  # a person looks at the first page before opening another
LARGEST = {"NASNetLarge": "NASNet large", "EfficientNetB7": "EfficientNet-B7"}
ROUNDS = 5


def _wait_for(page: Page, title: str) -> None:
    page.get_by_test_id("stMain").get_by_role("heading", name=title, exact=True).wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stMain] [data-stale=true]')")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="one's own, of which only changes of page are measured")
    home = parser.parse_args().home
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        if home:
            with _server(ROOT, home) as port:
                _print_switches(browser.new_page(), port)
            return
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "app.py").write_text(f"import streamlit\nstreamlit.title({STANDS['title']!r})\n")
            empty = [_first_page(browser, Path(folder), ["title"]) for _ in range(STARTS)]
        ours = [_first_page(browser, ROOT, list(STANDS)) for _ in range(STARTS)]
        sys.stdout.write(f"first page after the server's start, median of {STARTS} servers:\n")
        sys.stdout.write(f"  Streamlit with nothing but a title {_median(empty, 'title'):.2f} s\n")
        sys.stdout.write("".join(f"  this project, {name:20} {_median(ours, name):.2f} s\n" for name in STANDS))
        with _server(ROOT) as port:
            page = browser.new_page()
            _print_switches(page, port)
            for name, title in LARGEST.items():
                first, *later = (_measure_network(page, port, name, title) for _ in range(ROUNDS))
                sys.stdout.write(f"{title:24} first {first:.2f} s, then {statistics.median(later):.2f} s (median)\n")
        browser.close()


def _print_switches(page: Page, port: int) -> None:
    page.goto(f"http://localhost:{port}")
    _wait_for(page, PAGES["Home"])
    time.sleep(READING_SECONDS)
    for name, seconds in _measure_switches(page).items():
        first, later = seconds[0], statistics.median(seconds[1:])
        sys.stdout.write(f"change to {name:14} first {first:.2f} s, then {later:.2f} s (median)\n")


@contextlib.contextmanager
def _server(folder: Path, own_home: Path | None = None) -> Iterator[int]:
    """Start the app of a folder, with an empty home if none is given; yields its port as soon as it answers."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with tempfile.TemporaryDirectory() as empty_home:
        environment = {**os.environ, "TLCORE_HOME": str(own_home or empty_home), "TLCORE_IDLE_SECONDS": "20"}
        server = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=folder, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield port
        finally:
            server.kill()
            server.wait()


def _first_page(browser: Browser, folder: Path, names: list[str]) -> dict[str, float]:
    """Seconds until each of the words stands there, of a server that nobody has visited yet."""
    with _server(folder) as port:
        page = browser.new_page()
        page.add_init_script(FIRST_PAGE.replace("WORDS", json.dumps(list(STANDS.values()))))
        page.goto(f"http://localhost:{port}")
        page.wait_for_function(f"Object.keys(stands).length === {len(names)}")
        stands = page.evaluate("stands")
        page.close()
    return {name: stands[STANDS[name]] / 1000 for name in names}


def _median(measured: list[dict[str, float]], name: str) -> float:
    return statistics.median(row[name] for row in measured)


def _measure_switches(page: Page) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(ROUNDS):
        for name in [*list(PAGES)[1:], "Home"]:
            page.evaluate(CLOCK, PAGES[name])
            page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
            measured[name].append(page.evaluate("window.drawn") / 1000)
            _wait_for(page, PAGES[name])
    return measured


def _measure_network(page: Page, port: int, name: str, title: str) -> float:
    page.goto(f"http://localhost:{port}/architectures")
    _wait_for(page, PAGES["Architectures"])
    page.evaluate(CLOCK, title)
    click_bubble(page, name)
    seconds = page.evaluate("window.drawn") / 1000
    wait_for_network(page, title)
    return seconds


if __name__ == "__main__":
    main()
