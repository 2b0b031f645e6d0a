"""A run that ends with the server: the page says so, keeps the form and the picture, and does not begin it again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer import N
from playwright.sync_api import Browser, Route, expect
from restarting import Server, Visitor
from train_tab import LIVE, Training

from tvae.page.ui import texts

pytestmark = pytest.mark.browser
LONG = 20_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visitor]:
    visitor = Visitor(chromium, server.url)
    yield visitor
    visitor.context.close()


def running(visitor: Visitor) -> Training:
    """A run with its first points and numbers."""
    training = Training(visitor.page)
    training.choose("v5_5")
    expect(visitor.page.get_by_label("Steps", exact=True)).to_have_value("1500")
    training.run(steps=LONG, seed=3)
    expect(training.status).to_contain_text("of 20,000")
    training.page.wait_for_function(f"{LIVE}?.count === {N}")
    visitor.page.wait_for_function("sessionStorage.getItem('run') === 'yes'")
    return training


def has_ended(training: Training) -> None:
    expect(training.status.locator("[role=alert]")).to_have_text(texts.ENDED_WITH_SERVER.strip().replace("\n", " "))
    expect(training.start).to_be_enabled()
    expect(training.stop).to_be_disabled()
    assert (training.field("Steps"), training.field("Seed")) == (str(LONG), "3")
    assert training.field("Recipe").startswith("v5_5")


def test_a_page_that_stays_keeps_the_curves_and_trains_again_when_asked(visitor: Visitor, server: Server) -> None:
    training = running(visitor)
    server.stop()
    visitor.is_told(texts.table("CONNECTION")["away"])
    server.start()
    has_ended(training)
    expect(training.curves.first).to_be_visible()
    visitor.page.wait_for_function(f"{LIVE}?.count === {N}")
    visitor.goes_on()
    visitor.page.wait_for_function("sessionStorage.getItem('run') === null")
    training.run(steps=20, seed=3)
    expect(training.status).to_contain_text("Done after 20 steps.")
    visitor.goes_on()


def test_a_reload_says_it_once_and_keeps_the_form(visitor: Visitor, server: Server) -> None:
    training = running(visitor)
    loaded_again: list[bool] = []

    def reach(route: Route) -> None:  # only the page that is loaded again reaches the new server
        loaded_again.extend([True] * route.request.is_navigation_request())
        if loaded_again:
            route.continue_()
        else:
            route.abort()

    visitor.page.route("**/*", reach)
    server.stop()
    server.start()
    training = training.reloaded()
    has_ended(training)
    visitor.page.wait_for_function("sessionStorage.getItem('visit') === null")
    training = training.reloaded()
    expect(training.status).to_contain_text(texts.NO_CURVES)
    assert (training.field("Steps"), training.field("Seed")) == (str(LONG), "3")
