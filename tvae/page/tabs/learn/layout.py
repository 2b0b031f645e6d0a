"""The Learn tab: layout, its one event and the handler."""

from dataclasses import dataclass
from typing import Any, Final

from tvae.errors import TvaeError
from tvae.page.selection.checkpoint.checkpoints import figures_of
from tvae.page.server import compute
from tvae.page.tabs.learn import render
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP, follow_checkpoint, plain_html
from tvae.page.ui.html import alert, quiet

TAB: Final = "learn"


@dataclass(frozen=True)
class Shown:
    """The components of the tab that follow the checkpoint."""

    status: str = SKIP
    body: str = SKIP
    wanted: str = SKIP


def layout() -> dict[str, Any]:
    """Every component of the tab by its name."""
    plain_html(quiet(texts.LEARN_LEAD), "learn-lead")
    return {"status": plain_html("", "learn-status"), "body": plain_html("", "learn-body")}


def wire(parts: dict[str, Any], main: dict[str, Any]) -> None:
    """Fill the tab when it is opened, and when another checkpoint is loaded while it is open."""
    follow_checkpoint(TAB, main, show, Shown, parts)


def show(name: str) -> Shown:
    """The cards of a checkpoint; an error empties `wanted`, so that opening the tab again retries."""
    if not name:
        return Shown()
    try:
        evaluated = compute.load_evaluated(name)
        cards = figures_of(render.page(evaluated), evaluated)
    except TvaeError as error:
        return Shown(alert(f"{error} {texts.STILL_SHOWN}"), wanted="")
    return Shown("", cards)
