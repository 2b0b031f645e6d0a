"""Waiting times of a visitor, in a real Chromium with software rendering: `python benchmarks/browser.py`.

The first plot of all points is compared with the empty page of hello.py, then the responses to clicks are timed, with
and without WebGL. Needs a Chromium, like the tests. Exits with status 1 if a limit is exceeded.
"""

import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright
from server import APP, HERE, running
from table import Row, at_most, show

SOFTWARE = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--disable-background-networking"]
WEBGL = {"": ["--enable-unsafe-swiftshader"], ", WebGL off": ["--disable-3d-apis"]}
WINDOW = {"width": 1440, "height": 900}
VISITS = 5
# A slow connection, as Chromium's DevTools emulate it: latency in milliseconds, throughput in bytes a second.
SLOW_LINE: dict[str, float | bool] = {
    "offline": False,
    "latency": 80,
    "downloadThroughput": 1.25e6,
    "uploadThroughput": 1.25e6,
}
ACTIONS = 9

# Milliseconds from the start of the navigation until a condition holds, recorded just before a frame is painted.
NOTE_WHEN = """
const look = () => {
  if (CONDITION) window.seenAt = performance.now();
  else requestAnimationFrame(look);
};
look();
"""
ALL_POINTS = "document.querySelector('.scatter')?.tvae?.count === 19683"
BUTTON = "document.querySelector('#hello')?.checkVisibility()"

# Milliseconds from the release of the mouse button until DONE holds and a frame with it has been painted.
ARM_CLOCK = """
window.taken = new Promise((resolve) => document.addEventListener('pointerup', (event) => {
  const scatter = document.querySelector('.scatter').tvae;
  const look = () => {
    if (DONE) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
    else setTimeout(look, 1);
  };
  setTimeout(look);
}, {capture: true, once: true}));
undefined
"""
TRUTH = "document.querySelector('#truth dl strong').textContent === '{}'"


@contextmanager
def chromium(arguments: list[str]) -> Iterator[Browser]:
    """The system's Chromium, or Playwright's if there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*SOFTWARE, *arguments])
        yield browser
        browser.close()


def first_seen(browser: Browser, url: str, condition: str, line: dict[str, float | bool] | None = None) -> float:
    """Milliseconds until the condition holds on a first visit with an empty cache; `line`: an emulated connection."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    if line:
        client = context.new_cdp_session(page)
        client.send("Network.enable")
        client.send("Network.emulateNetworkConditions", line)
    page.add_init_script(NOTE_WHEN.replace("CONDITION", condition))
    page.goto(url, wait_until="commit")
    page.wait_for_function("window.seenAt")
    seen: float = page.evaluate("window.seenAt")
    context.close()
    return seen


def visits(browser: Browser, ours: str, empty: str) -> tuple[list[float], list[float]]:
    """Times to the first plot of our page and of the empty one, in turn, without the first pair, which warms up."""
    pairs = [(first_seen(browser, ours, ALL_POINTS), first_seen(browser, empty, BUTTON)) for _ in range(VISITS + 1)]
    a, b = zip(*pairs[1:], strict=True)
    return list(a), list(b)


def timed_click(page: Page, at: tuple[float, float], done: str) -> float:
    """Milliseconds from a click until a frame in which the condition, an expression with `scatter`, holds."""
    page.evaluate(ARM_CLOCK.replace("DONE", done))
    page.mouse.click(*at)
    taken: float = page.evaluate("window.taken")
    return taken


def actions(browser: Browser, url: str) -> dict[str, float]:
    """Median times from a click to a highlighted point, to a changed encoder, and to Python's answer."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.goto(url)
    page.wait_for_function(ALL_POINTS)
    page.wait_for_timeout(1000)
    taken: dict[str, list[float]] = {
        "highlight of a picked point": [],
        "encoder switch": [],
        "click to Python and back": [],
    }
    conditions = ("scatter.selected.join() === '{}'", "scatter.encoder === '{}'", TRUTH)
    for k in range(ACTIONS + 1):
        points, encoder = ((0, 6561), (729, 8748))[k % 2], "BA"[k % 2]
        box = page.locator(f"#encoder label:has(input[value={encoder}])").bounding_box()
        if box is None:
            raise RuntimeError("the encoder switch is not visible")
        switch = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for times, what, condition in zip(taken.values(), (points[0], encoder, points[1]), conditions, strict=True):
            where = (
                switch if what == encoder else page.evaluate(f"document.querySelector('.scatter').tvae.screen({what})")
            )
            times.append(timed_click(page, where, condition.format(what)))
            page.wait_for_timeout(500)
    page.context.close()
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def measure() -> list[Row]:
    """All rows, with and without WebGL."""
    rows: list[Row] = []
    with running(APP) as ours, running(HERE / "hello.py") as empty:
        for suffix, arguments in WEBGL.items():
            with chromium(arguments) as browser:
                seen, floor = visits(browser, ours.url, empty.url)
                later = statistics.median(a - b for a, b in zip(seen, floor, strict=True)) / 1000
                against = f"{statistics.median(seen) / 1000:.2f} s, empty page {statistics.median(floor) / 1000:.2f} s"
                rows.append(at_most(f"all points drawn, after the empty page{suffix}", later, 0.5, "s", 2, against))
                for name, taken in actions(browser, ours.url).items():
                    limit = 300 if "Python" in name else 100
                    rows.append(at_most(f"{name}{suffix}", taken, limit, "ms", 0))
    return rows


if __name__ == "__main__":
    sys.exit(show(measure()))
