"""The Explore tab: layout and events. It measures whether a checkpoint is what it claims to be."""

from typing import Any

import gradio as gr

from tvae.checkpoints.catalogue.catalogue import DEFAULT
from tvae.page.columns import column
from tvae.page.selection.handlers import (
    Selection,
    apply_example,
    clear_selection,
    context,
    on_pick,
    update_selection,
)
from tvae.page.selection.operations_html import examples
from tvae.page.selection.radius_plot import LENGTH_ONLY, OPENING_ENCODER, figure, switches
from tvae.page.tabs.explore import exports, handlers
from tvae.page.tabs.explore.handlers import LoadedCheckpoint, View
from tvae.page.tabs.explore.sections import near_and_far
from tvae.page.tabs.explore.sections.atlas import card, classes
from tvae.page.tabs.explore.stories import stories
from tvae.page.ui import texts
from tvae.page.ui.components import EVENTS, EVERY, LATEST, answering, buttons_in_html, plain_html
from tvae.page.ui.html import tag
from tvae.page.ui.scatter.scatter import radius_scatter
from tvae.page.ui.scripts.modules import called


def layout(first: View) -> dict[str, Any]:
    """The components of the tab by name, filled with the `first` view."""
    parts: dict[str, Any] = {}
    # Numbers, plot and operations are placed by explore.css: on a phone the plot comes first.
    with gr.Row(elem_id="main", equal_height=False):
        with gr.Column(min_width=0, elem_id="numbers-column"):
            parts["numbers"] = plain_html(first.numbers, "numbers")
            # Around the tiles, it would close with each checkpoint; so explore.css shows them while it is open.
            plain_html(tag("details", tag("summary", texts.MORE_NUMBERS)), "more-numbers")
            parts["tiles"] = plain_html(first.tiles, "tiles")
        with gr.Column(scale=3, min_width=320, elem_id="plot-column"):
            with gr.Row(elem_id="switches", elem_classes="switches"):
                parts |= switches(
                    encoder=OPENING_ENCODER,
                    measure="radius",
                    scale="auto",
                    encoder_label=texts.ENCODER,
                    measure_label=texts.MEASURE,
                )
            parts["plot"] = radius_scatter(
                first.plot,
                encoder=OPENING_ENCODER,
                elem_id="plot",
                figure=figure,
                control=column.control(),
                column=column.column,
            )
        with gr.Column(scale=2, min_width=320, elem_id="operations-column"):
            parts["text"] = gr.Textbox(
                label=texts.OPERATIONS_LABEL,
                placeholder=texts.OPERATIONS_HINT,
                submit_btn=texts.SHOW,
                max_lines=3,
                elem_id="operations",
            )
            parts["problem"] = plain_html("", "problem")
            parts["examples"] = buttons_in_html(examples(), "examples")
            parts["truth"] = buttons_in_html(first.truth, "truth", [card.card, classes.classes], scripts=card.script())
    parts["results"] = buttons_in_html(
        first.results, "results", server_functions=[exports.export], context=context(DEFAULT, "", OPENING_ENCODER)
    )
    plain_html(stories(), "stories")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            parts["comparison"] = buttons_in_html(
                first.comparison, "comparison", [exports.export], title=texts.COMPARISON_HEADING
            )
            parts["limits"] = buttons_in_html(first.limits, "limits", [exports.export], title=texts.AGAINST_LIMITS)
        with gr.Column(min_width=320):
            parts["coverage"] = buttons_in_html(first.coverage, "coverage", [exports.export], title=texts.COVERAGE)
    parts |= near_and_far.add_section()
    parts["trained"] = plain_html(first.trained, "trained", texts.HOW_TRAINED)
    return parts


def wire(parts: dict[str, Any]) -> None:
    """The events of the selected operations and of the checkpoint.

    `parts` has the components of the tab and of the top of the page. `requested` is how other parts of the page load a
    checkpoint: no other event fills what a checkpoint fills.
    """
    plot, text, encoder, measure = parts["plot"], parts["text"], parts["encoder"], parts["measure"]
    scale = parts["scale"]
    state = [parts["loaded"], text, encoder]
    update = answering(update_selection, Selection, parts)
    pick = answering(on_pick, Selection, parts)

    text.submit(inputs=[*state, parts["current"]], **update, **LATEST)
    for component in (plot, parts["truth"], parts["results"], parts["coverage"]):
        component.pick(inputs=state, **pick, **EVERY)
    plot.lasso(inputs=state, **pick, **EVERY)
    plot.clear(inputs=state, **answering(clear_selection, Selection, parts), **EVERY)
    for component in (parts["examples"], parts["truth"]):
        component.example(inputs=state, **answering(apply_example, Selection, parts), **EVERY)
    edit = answering(handlers.edit_operation, Selection, parts)
    parts["truth"].edit(inputs=[*state, parts["current"]], **edit, **EVERY)
    parts["results"].show(inputs=state, **answering(handlers.show_operation, Selection, parts), **EVERY)

    # The plot holds both encoders and both measures, so the browser switches alone.
    switch = called(EVENTS, "setProperties", {"names": ["encoder", "measure", "axis"]})
    switched = [encoder, measure, scale]
    gr.on([one.change for one in switched], None, switched, plot, js=switch, api_visibility="private")
    encoder.change(inputs=[*state, parts["current"]], **update, **LATEST)
    checkpoint, asked, loaded = parts["checkpoint"], parts["asked"], parts["loaded"]
    load = gr.on(
        [checkpoint.input, parts["requested"].change],
        inputs=[checkpoint, loaded, text, encoder, parts["current"]],
        **answering(handlers.load_checkpoint, LoadedCheckpoint, parts),
        **(LATEST | {"show_progress": "full", "show_progress_on": [plot, parts["numbers"]]}),
    )
    settle = called("selection/checkpoint/checkpoint_choice.js", "settle")
    load.then(None, [checkpoint, asked, loaded], checkpoint, js=settle, api_visibility="private")
    # A link may set a measure that the checkpoint lacks, before or after the checkpoint is there.
    possible = {"inputs": [checkpoint, parts["without_ball"], measure], "outputs": measure}
    script = called("selection/checkpoint/checkpoint_choice.js", "possibleMeasure", {"only": LENGTH_ONLY[0][1]})
    changes = [one.change for one in possible["inputs"]]
    gr.on(changes, None, **possible, js=script, api_visibility="private")
    reapply = answering(handlers.reapply_selection, Selection, parts)
    asked.change(inputs=[asked, *state, parts["current"]], **reapply, **LATEST)
    near_and_far.wire(parts)
    section = parts["section"]
    section.change(None, section, section, js=called(EVENTS, "showSection"), api_visibility="private")
