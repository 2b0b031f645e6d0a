"""The plot in the browser, with a mouse and by keyboard: what it draws, picks, says and shows."""

import io
import json

import numpy as np
import pytest
from browser_fixtures import system_chromium
from export_menu import export
from PIL import Image
from playwright.sync_api import Browser, expect
from scatter_data import CLEAN, EXACT, HANDLE, LEVEL, MIXED, N, members
from scatter_fixtures import App, Scatter

from tvae.page.ui.scatter.scatter import LEVEL_COLOURS
from tvae.reports.plots.radius_plot import horizontal_places

pytestmark = pytest.mark.browser

EMULATED_GPU = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-gpu-rasterization",
    "--ignore-gpu-blocklist",
    "--enable-unsafe-swiftshader",
]


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
        file = export(scatter.page.locator(".scatter"), "png2")
        assert file.suggested_filename == "mixed_clean-radius-b-01234567.png"
        picture = Image.open(io.BytesIO(file.path().read_bytes())).convert("RGBA")
        box = scatter.page.locator(".scatter-plot").bounding_box()
        assert box is not None
        assert picture.width == 2 * round(box["width"])
        assert picture.height > 2 * round(box["height"])
        assert len(picture.getcolors(1 << 20) or []) > 200
        assert picture.getextrema()[3] == (255, 255)


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
            height = scatter.page.evaluate(f"{HANDLE}.view[3] - {HANDLE}.view[2]")
            scatter.page.mouse.move(*scatter.screen(12_346))
            scatter.page.mouse.wheel(0, -100)
            scatter.page.wait_for_function(f"{HANDLE}.view[3] - {HANDLE}.view[2] < {0.9 * height}")
        assert scatter.get("view")[:2] == [-0.5, 9.5]
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

    def test_the_ends_of_a_level_and_its_facts_by_keyboard(self, scatter: Scatter) -> None:
        by_radius = sorted(members(7), key=lambda i: CLEAN[i])
        scatter.page.locator(".scatter-plot").focus()
        for key in [*["ArrowRight"] * 8, "Home", "Enter"]:
            scatter.page.keyboard.press(key)
        assert scatter.events() == [("pick", {"ids": by_radius[:1], "add": False})]
        for key in ("End", "Enter"):
            scatter.page.keyboard.press(key)
        assert scatter.events(2)[1] == ("pick", {"ids": by_radius[-1:], "add": False})
        scatter.page.keyboard.press("l")
        tip = scatter.page.locator(".point-tip")
        expect(tip).to_contain_text("level 7: 6 operations")
        expect(tip).to_contain_text("overlaps with no neighbouring level")

    def test_the_bar_of_a_mean_and_a_band_explain_themselves(self, scatter: Scatter) -> None:
        tip = scatter.page.locator(".point-tip")
        radius = 2 * np.arctanh(CLEAN[LEVEL == 4])
        scatter.page.mouse.move(*scatter.get("mean(4)"))
        expect(tip).to_contain_text("level 4: 162 operations")
        facts = f"mean {radius.mean():.4f}, least {radius.min():.4f}, largest {radius.max():.4f}"
        expect(tip).to_contain_text(facts)
        expect(tip).to_contain_text("overlaps with no neighbouring level")
        scatter.page.get_by_label("A", exact=True).check()
        scatter.page.wait_for_function(f"{HANDLE}.encoder === 'A'")
        scatter.page.mouse.move(*scatter.get("mean(5)"))
        expect(tip).to_contain_text("level 5: 54 operations")
        expect(tip).to_contain_text("overlaps with level 6")
        lower, higher = (2 * np.arctanh(MIXED[v == LEVEL]) for v in (5, 6))
        x = (scatter.get("mean(5)")[0] + scatter.get("mean(6)")[0]) / 2
        y = sum(scatter.screen(i)[1] for i in (2 * 3**5, int(np.argmax(np.where(LEVEL == 6, MIXED, 0))))) / 2
        scatter.page.mouse.move(x, y)
        expect(tip).to_contain_text("levels 5 and 6 overlap")
        expect(tip).to_contain_text(f"level 6 reaches up to {higher.max():.4f}, level 5 down to {lower.min():.4f}")

    def test_a_selection_box_leaves_nothing_behind(self, scatter: Scatter) -> None:
        before = scatter.picture()
        x, y = scatter.screen(0)
        scatter.drag((x - 60, y - 200), (x, y - 200), (x, y - 140), (x - 60, y - 140))
        assert scatter.get("selected") == []
        assert scatter.picture() == before

    def test_nothing_stays_on_the_screen_where_a_gpu_draws(self, plot_server: App, chromium: Browser) -> None:
        browser = chromium.browser_type.launch(executable_path=system_chromium(), args=EMULATED_GPU)
        try:
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            page.goto(plot_server.url)
            scatter = Scatter(plot_server, page)
            before = scatter.picture()
            x, y = scatter.screen(0)
            for _ in range(4):  # a canvas of the GPU kept the box in two cases of three
                scatter.drag((x - 60, y - 200), (x, y - 200), (x, y - 140), (x - 60, y - 140))
                assert scatter.picture() == before
        finally:
            browser.close()

    def test_the_pointer_shows_what_it_is_over(self, scatter: Scatter) -> None:
        scatter.page.mouse.move(*scatter.screen(13_122))
        tip = scatter.page.locator(".point-tip")
        expect(tip).to_contain_text(f"valuation 8, hyperbolic radius {2 * np.arctanh(CLEAN[13_122]):.4f}")
        expect(tip).to_contain_text("operation 13122" + "\u2212" * 8 + "+")
        expect(tip).to_contain_text("reconstructed exactly" if EXACT[13_122] else "not reconstructed exactly")


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

    def test_what_is_not_selected_steps_back_and_keeps_its_hue(self, scatter: Scatter) -> None:
        scatter.page.mouse.click(*scatter.screen(0))
        colours = np.array(scatter.colours_at_points(), float)
        paper = np.array(scatter.corner()[:3], float)
        for v in range(3):
            ink = np.array([int(LEVEL_COLOURS[v][k : k + 2], 16) for k in (1, 3, 5)]) - paper
            seen = np.median(colours[v == LEVEL], axis=0) - paper
            share = seen @ ink / (ink @ ink)
            assert 0.3 < share < 0.6, f"level {v}"
            assert np.abs(seen - share * ink).max() < 12, f"level {v}"

    def test_tools_zoom_pan_and_reset_along_the_radius(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.tool("Zoom in")
        scatter.tool("Pan: drag to move along the radius")
        zoomed = scatter.get("view")
        assert zoomed[:2] == home[:2]
        assert zoomed[3] - zoomed[2] < home[3] - home[2]
        x, y = scatter.screen(0)
        scatter.drag((x - 200, y - 200), (x - 260, y - 140))
        moved = scatter.get("view")
        assert moved[:2] == home[:2]
        assert moved[2] > zoomed[2]
        assert moved[3] - moved[2] == pytest.approx(zoomed[3] - zoomed[2])
        scatter.tool("Reset the view")
        assert scatter.get("view") == home
        assert scatter.server.events == []

    def test_a_drag_along_the_axis_shows_that_part(self, scatter: Scatter) -> None:
        box = scatter.page.locator(".scatter-plot").bounding_box()
        assert box is not None
        top, bottom = (scatter.get(f"mean({v})")[1] for v in (2, 5))
        scatter.drag((box["x"] + 30, top), (box["x"] + 40, bottom))
        radius = 2 * np.arctanh(CLEAN)
        expected = [radius[v == LEVEL].mean() for v in (5, 2)]
        assert scatter.get("view")[2:] == pytest.approx(expected, abs=0.02)
        assert scatter.server.events == []

    def test_the_keyboard_zooms_and_moves_along_the_radius(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.page.locator(".scatter-plot").focus()
        for key in ("+", "+", "PageUp"):
            scatter.page.keyboard.press(key)
        view = scatter.get("view")
        assert view[:2] == home[:2]
        assert view[3] - view[2] < 0.5 * (home[3] - home[2])
        assert sum(view[2:]) > sum(home[2:])
        scatter.page.keyboard.press("PageDown")
        assert sum(scatter.get("view")[2:]) == pytest.approx(sum(home[2:]))
        scatter.page.keyboard.press("0")
        assert scatter.get("view") == home

    def test_the_wheel_scrolls_the_page_unless_the_plot_is_meant(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.page.mouse.move(*scatter.screen(0))
        scatter.page.mouse.wheel(0, -100)
        scatter.tool("Lasso: drag to select")
        assert scatter.get("view") == home
        scatter.page.locator(".scatter-plot").focus()
        scatter.page.mouse.move(*scatter.screen(0))
        scatter.page.mouse.wheel(0, -100)
        scatter.page.wait_for_function(f"{HANDLE}.view[2] > {home[2]}")
        scatter.page.mouse.dblclick(*[u - 150 for u in scatter.screen(0)])
        assert scatter.get("view") == home

    def test_another_checkpoint_resets_the_view(self, scatter: Scatter) -> None:
        home = scatter.get("view")
        scatter.tool("Zoom in")
        scatter.page.get_by_role("button", name="swap").click()
        scatter.page.wait_for_function(f"JSON.stringify({HANDLE}.view) === '{json.dumps(home).replace(' ', '')}'")
