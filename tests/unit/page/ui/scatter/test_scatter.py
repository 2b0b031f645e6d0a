import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import numpy as np
import pytest
from browser_fixtures import OpenPage
from PIL import Image
from playwright.sync_api import Page, expect
from scatter_data import CLEAN, EXACT, HANDLE, LEVEL, N, members, packed

from tvae.page.ui.scatter.scatter import LEVEL_COLOURS, radius_scatter, show_selection
from tvae.page.ui.scripts import modules as scripts
from tvae.reports.radius_plot import horizontal_places


@dataclass
class App:
    url: str = ""
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pushed: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def server() -> Iterator[App]:
    app = App()

    def record(name: str) -> Any:
        def handler(event: gr.EventData) -> str:
            app.events.append((name, dict(event._data)))
            return str(len(app.events))

        return handler

    with gr.Blocks(analytics_enabled=False) as demo:
        encoder = gr.Radio(["A", "B"], value="B", label="encoder")
        plot = radius_scatter(packed(), encoder="B")
        push, swap = gr.Button("push"), gr.Button("swap")
        heard = gr.Textbox("0", elem_id="heard")
        for name in ("pick", "lasso", "clear"):
            getattr(plot, name)(record(name), None, heard, show_progress="hidden")
        encoder.change(None, encoder, plot, js="(encoder) => ({__type__: 'update', props: {encoder}})")
        push.click(lambda: show_selection(app.pushed), None, plot, show_progress="hidden")
        swap.click(lambda: packed("other"), None, plot, show_progress="hidden")
    theme = gr.themes.Default(font=["sans-serif"], font_mono=["monospace"])
    routes = {"routes": [scripts.ROUTE]}
    _, app.url, _ = demo.launch(prevent_thread_lock=True, quiet=True, theme=theme, app_kwargs=routes)
    yield app
    demo.close()


class Scatter:
    """One opened page with the plot, and what its events told Python."""

    def __init__(self, server: App, opened: Page) -> None:
        self.server, self.page = server, opened
        self.server.events.clear()
        opened.wait_for_function(f"document.querySelector('.scatter')?.tvae?.count === {N}")
        opened.locator(".scatter").scroll_into_view_if_needed()

    def get(self, expression: str) -> Any:
        return self.page.evaluate(f"{HANDLE}.{expression}")

    def screen(self, i: int) -> tuple[float, float]:
        x, y = self.get(f"screen({i})")
        return x, y

    def events(self, count: int = 1) -> list[tuple[str, dict[str, Any]]]:
        expect(self.page.locator("#heard textarea")).to_have_value(str(count))
        return self.server.events

    def tool(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def around(self, level: int) -> tuple[float, float, float, float]:
        """A rectangle in client coordinates that holds the column of one level, of 1 to 8, and no other point."""
        ends = self.page.evaluate(
            "groups => groups.map(ids => ids.map(i => document.querySelector('.scatter').tvae.screen(i)[0]))",
            [members(level - 1), members(level), members(level + 1)],
        )
        box = self.page.locator(".scatter-plot").bounding_box()
        assert box is not None
        left, right = (max(ends[0]) + min(ends[1])) / 2, (max(ends[1]) + min(ends[2])) / 2
        return left, box["y"] + 40, right, box["y"] + box["height"] - 40

    def drag(self, *points: tuple[float, float]) -> None:
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=4)
        self.page.mouse.up()

    def colours_at_points(self) -> list[list[int]]:
        """The colour on the canvas at every point, in the order of the operations."""
        script = f"""() => {{
            const canvas = document.querySelector('.scatter canvas'), box = canvas.getBoundingClientRect();
            const q = devicePixelRatio;
            const {{data, width}} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return Array.from({{length: {N}}}, (_, i) => {{
                const [x, y] = {HANDLE}.screen(i);
                const at = 4 * (Math.round((y - box.top) * q) * width + Math.round((x - box.left) * q));
                return [...data.slice(at, at + 3)];
            }});
        }}"""
        return self.page.evaluate(script)

    def corner(self) -> list[int]:
        return self.page.evaluate(
            "[...document.querySelector('.scatter canvas').getContext('2d').getImageData(2, 2, 1, 1).data]"
        )


@pytest.fixture
def scatter(server: App, page: OpenPage) -> Scatter:
    return Scatter(server, page(server.url, viewport={"width": 1000, "height": 900}))


@pytest.mark.browser
class TestDrawing:
    def test_every_point_is_drawn_in_the_colour_of_its_level(self, scatter: Scatter) -> None:
        colours = np.array(scatter.colours_at_points(), float)
        paper = np.array(scatter.corner()[:3], float)
        blank = np.abs(colours - paper).sum(1) < 30
        radius = 2 * np.arctanh(CLEAN)
        means = np.array([radius[v == LEVEL].mean() for v in range(10)])
        hidden = np.abs(radius - means[LEVEL])[blank]
        assert hidden.max(initial=0) < 0.06, "only the rim of a mean's bar may hide a point"
        assert blank.mean() < 0.05
        for v, name in enumerate(LEVEL_COLOURS):
            ink = np.array([int(name[k : k + 2], 16) for k in (1, 3, 5)])
            seen = colours[v == LEVEL]
            share = (seen - paper) @ (ink - paper) / ((ink - paper) @ (ink - paper))
            off = np.abs(seen - paper - share[:, None] * (ink - paper)).max(1)
            assert np.mean((off < 12) & (share > 0.5)) >= 0.5, f"level {v}"

    def test_points_lie_in_their_columns_where_python_says(self, scatter: Scatter) -> None:
        seen = scatter.page.evaluate(f"Array.from({{length: {N}}}, (_, i) => {HANDLE}.screen(i)[0])")
        left, right = scatter.screen(0)[0], scatter.screen(1)[0]  # operation 0 is in the middle of column 9
        places = horizontal_places()
        scale = (left - right) / (places[0] - places[1])
        np.testing.assert_allclose(np.array(seen), right + (places - places[1]) * scale, atol=1e-6)

    def test_each_encoder_says_whether_levels_overlap(self, scatter: Scatter) -> None:
        plot = scatter.page.get_by_role("application")
        assert scatter.get("verdict") == "no overlaps: every level lies above the next"
        label = plot.get_attribute("aria-label") or ""
        assert "hyperbolic radius, encoder B" in label
        assert "no overlaps" in label
        before = scatter.screen(2187)
        scatter.page.get_by_label("A", exact=True).check()
        scatter.page.wait_for_function(f"{HANDLE}.encoder === 'A' && {HANDLE}.verdict === 'overlaps 3 of 9'")
        assert scatter.screen(2187) != before
        label = plot.get_attribute("aria-label") or ""
        assert "hyperbolic radius, encoder A" in label
        assert "overlaps 3 of 9 (levels 2 and 3, 5 and 6, 7 and 8)" in label
        assert scatter.server.events == []

    def test_dark_mode_repaints(self, scatter: Scatter) -> None:
        assert min(scatter.corner()[:3]) > 200
        scatter.page.evaluate("document.body.classList.add('dark')")
        scatter.page.wait_for_function(
            "document.querySelector('.scatter canvas').getContext('2d').getImageData(2, 2, 1, 1).data[0] < 60"
        )

    def test_png(self, scatter: Scatter) -> None:
        with scatter.page.expect_download() as download:
            scatter.tool("Download as PNG")
        assert download.value.suggested_filename == "tvae-mixed_clean-B-radius.png"
        picture = Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGBA")
        box = scatter.page.locator(".scatter-plot").bounding_box()
        assert box is not None
        assert picture.size == (round(box["width"]), round(box["height"]))
        assert len(picture.getcolors(1 << 20) or []) > 200
        assert picture.getextrema()[3] == (255, 255)


@pytest.mark.browser
class TestPicking:
    def test_a_click_picks_the_point_under_it(self, scatter: Scatter) -> None:
        for count, i in enumerate([0, 6561, 13_122, 8748, 729], 1):
            scatter.page.mouse.click(*scatter.screen(i))
            assert scatter.get("selected") == [i]
            assert scatter.events(count)[-1] == ("pick", {"ids": [i], "add": False})

    def test_control_adds_and_a_click_beside_every_point_clears(self, scatter: Scatter) -> None:
        scatter.page.mouse.click(*scatter.screen(0))
        scatter.events(1)
        scatter.page.keyboard.down("Control")
        scatter.page.mouse.click(*scatter.screen(6561))
        scatter.page.keyboard.up("Control")
        assert scatter.events(2)[1] == ("pick", {"ids": [6561], "add": True})
        assert scatter.get("selected") == [0, 6561]
        x, y = scatter.screen(0)
        scatter.page.mouse.click(x, y - 120)
        assert scatter.events(3)[2] == ("clear", {})
        assert scatter.get("selected") == []

    def test_a_lasso_around_a_level_selects_that_level(self, scatter: Scatter) -> None:
        for count, level in enumerate([6, 1], 1):
            left, top, right, bottom = scatter.around(level)
            scatter.drag((left, top), (right, top), (right, bottom), (left, bottom))
            assert scatter.events(count)[-1] == ("lasso", {"ids": members(level), "add": False})
            assert scatter.get("selected") == members(level)

    def test_shift_draws_a_box(self, scatter: Scatter) -> None:
        left, top, right, bottom = scatter.around(3)
        scatter.page.keyboard.down("Shift")
        scatter.drag((left, top), (right, bottom))
        scatter.page.keyboard.up("Shift")
        assert scatter.events() == [("lasso", {"ids": members(3), "add": False})]

    def test_zoom_separates_the_points_of_level_0(self, scatter: Scatter) -> None:
        scatter.page.keyboard.down("Control")
        for _ in range(14):
            width = scatter.page.evaluate(f"{HANDLE}.view[1] - {HANDLE}.view[0]")
            scatter.page.mouse.move(*scatter.screen(12_346))
            scatter.page.mouse.wheel(0, -100)
            scatter.page.wait_for_function(f"{HANDLE}.view[1] - {HANDLE}.view[0] < {0.9 * width}")
        scatter.page.keyboard.up("Control")
        scatter.page.mouse.click(*scatter.screen(12_346))
        assert scatter.events() == [("pick", {"ids": [12_346], "add": False})]

    def test_the_keyboard_walks_and_picks(self, scatter: Scatter) -> None:
        by_radius = sorted(members(7), key=lambda i: CLEAN[i])
        scatter.page.locator(".scatter-plot").focus()
        for key in [*["ArrowRight"] * 8, "ArrowDown", "Enter"]:
            scatter.page.keyboard.press(key)
        assert scatter.events() == [("pick", {"ids": [by_radius[-2]], "add": False})]
        assert f"operation {by_radius[-2]}" in scatter.page.locator(".point-tip").inner_text()
        scatter.page.keyboard.press("Escape")
        assert scatter.events(2)[1] == ("clear", {})

    def test_the_pointer_shows_what_it_is_over(self, scatter: Scatter) -> None:
        scatter.page.mouse.move(*scatter.screen(13_122))
        tip = scatter.page.locator(".point-tip")
        expect(tip).to_contain_text(f"valuation 8, hyperbolic radius {2 * np.arctanh(CLEAN[13_122]):.4f}")
        expect(tip).to_contain_text("operation 13122" + "\u2212" * 8 + "+")
        expect(tip).to_contain_text("reconstructed exactly" if EXACT[13_122] else "not reconstructed exactly")


@pytest.mark.browser
class TestView:
    def test_python_selects_without_an_event_and_the_view_stays(self, scatter: Scatter) -> None:
        scatter.tool("Zoom in")
        view = scatter.get("view")
        for ids in ([13_122, 7], [], [13_122, 7]):
            scatter.server.pushed = ids
            scatter.page.get_by_role("button", name="push").click()
            scatter.page.wait_for_function(
                f"JSON.stringify({HANDLE}.selected) === '{json.dumps(ids).replace(' ', '')}'"
            )
        assert scatter.get("view") == view
        assert scatter.server.events == []

    def test_python_has_the_last_word(self, scatter: Scatter) -> None:
        scatter.server.pushed = [6561]
        push = scatter.page.get_by_role("button", name="push")
        push.click()
        scatter.page.wait_for_function(f"{HANDLE}.selected[0] === 6561")
        scatter.page.mouse.click(*scatter.screen(0))
        assert scatter.events() == [("pick", {"ids": [0], "add": False})]
        push.click()
        scatter.page.wait_for_function(f"{HANDLE}.selected[0] === 6561")

    def test_what_is_not_selected_turns_grey(self, scatter: Scatter) -> None:
        scatter.page.mouse.click(*scatter.screen(0))
        colours = np.array(scatter.colours_at_points(), int)[LEVEL < 3]
        assert np.median(np.ptp(colours, axis=1)) < 30

    def test_tools_zoom_pan_and_reset(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.tool("Zoom in")
        scatter.tool("Pan: drag to move the view")
        zoomed = scatter.get("view")
        assert zoomed[1] - zoomed[0] < home[1] - home[0]
        x, y = scatter.screen(0)
        scatter.drag((x - 200, y - 200), (x - 260, y - 200))
        moved = scatter.get("view")
        assert moved[0] > zoomed[0]
        assert moved[2:] == pytest.approx(zoomed[2:])
        scatter.tool("Reset the view")
        assert scatter.get("view") == home
        assert scatter.server.events == []

    def test_the_wheel_scrolls_the_page_unless_the_plot_is_meant(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.page.mouse.move(*scatter.screen(0))
        scatter.page.mouse.wheel(0, -100)
        scatter.tool("Lasso: drag to select")
        assert scatter.get("view") == home
        scatter.page.locator(".scatter-plot").focus()
        scatter.page.mouse.move(*scatter.screen(0))
        scatter.page.mouse.wheel(0, -100)
        scatter.page.wait_for_function(f"{HANDLE}.view[0] > {home[0]}")
        scatter.page.mouse.dblclick(*[u - 150 for u in scatter.screen(0)])
        assert scatter.get("view") == home

    def test_another_checkpoint_resets_the_view(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.tool("Zoom in")
        scatter.page.get_by_role("button", name="swap").click()
        scatter.page.wait_for_function(f"JSON.stringify({HANDLE}.view) === '{json.dumps(home).replace(' ', '')}'")


@pytest.mark.browser
class TestPhone:
    @pytest.fixture
    def phone(self, server: App, page: OpenPage) -> Scatter:
        return Scatter(
            server, page(server.url, viewport={"width": 375, "height": 800}, has_touch=True, device_scale_factor=2)
        )

    def touch(self, phone: Scatter, *frames: list[tuple[float, float]]) -> None:
        """Put fingers down at the first frame, move them through the others and lift them."""
        session = phone.page.context.new_cdp_session(phone.page)
        for kind, fingers in zip(
            ["touchStart", *["touchMove"] * (len(frames) - 1), "touchEnd"], [*frames, []], strict=True
        ):
            points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(fingers)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def test_the_plot_and_its_tools_fit(self, phone: Scatter) -> None:
        for box in [
            phone.page.locator(".scatter").bounding_box(),
            phone.page.locator("[data-tool=png]").bounding_box(),
        ]:
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 375
        assert phone.page.evaluate("document.documentElement.scrollWidth") == 375
        assert all(0 < phone.screen(i)[0] < 375 for i in [0, 1, 6561])

    def test_a_tap_picks(self, phone: Scatter) -> None:
        phone.page.touchscreen.tap(*phone.screen(6561))
        assert phone.events() == [("pick", {"ids": [6561], "add": False})]

    def test_one_finger_draws_a_lasso(self, phone: Scatter) -> None:
        left, top, right, bottom = phone.around(7)
        self.touch(phone, [(left, top)], [(right, top)], [(right, bottom)], [(left, bottom)])
        assert phone.events() == [("lasso", {"ids": members(7), "add": False})]

    def test_two_fingers_zoom_and_select_nothing(self, phone: Scatter) -> None:
        x, y = phone.screen(6561)
        before = phone.get("view")
        self.touch(
            phone,
            [(x - 120, y - 20), (x - 60, y - 20)],
            [(x - 150, y - 20), (x - 30, y - 20)],
            [(x - 180, y - 20), (x, y - 20)],
        )
        after = phone.get("view")
        assert (after[1] - after[0]) / (before[1] - before[0]) == pytest.approx(1 / 3, rel=0.05)
        assert phone.server.events == []
        assert phone.get("selected") == []
