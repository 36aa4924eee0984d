"""How fast the Classify page answers, alone and with many browser sessions at once.

Start the app with a prepared network, then run
`python -m tests.benchmarks.bench_classify_page URL --pid PID [--sessions 30]`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import shutil
import statistics
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

PATIENCE = 120_000
DROP = """async content => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], `photo ${Math.random()}.jpg`, {type: 'image/jpeg'}));
    const input = document.querySelector('.st-key-photos input[type=file]');
    await new Promise(done => setTimeout(done, 200));
    const started = performance.now();
    return await new Promise(done => {
        const observer = new MutationObserver(() => {
            if (document.querySelectorAll('.guesses .guess').length < 5) return;
            observer.disconnect();  // two frames later they are on the screen
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
        });
        observer.observe(document.body, {childList: true, subtree: true});
        input.files = files.files;
        input.dispatchEvent(new Event('change', {bubbles: true}));
    });
}"""
MEGABYTES = 3.0


def photo(seed: int) -> bytes:
    """A JPEG of 12 megapixels and about three megabytes."""
    random = np.random.default_rng(seed)
    shapes = Image.fromarray(random.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((4000, 3000))
    grain = Image.fromarray(random.integers(0, 256, (1500, 2000, 3), dtype=np.uint8)).resize((4000, 3000))
    picture = Image.blend(shapes, grain, 0.15)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def memory(pid: int) -> float:
    """Largest resident set so far, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1000


async def opened(browser: Browser, url: str) -> Page:
    """A session of its own on the page, ready for photos."""
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{url}/classify?networks=MobileNetV2&photos-from=Your+photos", timeout=PATIENCE)
    await page.wait_for_selector(".st-key-photos input[type=file]", state="attached", timeout=PATIENCE)
    return page


async def classify(page: Page, content: bytes) -> float:
    """Drop a photo and wait until its five bars are drawn: seconds, by the browser's own clock.

    The photo is in the page before the clock starts, as the file of a person is on the same machine as the browser.
    """
    return await page.evaluate(DROP, base64.b64encode(content).decode()) / 1000


async def measure(url: str, pid: int, sessions: int, times: int) -> None:
    """Measure and print."""
    write = sys.stdout.write
    photos = [photo(seed) for seed in range(min(8, max(times, sessions)))]
    async with async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        alone = []
        for turn in range(times):
            page = await opened(browser, url)
            alone.append(await classify(page, photos[turn % len(photos)]))
            await page.context.close()
        write(f"a photo of {len(photos[0]) / 1e6:.1f} MB, from drop to drawn bars, alone: ")
        write(f"median {1000 * statistics.median(alone):.0f} ms, least {1000 * min(alone):.0f} ms\n")
        before = memory(pid)
        pages = [await opened(browser, url) for _ in range(sessions)]
        outcomes = await asyncio.gather(
            *(classify(page, photos[place % len(photos)]) for place, page in enumerate(pages)), return_exceptions=True
        )
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        waits = sorted(outcome for outcome in outcomes if not isinstance(outcome, BaseException))
        write(f"{sessions} sessions at once: {len(failed)} failed, median {statistics.median(waits):.2f} s, ")
        write(f"95th percentile {waits[int(0.95 * (len(waits) - 1))]:.2f} s\n")
        write(f"largest memory of the server: {before:.0f} MB before, {memory(pid):.0f} MB after\n")
        await browser.close()


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    asyncio.run(measure(options.url, options.pid, options.sessions, options.times))


if __name__ == "__main__":
    main()
