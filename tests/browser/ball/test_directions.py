"""Measured directions of the Ball tab in the browser: places, numbers, turning by pointer, touch and keys, links."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from app_fixtures import EUCLIDEAN, OPENING, OpenExplorer, digest, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from ball_tab import LIVE, MAX, MIN, Ball, OpenBall
from browser_fixtures import OpenPage
from explorer import Explorer, N
from playwright.sync_api import CDPSession, Route, expect

from tvae.analysis.views import directions
from tvae.page.ui import texts

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 800}, "has_touch": True}
START = {"yaw": -0.6, "pitch": 0.35, "zoom": 1}


def places(name: str, centre: int = directions.ORIGIN, encoder: str = "A") -> np.ndarray:
    """Places (3, N) as Python computes them."""
    side = evaluated_here(name).embedding.side(encoder)
    found = directions.measure(side, centre)
    assert found is not None
    return found.components @ directions.tangents(side, centre).T


def drawn(opened: Ball) -> np.ndarray:
    return np.array(opened.get("along"))


def show(opened: Ball, view: str) -> None:
    opened.page.get_by_label(texts.table("BALL_VIEWS")[view], exact=True).check()
    opened.wait(f".view === '{view}'")


def middle(opened: Ball) -> tuple[float, float]:
    opened.plot.scroll_into_view_if_needed()
    box = opened.plot.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def on_screen(opened: Ball) -> np.ndarray:
    """Places (2, N) of all operations to the right of the middle, and above it."""
    centre = np.array(middle(opened))
    places = np.array(opened.page.evaluate(f"Array.from({{length: {N}}}, (_, n) => {LIVE}.screen(n))"))
    return (places - centre).T * [[1], [-1]]


def scale_of(opened: Ball, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Pixels a unit of both components, after a check that all places follow them."""
    scales = []
    for component, place in zip((first, second), on_screen(opened), strict=True):
        scale, start = np.polyfit(component, place, 1)
        np.testing.assert_allclose(place, scale * component + start, atol=0.5)
        scales.append(float(scale))
    return scales[0], scales[1]


def address(opened: Ball) -> dict[str, list[str]]:
    return parse_qs(urlsplit(opened.page.url).query)


class Fingers:
    """Fingers on a touch screen, by the protocol of Chromium's developer tools."""

    def __init__(self, session: CDPSession) -> None:
        self.session = session

    def drag(self, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 12) -> None:
        """Move each finger from its first to its second place, all at the same time."""
        for step in range(steps + 1):
            points = [
                {"x": a + (c - a) * step / steps, "y": b + (d - b) * step / steps, "id": finger}
                for finger, ((a, b), (c, d)) in enumerate(ways)
            ]
            kind = "touchMove" if step else "touchStart"
            self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


class TestPicture:
    def test_places_and_numbers_are_those_of_python(self, ball: OpenBall) -> None:
        opened = ball()
        show(opened, "2d")
        np.testing.assert_allclose(drawn(opened), places(OPENING), atol=1e-3)
        first, second = drawn(opened)[:2]
        right, up = scale_of(opened, first, second)
        assert right < up / 4  # each has its own scale, since the second component is short
        assert "Each axis has its own scale." in (opened.plot.get_attribute("aria-label") or "")
        found = directions.measure(evaluated_here(OPENING).embedding.a)
        assert found is not None
        numbers = opened.page.locator("#ball-disk .disk-faithful")
        for view, count, faithful in zip(("2d", "3d"), (2, 3), found.faithfulness, strict=True):
            show(opened, view)
            expect(numbers).to_contain_text(f"Explained share: {100 * sum(found.shares[:count]):.1f}%.")
            expect(numbers).to_contain_text(f"Trustworthiness: {faithful.trustworthiness:.3f}.")
            expect(numbers).to_contain_text(f"Neighbourhood overlap: {100 * faithful.overlap:.1f}%.")
            said = opened.plot.get_attribute("aria-label") or ""
            assert f"component {count} (" in said
            assert f"component {count + 1} (" not in said
        show(opened, "digits")
        expect(numbers).to_be_hidden()

    def test_selection_colour_and_centre_are_those_of_the_disk(self, ball: OpenBall) -> None:
        opened = ball()
        show(opened, "2d")
        picked = opened.picked_at(13)
        opened.page.mouse.click(*opened.screen(13))
        opened.neighbours_of(picked)
        opened.wait(f".selected.join() === '{picked}'")
        opened.button("Centre on selection")
        opened.at_rest(picked)
        np.testing.assert_allclose(drawn(opened), places(OPENING, picked), atol=2e-3)
        expect(opened.page.locator("#ball-centre textarea, #ball-centre input").first).to_have_value(str(picked))
        opened.page.locator("#ball-encoder").get_by_label("B", exact=True).check()
        opened.wait(".key.endsWith(' B')")
        opened.wait(".view === '2d'")
        np.testing.assert_allclose(drawn(opened), places(OPENING, picked, "B"), atol=2e-3)
        show(opened, "digits")
        assert opened.get("centre") == picked
        opened.page.get_by_role("tab", name="Explore").click()
        Explorer(opened.page).chosen(picked)

    def test_dots_move_from_centre_to_centre_and_never_vanish(self, ball: OpenBall) -> None:
        opened = ball("?operations=min,max&ball_view=3d")
        opened.wait(".view === '3d'")
        before, frames = drawn(opened), opened.get("frames")
        opened.page.evaluate(
            f"""() => {{
                window.seen = new Set();
                const look = () => {{ window.seen.add({LIVE}.view); requestAnimationFrame(look); }};
                look();
            }}"""
        )
        opened.button("Centre on selection")
        opened.at_rest(MAX)
        assert opened.page.evaluate("[...window.seen]") == ["3d"]
        assert opened.get("frames") > frames
        assert not np.allclose(drawn(opened), before, atol=0.1)

    def test_the_centre_can_be_chosen_while_directions_are_computed(self, ball: OpenBall) -> None:
        opened = ball("?operations=min,max")
        held: list[Route] = []
        calls = "**/component_server/"
        opened.page.route(calls, lambda route: held.append(route))
        view = opened.page.get_by_label(texts.table("BALL_VIEWS")["2d"], exact=True)
        view.check()
        status = opened.page.locator("#ball-disk .disk-status")
        expect(status).to_have_text(texts.table("DISK")["computing"])
        opened.button("Centre on selection")
        opened.wait(f".centre === {MAX}")
        expect(status).to_have_text(texts.table("DISK")["computing"])
        assert opened.get("view") == ""
        opened.page.route(calls, lambda route: route.continue_())
        for route in held:
            route.continue_()
        opened.wait(".view === '2d'")
        opened.at_rest(MAX)
        np.testing.assert_allclose(drawn(opened), places(OPENING, MAX), atol=2e-3)

    def test_the_last_centre_stays_if_another_cannot_be_had(self, ball: OpenBall) -> None:
        opened = ball("?operations=min,max&ball_view=2d&centre=min")
        opened.at_rest(MIN)
        opened.wait(".view === '2d'")
        opened.page.route("**/component_server/", lambda route: route.fulfill(json={"error": "Not now."}))
        opened.button("Centre on selection")
        expect(opened.page.locator("#ball-disk .disk-status")).to_have_text("Not now.")
        opened.at_rest(MIN)
        assert opened.get("view") == "2d"
        expect(opened.page.locator("#ball-centre textarea, #ball-centre input").first).to_have_value(str(MIN))

    def test_a_path_follows_its_points(self, ball: OpenBall) -> None:
        opened = ball("?operations=min,max&ball_view=3d")
        opened.wait(".view === '3d'")
        assert opened.get("selected") == [MIN, MAX]
        opened.way.get_by_role("slider").press("ArrowRight")
        opened.wait(".step === 1")

    def test_a_checkpoint_without_a_ball_has_directions(self, ball: OpenBall) -> None:
        opened = ball("?operations=min")
        explorer = Explorer.__new__(Explorer)
        explorer.page, explorer.dropdown = opened.page, opened.page.get_by_label("Checkpoint", exact=True)
        explorer.choose(f"{EUCLIDEAN} - ")
        expect(opened.page.locator("#ball-notice")).to_have_text(texts.BALL_EUCLIDEAN)
        expect(opened.plot).to_be_hidden()
        show(opened, "2d")
        expect(opened.plot).to_be_visible()
        np.testing.assert_allclose(drawn(opened), places(EUCLIDEAN), atol=1e-3)
        show_digits = opened.page.get_by_label(texts.table("BALL_VIEWS")["digits"], exact=True)
        show_digits.check()
        expect(opened.plot).to_be_hidden()

    def test_it_is_saved_as_it_is_seen(self, ball: OpenBall, tmp_path: Path) -> None:
        opened = ball("?operations=min,max&ball_view=3d")
        opened.wait(".view === '3d'")
        for kind, start in (("png3", b"\x89PNG"), ("svg", b"<svg"), ("json", b'{"data":[{"type":"scatter3d"')):
            path = opened.saved(kind, tmp_path)
            data = path.read_bytes()
            assert path.name == f"{OPENING}-directions-3d-origin-a-{digest(OPENING)}.{kind.strip('23')}"
            assert data.startswith(start)
            if kind == "svg":
                assert data.count(b"h0") == N
                assert b"component 3 (" in data
            if kind == "json":
                trace = json.loads(data)["data"][9]
                np.testing.assert_allclose([trace[axis][0] for axis in "xyz"], places(OPENING)[:, 0], atol=1e-3)


class TestTurning:
    def test_by_pointer(self, ball: OpenBall) -> None:
        opened = ball("?ball_view=3d")
        opened.wait(".view === '3d'")
        assert opened.get("turn") == START
        mouse, (x, y) = opened.page.mouse, middle(opened)
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 60, y + 30, steps=5)
        mouse.up()
        turn = opened.get("turn")
        assert (turn["yaw"] - START["yaw"]) % (2 * np.pi) == pytest.approx(2 * (turn["pitch"] - START["pitch"]))
        assert opened.get("selected") == []
        mouse.click(*opened.screen(13))
        opened.wait(".selected.length === 1")
        assert opened.get("turn") == turn
        mouse.wheel(0, -200)
        opened.wait(".turn.zoom > 1.2")
        mouse.wheel(0, 200)
        opened.wait(".turn.zoom < 1.001")
        opened.button("+")
        opened.wait(".turn.zoom > 1.2")
        opened.button("Restore view")
        opened.wait(f".turn.yaw === {START['yaw']}")

    def test_by_keys(self, ball: OpenBall) -> None:
        opened = ball("?ball_view=3d")
        opened.wait(".view === '3d'")
        keys = opened.page.keyboard
        opened.plot.focus()
        keys.press("ArrowRight")
        keys.press("ArrowUp")
        opened.wait(".turn.pitch < 0.3")
        turn, step = opened.get("turn"), np.pi / 36
        assert (turn["yaw"] - START["yaw"]) % (2 * np.pi) == pytest.approx(step)
        assert turn["pitch"] == pytest.approx(START["pitch"] - step)
        keys.press("+")
        keys.press("+")
        opened.wait(".turn.zoom > 1.5")
        keys.press("-")
        opened.wait(".turn.zoom < 1.3")
        keys.press("Home")
        opened.wait(".turn.zoom === 1")
        assert opened.get("turn") == START
        keys.press("Shift+ArrowUp")
        opened.wait(".cursor === 0")
        keys.press("Shift+ArrowUp")
        cursor = opened.get("cursor")
        keys.press("Enter")
        opened.neighbours_of(cursor)
        keys.press("d")  # decoding is for the disk
        expect(opened.decoded).to_be_hidden()
        keys.press("c")
        opened.at_rest(cursor)
        assert opened.get("turn") == START

    def test_by_touch(self, page: OpenPage, site: Any) -> None:
        opened = Ball(page(f"{site.url}?tab=ball&ball_view=3d", **PHONE))
        opened.wait(".view === '3d'")
        assert opened.page.evaluate("document.documentElement.scrollWidth") == 375
        fingers = Fingers(opened.page.context.new_cdp_session(opened.page))
        x, y = middle(opened)
        fingers.drag(((x - 60, y), (x + 60, y + 4)))
        opened.wait(f".turn.yaw !== {START['yaw']}")
        turn, scrolled = opened.get("turn"), opened.page.evaluate("scrollY")
        assert turn["pitch"] == START["pitch"]
        fingers.drag(((x, y + 80), (x, y - 80)))
        opened.page.wait_for_function("before => scrollY > before + 40", arg=scrolled)
        assert opened.get("turn") == turn
        x, y = middle(opened)
        opened.page.wait_for_function(  # until the page has come to rest
            "() => { const before = window.lastScroll; window.lastScroll = scrollY; return before === scrollY; }",
            polling=300,
        )
        x, y = middle(opened)
        scrolled = opened.page.evaluate("scrollY")
        fingers.drag(((x - 30, y - 40), (x - 60, y + 40)), ((x + 30, y - 40), (x + 60, y + 40)))
        opened.wait(".turn.zoom > 1.5")
        assert opened.get("turn")["pitch"] > START["pitch"]
        assert opened.page.evaluate("scrollY") == scrolled
        assert opened.get("selected") == []
        opened.page.touchscreen.tap(*opened.screen(0))
        opened.wait(".selected.length === 1")

    def test_nothing_turns_by_itself(self, page: OpenPage, site: Any) -> None:
        options = {"viewport": {"width": 768, "height": 900}, "reduced_motion": "reduce"}
        opened = Ball(page(f"{site.url}?tab=ball&ball_view=3d&operations=min,max", **options))
        opened.wait(".view === '3d'")
        frames = opened.get("frames")
        opened.page.wait_for_timeout(500)
        opened.button("Centre on selection")
        opened.at_rest(MAX)
        assert opened.get("frames") == frames
        assert opened.get("turn") == START
        opened.plot.press("ArrowLeft")
        opened.wait(f".frames === {frames + 1}")


class TestLinks:
    def test_one_scale_for_all_axes(self, explorer: OpenExplorer) -> None:
        opened = Ball(explorer("?tab=ball&ball_view=2d&ball_scale=equal").page)
        opened.wait(".view === '2d'")
        right, up = scale_of(opened, *drawn(opened)[:2])
        assert right == pytest.approx(up, rel=1e-3)

    def test_a_link_restores_the_view(self, explorer: OpenExplorer) -> None:
        opened = Ball(explorer("?tab=ball&ball_view=3d&centre=min&colour=first&operations=7&point_radius=1").page)
        opened.at_rest(MIN)
        opened.wait(".view === '3d'")
        opened.wait(".colour === 'first'")
        opened.wait(".selected.join() === '7'")
        np.testing.assert_allclose(drawn(opened), places(OPENING, MIN), atol=2e-3)
        assert address(opened)["ball_view"] == ["3d"]
        expect(opened.page.locator("#ball-rule")).to_be_hidden()
        show(opened, "digits")
        opened.page.wait_for_function("!location.search.includes('ball_view')")
        assert address(opened)["centre"] == ["min"]
        expect(opened.page.locator("#ball-rule")).to_be_visible()

    def test_an_unknown_view_is_the_usual_one(self, explorer: OpenExplorer) -> None:
        opened = Ball(explorer("?tab=ball&ball_view=4d").page)
        assert opened.get("view") == "digits"


@pytest.mark.parametrize("dark", [False, True])
def test_no_axe_violation(ball: OpenBall, dark: bool) -> None:
    opened = ball("?operations=min,max&ball_view=3d", dark=dark)
    opened.wait(".view === '3d'")
    expect(opened.page.locator("#ball-disk .disk-faithful")).to_be_visible()
    opened.page.get_by_text(texts.DIRECTIONS_DETAILS_TITLE).click()
    opened.fill("#ball-centre textarea, #ball-centre input", "nonsense")
    expect(opened.page.locator("#ball-centre-alert [role=alert]")).to_contain_text("nonsense")
    ours = "#ball-lead, #ball-disk, #ball-exact, #ball-centre-alert"
    found = [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}"
        for rule in Axe().run(opened.page).response["violations"]
        for node in rule["nodes"]
        if opened.page.evaluate(
            "([at, ours]) => Boolean(document.querySelector(at)?.closest(ours))", [node["target"][0], ours]
        )
    ]
    assert found == []
