"""A page whose server stops and starts again, or whose network goes: it says so, keeps what it shows, and goes on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_fixtures import OpenExplorer
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from playwright.sync_api import Browser, Page, Route, expect
from restarting import BUILT, Server, Visitor

from tvae.page.ui import texts

pytestmark = pytest.mark.browser
WORDS = texts.table("CONNECTION")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("away")


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    server = Server(home)
    yield server
    server.stop()


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visitor]:
    visitor = Visitor(chromium, f"{server.url}?operations=13")
    visitor.explorer.chosen(13)
    yield visitor
    visitor.context.close()


def test_a_script_that_did_not_arrive_is_asked_for_again(chromium: Browser, server: Server) -> None:
    context, lost, errors = chromium.new_context(), [], []

    def lose_one(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    context.route("**/tabs/ball/disk/disk.js", lose_one)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.url)
    Explorer(page)
    page.get_by_role("tab", name="Ball").click()
    expect(page.locator(BUILT["Ball"]).first).to_be_visible()
    assert (len(lost), errors) == (1, [])
    context.close()


def in_ball(page: Page) -> None:
    near = page.locator("#ball-near")
    expect(near.locator("strong")).to_have_text("5")
    page.locator("#ball-encoder").get_by_label("B", exact=True).check()
    with page.expect_download():
        near.get_by_role("button", name="Export JSON").click()


def in_compare(page: Page) -> None:
    page.locator("#compare-encoder").get_by_label("B", exact=True).check()
    expect(page.locator("#compare-summary")).to_contain_text("Encoder B")
    expect(page.locator("#compare-chosen tbody tr")).to_have_count(1)


def in_coverage(page: Page) -> None:
    with page.expect_download():
        page.locator("#coverage-depth").get_by_role("button", name=re.compile("CSV")).first.click()


def in_codons(page: Page) -> None:
    page.locator("#codons-encoder").get_by_label("B", exact=True).check()
    form = page.locator("#codons-sequences")
    form.get_by_role("button", name="Example").click()
    form.get_by_role("button", name="Encode").click()
    expect(form.locator(".sequence-results table")).to_be_visible()


def in_train(page: Page) -> None:
    about = page.locator("#train-about")
    before = about.inner_text()
    page.get_by_label("Recipe").click()
    page.get_by_role("option", name=re.compile("^.?.?tree - ")).first.click()
    expect(about).not_to_have_text(before)


def in_learn(page: Page) -> None:
    expect(page.locator("#learn-body h2").first).to_be_visible()


USE = {
    "Ball": in_ball,
    "Compare": in_compare,
    "Coverage": in_coverage,
    "Codons": in_codons,
    "Train": in_train,
    "Learn": in_learn,
}


def test_every_tab_outlasts_a_restart_of_the_server(visitor: Visitor, server: Server) -> None:
    page, explorer = visitor.page, visitor.explorer
    for tab in BUILT:
        visitor.open(tab)
    page.get_by_role("tab", name="Explore").click()
    server.stop()
    visitor.is_told(WORDS["away"])
    for encoder in ("A", "B"):  # by the browser alone
        page.locator("#encoder").get_by_label(encoder, exact=True).check()
        explorer.wait(f".encoder === '{encoder}'")
    explorer.type("5")
    for tab in BUILT:
        visitor.open(tab)
    page.get_by_role("tab", name="Explore").click()
    explorer.wait(".selected.join() === '13'")
    server.start()
    explorer.chosen(5)
    visitor.goes_on()
    for tab, use in USE.items():
        visitor.open(tab)
        use(page)
    visitor.goes_on()
    expect(page).to_have_url(re.compile(r"operations=5"))


def test_a_tab_that_is_opened_meanwhile_builds_itself(visitor: Visitor, server: Server) -> None:
    server.stop()
    visitor.is_told(WORDS["away"])
    page = visitor.page
    page.get_by_role("tab", name="Codons").click()
    expect(page.locator("#codons-loading")).to_have_text(texts.OPENING)
    server.start()
    expect(page.locator(BUILT["Codons"])).to_be_visible()
    in_codons(page)
    visitor.goes_on()


def test_what_was_being_answered_is_answered_after_all(visitor: Visitor, server: Server) -> None:
    explorer = visitor.explorer
    with visitor.page.expect_response("**/queue/join*"):
        explorer.choose("max_hierarchy - ")
    server.stop()
    visitor.is_told(WORDS["away"])
    server.start()
    explorer.answered("max_hierarchy")
    visitor.goes_on()


def test_a_press_that_failed_can_be_repeated(visitor: Visitor, server: Server) -> None:
    export = visitor.explorer.results.get_by_role("button", name="Export CSV")
    status = visitor.explorer.results.locator(".status")
    server.stop()
    export.click()
    expect(status).to_have_text(texts.table("SAVE_STATUS")["cut"])
    visitor.is_told(WORDS["away"])
    server.start()
    with visitor.page.expect_download():
        export.click()
    visitor.goes_on()


def test_without_a_network_the_page_waits_for_it(chromium: Browser, explorer: OpenExplorer) -> None:
    url = explorer().page.url
    visitor = Visitor(chromium, url)
    visitor.open("Ball")
    visitor.context.set_offline(True)
    visitor.is_told(WORDS["offline"])
    visitor.page.get_by_role("tab", name="Explore").click()
    visitor.explorer.type("min")
    visitor.page.get_by_role("tab", name="Train").click()
    visitor.context.set_offline(False)  # which the browser tells the page
    visitor.page.get_by_role("tab", name="Explore").click()
    visitor.explorer.chosen(15_633)
    visitor.open("Train")
    visitor.open("Ball")
    expect(visitor.page.locator("#ball-near strong")).to_have_text("15633")
    visitor.goes_on()
    visitor.context.close()


@pytest.mark.parametrize(("width", "look"), [(1440, "light"), (375, "dark")])
def test_the_bar_is_seen_heard_and_used_by_keyboard(
    chromium: Browser, explorer: OpenExplorer, width: int, look: str
) -> None:
    visitor = Visitor(chromium, explorer().page.url, viewport={"width": width, "height": 800}, color_scheme=look)
    page = visitor.page
    blocked = re.compile("tvae-static|heartbeat|queue")
    page.route(blocked, lambda route: route.abort())
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    visitor.is_told(WORDS["away"])
    box = page.locator(".connection").bounding_box()
    assert box is not None
    assert (round(box["y"] + box["height"]), box["x"] >= 0, box["x"] + box["width"] <= width) == (800, True, True)
    assert Axe().run(page, context=".connection").response["violations"] == []
    retry = page.get_by_role("button", name=WORDS["retry"])
    retry.focus()
    with page.expect_request(re.compile("tvae-static")):
        page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.connection').dataset.state === 'away'")
    page.unroute(blocked)
    page.keyboard.press("Enter")
    visitor.is_told(WORDS["back"])
    visitor.goes_on()
    visitor.context.close()


LOOKED_AT = """state => {
    Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => state});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_page_in_the_background_asks_once_it_is_looked_at(chromium: Browser, explorer: OpenExplorer) -> None:
    visitor = Visitor(chromium, explorer().page.url)
    page = visitor.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "HEAD" else None)
    page.route("**/tvae-static/**", lambda route: route.abort())
    page.evaluate(LOOKED_AT, "hidden")
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    assert page.evaluate("document.querySelector('.connection').dataset.state") is None
    assert asked == []
    page.evaluate(LOOKED_AT, "visible")
    visitor.is_told(WORDS["away"])
    page.unroute("**/tvae-static/**")
    page.evaluate(LOOKED_AT, "visible")
    visitor.is_told(WORDS["back"])
    visitor.goes_on()
    visitor.context.close()


def test_a_newer_version_of_the_page_is_not_used_without_a_word(chromium: Browser, explorer: OpenExplorer) -> None:
    visitor = Visitor(chromium, f"{explorer().page.url}?operations=13")

    def refuse(route: Route) -> None:  # what the page asks; the new page loads its scripts
        if route.request.resource_type == "fetch":
            route.fulfill(status=404, content_type="application/json", body="{}")
        else:
            route.continue_()

    visitor.page.route("**/tvae-static/**", refuse)
    visitor.page.evaluate("window.dispatchEvent(new Event('offline'))")
    visitor.is_told(WORDS["changed"])
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=WORDS["reload"]).click()
    Explorer(visitor.page).chosen(13)
    visitor.context.close()
