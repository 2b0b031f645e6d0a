"""The Learn tab: layout, its one event, and what that calls."""

from typing import Any, Final

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.server import compute
from tvae.page.tabs.learn import render
from tvae.page.ui import texts
from tvae.page.ui.components import checkpoint_follower, plain_html
from tvae.page.ui.html import alert, quiet

TAB: Final = "learn"

Values = tuple[Any, ...]


def layout() -> dict[str, Any]:
    """Every component of the tab by its name."""
    plain_html(quiet(texts.LEARN_LEAD), "learn-lead")
    return {"status": plain_html("", "learn-status"), "body": plain_html("", "learn-body")}


def wire(parts: dict[str, Any], main: dict[str, Any]) -> None:
    """Filled when the tab is opened, and when another checkpoint is loaded while it is open."""
    wanted = checkpoint_follower(TAB, main)
    wanted.change(
        show,
        wanted,
        [parts["status"], parts["body"], wanted],
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
        trigger_mode="always_last",
    )


def show(name: str) -> Values:
    """Status, the cards, and the name again; empty after an error, so that opening the tab tries again."""
    if not name:
        return (gr.skip(),) * 3
    try:
        evaluated = compute.load_evaluated(name)
    except TvaeError as error:
        return alert(f"{error} {texts.STILL_SHOWN}"), gr.skip(), ""
    return "", render.page(evaluated), gr.skip()
