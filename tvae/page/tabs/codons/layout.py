"""The Codons tab: layout and events."""

from collections.abc import Mapping
from typing import Any, Final

import gradio as gr

from tvae.operations.validation import ENCODERS
from tvae.page.selection.handlers import Selection, apply_example, on_pick
from tvae.page.tabs.codons import handlers, render, sequence_form
from tvae.page.ui import texts
from tvae.page.ui.components import (
    EVENTS,
    EVERY,
    HEAVY,
    LATEST,
    answering,
    buttons_in_html,
    choices,
    hidden_text,
    plain_html,
)
from tvae.page.ui.html import quiet
from tvae.page.ui.links import share_link
from tvae.page.ui.links.share_link import MODEL, UrlParameter
from tvae.page.ui.scripts.modules import called

TAB: Final = "codons"
SHARED: Final = ("loaded", "text")  # components of the main tab on which this one depends


def add(demo: gr.Blocks, main: dict[str, Any]) -> None:
    """Add the tab, which is built when it is first opened; `main` has the components of the main tab."""
    share_link.tab(demo, TAB, SHARED, main, layout, wire, linked)


def layout(address: Mapping[str, str]) -> dict[str, Any]:
    """The components of the tab by name; `address` may set its fields."""
    parts: dict[str, Any] = {}
    with gr.Column(elem_id="codons"):
        plain_html(quiet(texts.CODON_LEAD), "codons-lead")
        with gr.Row(elem_id="codons-switches", elem_classes="switches"):
            parts["encoder"] = gr.Radio(
                list(ENCODERS),
                value=share_link.one_of(address, "codon_encoder", ENCODERS),
                label=texts.ENCODER,
                elem_id="codons-encoder",
                min_width=120,
                interactive=True,
            )
            parts["colour"] = gr.Radio(
                choices(texts.table("CODON_COLOURS")),
                value=share_link.one_of(address, "codon_colour", render.COLOURS),
                label=texts.CODON_COLOUR,
                elem_id="codons-colour",
                min_width=200,
                interactive=True,
            )
            parts["stops"] = gr.Checkbox(
                address.get("stops") == "true",
                label=texts.CODON_STOPS,
                elem_id="codons-stops",
                min_width=180,
                interactive=True,
            )
        parts["alert"] = plain_html("", "codons-alert")
        parts["answer"] = plain_html("", "codons-answer")
        parts["pictures"] = _table("codons-pictures", "tabs/codons/codons.js")
        parts["acids"] = _table("codons-acids")
        sequence_form.form(address.get(MODEL, ""))
    # Held by the browser: the last request.
    parts["asked"] = hidden_text("", "codons-asked")
    return parts


def _table(elem_id: str, *modules: str) -> gr.HTML:
    return buttons_in_html("", elem_id, server_functions=[handlers.export], modules=modules, context={})


def linked(parts: dict[str, Any]) -> list[UrlParameter]:
    """The fields of the tab that are in the address."""
    return [
        UrlParameter("codon_encoder", parts["encoder"], "A"),
        UrlParameter("codon_colour", parts["colour"], render.COLOURS[0]),
        UrlParameter("stops", parts["stops"], False),
    ]


def wire(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any], relay: gr.Textbox) -> None:
    """The events of the tab; `relay` changes with the components of `main` in `SHARED`."""
    shared = [main[name] for name in SHARED]
    fields = [parts[name] for name in handlers.FIELDS]
    changes = [demo.load, relay.change, *(field.change for field in fields)]
    # The browser calls Python only if the request differs from the last one.
    request = called(EVENTS, "asJson")
    gr.on(changes, None, [*shared, *fields], parts["asked"], js=request, api_visibility="private")
    refresh = answering(handlers.refresh, handlers.Shown, parts)
    parts["asked"].change(inputs=[*shared, *fields], **refresh, **(LATEST | HEAVY))

    state = [main["loaded"], main["text"], main["encoder"]]
    parts["pictures"].pick(inputs=state, **answering(on_pick, Selection, main), **EVERY)
    parts["acids"].example(inputs=state, **answering(apply_example, Selection, main), **EVERY)
