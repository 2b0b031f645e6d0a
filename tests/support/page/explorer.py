"""The page as a visitor uses it, by Playwright."""

import re
from typing import Any, Final, Literal

from browser_fixtures import PATIENCE
from playwright.sync_api import Locator, Page, expect

from tvae.page.ui import texts

N = 19_683
Look = Literal["light", "dark"]
LOOKS: Final[tuple[Look, ...]] = ("light", "dark")
HANDLE = "document.querySelector('#plot .scatter').tvae"
# The plot has its points, the last component is rendered, Python has answered the page's load event, and the plot has
# not moved since the last check.
READY = f"""() => {{
    const {{x, y, width, height}} = document.querySelector('#plot')?.getBoundingClientRect() ?? {{}};
    const place = [x, y, width, height].join(), same = place === window.lastPlace;
    window.lastPlace = place;
    const answered = performance.getEntriesByType('resource').some((entry) => entry.name.includes('/queue/data'));
    return same && answered && document.querySelector('#plot .scatter')?.tvae?.count === {N}
        && document.querySelector('#checkpoint input') && document.querySelector('#coverage .meter');
}}"""


def put_on(page: Page, look: Look) -> None:
    """Emulate a change of the system's colour scheme, and wait for Gradio's transitions."""
    page.emulate_media(color_scheme=look)
    page.wait_for_function(
        "dark => document.body.classList.contains('dark') === dark"
        " && !document.getAnimations().some((one) => one instanceof CSSTransition)",
        arg=look == "dark",
    )


class Explorer:
    """An open page whose plot holds every operation."""

    def __init__(self, page: Page) -> None:
        self.page, self.handle = page, HANDLE
        page.set_default_timeout(PATIENCE)
        page.wait_for_function(READY, polling=50)
        self.text = page.locator("#operations textarea")
        self.dropdown = page.get_by_label("Checkpoint", exact=True)
        self.alert = page.locator("#alert [role=alert]")
        self.problem = page.locator("#problem [role=alert]")
        self.results = page.locator("#results")
        self.rows = self.results.locator("tbody tr")
        self.truth = page.locator("#truth")
        self.facts = page.locator("#truth .truth dl")
        self.trits = page.locator("#truth button.trit")

    def get(self, expression: str) -> Any:
        """A property of the plot."""
        return self.page.evaluate(f"{HANDLE}.{expression}")

    def wait(self, condition: str) -> None:
        """Wait until a condition on the plot holds, such as `.encoder === 'B'`."""
        self.page.wait_for_function(f"{HANDLE}{condition}")

    def type(self, text: str) -> None:
        """Type operations and press Enter."""
        self.text.fill(text)
        self.text.press("Enter")

    def chosen(self, *indices: int) -> None:
        """Expect these operations, in this order, in the plot and (the first 100) in the table."""
        self.wait(f".selected.join() === '{','.join(map(str, indices))}'")
        self.page.wait_for_function(
            "ids => [...document.querySelectorAll('#results tbody tr')].map(row => row.dataset.row).join() === ids",
            arg=",".join(map(str, indices[:100])),
        )

    def nothing_chosen(self) -> None:
        """Expect an empty selection everywhere."""
        self.wait(".selected.length === 0")
        expect(self.truth).to_contain_text("No selection yet")
        expect(self.results).to_be_hidden()

    def current(self, index: int) -> None:
        """Expect this operation in the truth table."""
        expect(self.facts.locator("strong")).to_have_text(str(index))
        signs = "".join("\u22120+"[index // 3**k % 3] for k in range(9))
        expect(self.trits).to_have_text(list(signs))

    def choose(self, title: str) -> None:
        """Select a checkpoint in the dropdown, by the start of its label."""
        self.dropdown.click()
        # "tree - " is also in "rich_tree - ". Gradio puts a mark before; Playwright ends the pattern at a slash.
        start = re.compile(rf"^\W*{re.escape(title)}".replace("/", r"\/"))
        self.page.get_by_role("option", name=start).first.click()

    def loaded(self, name: str) -> None:
        """Expect this checkpoint in the dropdown and in the plot."""
        self.page.wait_for_function(f"document.querySelector('#checkpoint input')?.value.startsWith('{name} - ')")

    def answered(self, name: str) -> None:
        """Expect the points and numbers of this checkpoint; the dropdown names it earlier."""
        self.page.wait_for_function(
            "name => document.querySelector('#loaded :is(input, textarea)').value === name", arg=name
        )

    def click_point(self, index: int, *modifiers: str) -> None:
        """Click a point in the plot."""
        for key in modifiers:
            self.page.keyboard.down(key)
        self.page.mouse.click(*self.get(f"screen({index})"))
        for key in modifiers:
            self.page.keyboard.up(key)

    def tile(self, start: str) -> Locator:
        """A metric tile, by the start of its data-tile."""
        return self.page.locator(f"details[data-tile^='{start}']")

    def open_tab_by_keyboard(self, name: str) -> None:
        """Open a tab by keyboard from the first tab on."""
        self.page.get_by_role("tab", name="Explore").focus()
        for _ in texts.table("TABS"):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.textContent.trim()") == name:
                self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"the tab {name} cannot be reached by keyboard")
