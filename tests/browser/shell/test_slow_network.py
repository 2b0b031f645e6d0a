"""A checkpoint that loads slowly, as from a slow Hub: what a visitor does meanwhile takes effect."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from app_fixtures import OPENING, RICH, evaluated_here
from browser_fixtures import PATIENCE, OpenPage
from explorer import Explorer
from playwright.sync_api import expect

from tvae.analysis import neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.page.build import build, launch_arguments
from tvae.page.server import compute
from tvae.page.ui.html import number

pytestmark = pytest.mark.browser

SLOW, OTHER = "max_hierarchy", "tree"
NO_TERNARY = "codon_vae_all.pt"  # listed, but refused without a request to the Hub


@dataclass
class Gate:
    """Loads every checkpoint at once, except those that are held."""

    url: str = ""
    held: set[str] = field(default_factory=set)
    requested: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)

    def hold(self, explorer: Explorer, name: str) -> None:
        """Select a checkpoint; returns when it is requested."""
        self.held.add(name)
        explorer.choose(f"{name} - ")
        assert self.requested.wait(PATIENCE / 1_000)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, opened = Gate(), compute.load_evaluated

    def load_when_free(name: str) -> EvaluatedCheckpoint:
        if name in gate.held:
            gate.requested.set()
            gate.free.wait(PATIENCE / 1_000)
        return evaluated_here(name) if name == RICH else opened(name)

    monkeypatch.setattr(compute, "load_evaluated", load_when_free)
    demo = build()
    _, gate.url, _ = demo.launch(**launch_arguments(demo), quiet=True, prevent_thread_lock=True)
    yield gate
    gate.free.set()
    demo.close()


def shows(explorer: Explorer, name: str) -> EvaluatedCheckpoint:
    """Expect the page to show a checkpoint; returns the checkpoint."""
    evaluated = compute.load_evaluated(name)
    expect(explorer.page.locator("#badge")).to_contain_text(evaluated.checkpoint.sha256[:16])
    return evaluated


@pytest.mark.parametrize("first", [SLOW, NO_TERNARY])
def test_the_last_of_two_selections_wins(gate: Gate, page: OpenPage, first: str) -> None:
    explorer = Explorer(page(gate.url))
    gate.hold(explorer, first)
    explorer.choose(f"{OTHER} - ")
    gate.free.set()
    shows(explorer, OTHER)
    explorer.loaded(OTHER)
    expect(explorer.page).to_have_url(f"{gate.url}?checkpoint={OTHER}")
    expect(explorer.alert).to_be_hidden()


def test_a_failed_load_restores_the_dropdown(gate: Gate, page: OpenPage) -> None:
    explorer = Explorer(page(gate.url))
    explorer.choose(f"{OTHER} - ")
    shows(explorer, OTHER)
    for _ in range(2):
        explorer.choose(f"{NO_TERNARY} - ")
        expect(explorer.alert).to_contain_text(f"The page still shows {OTHER}.")
        explorer.loaded(OTHER)


def test_a_selection_made_while_loading_is_kept(gate: Gate, page: OpenPage) -> None:
    explorer = Explorer(page(gate.url))
    explorer.type("min")
    explorer.chosen(15_633)
    gate.hold(explorer, SLOW)
    explorer.type("13, 9")
    explorer.chosen(13, 9)
    explorer.page.locator("#encoder").get_by_label("A", exact=True).check()
    gate.free.set()
    evaluated = shows(explorer, SLOW)
    expect(explorer.rows.first).to_contain_text(number(evaluated.embedding.a.radius[13], 6))
    near = neighbours.nearest(evaluated.embedding.a, np.array([13]), 3)[0][0]
    expect(explorer.rows.first.locator("td").last).to_have_text(" ".join(map(str, near)))
    explorer.chosen(13, 9)
    explorer.current(13)
    expect(explorer.text).to_have_value("13, 9")


def test_a_selection_made_while_a_link_loads_is_kept(gate: Gate, page: OpenPage) -> None:
    gate.held.add(RICH)
    explorer = Explorer(page(f"{gate.url}?checkpoint={RICH}&operations=min&encoder=A"))
    assert gate.requested.wait(PATIENCE / 1_000)
    explorer.chosen(15_633)
    explorer.type("13, 9")
    explorer.chosen(13, 9)
    gate.free.set()
    shows(explorer, RICH)
    explorer.chosen(13, 9)
    explorer.current(13)
    expect(explorer.page.locator("#encoder").get_by_label("A", exact=True)).to_be_checked()
    expect(explorer.page).to_have_url(re.compile(r"checkpoint=homeostatic_rich%2Fbest\.pt"))


def test_a_selected_checkpoint_wins_over_that_of_a_link(gate: Gate, page: OpenPage) -> None:
    gate.held.add(RICH)
    explorer = Explorer(page(f"{gate.url}?checkpoint={RICH}"))
    assert gate.requested.wait(PATIENCE / 1_000)
    explorer.choose(f"{OTHER} - ")
    gate.free.set()
    shows(explorer, OTHER)
    explorer.loaded(OTHER)


def test_back_wins_over_a_checkpoint_that_is_still_loading(gate: Gate, page: OpenPage) -> None:
    explorer = Explorer(page(gate.url))
    for name in (SLOW, OTHER):
        explorer.choose(f"{name} - ")
        shows(explorer, name)
        expect(explorer.page).to_have_url(re.compile(f"checkpoint={name}"))
    gate.held.add(SLOW)
    explorer.page.go_back()  # to the one that now waits
    assert gate.requested.wait(PATIENCE / 1_000)
    explorer.page.go_back()
    explorer.loaded(OPENING)
    explorer.page.go_forward()
    explorer.loaded(SLOW)
    explorer.page.go_forward()
    explorer.loaded(OTHER)
    gate.free.set()
    shows(explorer, OTHER)
    explorer.type("13")
    explorer.chosen(13)
    shows(explorer, OTHER)
    explorer.loaded(OTHER)
    expect(explorer.page).to_have_url(f"{gate.url}?checkpoint={OTHER}&operations=13")
    explorer.page.go_back()
    explorer.nothing_chosen()
    shows(explorer, OTHER)
