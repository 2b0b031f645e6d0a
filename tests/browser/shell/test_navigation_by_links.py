"""Reload, links within the page, and links to large selections."""

import re
from urllib.parse import urlsplit

import pytest
from app_fixtures import OPENING, OpenExplorer
from explorer import Explorer
from navigated import LONG, MAX, MIN, OTHER, SPREAD, STORY, at, entries, tab, view_of
from playwright.sync_api import Locator, expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser


class TestStories:
    def test_a_click_sets_the_page_without_a_reload(self, opened: Explorer) -> None:
        page, count = opened.page, entries(opened)
        page.evaluate("window.here = true")
        page.evaluate(STORY, f"?checkpoint={OTHER}&operations=min, max&encoder=A&tab=coverage")
        page.get_by_role("link", name="a story").click()
        tab(opened, "Coverage")
        at(opened, OTHER, MIN, MAX)
        opened.wait(".encoder === 'A'")
        assert page.evaluate("window.here")
        assert entries(opened) == count + 1
        page.get_by_role("link", name="a story").click()
        assert entries(opened) == count + 1
        page.go_back()
        tab(opened, "Explore")
        at(opened, OPENING)
        opened.wait(".encoder === 'B'")

    def test_with_a_modifier_key_it_opens_another_page(self, opened: Explorer) -> None:
        page, address = opened.page, opened.page.url
        page.evaluate(STORY, "?operations=min")
        for options in ({"modifiers": ["ControlOrMeta"]}, {"button": "middle"}):
            with page.context.expect_page() as another:
                page.get_by_role("link", name="a story").click(**options)
            Explorer(another.value).chosen(MIN)
            another.value.close()
            assert page.url == address


class TestLargeSelections:
    def test_one_has_a_link_that_opens_it_elsewhere(self, opened: Explorer, explorer: OpenExplorer) -> None:
        opened.type(", ".join(map(str, SPREAD)))
        opened.wait(f".selected.length === {len(SPREAD)}")
        opened.page.get_by_role("button", name="Copy link").click()
        expect(opened.page.locator("#link")).to_have_text("Copied")
        copied = opened.page.evaluate("navigator.clipboard.readText()")
        assert view_of(opened.page).keys() == {"selected"}
        assert copied == opened.page.url
        again = explorer(f"?{urlsplit(copied).query}", width=1000)
        again.chosen(*SPREAD)
        again.current(1)
        assert again.page.url == copied
        again.page.reload()
        Explorer(again.page).chosen(*SPREAD)

    def test_back_returns_to_one(self, explorer: OpenExplorer) -> None:
        opened = explorer(LONG)
        opened.chosen(*SPREAD)
        opened.type("13")
        opened.chosen(13)
        opened.page.go_back()
        opened.chosen(*SPREAD)
        opened.page.go_forward()
        opened.chosen(13)

    @pytest.mark.parametrize("query", [LONG[:-4], "?selected=", "?selected=<b>v=8</b>", "?selected=" + "A" * 5_000])
    def test_a_link_that_was_cut_or_changed_is_a_sentence(self, explorer: OpenExplorer, query: str) -> None:
        opened = explorer(query)
        expect(opened.problem).to_have_text(texts.LINK_NOT_READ)
        opened.nothing_chosen()
        expect(opened.page).not_to_have_url(re.compile("selected"))
        opened.type("13")
        opened.chosen(13)
        expect(opened.problem).to_be_hidden()


def fill(field: Locator, value: str) -> None:
    """Fill a field that is shown only with a point to decode, until the value stays: Gradio sets those of a new tab."""
    stayed = 0
    while stayed < 3:
        stayed = stayed + 1 if field.input_value() == value else 0
        if not stayed:
            field.evaluate("(field, value) => { field.value = value; field.dispatchEvent(new Event('input')); }", value)
        field.page.wait_for_timeout(100)


def test_what_is_too_long_for_the_link_is_said_next_to_its_button(opened: Explorer) -> None:
    page, long = opened.page, "0" * 4_000
    page.get_by_role("tab", name="Ball").click()
    expect(page.locator("#ball-near tbody tr").first).to_be_visible()
    radius, angle = (page.locator(f"#ball-{name} :is(input, textarea)") for name in ("radius", "angle"))
    left_out = page.locator("#left-out")
    fill(radius, long)
    expect(page).to_have_url(re.compile(f"point_radius={long}"))
    expect(left_out).to_have_count(0)
    fill(angle, long)
    expect(left_out).to_have_text(
        texts.table("LINK")["left_out"].format(parts=texts.table("LINK_PARTS")["point_angle"])
    )
    assert view_of(page) == {"tab": "ball", "point_radius": long}
    page.reload()
    expect(radius).to_have_value(long)
    expect(angle).to_have_value("")
    fill(angle, long)
    expect(left_out).to_be_visible()
    fill(radius, "0.5")
    expect(left_out).to_have_text("")
    expect(left_out).to_be_hidden()
    assert view_of(page) == {"tab": "ball", "point_radius": "0.5", "point_angle": long}


def test_a_reload_restores_the_whole_view(opened: Explorer) -> None:
    page = opened.page
    opened.choose(f"{OTHER} - ")
    at(opened, OTHER)
    opened.type(", ".join(map(str, SPREAD)))
    opened.wait(f".selected.length === {len(SPREAD)}")
    page.locator("#encoder").get_by_label("A", exact=True).check()
    page.get_by_label("norm", exact=True).check()
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label("Second checkpoint").click()
    page.get_by_role("option", name="max_hierarchy - ").first.click()
    expect(page.locator("#compare-heading-b h2")).to_have_text("second max_hierarchy")
    page.locator("#compare-encoder").get_by_label("B", exact=True).check()
    expect(page).to_have_url(re.compile("compare_encoder=B"))
    page.wait_for_function("document.querySelector('#compare-status p') === null")
    address = page.url
    page.reload()
    again = Explorer(page)
    tab(again, "Compare")
    expect(page.locator("#compare-heading-a h2")).to_have_text(f"first {OTHER}")
    expect(page.locator("#compare-heading-b h2")).to_have_text("second max_hierarchy")
    expect(page.locator("#compare-encoder").get_by_label("B", exact=True)).to_be_checked()
    again.wait(f".selected.length === {len(SPREAD)}")
    again.wait(".encoder === 'A'")
    again.wait(".measure === 'norm'")
    assert page.url == address
