"""The training tab: layout, and which event calls which function of `train_views`."""

import os
from typing import Any, Final

import gradio as gr

from tvae.page import bench, bringing, texts, train_views, views
from tvae.page.components import STATIC, plain_html
from tvae.page.strip import strip_plot
from tvae.plan import EMPHASES
from tvae.recipes import RECIPES, recipe

FIRST: Final = "homeostatic_rich"
MOST: Final = 5.0  # of a slider: times the recipe's own weight
_SWITCH: Final = "(encoder) => ({__type__: 'update', props: {encoder}})"


def layout() -> dict[str, Any]:
    """Every component of the tab by its name."""
    plan = recipe(FIRST)
    parts: dict[str, Any] = {}
    plain_html(f'<p class="lead">{texts.TRAIN_LEAD}</p>', "train-lead")
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320, elem_id="train-settings"):
            lines = [(f"{row.name} - {row.summary}", row.name) for row in RECIPES]
            parts["recipe"] = gr.Dropdown(lines, value=FIRST, label="Recipe", elem_id="train-recipe")
            parts["about"] = plain_html(bench.about(plan), "train-about")
            with gr.Row(elem_classes="fields"):
                parts["seed"] = gr.Number(0, label="Seed", precision=0, elem_id="train-seed", min_width=90)
                parts["steps"] = gr.Number(plan.steps, label="Steps", precision=0, elem_id="train-steps", min_width=90)
                rate = max(phase.learning_rate for phase in plan.phases)
                parts["rate"] = gr.Number(rate, label="Learning rate (peak)", elem_id="train-rate", min_width=120)
            with gr.Accordion("Weights of the objectives, times the recipe's own", open=False, elem_id="train-weights"):
                there = bench.knobs(plan)
                for group in EMPHASES:
                    parts[group] = gr.Slider(
                        0, MOST, 1, step=0.1, label=texts.OBJECTIVES[group], interactive=there[group]
                    )
            with gr.Row():
                parts["start"] = gr.Button("Train", variant="primary", elem_id="train-start", min_width=110)
                parts["stop"] = gr.Button(
                    "Stop, keep the result", elem_id="train-stop", interactive=False, min_width=110
                )
            plain_html(f'<p class="quiet">{train_views.WORKSHOP.limits.in_words()}</p>', "train-limits")
            with gr.Column(visible=False, elem_id="train-result") as parts["panel"]:
                _result(parts)
        with gr.Column(scale=3, min_width=320):
            parts["status"] = plain_html(f'<p class="quiet">{texts.NO_CURVES}</p>', "train-status")
            with gr.Row(elem_id="train-switches"):
                parts["encoder"] = gr.Radio(["A", "B"], value="A", label="Encoder", elem_id="train-encoder")
            parts["plot"] = strip_plot(empty=texts.NO_POINTS, elem_id="train-plot")
    parts["curves"] = plain_html("", "train-curves")
    for name in ("kept", "visit", "back"):  # the checkpoint, the visit's key, and what the tab remembers of both
        parts[name] = gr.Textbox("", visible="hidden", elem_id=f"train-{name}")
    return parts


def _result(parts: dict[str, Any]) -> None:
    """What one can do with a finished run."""
    parts["result"] = plain_html("", "train-summary")
    with gr.Row():
        parts["explore"] = gr.Button("Explore it", variant="primary", elem_id="train-explore", min_width=110)
        parts["files"] = gr.HTML(
            '<div class="files"><button type="button" data-suffix=".safetensors">Download .safetensors</button>'
            '<button type="button" data-suffix=".pt">Download .pt, the published layout</button>'
            '<span class="status" role="status"></span></div>',
            js_on_load=(STATIC / "files.js").read_text(encoding="utf-8"),
            server_functions=[train_views.download],
            apply_default_css=False,
            elem_id="train-files",
            checkpoint="",
        )
    with gr.Accordion("Upload to the Hugging Face Hub", open=False, elem_id="train-upload") as parts["to_hub"]:
        signing_in = bringing.ON_SPACE and "OAUTH_CLIENT_ID" in os.environ
        plain_html(f'<p class="quiet">{texts.UPLOAD_SIGN_IN if signing_in else texts.UPLOAD_ACCOUNT}</p>', "account")
        if signing_in:
            parts["sign_in"] = gr.LoginButton(size="sm", elem_id="sign-in")
        with gr.Row():
            parts["repository"] = gr.Textbox(label="Repository", placeholder="you/my-ternary-vae", elem_id="repository")
            parts["private"] = gr.Checkbox(True, label="Private, if it is new", elem_id="private")
        parts["upload"] = gr.Button("Upload with a model card", elem_id="upload", size="sm")
        parts["uploaded"] = plain_html("", "uploaded")


def wire(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any]) -> None:
    """The events of the tab; `main` has the components of the main tab, and `tabs`."""
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
    fields = [parts[name] for name in ("recipe", "seed", "steps", "rate", *EMPHASES)]
    described = [parts[name] for name in ("about", "steps", "rate", *EMPHASES)]
    parts["recipe"].input(train_views.choose_recipe, parts["recipe"], described, **quiet)
    live = [parts[name] for name in ("status", "curves", "plot", "start", "stop", "panel", "result", "kept", "visit")]
    parts["start"].click(train_views.train, fields, live, **quiet)
    parts["stop"].click(train_views.stop, None, parts["status"], **quiet)
    parts["encoder"].change(None, parts["encoder"], parts["plot"], js=_SWITCH, api_visibility="private")
    named = "(checkpoint) => ({__type__: 'update', props: {checkpoint}})"
    parts["kept"].change(None, parts["kept"], parts["files"], js=named, api_visibility="private")
    shown = [main[name] for name in (*views.CHECKPOINT_PARTS, *views.CHOICE_PARTS)]
    parts["explore"].click(
        train_views.explore,
        [parts["kept"], main["text"], main["encoder"], main["measure"], main["current"]],
        [main["tabs"], *shown],
        **quiet,
    )
    parts["upload"].click(
        train_views.upload,
        [parts["kept"], parts["repository"], parts["private"]],
        parts["uploaded"],
        **(quiet | {"show_progress": "minimal"}),
    )
    _remember(demo, parts, main)


def _remember(demo: gr.Blocks, parts: dict[str, Any], main: dict[str, Any]) -> None:
    """A visit outlasts a reload, so that one can train, sign in, and upload."""
    script = (STATIC / "visit.js").read_text(encoding="utf-8")
    parts["visit"].change(None, parts["visit"], None, js=script.replace("ACTION", "keep"), api_visibility="private")
    if "sign_in" in parts:
        form = [parts["repository"], parts["private"]]
        parts["sign_in"].click(None, form, None, js=script.replace("ACTION", "leave"), api_visibility="private")
    demo.load(None, None, parts["back"], js=script.replace("ACTION", "comeBack"), api_visibility="private")
    names = ("status", "panel", "result", "kept", "visit", "to_hub", "repository", "private")
    parts["back"].change(
        train_views.come_back,
        parts["back"],
        [main["tabs"], *(parts[name] for name in names)],
        api_visibility="private",
        show_progress="hidden",
    )
    demo.unload(train_views.leave)
