"""The Explore tab: does this checkpoint hold what it claims?"""

from typing import Any

import gradio as gr

from tvae.checkpoints.catalogue import DEFAULT
from tvae.page.selection import handlers
from tvae.page.selection.handlers import View
from tvae.page.selection.operations_html import examples
from tvae.page.tabs.explore import exports
from tvae.page.ui import texts
from tvae.page.ui.components import buttons_in_html, heading, plain_html
from tvae.page.ui.scatter.scatter import radius_scatter


def layout(first: View) -> dict[str, Any]:
    """The main tab: does this checkpoint hold what it claims?"""
    parts: dict[str, Any] = {}
    parts["tiles"] = plain_html(first.tiles, "tiles")
    with gr.Row(elem_id="main", equal_height=False):
        with gr.Column(scale=3, min_width=320):
            with gr.Row(elem_id="switches"):
                parts["encoder"] = gr.Radio(["A", "B"], value="A", label=texts.ENCODER, elem_id="encoder")
                parts["measure"] = gr.Radio(
                    list(handlers.MEASURES), value="radius", label=texts.MEASURE, elem_id="measure", scale=2
                )
            parts["plot"] = radius_scatter(first.plot, elem_id="plot", figure=exports.figure)
        with gr.Column(scale=2, min_width=320, elem_id="operations-column"):
            parts["text"] = gr.Textbox(
                label=texts.OPERATIONS_LABEL,
                placeholder=texts.OPERATIONS_HINT,
                submit_btn=texts.SHOW,
                elem_id="operations",
            )
            parts["examples"] = buttons_in_html(examples(), "examples")
            parts["problem"] = plain_html("", "problem")
            parts["truth"] = buttons_in_html(first.truth, "truth")
    parts["results"] = buttons_in_html(
        first.results, "results", server_functions=[exports.export], context=handlers.context(DEFAULT, "", "A")
    )
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            heading(texts.COMPARISON_HEADING)
            parts["comparison"] = buttons_in_html(first.comparison, "comparison", [exports.export])
            heading(texts.AGAINST_LIMITS)
            parts["limits"] = buttons_in_html(first.limits, "limits", [exports.export])
        with gr.Column(min_width=320):
            heading(texts.COVERAGE)
            parts["coverage"] = buttons_in_html(first.coverage, "coverage", [exports.export])
    heading(texts.HOW_TRAINED)
    parts["trained"] = plain_html(first.trained, "trained")
    return parts
