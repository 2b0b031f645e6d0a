"""Moving through the history of an open page, and what its address says."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from app_fixtures import OPENING, OpenExplorer, evaluated_here
from explorer import Explorer
from playwright.sync_api import Page, expect

from tvae.operations import ternary
from tvae.page.ui.links import selection_link

MIN, MAX = 15_633, 19_569
OTHER = "tree"
SPREAD = tuple(range(1, ternary.N, 2))  # too many for a text in a link
LONG = f"?{urlencode({'selected': selection_link.packed(SPREAD)})}"
GO = """async (steps) => {
    for (const by of steps) {
        const arrived = new Promise((done) => addEventListener('popstate', done, {once: true}));
        history.go(by);
        await arrived;
    }
}"""
STORY = """(query) => document.body.prepend(Object.assign(
    document.createElement('a'), {className: 'story', href: query, textContent: 'a story'}))"""


@pytest.fixture
def opened(explorer: OpenExplorer) -> Explorer:
    return explorer()


def view_of(page: Page) -> dict[str, str]:
    query = urlsplit(page.url).query
    return {name: values[0] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}


def go(opened: Explorer, *steps: int) -> None:
    """Go through the browser's history, without waiting for what the page shows."""
    opened.page.evaluate(GO, list(steps))


def entries(opened: Explorer) -> int:
    count: int = opened.page.evaluate("history.length")
    return count


def at(opened: Explorer, checkpoint: str, *indices: int) -> None:
    """Expect a checkpoint and the selected operations everywhere, and in the address."""
    opened.answered(checkpoint)
    opened.loaded(checkpoint)
    expect(opened.page.locator("#badge")).to_contain_text(evaluated_here(checkpoint).checkpoint.sha256[:16])
    if indices:
        opened.chosen(*indices)
        opened.current(indices[0])
    else:
        opened.nothing_chosen()
    named = {"checkpoint": checkpoint} if checkpoint != OPENING else {}
    view = view_of(opened.page)
    assert {name: view[name] for name in view.keys() & {"checkpoint"}} == named


def tab(opened: Explorer, name: str) -> None:
    expect(opened.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    expect(opened.page).to_have_title(re.compile(f"^{name}: "))
