"""The Ball tab of an open page, for its tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from app_fixtures import OpenExplorer
from explorer import N
from export_menu import export
from playwright.sync_api import Page, expect

from tvae.operations import ternary

MIN, MAX = 15_633, 19_569
LIVE: Final = "document.querySelector('#ball-disk .disk')?.tvae"


class Ball:
    """The Ball tab of an open page, with its disk drawn."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.plot = page.locator("#ball-disk .disk-plot")
        self.near = page.locator("#ball-near")
        self.way = page.locator("#ball-walk")
        self.decoded = page.locator("#ball-disk .disk-decoded")
        self.wait(f"?.count === {N}")
        expect(self.near.locator("tbody tr").first).to_be_visible()

    def get(self, expression: str) -> Any:
        return self.page.evaluate(f"{LIVE}.{expression}")

    def wait(self, condition: str) -> None:
        self.page.wait_for_function(f"{LIVE}{condition}")

    def at_rest(self, centre: int) -> None:
        self.wait(f".centre === {centre}")
        self.wait(".moving === false")

    def screen(self, index: int) -> tuple[float, float]:
        self.plot.scroll_into_view_if_needed()
        x, y = self.get(f"screen({index})")
        return x, y

    def picked_at(self, index: int) -> int:
        """The operation selected by a click on the centre of a dot: the nearest, larger dots counting as nearer."""
        self.plot.scroll_into_view_if_needed()
        places = np.array(self.page.evaluate(f"Array.from({{length: {N}}}, (_, n) => {LIVE}.screen(n))"))
        return int((((places - places[index]) ** 2).sum(1) - ternary.VALUATIONS).argmin())

    def fill(self, selector: str, value: str) -> None:
        """Fill until the value stays: Gradio sets the fields of a new tab again after a while."""
        field = self.page.locator(selector).first
        stayed = 0
        while stayed < 3:
            stayed = stayed + 1 if field.input_value() == value else 0
            if not stayed:
                field.fill(value)
            self.page.wait_for_timeout(100)
        field.press("Enter")

    def button(self, name: str) -> None:
        self.page.locator("#ball-disk").get_by_role("button", name=name, exact=True).click()

    def saved(self, kind: str, into: Path) -> Path:
        """The file that an entry of the disk's export menu saves."""
        file = export(self.page.locator("#ball-disk"), kind)
        path = into / file.suggested_filename
        file.save_as(path)
        return path

    def neighbours_of(self, index: int) -> None:
        expect(self.near.locator("strong")).to_have_text(str(index))


OpenBall = Callable[..., Ball]


@pytest.fixture
def ball(explorer: OpenExplorer) -> OpenBall:
    def open_ball(query: str = "", **options: Any) -> Ball:
        page = explorer(query, **options).page
        page.get_by_role("tab", name="Ball").click()
        return Ball(page)

    return open_ball
