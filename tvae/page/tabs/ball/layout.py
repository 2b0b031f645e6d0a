"""The Ball tab: layout and events of the disk, the neighbours, the geodesic, the point to decode, and algebra."""

from collections.abc import Mapping
from typing import Any, Final

import gradio as gr

from tvae.operations.validation import ENCODERS
from tvae.page.selection.handlers import Selection, clear_selection, on_pick
from tvae.page.tabs.ball import decoding, directions, handlers, render
from tvae.page.tabs.ball.algebra import section as algebra
from tvae.page.tabs.ball.disk import disk as disk_plot
from tvae.page.ui import texts
from tvae.page.ui.components import (
    EVENTS,
    EVERY,
    LATEST,
    answering,
    buttons_in_html,
    choices,
    heading,
    hidden_text,
    plain_html,
)
from tvae.page.ui.links import share_link
from tvae.page.ui.links.share_link import UrlParameter
from tvae.page.ui.scripts.modules import called

K: Final = 10
_USUAL: Final[dict[str, tuple[str, str]]] = {  # field: its parameter of the address, its usual value
    "encoder": ("ball_encoder", "A"),
    "rule": ("disk", disk_plot.RULES[0]),
    "view": ("ball_view", disk_plot.VIEWS[0]),  # `view` is Gradio's own
    "scales": ("ball_scale", disk_plot.SCALES[0]),
    "arrows": ("arrows", disk_plot.ARROWS[0]),
    "centre": ("centre", ""),
    "path": ("walk", ""),
    "radius": ("point_radius", ""),
    "angle": ("point_angle", ""),
}
TAB: Final = "ball"
SHARED: Final = ("loaded", "text", "current")  # components of the main tab on which this one depends
_FIELDS: Final = "tabs/ball/fields.js"


def add(demo: gr.Blocks, main: dict[str, Any]) -> None:
    """Add the tab, which is built when it is first opened; `main` has the components of the main tab."""
    share_link.tab(demo, TAB, SHARED, main, layout, wire, linked)


def layout(address: Mapping[str, str]) -> dict[str, Any]:
    """The components of the tab by name; `address` may set its fields."""
    usual = from_link(address)
    parts: dict[str, Any] = {}
    with gr.Column(elem_id="ball"):
        parts["alert"] = plain_html("", "ball-alert")
        parts["notice"] = plain_html("", "ball-notice")
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=300, elem_id="ball-left"):
                _disk(parts, usual)
            with gr.Column(scale=2, min_width=300):
                _neighbours(parts)
        _geodesic(parts)
        parts |= algebra.section()
    # Held by the browser: the last request, the two ends, the two ends as typed, which override the selection, and the
    # last of these that have a geodesic.
    parts["asked"] = hidden_text("", "ball-asked")
    parts["pair"] = hidden_text("", "ball-pair")
    parts["ends"] = hidden_text(usual["path"], "ball-ends-typed")
    parts["path"] = hidden_text(usual["path"], "ball-path")
    return parts


def _neighbours(parts: dict[str, Any]) -> None:
    heading(texts.NEIGHBOURS_TITLE)
    with gr.Row(elem_id="ball-near-fields", elem_classes="switches"):
        parts["by"] = gr.Radio(
            choices(texts.table("NEIGHBOURS_METHODS")),
            value="neighbours",
            label=texts.NEIGHBOURS_METHOD,
            elem_id="ball-by",
            scale=3,
            interactive=True,
        )
        parts["k"] = gr.Number(K, label=texts.NEIGHBOURS_COUNT, elem_id="ball-k", min_width=120, interactive=True)
    parts["near_alert"] = plain_html("", "ball-near-alert")
    parts["near"] = _table("ball-near")


def _geodesic(parts: dict[str, Any]) -> None:
    heading(texts.GEODESIC_TITLE)
    with gr.Row(elem_id="ball-ends"):
        parts["start"] = gr.Textbox(label=texts.GEODESIC_FROM, elem_id="ball-from", min_width=120, interactive=True)
        parts["end"] = gr.Textbox(label=texts.GEODESIC_TO, elem_id="ball-to", min_width=120, interactive=True)
        parts["steps"] = gr.Number(
            handlers.STEPS,
            label=texts.GEODESIC_STEPS,
            elem_id="ball-steps",
            min_width=90,
            scale=0,
            interactive=True,
        )
        parts["walk"] = gr.Button(texts.GEODESIC_COMPUTE, elem_id="ball-go", min_width=150, scale=0)
    parts["walk_alert"] = plain_html("", "ball-walk-alert")
    parts["geodesic"] = _table("ball-walk", "tabs/ball/geodesic_slider.js")


def _disk(parts: dict[str, Any], usual: Mapping[str, str]) -> None:
    with gr.Row(elem_id="ball-views", elem_classes="switches"):
        parts["view"] = gr.Radio(
            choices(texts.table("BALL_VIEWS")),
            value=usual["view"],
            label=texts.BALL_VIEW,
            elem_id="ball-view",
            min_width=240,
            scale=4,
            interactive=True,
        )
        parts["encoder"] = gr.Radio(
            list(ENCODERS),
            value=usual["encoder"],
            label=texts.ENCODER,
            elem_id="ball-encoder",
            min_width=110,
            interactive=True,
        )
    plain_html(render.lead(), "ball-lead")
    with gr.Row(elem_id="ball-switches", elem_classes="switches"):
        for name, labels, label, width in (
            ("rule", texts.table("BALL_RADIUS_RULES"), texts.BALL_RADIUS_RULE, 180),
            ("scales", texts.table("BALL_SCALES"), texts.BALL_SCALE, 180),
            ("arrows", disk_plot.arrow_labels(), texts.BALL_ARROWS, 130),
        ):
            parts[name] = gr.Dropdown(
                choices(labels),
                value=usual[name],
                label=label,
                elem_id=f"ball-{name}",
                min_width=width,
                interactive=True,
            )
        parts["centre"] = gr.Textbox(
            usual["centre"],
            label=texts.BALL_CENTRE,
            placeholder=texts.BALL_CENTRE_HINT,
            elem_id="ball-centre",
            min_width=180,
            scale=2,
            interactive=True,
        )
    parts["centre_alert"] = plain_html("", "ball-centre-alert")
    server = [handlers.points, decoding.decode, directions.components]
    parts["disk"] = disk_plot.disk_plot(server, "ball-disk")
    with gr.Row(elem_id="ball-place"):
        radius, angle = texts.row("BALL_POINT_FIELDS")
        parts["radius"] = gr.Textbox(
            usual["radius"], label=radius, elem_id="ball-radius", min_width=120, interactive=True
        )
        parts["angle"] = gr.Textbox(usual["angle"], label=angle, elem_id="ball-angle", min_width=120, interactive=True)
    plain_html(render.explanation(), "ball-exact")


def _table(elem_id: str, *modules: str) -> gr.HTML:
    return buttons_in_html("", elem_id, server_functions=[handlers.export], modules=modules, context={})


def linked(parts: dict[str, Any]) -> list[UrlParameter]:
    """The fields of the tab that are in the address."""
    also = {"path": (parts["ends"],)}
    return [UrlParameter(name, parts[part], usual, also=also.get(part, ())) for part, (name, usual) in _USUAL.items()]


def wire(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any], relay: gr.Textbox) -> None:
    """The events of the tab; `relay` changes with the components of `main` in `SHARED`."""
    disk = parts["disk"]
    shared = [main[name] for name in SHARED]
    fields = [parts[name] for name in handlers.FIELDS]
    changes = [demo.load, relay.change, parts["encoder"].change, parts["by"].input, parts["walk"].click]
    changes += [parts["ends"].change, parts["steps"].submit, parts["k"].submit]
    # The browser calls Python only if the request differs from the last one.
    request = called(EVENTS, "asJson")
    gr.on(changes, None, [*shared, *fields], parts["asked"], js=request, api_visibility="private")
    refresh = answering(handlers.refresh, handlers.Shown, parts)
    parts["asked"].change(inputs=[*shared, *fields], **refresh, **LATEST)

    typed = [parts["start"], parts["end"]]
    parts["pair"].change(None, parts["pair"], typed, js=called(_FIELDS, "splitEnds"), api_visibility="private")
    gr.on(
        [parts["walk"].click, *(field.submit for field in (*typed, parts["steps"]))],
        None,
        typed,
        parts["ends"],
        js=called(_FIELDS, "joinEnds"),
        api_visibility="private",
    )

    state = [main["loaded"], main["text"], main["encoder"]]
    for component in (disk, parts["near"], parts["geodesic"]):
        component.pick(inputs=state, **answering(on_pick, Selection, main), **EVERY)
    disk.clear(inputs=state, **answering(clear_selection, Selection, main), **EVERY)
    moved = [parts["centre"], parts["centre_alert"]]
    disk.recentre(None, None, moved, js=called(_FIELDS, "centreOfDisk"), api_visibility="private")
    disk.placed(**answering(decoding.placed, decoding.Point, parts), **EVERY)
    recentre = answering(handlers.recentre, handlers.Centre, parts)
    gr.on([parts["centre"].submit, parts["arrived"].change], inputs=parts["centre"], **recentre, **LATEST)
    look = [parts[name] for name in handlers.LOOK]
    set_look = called(EVENTS, "setProperties", {"names": handlers.LOOK})
    point = [parts["radius"], parts["angle"]]
    apply = {"outputs": disk, "js": set_look, "api_visibility": "private"}
    mark = {"outputs": disk, "js": called(_FIELDS, "markPoint"), "api_visibility": "private"}
    gr.on([part.change for part in look], None, look, **apply)
    gr.on([*(part.submit for part in point), parts["arrived"].change], None, point, **mark)
    # Also once the points are loaded, since a share link fills the fields before. Only the browser knows what they hold
    # by then: an answer of Python could undo what was chosen meanwhile.
    disk.ready(None, look, **apply)
    disk.ready(None, point, **mark)
    disk.ready(inputs=parts["centre"], **answering(handlers.ready, handlers.Centre, parts), **EVERY)
    algebra.wire(parts, main["loaded"], relay)


def from_link(address: Mapping[str, str]) -> dict[str, str]:
    """The fields of `_USUAL` from an address; a missing or unknown value becomes the usual one."""
    accepted = {
        "encoder": ENCODERS,
        "rule": disk_plot.RULES,
        "view": disk_plot.VIEWS,
        "scales": disk_plot.SCALES,
        "arrows": disk_plot.ARROWS,
    }
    values: dict[str, str] = {}
    for part, (name, usual) in _USUAL.items():
        text = address.get(name, usual)[: share_link.LONGEST]
        values[part] = text if part not in accepted or text in accepted[part] else usual
    return values
