"""The card of the shown operation: closed at first, then in step with the truth table; its classes; its links."""

from urllib.parse import parse_qs, urlsplit

import pytest
from app_fixtures import OpenExplorer, Site
from axe_playwright_python.sync_playwright import Axe
from ball_tab import Ball
from browser_fixtures import OpenPage
from explorer import Explorer
from playwright.sync_api import Locator, Route, expect

from tvae.operations.atlas import codes
from tvae.operations.parsing import parse_operations
from tvae.page.tabs.explore.sections.atlas.classes import A_PAGE
from tvae.page.ui import texts

pytestmark = pytest.mark.browser

MIN, MAX = 15_633, 19_569
CARD = ".operation-card"


def opened_card(opened: Explorer) -> Locator:
    card = opened.page.locator(CARD)
    card.locator("summary").first.click()
    expect(card.locator("code")).to_be_visible()
    return card


def says(card: Locator, index: int) -> None:
    """Expect the card of this operation."""
    expect(card.locator("code")).to_have_text(codes.code_of(index))


def value_of(card: Locator, name: str) -> Locator:
    """The value next to a name on the card."""
    return card.locator(f"dt:text-is('{texts.table('CARD_FACTS')[name]}') + dd")


def test_it_asks_for_nothing_before_it_is_opened(explorer: OpenExplorer) -> None:
    opened, asked = explorer(), list[str]()
    opened.page.on("request", lambda request: asked.append(str(request.post_data)))
    expect(opened.page.locator(CARD)).to_have_text(texts.table("CARD")["card_title"], use_inner_text=True)
    opened.type("max")
    opened.current(MAX)
    opened.type("min")
    opened.current(MIN)
    assert not [data for data in asked if '"card"' in data]
    says(opened_card(opened), MIN)
    assert len([data for data in asked if '"card"' in data]) == 1


def test_the_plot_stays_in_view_beside_the_open_card(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened_card(opened).locator(".card-clones li").last.scroll_into_view_if_needed()
    expect(opened.page.locator("#plot svg, #plot canvas").first).to_be_in_viewport(ratio=0.9)
    expect(opened.page.locator("#numbers-column")).not_to_be_in_viewport()


def test_the_page_keeps_its_place_for_a_script_that_arrives_late(site: Site, page: OpenPage) -> None:
    opened, held = page(f"{site.url}theme.css"), list[Route]()  # has no scripts
    opened.route("**/sections/atlas/card.js", lambda route: held.append(route))
    with opened.expect_request("**/sections/atlas/card.js"):
        opened.goto(site.url, wait_until="commit")
    explorer = Explorer(opened)
    explorer.current(MIN)
    expect(opened.locator(CARD)).to_have_count(0)
    height = "document.querySelector('#truth').offsetHeight"
    before = opened.evaluate(height)
    for route in held:
        route.continue_()
    expect(opened.locator(CARD)).to_be_visible()
    assert opened.evaluate(height) == before


def test_it_follows_the_truth_table_and_its_relatives_are_links(explorer: OpenExplorer) -> None:
    opened = explorer()
    card = opened_card(opened)
    says(card, MIN)
    expect(card.get_by_text("Kleene's strong conjunction")).to_be_visible()
    opened.type("max, 13")
    says(card, MAX)
    opened.results.get_by_role("button", name="13", exact=True).click()
    says(card, 13)
    opened.trits.nth(0).click()
    says(card, 14)
    value_of(card, "dual").get_by_role("button").click()
    dual = parse_operations("dual of 14")[0]
    opened.chosen(dual)
    opened.current(dual)
    says(card, dual)
    value_of(card, "converse").get_by_role("button").click(modifiers=["Control"])
    converse = parse_operations(f"converse of {dual}")[0]
    opened.chosen(dual, converse)
    says(card, converse)
    opened.page.go_back()
    opened.chosen(dual)
    says(card, dual)


def test_it_follows_a_click_in_the_plot(explorer: OpenExplorer) -> None:
    opened = explorer()
    card = opened_card(opened)
    opened.click_point(MAX)
    opened.wait(".selected.length === 1")
    (index,) = opened.get("selected")
    assert index != MIN
    says(card, index)


def test_by_keyboard_one_walks_on_without_losing_the_place(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=min")
    opened.current(MIN)
    opened.page.locator(f"{CARD} > summary").focus()
    opened.page.keyboard.press("Enter")
    card = opened.page.locator(CARD)
    says(card, MIN)
    value_of(card, "next").get_by_role("button").focus()
    for index in (MIN + 1, MIN + 2, MIN + 3):
        opened.page.keyboard.press("Enter")
        opened.current(index)
        says(card, index)
        expect(value_of(card, "next").get_by_role("button")).to_be_focused()
    value_of(card, "triple").get_by_role("button").focus()
    opened.type("0")  # 3 x 0 = 0, so there is no such button
    says(card, 0)
    expect(value_of(card, "triple")).to_contain_text(texts.CARD_ITSELF)


def test_a_property_and_a_class_fill_the_selection(explorer: OpenExplorer) -> None:
    opened = explorer()
    card = opened_card(opened)
    card.get_by_role("button", name="commutative", exact=True).click()
    expect(opened.text).to_have_value("commutative")
    opened.wait(".selected.length === 729")
    says(card, min(parse_operations("commutative")))
    opened.type("min")
    says(card, MIN)
    row = card.get_by_role("row").filter(has_text=texts.table("CLASS_KINDS")["isomorphism"])
    row.first.get_by_role("button", name="6", exact=True).click()
    expect(opened.text).to_have_value("class of min")
    opened.chosen(*parse_operations("class of min"))
    opened.page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"operations": ["class of min"]})


def test_classes_are_listed_by_name_and_by_size(explorer: OpenExplorer) -> None:
    opened = explorer()
    card = opened_card(opened)
    card.get_by_text(texts.table("CARD")["classes_title"]).click()
    browser = card.locator(".class-browser")
    chips = browser.locator("[data-text]")
    expect(chips).to_have_count(21)
    chips.filter(has_text="consensus").click()
    expect(opened.text).to_have_value("class of consensus")
    opened.chosen(*parse_operations("class of consensus"))
    expect(chips).to_have_count(21)  # the list stays
    size = browser.get_by_label(texts.table("CLASS_FIELDS")["show"])
    size.select_option("6")
    expect(browser.get_by_role("status")).to_contain_text("1 to 60 of 3,237")
    expect(browser.get_by_label(texts.table("CLASS_FIELDS")["show"])).to_have_value("6")
    browser.get_by_role("button", name=texts.CLASSES_AFTER).click()
    expect(browser.get_by_role("status")).to_contain_text("61 to 120 of 3,237")
    expect(browser.get_by_role("button", name=texts.CLASSES_AFTER)).to_be_focused()
    expect(chips).to_have_count(A_PAGE)
    query = chips.first.get_attribute("data-text") or ""
    chips.first.click()
    expect(opened.text).to_have_value(query)
    opened.chosen(*parse_operations(query))
    having = browser.get_by_label(texts.table("CLASS_FIELDS")["property"])
    having.focus()
    having.select_option("sheffer")
    expect(browser.get_by_role("status")).to_contain_text("1 to 60 of 629")
    expect(having).to_be_focused()
    browser.get_by_label(texts.table("CLASS_FIELDS")["kind"]).select_option("isotopy")
    expect(chips).to_have_count(12)
    chips.filter(has_text="sum, difference").click()
    expect(opened.text).to_have_value("isotopy class of sum")
    opened.chosen(*parse_operations("isotopy class of sum"))


def test_a_link_leads_to_the_arrows_and_keeps_the_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer("?checkpoint=tree&operations=min,max")
    opened.answered("tree")
    card = opened_card(opened)
    card.get_by_role("link", name=texts.CARD_ARROWS.format(walk="3n")).click()
    disk = Ball(opened.page)
    disk.wait(".arrows.length === 5")
    assert disk.get("selected") == [MIN]
    assert disk.get("key").startswith("tree ")
    wanted = {"checkpoint": ["tree"], "operations": [str(MIN)], "tab": ["ball"], "arrows": ["triple"]}
    opened.page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == wanted)
    opened.page.go_back()
    opened.chosen(MIN, MAX)
    says(card, MIN)


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (False, 375)])
def test_no_axe_violation(explorer: OpenExplorer, dark: bool, width: int) -> None:
    opened = explorer("?operations=min", dark=dark, width=width)
    opened.current(MIN)
    card = opened_card(opened)
    card.get_by_text(texts.table("CARD")["classes_title"]).click()
    expect(card.locator(".class-fields")).to_be_visible()
    found = [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}"
        for rule in Axe().run(opened.page).response["violations"]
        for node in rule["nodes"]
        if opened.page.evaluate(
            "at => Boolean(document.querySelector(at)?.closest('.operation-card'))", node["target"][0]
        )
    ]
    assert found == []
