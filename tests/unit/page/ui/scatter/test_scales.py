"""The scales of the radius axis in the browser, and the files that have the same scale."""

import numpy as np
import pytest
from export_menu import export, words_of
from playwright.sync_api import expect
from scatter_data import CLEAN, HANDLE, LEVEL, STEEP, N
from scatter_fixtures import Scatter

from tvae.reports.plots.radius_plot import axis_of, levels_of, logarithmic, own_shares

pytestmark = pytest.mark.browser


def heights(scatter: Scatter) -> np.ndarray:
    """Vertical places of all points, upwards from operation 0."""
    seen = scatter.page.evaluate(f"Array.from({{length: {N}}}, (_, i) => {HANDLE}.screen(i)[1])")
    return seen[0] - np.array(seen)


def in_proportion(seen: np.ndarray, expected: np.ndarray) -> None:
    """Whether places are a multiple of what is expected, to a hundredth of a pixel or the 16 bits of the values."""
    expected = expected - expected[0]
    factor = seen @ expected / (expected @ expected)
    assert factor > 0
    np.testing.assert_allclose(seen, factor * expected, atol=0.3)


def words(scatter: Scatter) -> set[str]:
    """The words of the SVG, which has the elements of the screen."""
    return {*words_of(export(scatter.page.locator(".scatter"), "svg").path().read_bytes())}


def label(scatter: Scatter) -> str:
    return scatter.page.get_by_role("application").get_attribute("aria-label") or ""


def test_each_scale_places_the_points_and_says_so(scatter: Scatter) -> None:
    radius = 2 * np.arctanh(CLEAN)
    levels = levels_of(radius)
    axis = axis_of(levels)
    assert axis.scale == "linear"
    assert scatter.get("scale") == "linear"
    automatic = f"linear scale (automatic): it shows 10 of 10 levels well, a logarithmic one {axis.log}"
    assert automatic in label(scatter)
    assert "linear scale (automatic)" in words(scatter)
    in_proportion(heights(scatter), radius)
    scatter.choose_scale("log")
    in_proportion(heights(scatter), logarithmic(radius, levels.positive, radius.max()))
    assert "logarithmic scale" in words(scatter)
    assert {"0.5", "1", "2"} <= words(scatter)
    scatter.choose_scale("levels")
    in_proportion(heights(scatter), own_shares(radius, levels))
    found = words(scatter)
    assert "each level on its own scale" in found
    low, high = scatter.get("view")[2:]
    assert low < 0 < 1 < high
    for v in (0, 4, 8):  # the ends of a column, with two digits of their difference
        digits = 1 - int(np.floor(np.log10(levels.high[v] - levels.low[v])))
        assert {f"{levels.low[v]:.{digits}f}", f"{levels.high[v]:.{digits}f}"} <= found
    assert scatter.server.events == []


def test_a_steep_plot_opens_on_a_logarithmic_scale_with_zero_below_a_break(scatter: Scatter) -> None:
    scatter.steep()
    assert "logarithmic scale (automatic)" in label(scatter)
    assert "0 is below the break" in label(scatter)
    in_proportion(heights(scatter), logarithmic(STEEP, STEEP[STEEP > 0].min(), STEEP.max()))
    found = words(scatter)
    assert {"0", "0.1", "1"} <= found
    scatter.page.mouse.move(*scatter.screen(0))
    expect(scatter.page.locator(".point-tip")).to_contain_text("hyperbolic radius 0.0000")
    scatter.choose_scale("linear")
    in_proportion(heights(scatter), STEEP)
    assert "break" not in label(scatter)


def test_another_scale_shows_the_whole_plot(scatter: Scatter) -> None:
    scatter.tool("Zoom in")
    scatter.choose_scale("log")
    whole = scatter.get("view")
    scatter.tool("Reset the view")
    assert scatter.get("view") == pytest.approx(whole)
    scatter.tool("Zoom in")
    assert scatter.get("view")[:2] == whole[:2]
    assert scatter.get("view") != whole


def test_a_click_picks_on_every_scale(scatter: Scatter) -> None:
    for count, scale in enumerate(("log", "levels", "linear"), 1):
        scatter.choose_scale(scale)
        scatter.page.mouse.click(*scatter.screen(13_122))
        assert scatter.events(count)[-1] == ("pick", {"ids": [13_122], "add": False})
        assert LEVEL[13_122] == 8
