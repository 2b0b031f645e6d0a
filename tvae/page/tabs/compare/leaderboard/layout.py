"""All checkpoints at once: layout and events of the section of the Compare tab."""

from collections.abc import Mapping
from typing import Any, Final

import gradio as gr

from tvae.operations.validation import ENCODERS
from tvae.page.server import compute
from tvae.page.tabs.compare.leaderboard import handlers, render
from tvae.page.ui import texts
from tvae.page.ui.components import (
    EVENTS,
    EVERY,
    HEAVY,
    LATEST,
    QUIET,
    answering,
    buttons_in_html,
    hidden_text,
    plain_html,
)
from tvae.page.ui.html import quiet, tag
from tvae.page.ui.links import share_link
from tvae.page.ui.links.share_link import UrlParameter
from tvae.page.ui.scripts.modules import called

SCRIPT: Final = "tabs/compare/leaderboard/leaderboard.js"
_AXES: Final = {"x": "richness", "y": "tree_fidelity"}  # of the chart until the visitor chooses others
_PRIVATE: Final[dict[str, Any]] = {"api_visibility": "private"}


def relay(tab: str, main: dict[str, Any]) -> gr.Textbox:
    """A hidden field that changes when the section should be shown again; created outside of the lazy tab `tab`."""
    asked = hidden_text("", f"{tab}-board")
    gr.on(
        [main["tab"].change, main["loaded"].change],
        None,
        [asked, main["tab"], main["loaded"], main["visit"]],
        asked,
        js=called(SCRIPT, "ask", {"tab": tab}),
        **_PRIVATE,
    )
    return asked


def jump_button() -> None:
    """The button that leads to the section, which is below everything else."""
    button = gr.Button(f"{texts.BOARD_TITLE} \u2193", elem_id="compare-jump", size="sm", min_width=150)
    button.click(None, None, None, js=called(SCRIPT, "jump"), **_PRIVATE)


def layout(address: Mapping[str, str]) -> dict[str, Any]:
    """The components of the section by name; `address` may set its fields."""
    parts: dict[str, Any] = {}
    choices = [(label, name) for name, label in render.labels().items()]
    title = tag("h2", texts.BOARD_TITLE, tabindex=-1)
    gr.HTML(title, js_on_load=None, apply_default_css=False, elem_id="compare-board-title", elem_classes="heading")
    plain_html(
        quiet(f"{texts.BOARD_LEAD} {texts.BOARD_RUNS}" if compute.RUNS.rows() else texts.BOARD_LEAD),
        "compare-board-lead",
    )
    with gr.Row(equal_height=False):
        parts["board_encoder"] = gr.Radio(
            list(ENCODERS),
            value=share_link.one_of(address, "board_encoder", ENCODERS),
            label=texts.BOARD_ENCODER,
            elem_id="compare-board-encoder",
            elem_classes="switch",
            min_width=200,
            scale=0,
            interactive=True,
        )
        with gr.Column(scale=1, min_width=300):
            with gr.Accordion(texts.BOARD_COLUMNS, open=False, elem_id="compare-board-columns"):
                parts["board_columns"] = gr.CheckboxGroup(
                    choices,
                    value=share_link.some_of(address, "board_columns", render.MEASURES, render.USUAL),
                    label=texts.BOARD_MEASURES,
                    interactive=True,
                )
            # A button that is never shown would keep the page waiting, unless its container is invisible.
            with gr.Column(visible=False) as parts["board_here"]:
                parts["board_measure"] = gr.Button("", elem_id="compare-board-measure", size="sm")
    parts["board_status"] = plain_html("", "compare-board-status")
    parts["board_table"] = buttons_in_html(
        "",
        "compare-board-table",
        server_functions=[handlers.export],
        modules=(SCRIPT,),
        events=("open", "compare", "sorted"),
        context={"table": "leaderboard", "names": []},
        sort=address.get("board_sort", ""),
    )
    parts["board_sort"] = gr.Textbox(address.get("board_sort", ""), visible="hidden", elem_id="compare-board-sort")
    _chart(parts, address, choices)
    # Held by the browser: what the section should show, and a text that changes when something was measured.
    for name in ("asked", "known"):
        parts[f"board_{name}"] = hidden_text("", f"compare-board-{name}")
    return parts


def _chart(parts: dict[str, Any], address: Mapping[str, str], choices: list[tuple[str, str]]) -> None:
    """The chart of two measures, next to the fields that choose them."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=0, min_width=260):
            for name, label in (("x", texts.BOARD_X), ("y", texts.BOARD_Y)):
                parts[f"board_{name}"] = gr.Dropdown(
                    choices,
                    value=share_link.one_of(address, f"board_{name}", render.MEASURES, _AXES[name]),
                    label=label,
                    elem_id=f"compare-board-{name}",
                    interactive=True,
                )
        with gr.Column(scale=1, min_width=300):
            parts["board_chart"] = plain_html("", "compare-board-chart")


def linked(parts: dict[str, Any]) -> list[UrlParameter]:
    """The fields of the section that are in the address."""
    return [
        UrlParameter("board_encoder", parts["board_encoder"], "A"),
        UrlParameter("board_columns", parts["board_columns"], render.USUAL),
        UrlParameter("board_sort", parts["board_sort"], ""),
        *(UrlParameter(f"board_{name}", parts[f"board_{name}"], usual) for name, usual in _AXES.items()),
    ]


def wire(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any], board: gr.Textbox) -> None:
    """The events of the section; `board` is its `relay`, and `parts` has the components of the whole tab."""
    asked, known = parts["board_asked"], parts["board_known"]
    gr.on([demo.load, board.change], None, board, asked, js=called(EVENTS, "copied"), **_PRIVATE)
    fields = [parts[f"board_{name}"] for name in ("encoder", "columns", "x", "y")]
    show = answering(handlers.show, handlers.Board, parts)
    gr.on([one.change for one in (asked, known, *fields)], inputs=[asked, *fields], **show, **LATEST)
    parts["board_table"].sorted(None, None, parts["board_sort"], js=called(SCRIPT, "sorted"), **_PRIVATE)
    set_sort = called(EVENTS, "setProperties", {"names": ["sort"]})
    parts["board_sort"].change(None, parts["board_sort"], parts["board_table"], js=set_sort, **_PRIVATE)
    own = answering(handlers.measure_own, handlers.Known, parts)
    asked.change(inputs=asked, **own, **(LATEST | HEAVY))
    published = answering(handlers.measure_published, handlers.Known, parts)
    parts["board_measure"].click(**published, **(QUIET | HEAVY))
    opened = answering(handlers.open_checkpoint, handlers.Opened, main | parts)
    parts["board_table"].open(**opened, **EVERY)
    compared = answering(handlers.compare_checkpoint, handlers.Compared, parts)
    parts["board_table"].compare(**compared, **EVERY)
