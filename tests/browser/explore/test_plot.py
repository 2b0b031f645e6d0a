"""The plot on the page: its scale in the link, the scale that the data asks for, and touch."""

import json
import re

import pytest
from app_fixtures import BUNDLED, OPENING, OpenExplorer, Site, evaluated_here
from browser_fixtures import OpenPage
from explorer import Explorer
from export_menu import export
from playwright.sync_api import expect

from tvae.reports.plots.figures import radius_by_valuation
from tvae.reports.plots.radius_plot import axis_of, levels_of

pytestmark = pytest.mark.browser


def label(opened: Explorer) -> str:
    return opened.page.locator("#plot").get_by_role("application").get_attribute("aria-label") or ""


@pytest.mark.parametrize(("name", "encoder"), [(OPENING, "A"), (OPENING, "B"), (BUNDLED, "A")])
def test_the_scale_follows_from_the_data_and_says_why(explorer: OpenExplorer, name: str, encoder: str) -> None:
    axis = axis_of(levels_of(evaluated_here(name).embedding.side(encoder).radius))
    opened = explorer(f"?checkpoint={name}&encoder={encoder}")
    opened.answered(name)
    opened.wait(f".scale === '{axis.scale}' && {opened.handle}.encoder === '{encoder}'")
    better, other = (axis.log, axis.linear) if axis.scale == "log" else (axis.linear, axis.log)
    assert re.search(rf"\(automatic\): it shows {better} of 10 levels well, a \w+ one {other}", label(opened))


def test_a_scale_is_in_the_link_and_in_the_exported_figure(explorer: OpenExplorer) -> None:
    opened = explorer()
    chosen = opened.page.locator("#scale input")

    def choose(words: str) -> None:
        chosen.click()
        opened.page.get_by_role("option", name=words).click()

    expect(chosen).to_have_value("automatic")
    for scale, words in (("levels", "each level"), ("log", "logarithmic"), ("linear", "linear")):
        choose(words)
        opened.wait(f".scale === '{scale}'")
        expect(opened.page).to_have_url(re.compile(rf"[?&]scale={scale}\b"))
    address = opened.page.url.replace("scale=linear", "scale=levels")
    choose("automatic")
    expect(opened.page).not_to_have_url(re.compile("scale="))
    opened.page.goto(address)
    again = Explorer(opened.page)
    again.wait(".scale === 'levels'")
    expect(chosen).to_have_value("each level")
    saved = export(again.page.locator("#plot"), "json").path().read_text()
    encoder = again.get("encoder")
    expected = radius_by_valuation(evaluated_here(OPENING).embedding, (), encoder, "radius", "levels")
    assert json.loads(saved) == json.loads(expected.to_json())


def test_an_old_link_opens_its_encoder_and_measure(explorer: OpenExplorer) -> None:
    for encoder, measure in (("A", "norm"), ("B", "norm"), ("A", "radius")):
        opened = explorer(f"?operations=min&encoder={encoder}&measure={measure}")
        opened.wait(f".encoder === '{encoder}' && {opened.handle}.measure === '{measure}'")
        expect(opened.page.locator("#scale input")).to_have_value("automatic")


def test_labels_are_names_where_operations_have_one(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=min,13")
    opened.chosen(15_633, 13)
    svg = export(opened.page.locator("#plot"), "svg").path().read_text()
    assert ">min</text>" in svg
    assert ">13</text>" in svg
    assert ">15633</text>" not in svg


def test_a_swipe_over_the_plot_scrolls_the_page(site: Site, page: OpenPage) -> None:
    opened = Explorer(page(site.url, viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True))
    opened.page.locator("#plot").scroll_into_view_if_needed()
    before = opened.page.evaluate("scrollY")
    x, y = opened.get("screen(0)")
    session = opened.page.context.new_cdp_session(opened.page)
    for kind, step in (("touchStart", 0), *(("touchMove", k) for k in range(1, 11)), ("touchEnd", None)):
        points = [] if step is None else [{"x": x - 80, "y": y - 20 * step, "id": 0}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    opened.page.wait_for_function("before => scrollY > before + 50", arg=before)
    assert opened.get("selected") == []
    # A tap while the page still scrolls picks nothing, and the swipe may have moved the dot off the screen.
    opened.page.locator("#plot .scatter-plot").evaluate("plot => plot.scrollIntoView({block: 'center'})")
    opened.page.wait_for_function("() => window.lastScroll === (window.lastScroll = scrollY)", polling=300)
    opened.page.touchscreen.tap(*opened.get("screen(0)"))
    opened.chosen(0)
