"""The Compare tab: layout and events."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import gradio as gr

from tvae.operations.validation import ENCODERS
from tvae.page.selection.checkpoint.checkpoints import OTHER, offered
from tvae.page.selection.radius_plot import MEASURE_NAMES, figure, switches
from tvae.page.tabs.compare import exports, handlers, near_and_far
from tvae.page.tabs.compare.leaderboard import layout as leaderboard
from tvae.page.ui import texts
from tvae.page.ui.components import (
    EVENTS,
    EVERY,
    HEAVY,
    LATEST,
    QUIET,
    answering,
    buttons_in_html,
    heading,
    hidden_text,
    plain_html,
)
from tvae.page.ui.html import quiet, tag
from tvae.page.ui.links import share_link
from tvae.page.ui.links.share_link import UrlParameter
from tvae.page.ui.scatter.scatter import radius_scatter
from tvae.page.ui.scripts.modules import called, mounted
from tvae.reports.plots.radius_plot import SCALE_CHOICES

TAB: Final = "compare"
SHARED: Final = ("loaded", "text")  # components of the main tab on which this one depends
_SCRIPT: Final = "tabs/compare/compare.js"
_LOADING: Final = tag("p", texts.LOADING, class_="late", role="status")


def add(demo: gr.Blocks, main: dict[str, Any]) -> None:
    """Add the tab, which is built when it is first opened; `main` has the components of the main tab."""
    board = leaderboard.relay(TAB, main)
    share_link.tab(demo, TAB, SHARED, main, layout, partial(wire, board=board), linked)


def layout(address: Mapping[str, str]) -> dict[str, Any]:
    """The components of the tab by name; `address` may set its fields."""
    encoder = share_link.one_of(address, "compare_encoder", ENCODERS)
    measure = share_link.one_of(address, "compare_measure", MEASURE_NAMES)
    scale = share_link.one_of(address, "compare_scale", SCALE_CHOICES)
    parts: dict[str, Any] = {}
    plain_html(quiet(texts.COMPARE_LEAD), "compare-lead")
    with gr.Row(elem_id="compare-top", equal_height=False):
        with gr.Column(scale=2, min_width=200):
            parts["first"] = plain_html("", "compare-first")
        with gr.Column(scale=3, min_width=280):
            parts["second"] = gr.Dropdown(
                offered(),
                value=OTHER,
                label=texts.SECOND_CHECKPOINT,
                elem_id="compare-second",
                interactive=True,
            )
        with gr.Column(scale=0, min_width=150):
            parts["swap"] = gr.Button(f"\u21c4 {texts.SWAP}", elem_id="compare-swap", size="sm", min_width=96)
            leaderboard.jump_button()
        with gr.Column(scale=3, min_width=640), gr.Row(elem_id="compare-switches", elem_classes="switches"):
            parts |= switches(
                encoder=encoder,
                measure=measure,
                scale=scale,
                encoder_label=texts.ENCODER_OF_BOTH,
                measure_label=texts.MEASURE_OF_BOTH,
                prefix="compare-",
            )
    parts["alert"] = plain_html("", "compare-alert")
    parts["status"] = plain_html("", "compare-status")
    parts["summary"] = plain_html("", "compare-summary")
    parts["notes"] = plain_html("", "compare-notes")
    _plots(parts, encoder=encoder, measure=measure, axis=scale)
    gr.HTML("", js_on_load=mounted("columns/control.js"), apply_default_css=False, elem_id="compare-colour")
    _tables(parts)
    parts |= leaderboard.layout(address)
    # Held by the browser, see the handlers: the request, what is shown, the second checkpoint that the visitor
    # selected, the one that the address names, a swap in progress, and what the slow tables are of.
    for name, value in (
        ("asked", ""),
        ("shown", ""),
        ("wanted", address.get("with", "")),
        ("linked", address.get("with", "")),
        ("swapped", ""),
        ("compared", ""),
    ):
        parts[name] = hidden_text(value, f"compare-{name}")
    return parts


def _plots(parts: dict[str, Any], **switched: Any) -> None:
    """Both plots under their headings; `switched` has their encoder, measure and scale."""
    with gr.Row(elem_id="compare-plots", equal_height=True):
        for which, other in ("ab", "ba"):
            with gr.Column(min_width=300):
                parts[f"heading_{which}"] = plain_html("", f"compare-heading-{which}")
                parts[f"plot_{which}"] = radius_scatter(
                    **switched,
                    elem_id=f"compare-plot-{which}",
                    figure=figure,
                    partner=f"compare-plot-{other}",
                    compared=which == "b",
                )


def _tables(parts: dict[str, Any]) -> None:
    def table(name: str) -> None:
        parts[name] = buttons_in_html("", f"compare-{name}", server_functions=[exports.export], context={"table": name})

    heading(texts.SELECTED_TABLE)
    table("chosen")
    pairs = (
        ((texts.METRICS_HEADING, "metrics"), (texts.MOVED_TABLE, "moved")),
        ((texts.MEASURES_HEADING, "measures"), (texts.ALIGNED_HEADING, "aligned")),
    )
    for pair in pairs:
        with gr.Row(equal_height=False):
            for title, name in pair:
                with gr.Column(min_width=300):
                    heading(title)
                    table(name)
    heading(texts.ALONE_HEADING)
    table("only")


def linked(parts: dict[str, Any]) -> list[UrlParameter]:
    """The fields of the tab that are in the address."""
    return [
        UrlParameter("with", parts["linked"], "", also=(parts["wanted"],)),
        UrlParameter("compare_encoder", parts["encoder"], "A"),
        UrlParameter("compare_measure", parts["measure"], "radius"),
        UrlParameter("compare_scale", parts["scale"], "auto"),
        *leaderboard.linked(parts),
    ]


def wire(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any], relay: gr.Textbox, board: gr.Textbox) -> None:
    """The events of the tab; `relay` changes with the components of `main` in `SHARED`, `board` is that of the section
    with all checkpoints."""
    private: dict[str, Any] = {"api_visibility": "private"}
    asked, shown, wanted = parts["asked"], parts["shown"], parts["wanted"]
    parts["second"].input(None, parts["second"], wanted, js=called(EVENTS, "copied"), **private)
    gr.on(
        [demo.load, relay.change, wanted.change, parts["encoder"].change],
        None,
        [main["loaded"], wanted, parts["encoder"], main["text"], asked, parts["swapped"]],
        [asked, parts["status"], wanted, parts["swapped"]],
        js=called(_SCRIPT, "ask", {"loading": _LOADING}),
        **private,
    )
    answer = answering(handlers.show, handlers.Answer, parts)
    asked.change(inputs=[asked, shown, parts["measure"]], **answer, **LATEST)
    settle = called(_SCRIPT, "settle")
    settled = [parts["second"], wanted, parts["linked"]]
    shown.change(None, [shown, asked], settled, js=settle, **private)
    slow = [parts["compared"], parts["measures"], parts["aligned"]]
    compared = called(_SCRIPT, "compared", {"loading": quiet(texts.MEASURING_BOTH)})
    shown.change(None, [shown, parts["compared"]], slow, js=compared, **private)
    measure = answering(near_and_far.show, near_and_far.NearAndFar, parts)
    parts["compared"].change(inputs=parts["compared"], **measure, **(LATEST | HEAVY))
    plots = [parts["plot_a"], parts["plot_b"]]
    switched = [parts["encoder"], parts["measure"], parts["scale"]]
    gr.on(
        [one.change for one in switched],
        None,
        switched,
        plots,
        js=called(EVENTS, "setProperties", {"names": ["encoder", "measure", "axis"], "outputs": len(plots)}),
        **private,
    )
    _wire_selection(parts, main)
    leaderboard.wire(demo, parts, main, board)
    swap = answering(handlers.swap, handlers.Swapped, main | parts)
    parts["swap"].click(inputs=shown, **swap, **QUIET)


def _wire_selection(parts: dict[str, Any], main: dict[str, Any]) -> None:
    """Select everywhere what is selected in either plot or in a table."""
    fields = [main["loaded"], main["text"], main["encoder"], parts["shown"]]
    pick = answering(handlers.pick, handlers.Picked, main | parts)
    clear = answering(handlers.clear, handlers.Picked, main | parts)
    for name in ("plot_a", "plot_b", *exports.COLUMNS):
        parts[name].pick(inputs=fields, **pick, **EVERY)
    for name in ("plot_a", "plot_b"):
        parts[name].lasso(inputs=fields, **pick, **EVERY)
        parts[name].clear(inputs=fields, **clear, **EVERY)
