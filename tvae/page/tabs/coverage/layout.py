"""The Coverage tab: layout and its one event."""

from typing import Any, Final

from tvae.page.tabs.coverage import handlers
from tvae.page.ui import texts
from tvae.page.ui.components import HEAVY, LATEST, buttons_in_html, follow_checkpoint, plain_html
from tvae.page.ui.html import quiet

TAB: Final = "coverage"


def layout() -> dict[str, Any]:
    """Every component of the tab by its name."""
    plain_html(quiet(texts.COVERAGE_LEAD), "coverage-lead")
    return {
        "status": plain_html("", "coverage-status"),
        "body": buttons_in_html("", "coverage-depth", server_functions=[handlers.export], context={"checkpoint": ""}),
    }


def wire(parts: dict[str, Any], main: dict[str, Any]) -> None:
    """Fill the tab when it is opened, and when another checkpoint is loaded while it is open."""
    follow_checkpoint(TAB, main, handlers.show, handlers.Shown, parts, LATEST | HEAVY)
