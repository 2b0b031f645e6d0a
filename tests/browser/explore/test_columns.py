"""Colour and filter by a column: one state for all tabs, in the link, by mouse and keyboard."""

import math
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from app_fixtures import OPENING, OpenExplorer, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from explorer import LOOKS, Explorer, N, put_on
from numpy.typing import NDArray
from playwright.sync_api import Locator, Route, expect

from tvae.operations import ternary
from tvae.page.ui import texts
from tvae.reports.columns import Source, column_of, values_of
from tvae.reports.plots.palette import LEVEL_COLOURS, TRIT_COLOURS

pytestmark = pytest.mark.browser

NAMES = {key: name for key, name in texts.table("COLUMN_NAMES").items() if not column_of(key).group}
GROUPS = texts.table("COLUMN_GROUPS")
WORDS = texts.table("COLUMNS")
BAR = "#plot .columns-bar"
DISK = "document.querySelector('#ball-disk .disk')?.tvae"


def bar(opened: Explorer, root: str = "#plot") -> Locator:
    return opened.page.locator(f"{root} .columns-bar")


def choice(opened: Explorer, root: str = "#plot") -> Locator:
    return bar(opened, root).get_by_label(WORDS["by"])


def chip(opened: Explorer, name: str, root: str = "#plot") -> Locator:
    return bar(opened, root).get_by_role("button", name=name, exact=True)


def hues(opened: Explorer, *indices: int) -> list[str]:
    return opened.page.evaluate(f"ids => ids.map((i) => {opened.handle}.hue(i))", list(indices))


def left(opened: Explorer) -> int:
    """How many operations the filter leaves."""
    count: int = opened.page.evaluate(
        f"Array.from({{length: {N}}}, (_, i) => {opened.handle}.hue(i) !== '').filter(Boolean).length"
    )
    return count


def ends_of(values: NDArray[np.floating[Any]]) -> list[str]:
    """The least and the largest value, with decimals for a thousandth of their range."""
    low, high = float(values.min()), float(values.max())
    decimals = min(9, max(4, 3 - math.floor(math.log10(high - low))))
    return [f"{end:.{decimals}f}" for end in (low, high)]


def parameters(opened: Explorer) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(opened.page.url).query).items()}


def test_at_first_plots_have_the_colours_of_levels_and_ask_for_nothing(explorer: OpenExplorer) -> None:
    opened = explorer()
    expect(choice(opened)).to_have_value("valuation")
    expect(choice(opened).locator("option")).to_have_text([*NAMES.values(), *GROUPS.values()])
    assert hues(opened, 1, 3, 0) == [LEVEL_COLOURS[0], LEVEL_COLOURS[1], LEVEL_COLOURS[9]]
    asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('component_server')).length"
    assert opened.page.evaluate(asked) == 0
    assert parameters(opened) == {}


def test_every_column_colours_the_plot(explorer: OpenExplorer) -> None:
    opened = explorer()
    source = Source(evaluated_here(OPENING), 15_633, evaluated_here("homeostatic_rich"))
    for key in NAMES:
        choice(opened).select_option(key)
        opened.wait(f".colour === '{key}'")
        column = column_of(key)
        values = values_of(column, source)
        if column.kind == "categorical":
            some = [0, 1, 3, 13, 15_633]
            assert hues(opened, *some) == [column.colours[int(values[n])] for n in some]
        else:
            ends = [int(values.argmin()), int(values.argmax())]
            assert hues(opened, *ends) == [LEVEL_COLOURS[0], LEVEL_COLOURS[-1]]
            expect(bar(opened).locator(".columns-end")).to_have_text(ends_of(values))


def test_distances_are_measured_from_the_operation_that_the_page_shows(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=13,40,0&colour=adic")
    opened.chosen(13, 40, 0)
    opened.wait(f".hue(13) === '{LEVEL_COLOURS[9]}'")
    opened.page.locator("#results button[data-show='40']").click()
    opened.wait(f".hue(40) === '{LEVEL_COLOURS[9]}'")
    expect(bar(opened).get_by_role("textbox", name=WORDS["from"])).to_have_value("40")


def test_distances_are_measured_from_what_is_selected_or_typed(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=13")
    opened.chosen(13)
    choice(opened).select_option("adic")
    opened.wait(f".hue(13) === '{LEVEL_COLOURS[9]}'")
    typed = bar(opened).get_by_role("textbox", name=WORDS["from"])
    expect(typed).to_have_value("13")
    typed.fill("19683")
    typed.press("Enter")
    expect(bar(opened)).to_contain_text('"19683" is not an operation; type a number from 0 to 19682.')
    typed.fill("40")
    typed.press("Enter")
    opened.wait(f".hue(40) === '{LEVEL_COLOURS[9]}' && {opened.handle}.hue(13) === '{LEVEL_COLOURS[3]}'")
    assert parameters(opened)["colour"] == "adic.40"


def test_values_that_did_not_come_are_asked_for_again(explorer: OpenExplorer) -> None:
    opened = explorer("?filter=valuation:9")
    opened.page.route("**/component_server/", lambda route: route.fulfill(json=None))
    choice(opened).select_option("exactness")
    expect(bar(opened)).to_contain_text(WORDS["cut"])
    assert left(opened) == 1
    opened.page.unroute("**/component_server/")
    chip(opened, WORDS["again"]).click()
    opened.wait(".colour === 'exactness'")
    expect(chip(opened, WORDS["again"])).to_be_hidden()
    expect(choice(opened)).to_be_focused()
    expect(bar(opened)).to_contain_text("1 of 19,683 operations shown")


def test_what_is_typed_stays_when_values_arrive(explorer: OpenExplorer) -> None:
    opened, held = explorer(), list[Route]()
    opened.page.route("**/component_server/", lambda route: route.continue_() if held else held.append(route))
    choice(opened).select_option("adic")
    expect(bar(opened)).to_contain_text(WORDS["waiting"])
    typed = bar(opened).get_by_role("textbox", name=WORDS["from"])
    typed.fill("4")
    held[0].continue_()
    opened.wait(".colour === 'adic'")
    expect(typed).to_have_value("4")
    opened.page.keyboard.type("0")
    opened.page.keyboard.press("Enter")
    opened.wait(f".hue(40) === '{LEVEL_COLOURS[9]}'")


def test_a_click_in_the_legend_filters_in_all_tabs(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=0,1,3,9,27")
    opened.chosen(0, 1, 3, 9, 27)
    chip(opened, "2").click()
    chip(opened, "3").click()
    expect(bar(opened)).to_contain_text("1,944 of 19,683 operations shown: valuation 2, 3")
    assert left(opened) == 1_944
    assert hues(opened, 1, 9, 27) == ["", LEVEL_COLOURS[2], LEVEL_COLOURS[3]]
    out = [texts.table("COLUMNS")["row_out"] in row for row in opened.rows.all_inner_texts()]
    assert out == [True, True, True, False, False]
    opened.page.get_by_role("tab", name="Ball").click()
    opened.page.wait_for_function(f"{DISK}?.count === {N}")
    assert opened.page.evaluate(f"[1, 9, 27].map((i) => {DISK}.hue(i))") == ["", LEVEL_COLOURS[2], LEVEL_COLOURS[3]]
    expect(chip(opened, "2", "#ball-disk")).to_have_attribute("aria-pressed", "true")
    expect(chip(opened, "4", "#ball-disk")).to_have_attribute("aria-pressed", "false")
    choice(opened, "#ball-disk").select_option("first")
    opened.page.wait_for_function(f"{DISK}.colour === 'first'")
    assert opened.page.evaluate(f"{DISK}.hue(9)") == TRIT_COLOURS[-1]
    bar(opened, "#ball-disk").get_by_role("button", name=WORDS["clear"]).click()
    opened.page.get_by_role("tab", name="Explore").click()
    opened.wait(f".colour === 'first' && {opened.handle}.hue(1) === '{TRIT_COLOURS[0]}'")
    expect(opened.results.locator(".filtered-out")).to_have_count(0)
    assert texts.table("COLUMNS")["row_out"] not in opened.results.inner_text()


def test_both_plots_of_compare_have_the_colours(explorer: OpenExplorer) -> None:
    opened = explorer("?tab=compare&with=tree&colour=other_radius_b")
    values = values_of(column_of("other_radius_b"), Source(evaluated_here(OPENING), other=evaluated_here("tree")))
    ends = [int(values.argmin()), int(values.argmax())]
    for which in "ab":
        plot = f"document.querySelector('#compare-plot-{which} .scatter')?.tvae"
        opened.page.wait_for_function(f"{plot}?.count === {N} && {plot}.colour === 'other_radius_b'")
        assert opened.page.evaluate(f"ids => ids.map((i) => {plot}.hue(i))", ends) == [
            LEVEL_COLOURS[0],
            LEVEL_COLOURS[-1],
        ]
    expect(choice(opened, "#compare-colour")).to_have_value("other_radius_b")


def test_a_range_by_keyboard_is_in_the_link_and_survives_a_reload(explorer: OpenExplorer) -> None:
    opened = explorer("?colour=radius_b")
    values = values_of(column_of("radius_b"), Source(evaluated_here(OPENING)))
    least = bar(opened).get_by_label(WORDS["lowest"])
    expect(least).to_have_attribute("aria-valuetext", f"{values.min():.4f}")
    least.focus()
    for _ in range(5):
        opened.page.keyboard.press("PageUp")
    expect(least).to_have_value("500")
    expect(opened.page).to_have_url(re.compile(f"filter=radius_b%3A{least.get_attribute('aria-valuetext')}"))
    low = float(parameters(opened)["filter"].removeprefix("radius_b:").removesuffix(".."))
    assert values.min() < low < values.max()
    expect(least).to_have_attribute("aria-valuetext", f"{low:.4f}")
    step = (values.max() - values.min()) / 65_535  # of a packed value
    assert (values > low + step).sum() <= left(opened) <= (values > low - step).sum()
    opened.page.reload()
    again = Explorer(opened.page)
    expect(bar(again).get_by_label(WORDS["lowest"])).to_have_attribute("aria-valuetext", f"{low:.4f}")
    again.wait(f".colour === 'radius_b' && {again.handle}.hue({int(values.argmin())}) === ''")
    clear = bar(again).get_by_role("button", name=WORDS["clear"])
    clear.focus()
    again.page.keyboard.press("Enter")
    expect(clear).to_be_hidden()
    expect(choice(again)).to_be_focused()
    assert left(again) == N
    assert "filter" not in parameters(again)


def test_back_and_forward_go_through_colours_and_filters(explorer: OpenExplorer) -> None:
    opened = explorer()
    choice(opened).focus()
    for key, name in (("ArrowDown", "first"), ("ArrowDown", "exactness"), ("Home", "valuation")):
        opened.page.keyboard.press(key)
        opened.wait(f".colour === '{name}'")
    chip(opened, "9").click()
    expect(bar(opened)).to_contain_text("1 of 19,683")
    opened.page.go_back()
    opened.wait(".hue(1) !== ''")
    expect(chip(opened, "9")).to_have_attribute("aria-pressed", "false")
    opened.page.go_back()
    opened.wait(".colour === 'exactness'")
    opened.page.go_forward()
    opened.page.go_forward()
    opened.wait(f".hue(1) === '' && {opened.handle}.hue(0) !== ''")
    expect(choice(opened)).to_have_value("valuation")


@pytest.mark.parametrize("query", ["?colour=hue", "?filter=valuation:12", "?colour=confidence&filter=radius_a:x.."])
def test_what_cannot_be_read_in_a_link_is_named_and_ignored(explorer: OpenExplorer, query: str) -> None:
    opened = explorer(query)
    wrong = [part.partition("=")[2] for part in query[1:].split("&")][-1]
    expect(bar(opened)).to_contain_text(f"cannot be read and is ignored: {wrong}.")
    assert left(opened) == N


def test_the_colours_follow_to_another_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer("?colour=confidence")
    opened.wait(".colour === 'confidence'")
    opened.choose("tree - ")
    opened.answered("tree")
    values = values_of(column_of("confidence"), Source(evaluated_here("tree")))
    expect(bar(opened).locator(".columns-end")).to_have_text(ends_of(values))
    opened.wait(f".hue({int(values.argmin())}) === '{LEVEL_COLOURS[0]}'")


def test_a_lasso_takes_only_what_is_shown(explorer: OpenExplorer) -> None:
    opened = explorer("?filter=first:2")
    opened.wait(".hue(0) === ''")
    box = opened.page.locator("#plot .scatter-plot").bounding_box()
    assert box is not None
    corners = [(70, 60), (box["width"] - 20, 60), (box["width"] - 20, box["height"] - 60), (70, box["height"] - 60)]
    opened.page.mouse.move(box["x"] + corners[0][0], box["y"] + corners[0][1])
    opened.page.mouse.down()
    for x, y in corners[1:]:
        opened.page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    opened.page.mouse.up()
    opened.wait(".selected.length > 0")
    expected = np.flatnonzero(ternary.ALL_TRITS[:, 0] == 1)
    assert sorted(opened.get("selected")) == expected.tolist()


@pytest.mark.parametrize("width", [320, 375, 1440])
def test_the_control_fits_without_axe_violations(explorer: OpenExplorer, width: int) -> None:
    opened = explorer("?colour=nearness_a.13&filter=nearness_a.13:0.5..&operations=0-8", width=width)
    opened.wait(f".colour === 'nearness_a' && {opened.handle}.hue(13) === ''")
    for key in ("nearness_a", "adic"):
        choice(opened).select_option(key)
        opened.wait(f".colour === '{key}'")
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width
        inside = f"""() => [...document.querySelectorAll('{BAR} *')].filter((one) => one.checkVisibility())
            .every((one) => one.getBoundingClientRect().right <= innerWidth)"""
        assert opened.page.evaluate(inside)
        for look in LOOKS:
            put_on(opened.page, look)
            found = Axe().run(opened.page, context=BAR).response["violations"]
            assert [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]] == []
