"""Selecting checkpoints in the browser: published ones over HTTP from the local Hub, and failures."""

import re

import pytest
from app_fixtures import (
    ABSENT,
    BROKEN,
    COLLAPSED,
    EUCLIDEAN,
    FAILING,
    HOMEOSTASIS,
    OPENING,
    REPOSITORY,
    RICH,
    OpenExplorer,
    Site,
    evaluated_here,
)
from explorer import Explorer
from playwright.sync_api import Locator, expect

from tvae.page.tabs.explore.checkpoint_html import MAX_FAILING
from tvae.page.ui.html import number

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(explorer: OpenExplorer) -> Explorer:
    return explorer()


def still_works(opened: Explorer, name: str) -> None:
    """Expect the page to show this checkpoint and to respond."""
    opened.loaded(name)
    expect(opened.page.locator("#badge")).to_contain_text(evaluated_here(name).checkpoint.sha256[:16])
    opened.type("v=8")
    opened.chosen(6_561, 13_122)


class TestList:
    """The list of checkpoints closes when the focus leaves it, without another choice."""

    @pytest.fixture
    def options(self, opened: Explorer) -> Locator:
        opened.dropdown.click()
        options = opened.page.get_by_role("listbox").get_by_role("option")
        expect(options.first).to_be_visible()
        return options

    @pytest.mark.parametrize("keys", [["Tab"], ["Shift+Tab"], ["ArrowDown", "Tab"], ["Escape", "Tab"]])
    def test_by_keyboard(self, opened: Explorer, options: Locator, keys: list[str]) -> None:
        for key in keys:
            opened.page.keyboard.press(key)
        expect(opened.dropdown).not_to_be_focused()
        self.closed(opened, options)
        if keys[-1] == "Tab":
            expect(opened.page.get_by_role("button", name="Open your own")).to_be_focused()

    @pytest.mark.parametrize("place", ["#lead", "#plot .scatter-plot", "#operations textarea"])
    def test_by_pressing_elsewhere(self, opened: Explorer, options: Locator, place: str) -> None:
        opened.page.locator(place).first.click(position={"x": 5, "y": 5})
        self.closed(opened, options)

    def test_by_another_window(self, opened: Explorer, options: Locator) -> None:
        opened.dropdown.dispatch_event("blur")
        self.closed(opened, options)

    def test_a_choice_is_still_one(self, opened: Explorer, options: Locator) -> None:
        options.filter(has_text="max_hierarchy - ").first.click()
        opened.loaded("max_hierarchy")
        self.closed(opened, options)

    def closed(self, opened: Explorer, options: Locator) -> None:
        expect(options).to_have_count(0)
        opened.page.wait_for_timeout(200)  # what is answered later must not open it again
        expect(options).to_have_count(0)


class TestPublished:
    def test_it_is_fetched_and_measured_and_the_selection_stays(self, site: Site, opened: Explorer) -> None:
        opened.type("min, 13")
        opened.chosen(15_633, 13)
        opened.choose(RICH)
        opened.loaded(RICH)
        metrics = evaluated_here(RICH).metrics
        expect(opened.tile("hierarchy-Hierarchy A")).to_contain_text(number(metrics.a.hierarchy, 10))
        expect(opened.tile("coverage")).to_contain_text(f"{metrics.at_mu.reconstructed} / 19,683")
        assert opened.get("verdict") == f"overlaps {metrics.b.overlaps} of 9"
        badge = opened.page.locator("#badge")
        revision = site.hub.repositories[REPOSITORY].branches["main"]
        expect(badge).to_contain_text(re.compile(f"Hugging Face Hub, .+, revision {revision[:12]}"))
        expect(badge).to_contain_text("The file does not record max_radius, so the documented value is used: 0.99.")
        opened.chosen(15_633, 13)
        opened.current(15_633)
        expect(opened.text).to_have_value("min, 13")
        assert site.hub.count("GET", f"/large/{evaluated_here(RICH).checkpoint.sha256}") == 1

    def test_failing_operations_are_buttons(self, opened: Explorer) -> None:
        panel = opened.page.locator("#coverage")
        expect(panel).to_contain_text("19,683 of 19,683 operations and 100.0000% of the trits are reconstructed.")
        expect(panel).to_contain_text("Failing operations (0)")
        expect(panel.locator(".meter")).to_have_count(19)
        opened.choose(HOMEOSTASIS)
        opened.loaded(HOMEOSTASIS)
        coverage = evaluated_here(HOMEOSTASIS).metrics.at_mu
        wrong = len(coverage.failing)
        expect(panel).to_contain_text(f"Failing operations ({wrong:,})")
        expect(panel).to_contain_text(f"and {wrong - MAX_FAILING:,} more")
        expect(panel.locator(".chip[data-index]")).to_have_text([str(i) for i in coverage.failing[:MAX_FAILING]])
        first, second = coverage.failing[3:5]
        panel.get_by_role("button", name=str(first), exact=True).click()
        opened.chosen(first)
        opened.current(first)
        expect(opened.facts).to_contain_text("not reconstructed")
        panel.get_by_role("button", name=str(second), exact=True).click(modifiers=["Control"])
        opened.chosen(first, second)

    def test_without_a_ball(self, opened: Explorer) -> None:
        opened.page.get_by_label("norm", exact=True).check()
        opened.wait(".measure === 'norm'")
        opened.type("13")
        opened.choose(EUCLIDEAN)
        opened.loaded(EUCLIDEAN)
        opened.wait(".measure === 'radius'")
        measures = opened.page.locator("#measure label")
        expect(measures).to_have_text(["length of \u03bc (Euclidean)"])
        expect(measures.locator("input")).to_be_checked()
        expect(opened.facts).to_contain_text("length of \u03bc A, B")
        expect(opened.facts).not_to_contain_text("norm A, B")
        expect(opened.rows.first.locator("td").nth(4)).to_have_text("\u2013")
        for tile in ("richness", "q", "tree"):
            expect(opened.tile(tile).locator(".value")).to_have_text("\u2013")
        opened.choose(f"{OPENING} - ")
        opened.loaded(OPENING)
        expect(opened.page.locator("#measure label")).to_have_text(["hyperbolic radius", "norm"])

    def test_a_published_warning_is_shown(self, opened: Explorer) -> None:
        opened.choose(COLLAPSED)
        badge = opened.page.locator("#badge")
        expect(badge.locator(".badge")).to_have_text("do not use")
        expect(badge.locator(".warning")).to_have_text("Published warning: training collapsed.")
        opened.loaded(COLLAPSED)


class TestUnavailable:
    def test_an_error_is_a_sentence_and_the_page_stays(self, opened: Explorer) -> None:
        for name, sentence in (
            (ABSENT, f"has no file '{ABSENT}' at revision main"),
            (FAILING, "The Hub failed with 503"),
            (BROKEN, "best.pt: found 5,000 bytes of something else; expected a checkpoint"),
            ("codon_vae_all.pt", "holds another model (codon encoder), not a Ternary VAE"),
        ):
            opened.choose(name)
            expect(opened.alert).to_contain_text(sentence)
            expect(opened.alert).to_contain_text(f"The page still shows {OPENING}.")
            still_works(opened, OPENING)
            opened.type("")
            opened.nothing_chosen()
            assert "checkpoint=" not in opened.page.url

    def test_the_next_checkpoint_clears_the_error(self, opened: Explorer) -> None:
        opened.choose(RICH)
        opened.loaded(RICH)
        opened.choose(ABSENT)
        expect(opened.alert).to_contain_text(f"The page still shows {RICH}.")
        still_works(opened, RICH)
        opened.choose(f"{OPENING} - ")
        expect(opened.alert).to_be_hidden()
        still_works(opened, OPENING)

    def test_a_link_to_a_missing_checkpoint(self, explorer: OpenExplorer) -> None:
        opened = explorer(f"?checkpoint={ABSENT}&operations=13")
        expect(opened.alert).to_contain_text(f"has no file '{ABSENT}'")
        opened.chosen(13)
        still_works(opened, OPENING)

    def test_without_a_hub(self, site_no_hub: Site, explorer: OpenExplorer) -> None:
        opened = explorer(url=site_no_hub.url)
        opened.loaded(OPENING)
        for name in (RICH, RICH, HOMEOSTASIS):
            opened.choose(name)
            expect(opened.alert).to_contain_text(f"cannot be reached to ask about {name} of {REPOSITORY}")
            still_works(opened, OPENING)
            opened.type("min")
            opened.chosen(15_633)
