"""The ball's tab: the disk, neighbours, ways between operations, decoding; layout and which event calls what."""

from typing import Any, Final

import gradio as gr

from tvae.inputs import ENCODERS
from tvae.page import ball_parts, ball_views, disk_plot, texts, views
from tvae.page.components import buttons_in_html, plain_html
from tvae.page.links import Linked

K: Final = 10
_USUAL: Final[dict[str, tuple[str, str]]] = {  # of the fields that are in the address: parameter, usual value
    "encoder": ("ball_encoder", "A"),
    "colour": ("colour", disk_plot.COLOURS[0]),
    "rule": ("disk", disk_plot.RULES[0]),
    "centre": ("centre", ""),
    "ends": ("walk", ""),
    "radius": ("point_radius", ""),
    "angle": ("point_angle", ""),
}
# The browser alone decides whether Python is asked: only while the tab is open, and only for what it has not shown yet.
_ASK: Final = """(asked, tab, ...fields) => tab === 'ball' ? JSON.stringify(fields) : asked"""
_ENDS: Final = "(start, end) => start.trim() && end.trim() ? `${start.trim()} to ${end.trim()}` : ''"
_LOOK: Final = "(colour, rule) => ({__type__: 'update', props: {colour, rule}})"
_MARK: Final = """(...texts) => {
  const point = texts.map((text) => (text.trim() === '' ? NaN : Number(text)));
  return {__type__: 'update', props: {mark: point.every(Number.isFinite) ? point : null}};
}"""


def layout() -> dict[str, Any]:
    """Every component of the tab by its name, empty: what they show comes when the tab is opened."""
    parts: dict[str, Any] = {}
    with gr.Column(elem_id="ball"):
        parts["alert"] = plain_html("", "ball-alert")
        parts["notice"] = plain_html("", "ball-notice")
        plain_html(f'<p class="lead">{texts.BALL_EXACT}</p>', "ball-lead")
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=300, elem_id="ball-left"):
                _disk(parts)
            with gr.Column(scale=2, min_width=300):
                gr.Markdown(f"## {texts.BALL_NEAR}")
                with gr.Row(elem_id="ball-near-fields"):
                    by = [(words, name) for name, words in texts.BALL_BY.items()]
                    parts["by"] = gr.Radio(by, value="neighbours", label="Nearest by", elem_id="ball-by", scale=3)
                    parts["k"] = gr.Number(K, label="How many", precision=0, elem_id="ball-k", min_width=90)
                parts["near"] = _table("ball-near")
        gr.Markdown(f"## {texts.BALL_WALK}")
        with gr.Row(elem_id="ball-ends"):
            parts["start"] = gr.Textbox(label="From operation", elem_id="ball-from", min_width=120)
            parts["end"] = gr.Textbox(label="To operation", elem_id="ball-to", min_width=120)
            parts["steps"] = gr.Number(
                ball_views.STEPS, label="Steps", precision=0, elem_id="ball-steps", min_width=90, scale=0
            )
            parts["walk"] = gr.Button("Walk", elem_id="ball-go", min_width=90, scale=0)
        parts["way"] = _table("ball-walk", "walk.js")
    # Held by the browser: what was asked last, ends that do not follow the selection, and that a link has been read.
    for name in ("asked", "ends", "restored"):
        parts[name] = gr.Textbox("", visible="hidden", elem_id=f"ball-{name}")
    return parts


def _disk(parts: dict[str, Any]) -> None:
    with gr.Row(elem_id="ball-switches"):
        parts["encoder"] = gr.Radio(list(ENCODERS), value="A", label="Encoder", elem_id="ball-encoder", min_width=110)
        colours = [(texts.BALL_COLOURS[name], name) for name in disk_plot.COLOURS]
        parts["colour"] = gr.Dropdown(colours, value="valuation", label="Colour", elem_id="ball-colour", min_width=150)
        rules = [(texts.BALL_RULES[name], name) for name in disk_plot.RULES]
        parts["rule"] = gr.Dropdown(rules, value="poincare", label="Radius", elem_id="ball-rule", min_width=130)
        parts["centre"] = gr.Textbox(label=texts.BALL_CENTRE, elem_id="ball-centre", min_width=150, scale=2)
    parts["disk"] = disk_plot.disk_plot([ball_views.points, ball_views.decode], "ball-disk")
    with gr.Row(elem_id="ball-place"):
        radius, angle = texts.BALL_POINT
        parts["radius"] = gr.Textbox(label=radius, elem_id="ball-radius", min_width=120)
        parts["angle"] = gr.Textbox(label=angle, elem_id="ball-angle", min_width=120)
    plain_html(ball_parts.explanation(), "ball-exact")


def _table(elem_id: str, *scripts: str) -> gr.HTML:
    return buttons_in_html("", elem_id, server_functions=[ball_views.export], more_scripts=scripts, context={})


def linked(parts: dict[str, Any]) -> list[Linked]:
    """What of the tab is in the address."""
    return [Linked(name, parts[part], usual) for part, (name, usual) in _USUAL.items()]


def wire(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any]) -> None:
    """The events of the tab; `main` has the components of the main tab."""
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
    latest = quiet | {"trigger_mode": "always_last"}
    quiet |= {"trigger_mode": "multiple"}
    disk = parts["disk"]
    shared = [main[name] for name in ("loaded", "text", "current")]
    fields = [parts[name] for name in ball_views.FIELDS]
    changes = [main["tab"].change, *(component.change for component in shared), parts["restored"].change]
    changes += [parts["encoder"].input, parts["by"].input, parts["walk"].click]
    changes += [parts["ends"].change, parts["steps"].submit, parts["k"].submit]
    watched = [parts["asked"], main["tab"], *shared, *fields, parts["restored"]]
    gr.on(changes, None, watched, parts["asked"], js=_ASK, api_visibility="private")
    shown = [parts[name] for name in ("alert", "notice", "disk", "near", "start", "end", "ends", "way")]
    parts["asked"].change(ball_views.refresh, [*shared, *fields], shown, **latest)

    typed = [parts["start"], parts["end"]]
    gr.on(
        [parts["walk"].click, *(field.submit for field in typed)],
        None,
        typed,
        parts["ends"],
        js=_ENDS,
        api_visibility="private",
    )

    chosen = [main[name] for name in ("text", *views.CHOICE_PARTS)]
    state = [main["loaded"], main["text"], main["encoder"]]
    for component in (disk, parts["near"], parts["way"]):
        component.pick(views.pick, state, chosen, **quiet)
    disk.clear(views.clear, state, chosen, **quiet)
    disk.recentre(ball_views.recentred, None, parts["centre"], **quiet)
    disk.placed(ball_views.placed, None, [parts["radius"], parts["angle"]], **quiet)
    parts["centre"].submit(ball_views.recentre, parts["centre"], [parts["alert"], disk], **latest)
    look = [parts["colour"], parts["rule"]]
    gr.on([part.change for part in look], None, look, disk, js=_LOOK, api_visibility="private")
    point = [parts["radius"], parts["angle"]]
    gr.on([part.submit for part in point], None, point, disk, js=_MARK, api_visibility="private")
    disk.ready(ball_views.ready, [parts["colour"], parts["rule"], parts["centre"], *point], disk, **quiet)
    demo.load(from_link, None, [*(parts[part] for part in _USUAL), parts["restored"]], **quiet)


def from_link(request: gr.Request) -> tuple[Any, ...]:
    """What a link says of the tab: its fields in the order of `_USUAL`, and that they were read."""
    asked = {part: request.query_params[name] for part, (name, _) in _USUAL.items() if name in request.query_params}
    accepted = {"encoder": ENCODERS, "colour": disk_plot.COLOURS, "rule": disk_plot.RULES}
    values = {part: text[:200] for part, text in asked.items() if part not in accepted or text in accepted[part]}
    if not values:
        return (gr.skip(),) * (len(_USUAL) + 1)
    return *(values.get(part, gr.skip()) for part in _USUAL), "read"
