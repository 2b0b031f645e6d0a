"""A real Chromium for the tests that need one: software rendering, no sandbox, nothing in the background.

No WebGL, which nothing of the page needs: emulated, it costs a fifth of the time. `benchmarks/` has it both ways.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
]
PATIENCE = 60_000  # ms: a busy machine is slow, and no test measures time
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")

# What Gradio's client logs when a page is left while it listens: the first once, then the second for each answer that
# it waits for.
LEFT = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")

OpenPage = Callable[..., Page]
expect.set_options(timeout=PATIENCE)
context_names: WeakKeyDictionary[BrowserContext, str] = WeakKeyDictionary()


@contextmanager
def launched() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own where there is none."""
    found = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[OpenPage]:
    """Open pages with `page(url, **context_options)`; afterwards none may have logged an error or left its origin."""
    problems: list[str] = []
    pages: list[Page] = []

    def open_page(url: str, **options: Any) -> Page:
        origin = urlsplit(url).netloc
        opened = context_of(chromium, options).new_page()
        pages.append(opened)
        opened.set_default_timeout(PATIENCE)
        opened.on("console", lambda message: message.type == "error" and problems.append(message.text))
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("request", lambda request: foreign(request.url, origin) and problems.append(request.url))
        opened.goto(url)
        return opened

    yield open_page
    for opened in pages:
        opened.close()
    problems = without_leaving(problems)
    assert problems == [], problems


def without_leaving(problems: Sequence[str]) -> list[str]:
    """What pages logged, but for what they log because they are left. A lost connection alone stays a problem."""
    kept: list[str] = []
    leaving = False
    for problem in problems:
        leaving = problem.startswith(LEFT[0]) or (leaving and problem.startswith(LEFT[1]))
        if not leaving:
            kept.append(problem)
    return kept


def context_of(chromium: Browser, options: dict[str, Any]) -> BrowserContext:
    """One context a set of options: its warm cache halves the time that a page takes to open."""
    wanted = repr(sorted(options.items()))
    for context in chromium.contexts:
        if context_names[context] == wanted:
            return context
    context = chromium.new_context(**options)
    context_names[context] = wanted
    return context


def foreign(url: str, origin: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.netloc != origin
