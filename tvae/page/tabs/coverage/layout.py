"""The Coverage tab: layout, and which event calls which function of `coverage_views`."""

from typing import Any, Final

from tvae.page.tabs.coverage import handlers
from tvae.page.ui import texts
from tvae.page.ui.components import answering, buttons_in_html, checkpoint_follower, plain_html
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
    """Computed when the tab is opened, and when another checkpoint is loaded while it is open."""
    wanted = checkpoint_follower(TAB, main)
    wanted.change(
        inputs=wanted,
        **answering(handlers.show, handlers.Shown, parts | {"wanted": wanted}),
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
        trigger_mode="always_last",
    )
