"""A server that a test stops and starts again, and a page that outlasts it, by Playwright."""

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from app_fixtures import free_port, running_app
from explorer import Explorer
from hub_server import LocalHub
from playwright.sync_api import Browser, ConsoleMessage, expect

BUILT: Final = {  # by tab: what is visible once it has its content
    "Ball": "#ball-near tbody tr",
    "Compare": "#compare-metrics tbody tr",
    "Coverage": "#coverage-depth .confusion",
    "Codons": "svg.codon-disk",
    "Train": "#train-start",
    "Learn": "#learn-body h2",
}


class Server:
    """`python app.py` at one port, which can be stopped and started."""

    def __init__(self, home: Path) -> None:
        self.hub, self.home, self.port = LocalHub(), home, free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._running = ExitStack()
        self.start()

    def start(self) -> None:
        self._running.enter_context(running_app(self.hub, self.home, port=self.port))

    def stop(self) -> None:
        self._running.close()


class Visitor:
    """A page that must not be loaded again, with the errors that it logs."""

    def __init__(self, browser: Browser, url: str, **options: object) -> None:
        self.context = browser.new_context(**options)  # type: ignore[arg-type]
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.explorer = Explorer(self.page)
        self.page.evaluate("window.firstVisit = true")
        self.bar = self.page.locator("#connection [role=status]")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, tab: str) -> None:
        self.page.get_by_role("tab", name=tab).click()
        expect(self.page.locator(BUILT[tab]).first).to_be_visible()

    def is_told(self, words: str) -> None:
        expect(self.bar).to_have_text(words)

    def goes_on(self) -> None:
        """Expect the bar to go, no error of Gradio's, and the page that was opened."""
        expect(self.bar).to_have_text("")
        expect(self.page.locator(".toast-body")).to_have_count(0)
        assert self.page.evaluate("window.firstVisit") is True
        assert not (wrong := [error for error in self.errors if "ERR_" not in error]), wrong
