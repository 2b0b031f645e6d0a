"""Back and Forward go through what each tab shows."""

import re

import pytest
from app_fixtures import ABSENT, BUNDLED, OPENING
from explorer import Explorer
from navigated import MIN, OTHER, STORY, entries, go, tab, view_of
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class TestTabs:
    def test_a_tab_follows_when_it_is_open_and_when_it_is_opened_later(self, opened: Explorer) -> None:
        opened.page.evaluate(STORY, "?ball_encoder=B&colour=first&centre=min&walk=5 to 9")
        opened.page.get_by_role("link", name="a story").click()
        opened.page.get_by_role("tab", name="Ball").click()
        ball = opened.page.locator("#ball")
        expect(ball.locator("#ball-encoder").get_by_label("B", exact=True)).to_be_checked()
        expect(ball.locator("#ball-walk")).to_contain_text("9")
        opened.page.wait_for_function(
            "index => document.querySelector('#ball-disk .disk').tvae.centre === index", arg=MIN
        )
        opened.page.evaluate(STORY, "?tab=ball&colour=exactness&operations=13")
        opened.page.get_by_role("link", name="a story").first.click()
        expect(ball.locator("#ball-encoder").get_by_label("A", exact=True)).to_be_checked()
        expect(ball.locator(".columns-bar select").first).to_have_value("exactness")
        expect(ball.locator("#ball-centre textarea, #ball-centre input")).to_have_value("")
        opened.page.wait_for_function("document.querySelector('#ball-disk .disk').tvae.centre === -1")
        expect(ball.locator("#ball-near strong")).to_have_text("13")
        opened.page.go_back()
        tab(opened, "Ball")
        expect(ball.locator("#ball-encoder").get_by_label("B", exact=True)).to_be_checked()
        opened.page.wait_for_function(
            "index => document.querySelector('#ball-disk .disk').tvae.centre === index", arg=MIN
        )
        opened.page.go_back()
        tab(opened, "Explore")
        assert view_of(opened.page)["ball_encoder"] == "B"

    def test_back_goes_through_the_second_checkpoint(self, opened: Explorer) -> None:
        page = opened.page
        page.get_by_role("tab", name="Compare").click()
        heading = page.locator("#compare-heading-b h2")
        expect(heading).to_have_text(f"second {BUNDLED}")
        count = entries(opened)
        for place, name in enumerate((OTHER, "max_hierarchy"), 1):
            page.get_by_label("Second checkpoint").click()
            page.get_by_role("option", name=re.compile(rf"^\W*{name} - ")).click()
            expect(heading).to_have_text(f"second {name}")
            expect(page).to_have_url(re.compile(f"with={name}"))
            assert entries(opened) == count + place
        page.get_by_label("Second checkpoint").click()
        page.get_by_role("option", name=ABSENT).click()
        expect(page.locator("#compare-alert [role=alert]")).to_contain_text(ABSENT)
        assert entries(opened) == count + 2
        page.go_back()
        expect(heading).to_have_text(f"second {OTHER}")
        expect(page.locator("#compare-second input")).to_have_value(re.compile(f"^{OTHER} - "))
        page.go_back()
        expect(heading).to_have_text(f"second {BUNDLED}")
        assert "with" not in view_of(page)
        go(opened, 1, 1)
        expect(heading).to_have_text("second max_hierarchy")

    def test_swapping_makes_one_entry(self, opened: Explorer) -> None:
        page = opened.page
        page.get_by_role("tab", name="Compare").click()
        first, second = page.locator("#compare-heading-a h2"), page.locator("#compare-heading-b h2")
        expect(second).to_have_text(f"second {BUNDLED}")
        count = entries(opened)
        page.locator("#compare-swap").click()
        expect(second).to_have_text(f"second {OPENING}")
        expect(page).to_have_url(re.compile(f"with={OPENING}"))
        assert entries(opened) == count + 1
        page.go_back()
        expect(first).to_have_text(f"first {OPENING}")
        expect(second).to_have_text(f"second {BUNDLED}")

    def test_the_sequence_model_follows(self, opened: Explorer) -> None:
        page = opened.page
        page.get_by_role("tab", name="Codons").click()
        model = page.locator("#sequence-model")
        usual = model.input_value()
        other = model.locator("option").nth(1).get_attribute("value") or ""
        page.evaluate(STORY, f"?tab=codons&sequence_model={other}&codon_encoder=B&stops=true&operations=13")
        page.get_by_role("link", name="a story").click()
        expect(model).to_have_value(other)
        expect(page.locator("#codons-stops input")).to_be_checked()
        expect(page.locator("#codons-encoder").get_by_label("B", exact=True)).to_be_checked()
        page.go_back()
        expect(model).to_have_value(usual)
        expect(page.locator("#codons-stops input")).not_to_be_checked()
