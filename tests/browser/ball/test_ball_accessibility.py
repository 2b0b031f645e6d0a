"""Accessibility of the Ball tab: keyboard, phone, reduced motion, axe, downloads, slow connection."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_fixtures import OPENING, OpenExplorer, digest
from axe_playwright_python.sync_playwright import Axe
from ball_tab import MAX, Ball, OpenBall
from browser_fixtures import OpenPage
from explorer import N
from playwright.sync_api import expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser


def test_keyboard_only(ball: OpenBall) -> None:
    opened = ball()
    keys = opened.page.keyboard
    opened.plot.focus()
    keys.press("ArrowUp")
    opened.wait(".cursor === 0")
    keys.press("ArrowUp")  # to the next outer level
    cursor = opened.get("cursor")
    assert cursor in (6_561, 13_122)
    keys.press("ArrowRight")
    keys.press("ArrowUp")
    found = opened.get("cursor")
    keys.press("Enter")
    opened.neighbours_of(found)
    keys.press("c")
    opened.at_rest(found)
    keys.press("0")
    opened.at_rest(-1)
    keys.press("d")
    expect(opened.decoded).to_be_visible()
    before = opened.get("handle")
    keys.press("ArrowUp")
    keys.press("Shift+ArrowLeft")
    after = opened.get("handle")
    assert after["radius"] == pytest.approx(before["radius"] + 0.05)
    assert (after["turn"] - before["turn"]) % (2 * np.pi) == pytest.approx(np.radians(5))
    expect(opened.decoded).to_have_attribute("data-place", f"{after['radius']} {after['turn']}")
    keys.press("d")
    expect(opened.decoded).to_be_hidden()
    keys.press("Escape")
    opened.wait(".selected.length === 0")


def test_phone_with_reduced_motion(page: OpenPage, site: Any) -> None:
    options = {"viewport": {"width": 375, "height": 800}, "has_touch": True, "reduced_motion": "reduce"}
    opened = Ball(page(f"{site.url}?tab=ball&operations=min,max", **options))
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 375
    frames = opened.get("frames")
    opened.button("Centre on selection")
    opened.at_rest(MAX)
    assert opened.get("frames") == frames + 1
    opened.page.touchscreen.tap(*opened.screen(MAX))
    opened.wait(f".selected.join() === '{MAX}'")
    opened.page.set_viewport_size({"width": 320, "height": 700})
    opened.page.wait_for_function("document.documentElement.scrollWidth === 320")


@pytest.mark.parametrize("dark", [False, True])
def test_no_axe_violation(ball: OpenBall, dark: bool) -> None:
    opened = ball("?operations=min,max", dark=dark)
    opened.button("Decode a point")
    expect(opened.decoded.locator("table")).to_be_visible()
    opened.page.get_by_text(texts.BALL_DETAILS_TITLE).click()
    ours = "#ball-lead, #ball-disk, #ball-near, #ball-walk, #ball-exact, #ball-alert, #ball-notice, #ball-walk-alert"
    found = [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}"
        for rule in Axe().run(opened.page).response["violations"]
        for node in rule["nodes"]
        if opened.page.evaluate(
            "([at, ours]) => Boolean(document.querySelector(at)?.closest(ours))", [node["target"][0], ours]
        )
    ]
    assert found == []


def test_the_disk_is_saved_in_each_format(ball: OpenBall, tmp_path: Path) -> None:
    opened = ball("?operations=min,max")
    for kind, start in (("png2", b"\x89PNG"), ("svg", b"<svg"), ("json", b'{"data":[{"type":"scattergl"')):
        path = opened.saved(kind, tmp_path)
        data = path.read_bytes()
        assert path.name == f"{OPENING}-disk-origin-a-{digest(OPENING)}.{kind.strip('23')}"
        assert data.startswith(start)
        if kind == "svg":
            assert data.count(b"h0") == N
        if kind == "json":
            traces = json.loads(data)["data"]
            assert [len(trace["x"]) for trace in traces] == [*(2 * 3 ** (8 - v) for v in range(9)), 1]
            assert max(x * x + y * y for trace in traces for x, y in zip(trace["x"], trace["y"], strict=True)) < 1


def test_a_slow_connection_shows_that_the_tab_is_opening(explorer: OpenExplorer) -> None:
    page = explorer().page
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 1_500, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    page.get_by_role("tab", name="Ball").click()
    opening = page.locator("#ball-loading [role=status]")
    expect(opening).to_have_text(texts.OPENING)
    expect(opening).to_be_visible()
    expect(page.locator("#ball-disk canvas").first).to_be_visible()
    expect(opening).to_be_hidden()
    network.send("Network.emulateNetworkConditions", slow | {"latency": 0})
    network.detach()
