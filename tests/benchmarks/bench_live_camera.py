"""How often the live camera answers, with one and with several browser sessions.

Start the app, then run `python -m tests.benchmarks.bench_live_camera URL [--sessions 1 2] [--networks KEY,KEY]`.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.camera_file import camera_flags
from tlcore.images.samples import sample_photos

PATIENCE = 60_000
COUNT = """seconds => new Promise(done => {
    let answers = 0;
    const seen = new Set();
    const find = root => [...root.querySelectorAll('*')].map(each => each.shadowRoot).find(shadow =>
        shadow?.querySelector('.cards'));
    const place = find(document).querySelector('.cards');
    const observer = new MutationObserver(() => {
        answers += 1;
        const guess = place.querySelector('.guess span');
        if (guess) seen.add(guess.textContent);
    });
    observer.observe(place, {childList: true});
    setTimeout(() => { observer.disconnect(); done([answers / seconds, [...seen]]); }, 1000 * seconds);
})"""


async def opened(browser: Browser, url: str, networks: str) -> Page:
    """A session of its own whose camera is on."""
    page = await (await browser.new_context(viewport={"width": 1280, "height": 900})).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{url}/classify?photos-from=Live+camera&networks={networks}", timeout=PATIENCE)
    await page.get_by_role("button", name="Start the camera").click()
    await page.locator(".cards .guess").first.wait_for()
    return page


async def measure(url: str, counts: list[int], networks: str, seconds: float) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        flags = camera_flags([sample.path for sample in sample_photos()], Path(folder) / "film.mjpeg")
        async with async_playwright() as play:
            browser = await play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", *flags]
            )
            for count in counts:
                pages = [await opened(browser, url, networks) for _ in range(count)]
                found = await asyncio.gather(*(page.evaluate(COUNT, seconds) for page in pages))
                rates = ", ".join(f"{rate:.1f}" for rate, _ in found)
                sys.stdout.write(f"{count} at once: {rates} answers a second each; seen {found[0][1]}\n")
                for page in pages:
                    await page.context.close()
            await browser.close()


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--networks", default="EfficientNetLite0")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    asyncio.run(measure(options.url, options.sessions, options.networks, options.seconds))


if __name__ == "__main__":
    main()
