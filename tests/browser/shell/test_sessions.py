"""A page whose session expired goes on; one whose server refuses it says so, and its other parts keep working."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from browser_fixtures import LEFT, OpenPage, without_leaving
from explorer import Explorer
from playwright.sync_api import Browser, Page, Route, expect

from tvae.page.build import build, launch_arguments
from tvae.page.server.shares.limits import LIMITS, Limits, Share
from tvae.page.ui import texts

pytestmark = pytest.mark.browser


@contextmanager
def served(limits: Limits) -> Iterator[str]:
    """URL of an app with these limits."""
    demo = build()
    _, url, _ = demo.launch(**launch_arguments(demo, limits), quiet=True, prevent_thread_lock=True)
    yield url
    demo.close()


@pytest.fixture
def small_server() -> Iterator[str]:
    """URL of an app that stores only one session."""
    with served(Limits(sessions=Share(1, 1, 1, retry=60))) as url:
        yield url


@pytest.fixture
def server_of_two() -> Iterator[str]:
    """URL of an app that stores two sessions, so that a page may be reloaded before its first session has ended."""
    with served(Limits(sessions=Share(1, 2, 2, retry=60))) as url:
        yield url


@pytest.fixture
def busy_server() -> Iterator[str]:
    """URL of an app that prepares no file."""
    with served(replace(LIMITS, downloads=Share(0, 0, 0, retry=5))) as url:
        yield url


@pytest.fixture
def usual_server() -> Iterator[str]:
    """URL of an app with the usual limits."""
    with served(LIMITS) as url:
        yield url


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A page that may log errors of refused requests."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_a_tab_of_an_expired_session_goes_on_and_never_mixes_with_others(server_of_two: str, visitor: Page) -> None:
    visitor.route("**/heartbeat/**", lambda route: route.abort())  # an open connection would keep the session
    visitor.goto(server_of_two)
    explorer = Explorer(visitor)
    visitor.get_by_role("tab", name="Ball").click()
    near = visitor.locator("#ball-near")
    expect(near.locator("tbody tr").first).to_be_visible()
    for another in ("another", "one more"):
        request = {"data": [], "fn_index": 9_999, "session_hash": another}
        assert httpx.post(f"{server_of_two}gradio_api/queue/join", json=request, timeout=60).status_code == 404

    visitor.get_by_role("tab", name="Compare").click()
    expect(visitor.locator("#compare-summary")).to_contain_text("Encoder A")

    visitor.get_by_role("tab", name="Ball").click()
    with visitor.expect_download():
        near.get_by_role("button", name="Export JSON").click()
    visitor.locator("#ball-encoder").get_by_label("B", exact=True).check()
    visitor.locator("#ball-k input").fill("7")
    visitor.locator("#ball-k input").press("Enter")
    expect(near.locator("tbody tr")).to_have_count(7)

    visitor.get_by_role("tab", name="Compare").click()
    visitor.locator("#compare-encoder").get_by_label("B", exact=True).check()
    expect(visitor.locator("#compare-summary")).to_contain_text("Encoder B")
    visitor.get_by_role("tab", name="Explore").click()
    explorer.type("13")
    explorer.chosen(13)
    expect(visitor).to_have_url(re.compile("operations=13"))

    visitor.reload()
    visitor.get_by_role("tab", name="Ball").click()
    expect(visitor.locator("#ball-encoder").get_by_label("B", exact=True)).to_be_checked()
    expect(near.locator("strong")).to_have_text("13")


def test_a_lost_connection_is_reported_next_to_the_button(usual_server: str, visitor: Page) -> None:
    visitor.goto(f"{usual_server}?operations=13")
    explorer = Explorer(visitor)
    explorer.chosen(13)
    component_calls = "**/component_server/"
    visitor.route(component_calls, lambda route: route.abort())
    export = explorer.results.get_by_role("button", name="Export CSV")
    export.click()
    expect(explorer.results.locator(".status")).to_have_text(texts.table("SAVE_STATUS")["cut"])
    visitor.unroute(component_calls)
    with visitor.expect_download():
        export.click()
    expect(explorer.results.locator(".status")).to_contain_text("Saved")


def test_a_refused_file_is_reported_next_to_the_button(busy_server: str, visitor: Page) -> None:
    visitor.goto(f"{busy_server}?operations=13")
    explorer = Explorer(visitor)
    explorer.chosen(13)
    explorer.results.get_by_role("button", name="Export CSV").click()
    expect(explorer.results.locator(".status")).to_contain_text("Try again in 5 s.")


def test_a_page_can_be_left_while_answers_are_pending(usual_server: str, page: OpenPage) -> None:
    opened = page(usual_server)
    explorer = Explorer(opened)
    pending: list[Route] = []
    leaving: list[bool] = []
    opened.route("**/queue/data*", lambda route: route.continue_() if leaving else pending.append(route))
    with opened.expect_response("**/queue/join*"):
        explorer.type("5")
    with opened.expect_response("**/queue/join*"):
        explorer.choose("max_hierarchy - ")
    assert pending  # and never sent, so that the page is left before the first answer
    leaving.append(True)
    opened.reload()
    explorer = Explorer(opened)
    explorer.type("13")
    explorer.chosen(13)


@pytest.mark.parametrize("tab", ["Ball", "Train"])
def test_a_tab_that_is_refused_says_so_and_is_built_when_asked_again(
    usual_server: str, visitor: Page, tab: str
) -> None:
    visitor.goto(usual_server)
    Explorer(visitor)
    notice = visitor.locator(f"#{tab.lower()}-loading")
    visitor.route(
        "**/queue/join*",
        lambda route: route.fulfill(status=429, json={"error": "This server is full. Try again in 60 s."}),
    )
    again = notice.get_by_role("button", name=texts.TRY_AGAIN)
    visitor.get_by_role("tab", name=tab).click()
    for _ in range(2):
        expect(notice.locator("p")).to_have_text("This server is full. Try again in 60 s.")
        expect(again).to_have_count(1)
        with visitor.expect_response("**/queue/join*"):
            again.click()
    expect(again).to_be_visible()
    visitor.unroute("**/queue/join*")
    again.click()
    expect(visitor.locator({"Ball": "#ball-near tbody tr", "Train": "#train-start"}[tab]).first).to_be_visible()
    expect(notice).to_be_hidden()
    visitor.evaluate("document.querySelector('#train-start, #ball-near tbody').dataset.first = 'yes'")
    for name in ("Learn", tab):
        visitor.get_by_role("tab", name=name).click()
    expect(visitor.locator("[data-first=yes]")).to_be_visible()  # it was not built again


def test_the_newest_page_is_told_that_the_server_is_full(small_server: str, visitor: Page) -> None:
    visitor.goto(small_server)
    explorer = Explorer(visitor)
    explorer.type("13")
    explorer.chosen(13)
    another = visitor.context.new_page()
    another.goto(small_server)
    expect(another.get_by_text("One network address may have 1 pages or clients open at a time.").first).to_be_visible()
    explorer.type("5")
    explorer.chosen(5)


def test_only_errors_caused_by_leaving_are_ignored() -> None:
    aborted, lost, other = f"{LEFT[0]} at wt", f"{LEFT[1]} {{}}", "TypeError: nothing"
    assert without_leaving([aborted, lost, lost, aborted, lost, lost, lost]) == []
    assert without_leaving([lost, aborted, lost]) == [lost]
    assert without_leaving([aborted, other, lost]) == [other, lost]
