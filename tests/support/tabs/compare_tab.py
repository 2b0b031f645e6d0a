"""The Compare tab of an open page."""

from typing import Any

import pytest
from app_fixtures import OpenExplorer
from explorer import N
from playwright.sync_api import Page, expect

DRAWN = f"""() => [...'ab'].every((which) => {{
    const plot = document.querySelector(`#compare-plot-${{which}} .scatter`)?.tvae;
    return plot?.count === {N} && plot.view;
}}) && document.querySelector('#compare-metrics td') && !document.querySelector('#compare-status p')"""


class Compare:
    """The Compare tab of an open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.second = page.get_by_label("Second checkpoint")
        self.alert = page.locator("#compare-alert [role=alert]")
        self.summary = page.locator("#compare-summary")
        self.chosen_rows = page.locator("#compare-chosen tbody tr")
        self.moved_rows = page.locator("#compare-moved tbody tr")

    def drawn(self) -> "Compare":
        self.page.wait_for_function(DRAWN)
        return self

    def names(self, first: str, second: str) -> None:
        expect(self.page.locator("#compare-heading-a h2")).to_have_text(f"first {first}")
        expect(self.page.locator("#compare-heading-b h2")).to_have_text(f"second {second}")
        self.page.wait_for_function(
            "name => document.querySelector('#compare-second input').value.startsWith(`${name} - `)", arg=second
        )

    def choose(self, title: str) -> None:
        self.second.click()
        self.page.get_by_role("option", name=title).first.click()

    def get(self, which: str, expression: str) -> Any:
        return self.page.evaluate(f"document.querySelector('#compare-plot-{which} .scatter').tvae.{expression}")

    def chosen(self, *indices: int) -> None:
        """Expect these operations, in this order, in both plots and in the table."""
        ids = ",".join(map(str, indices))
        self.page.wait_for_function(
            "ids => [...'ab'].every((which) => document.querySelector(`#compare-plot-${which} .scatter`)"
            ".tvae.selected.join() === ids)",
            arg=ids,
        )
        expect(self.chosen_rows).to_have_count(len(indices))

    def click_point(self, which: str, index: int, *modifiers: str) -> None:
        self.page.locator(f"#compare-plot-{which}").scroll_into_view_if_needed()
        for key in modifiers:
            self.page.keyboard.down(key)
        self.page.mouse.click(*self.get(which, f"screen({index})"))
        for key in modifiers:
            self.page.keyboard.up(key)


@pytest.fixture
def compare(explorer: OpenExplorer) -> Compare:
    opened = explorer()
    opened.page.get_by_role("tab", name="Compare").click()
    return Compare(opened.page).drawn()
