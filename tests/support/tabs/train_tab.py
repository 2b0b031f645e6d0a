"""The Train tab as a visitor uses it, by Playwright."""

from explorer import Explorer
from playwright.sync_api import Page, expect

LIVE = "document.querySelector('#train-plot .scatter')?.tvae"


class Training:
    """The Train tab of an open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        if "tab=train" not in page.url:
            self.page.get_by_role("tab", name="Train").click()
        self.start = self.page.locator("#train-start")
        self.stop = self.page.locator("#train-stop")
        self.status = self.page.locator("#train-status")
        self.explore = self.page.locator("#train-explore")
        self.summary = self.page.locator("#train-summary")
        self.curves = self.page.locator("#train-curves figure")
        expect(self.start).to_be_visible()

    @property
    def opened(self) -> Explorer:
        """The main tab of the page."""
        return Explorer(self.page)

    def choose(self, recipe: str) -> None:
        self.page.get_by_label("Recipe").click()
        self.page.get_by_role("option", name=f"{recipe} - ").click()

    def field(self, label: str) -> str:
        """The value of a field."""
        return self.page.get_by_label(label, exact=True).input_value()

    def fill(self, label: str, value: str) -> None:
        """Fill until the value stays: Gradio sets the fields of a new tab again after a while."""
        field = self.page.get_by_label(label, exact=True)
        stayed = 0
        while stayed < 3:
            if field.input_value() == value:
                stayed += 1
            else:
                field.fill(value)
                stayed = 0
            self.page.wait_for_timeout(100)

    def run(self, steps: int, seed: int = 0) -> None:
        self.fill("Steps", str(steps))
        self.fill("Seed", str(seed))
        self.start.click()

    def reloaded(self) -> "Training":
        """The tab after the page was loaded again. Playwright accepts the browser's question."""
        self.page.reload()
        return Training(self.page)

    def sha256(self) -> str:
        """Digest of the finished file."""
        found = self.page.locator("#train-summary code").get_attribute("title")
        assert found
        return found
