"""Time to the first plot of each tab, bytes transferred, frame rates of the Ball tab: `python benchmarks/page.py`.

Each visit starts with an empty cache, in a real Chromium with software rendering, and is compared with the empty page
of hello.py. A tab is opened with a click, left, and opened again. Needs a Chromium, like the tests. Exits with status 1
if a limit is exceeded.
"""

import statistics
import sys

from browser import ALL_POINTS, BUTTON, SLOW_LINE, VISITS, WEBGL, WINDOW, chromium, first_seen
from playwright.sync_api import Browser, Page
from server import APP, HERE, running
from table import Row, at_most, show

# Label of a tab -> condition that holds once its first plot is drawn.
PICTURES = {
    "Ball": "document.querySelector('#ball-disk .disk')?.tvae?.count === 19683",
    "Compare": "document.querySelector('#compare-plot-a .scatter')?.tvae?.count === 19683",
    "Coverage": "document.querySelector('#coverage-depth section svg')?.checkVisibility()",
    "Codons": "document.querySelector('#codons-pictures svg')?.checkVisibility()",
    "Train": "document.querySelector('#train-start')?.checkVisibility()",
    "Learn": "document.querySelector('#learn-body svg')?.checkVisibility()",
}
OPEN = """async ([label, picture]) => {
  const tab = [...document.querySelectorAll('[role=tab]')].find((tab) => tab.textContent.trim() === label);
  const drawn = new Function(`return ${picture}`), began = performance.now();
  tab.click();
  while (!drawn()) await new Promise((done) => setTimeout(done, 4));
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
FRAMES = """async () => {
  const disk = document.querySelector('#ball-disk .disk').tvae, gaps = [];
  for (const centre of [13, 15633, 19569, -1]) {
    let last = performance.now(), frames = disk.frames;
    disk.moveTo(centre);
    do {
      await new Promise(requestAnimationFrame);
      if (disk.frames !== frames) {
        const now = performance.now();
        gaps.push(now - last);
        [last, frames] = [now, disk.frames];
      }
    } while (disk.moving);
  }
  return gaps;
}"""

DIRECTIONS = """async (view) => {
  const disk = document.querySelector('#ball-disk .disk').tvae, began = performance.now();
  document.querySelector(`#ball-view input[value="${view}"]`).click();
  while (disk.view !== view) await new Promise((done) => setTimeout(done, 4));
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
TURNS = """async () => {
  const disk = document.querySelector('#ball-disk .disk').tvae, gaps = [];
  let last = performance.now();
  for (let k = 0; k < 90; k++) {
    const before = disk.frames;
    disk.turnTo({yaw: k / 30, pitch: 0.35, zoom: 1});
    while (disk.frames === before) await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  return gaps;
}"""


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport=WINDOW).new_page()
    page.goto(url)
    page.wait_for_function(ALL_POINTS)
    page.wait_for_timeout(1000)
    return page


def tab_times(browser: Browser, url: str) -> dict[str, tuple[float, float]]:
    """Median milliseconds of the first and of a later opening of each tab."""
    taken: dict[str, list[tuple[float, float]]] = {label: [] for label in PICTURES}
    for _ in range(VISITS):
        for label, picture in PICTURES.items():
            page = opened(browser, url)
            first = page.evaluate(OPEN, [label, picture])
            page.wait_for_timeout(1500)
            page.evaluate(OPEN, ["Explore", ALL_POINTS])
            page.wait_for_timeout(500)
            taken[label].append((first, page.evaluate(OPEN, [label, picture])))
            page.context.close()
    return {label: tuple(map(statistics.median, zip(*times, strict=True))) for label, times in taken.items()}  # type: ignore[misc]


def transferred(browser: Browser, url: str, condition: str) -> tuple[int, int]:
    """(requests, bytes transferred) of a first visit, until two seconds after its first plot."""
    page = browser.new_context(viewport=WINDOW).new_page()
    sizes: list[int] = []
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(url)
    page.wait_for_function(condition)
    page.wait_for_timeout(2000)
    page.context.close()
    return len(sizes), sum(sizes)


def ball(browser: Browser, url: str) -> tuple[float, list[float], list[float]]:
    """Milliseconds until directions are shown, between frames while the disk's centre moves, and while 3D turns."""
    page = opened(browser, url)
    page.evaluate(OPEN, ["Ball", PICTURES["Ball"]])
    page.wait_for_timeout(1000)
    moves: list[float] = page.evaluate(FRAMES)
    shown: float = page.evaluate(DIRECTIONS, "2d")
    page.evaluate(DIRECTIONS, "3d")
    turns: list[float] = page.evaluate(TURNS)
    page.context.close()
    return shown, moves, turns


def frame_rate(what: str, gaps: list[float]) -> Row:
    """A row with the median rate and the slowest frames."""
    gaps = sorted(gaps)
    rate = 1000 / statistics.median(gaps)
    slowest = f"p95 of {len(gaps)} gaps {gaps[int(0.95 * len(gaps))]:.0f} ms"
    return Row(f"{what}, frames a second", f"{rate:.0f} ({slowest})", ">= 20", rate >= 20)


def measure() -> list[Row]:
    """All rows of the table."""
    rows: list[Row] = []
    with running(APP) as ours, running(HERE / "hello.py") as empty, chromium(WEBGL[""]) as browser:
        first_seen(browser, ours.url, ALL_POINTS)
        pairs = [
            (first_seen(browser, ours.url, ALL_POINTS), first_seen(browser, empty.url, BUTTON)) for _ in range(VISITS)
        ]
        later = statistics.median(a - b for a, b in pairs) / 1000
        both = " against ".join(f"{statistics.median(side) / 1000:.2f} s" for side in zip(*pairs, strict=True))
        rows.append(at_most("Explore: all points drawn, after the empty page", later, 0.5, "s", 2, both))
        for name, url, condition in (("our page", ours.url, ALL_POINTS), ("the empty page", empty.url, BUTTON)):
            slow = statistics.median(first_seen(browser, url, condition, SLOW_LINE) for _ in range(VISITS)) / 1000
            rows.append(Row(f"{name}, over a connection of 80 ms and 10 Mbit/s", f"{slow:.2f} s"))
        for label, (first, again) in tab_times(browser, ours.url).items():
            rows.append(at_most(f"{label}: first picture after the click", first / 1000, 1.0, "s", 2))
            rows.append(at_most(f"{label}: opened again", again, 200, "ms", 0))
        shown, moves, turns = ball(browser, ours.url)
        rows.append(at_most("Ball: directions after the click", shown / 1000, 1.0, "s", 2))
        rows.append(frame_rate("the disk's centre moves", moves))
        rows.append(frame_rate("directions turn in 3D", turns))
        for name, url, condition in (("our page", ours.url, ALL_POINTS), ("the empty page", empty.url, BUTTON)):
            count, size = transferred(browser, url, condition)
            rows.append(Row(f"{name}, first visit", f"{count} requests, {size / 1e6:.2f} MB"))
    return rows


if __name__ == "__main__":
    sys.exit(show(measure()))
