"""Event handlers that change the selected operations, used by several tabs.

Each reads the selection from the text box and the name of the loaded checkpoint from the page, so visitors share only
the cache.
"""

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from tvae.operations import ternary
from tvae.operations.parsing import format_operations
from tvae.page.selection import selection
from tvae.page.selection.text_html import valid
from tvae.page.server import compute
from tvae.page.ui.components import SKIP
from tvae.page.ui.links import selection_link
from tvae.page.ui.scatter.scatter import show_selection
from tvae.page.ui.scripts.sent import event_fields, indices_of, text_of


@dataclass(frozen=True)
class Selection:
    """The components of Explore that depend on the selected operations."""

    text: str = SKIP
    problem: str = SKIP  # HTML below the text box
    plot: dict[str, Any] = SKIP
    truth: str = SKIP
    results: dict[str, Any] = SKIP
    current: int | None = SKIP  # the operation in the truth table
    applied: str = SKIP  # the selection as in the page's address


def context(name: str, text: str, encoder: str) -> dict[str, str]:
    """What an export of the result table needs; the browser sends it back with the request."""
    return {"checkpoint": name, "operations": text, "encoder": encoder}


def update_selection(name: str, text: str, encoder: str, current: int | None = None) -> Selection:
    """Show the operations that the text box names, with one encoder of the loaded checkpoint `name`."""
    text = valid(text or "")
    shown = selection.show(compute.load_evaluated(name), text, encoder, current)
    return Selection(
        problem=shown.said,
        plot=show_selection(shown.indices, shown.current),
        truth=shown.truth,
        results=gr.update(value=shown.results, context=context(name, text, encoder)),
        current=shown.current,
        applied=selection_link.query_of(text, shown.indices),
    )


def write_selection(name: str, text: str, encoder: str, current: int | None = None) -> Selection:
    """Write a text into the text box and show the operations that it names."""
    return replace(update_selection(name, text, encoder, current), text=valid(text))


def on_pick(name: str, text: str, encoder: str, event: gr.EventData) -> Selection:
    """Select the operations of a click, a lasso or a button; with a modifier key, add them to the selection."""
    sent = event_fields(event)
    ids = indices_of(sent, "ids", range(ternary.N), counts=range(ternary.N + 1))
    before = selection.read(text or "")[0] if sent.get("add") else ()
    if len(ids) == 1 and ids[0] in before:
        selected = [i for i in before if i != ids[0]]  # a second click with a modifier key deselects it
    else:
        selected = list(dict.fromkeys([*before, *ids]))
    return write_selection(name, format_operations(selected), encoder, ids[0] if len(ids) == 1 else None)


def clear_selection(name: str, text: str, encoder: str) -> Selection:
    """Select nothing."""
    return write_selection(name, "", encoder)


def apply_example(name: str, text: str, encoder: str, event: gr.EventData) -> Selection:
    """Select the operations of an example."""
    return write_selection(name, text_of(event_fields(event), "text")[:200], encoder)
