"""Named selections: saved, chosen, renamed and deleted in this browser, and sent as a link."""

import json
from typing import Any

import pytest
from app_fixtures import OpenExplorer
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from playwright.sync_api import Locator, expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser

WORDS = texts.table("SAVED_SELECTIONS")
MIN, MAX = 15_633, 19_569


@pytest.fixture
def fresh(explorer: OpenExplorer) -> OpenExplorer:
    """A page whose browser has kept nothing; tests share the browser's storage."""

    def open_fresh(query: str = "", **options: Any) -> Explorer:
        opened = explorer(query, **options)
        opened.page.evaluate("localStorage.removeItem('tvae-selections')")
        opened.page.evaluate("dispatchEvent(new StorageEvent('storage', {key: null})), null")
        return opened

    return open_fresh


def menu(opened: Explorer) -> Locator:
    found = opened.page.locator(".saved-selections")
    if found.locator("details[open]").count() == 0:
        found.locator("summary").click()
    return found


def save(opened: Explorer, name: str) -> None:
    menu(opened).get_by_label(WORDS["name"], exact=True).fill(name)
    opened.page.keyboard.press("Enter")


def kept(opened: Explorer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(opened.page.evaluate("localStorage.getItem('tvae-selections') ?? '[]'"))
    return found


def test_a_selection_is_saved_and_chosen_again_after_a_reload(fresh: OpenExplorer) -> None:
    opened = fresh("?operations=min,max")
    opened.chosen(MIN, MAX)
    save(opened, "min and max")
    expect(menu(opened)).to_contain_text('"min and max" is saved')
    opened.type("v>=6")
    opened.wait(".selected.length === 27")
    save(opened, "near")
    opened.page.reload()
    again = Explorer(opened.page)
    expect(menu(again).locator("summary")).to_have_text("Saved selections (2)")
    menu(again).get_by_role("link", name="min and max").click()
    again.chosen(MIN, MAX)
    again.page.go_back()
    again.wait(".selected.length === 27")
    expect(again.text).to_have_value("v>=6")


def test_a_link_keeps_the_view_and_is_sent(fresh: OpenExplorer) -> None:
    opened = fresh("?operations=13&colour=first")
    opened.chosen(13)
    save(opened, "thirteen")
    opened.type("min")
    opened.chosen(MIN)
    menu(opened).get_by_role("button", name="Copy link: thirteen").click()
    expect(menu(opened)).to_contain_text('The link to "thirteen" is copied.')
    address = opened.page.evaluate("navigator.clipboard.readText()")
    assert address.endswith("?colour=first&operations=13")
    opened.page.goto(address)
    Explorer(opened.page).chosen(13)


def test_a_selection_of_thousands_is_kept(fresh: OpenExplorer) -> None:
    opened = fresh()
    opened.type("v>=1")
    opened.wait(".selected.length === 6561")
    opened.page.wait_for_function("location.search.includes('operations')")
    save(opened, "divisible")
    opened.page.reload()
    again = Explorer(opened.page)
    again.type("0")
    again.chosen(0)
    menu(again).get_by_role("link", name="divisible").click()
    again.wait(".selected.length === 6561")


def test_rename_and_delete_by_keyboard(fresh: OpenExplorer) -> None:
    opened = fresh("?operations=13")
    opened.chosen(13)
    save(opened, "a")
    menu(opened).get_by_role("button", name="Rename: a").focus()
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.type("thirteen")
    opened.page.keyboard.press("Enter")
    expect(menu(opened).get_by_role("link", name="thirteen")).to_be_visible()
    assert kept(opened) == [{"name": "thirteen", "query": "operations=13"}]
    menu(opened).get_by_role("button", name="Delete: thirteen").focus()
    opened.page.keyboard.press("Enter")
    expect(menu(opened).locator("summary")).to_be_focused()
    expect(menu(opened).locator("li")).to_have_count(0)
    assert kept(opened) == []


def test_nothing_is_not_saved(fresh: OpenExplorer) -> None:
    opened = fresh()
    save(opened, "nothing")
    expect(menu(opened)).to_contain_text(WORDS["nothing"])
    assert kept(opened) == []


def test_what_is_too_long_for_a_link_is_not_saved(fresh: OpenExplorer) -> None:
    opened = fresh(f"?point_radius={'0' * 4000}&point_angle={'0' * 2900}")
    wanted = range(0, 500, 2)
    opened.type(",".join(map(str, wanted)))
    opened.wait(f".selected.length === {len(wanted)}")
    expect(opened.page.locator("#left-out")).to_be_visible()
    save(opened, "too long")
    expect(menu(opened)).to_contain_text(WORDS["too_long"])
    assert kept(opened) == []


def test_another_tab_of_the_browser_does_not_end_a_renaming(fresh: OpenExplorer) -> None:
    opened = fresh("?operations=13")
    opened.chosen(13)
    save(opened, "a")
    menu(opened).get_by_role("button", name="Rename: a").click()
    opened.page.keyboard.type("thir")
    both = json.dumps([*kept(opened), {"name": "b", "query": "operations=5"}])
    opened.page.evaluate("text => localStorage.setItem('tvae-selections', text)", both)
    opened.page.evaluate("dispatchEvent(new StorageEvent('storage', {key: 'tvae-selections'})), null")
    opened.page.keyboard.type("teen")
    opened.page.keyboard.press("Enter")
    expect(menu(opened).get_by_role("link")).to_have_text(["thirteen", "b"])
    assert [one["name"] for one in kept(opened)] == ["thirteen", "b"]


def test_what_is_broken_is_left_out_and_what_is_full_says_so(fresh: OpenExplorer) -> None:
    opened = fresh("?operations=13")
    for broken in ("{", '[{"name": 3}]', '"text"'):
        opened.page.evaluate("text => localStorage.setItem('tvae-selections', text)", broken)
        opened.page.reload()
        opened = Explorer(opened.page)
        expect(menu(opened).locator("summary")).to_have_text(WORDS["title"])
    full = [{"name": f"set {k}", "query": f"operations={k}"} for k in range(50)]
    opened.page.evaluate("text => localStorage.setItem('tvae-selections', text)", json.dumps(full))
    opened.page.reload()
    opened = Explorer(opened.page)
    opened.chosen(13)
    expect(menu(opened).locator("summary")).to_have_text("Saved selections (50)")
    save(opened, "one more")
    expect(menu(opened)).to_contain_text("50 selections are saved, as many as are kept. Delete one first.")
    assert kept(opened) == full


def test_a_browser_that_keeps_nothing_says_so(fresh: OpenExplorer) -> None:
    opened = fresh("?operations=13")
    opened.chosen(13)
    opened.page.evaluate(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }, null"
    )
    save(opened, "thirteen")
    expect(menu(opened)).to_contain_text(WORDS["not_kept"])
    expect(menu(opened).get_by_role("link", name="thirteen")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1440])
def test_the_menu_fits_without_axe_violations(fresh: OpenExplorer, width: int) -> None:
    opened = fresh("?operations=13", width=width)
    opened.chosen(13)
    save(opened, "a name as long as a name may be, which are sixty characters in all")
    expect(menu(opened).get_by_role("link")).to_have_count(1)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(opened.page, context=".saved-selections").response["violations"]
    assert [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]] == []
