"""The Train tab: layout and events."""

import os
from typing import Any, Final

import gradio as gr

from tvae.operations.validation import ENCODERS
from tvae.page.server.callers import ON_SPACE
from tvae.page.tabs.train import handlers, publishing, render, restore, runs
from tvae.page.tabs.train.form import MOST, NAMES
from tvae.page.ui import texts
from tvae.page.ui.components import EVENTS, HEAVY, QUIET, answering, hidden_text, lazy_tab, plain_html
from tvae.page.ui.html import markup, quiet, tag
from tvae.page.ui.scatter.scatter import radius_scatter
from tvae.page.ui.scripts.modules import called, mounted
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.recipes.table import RECIPES, recipe

TAB: Final = "train"
_MEMORY: Final = "tabs/train/session_memory.js"
_LABELS: Final = {"seed": texts.TRAIN_SEED, "steps": texts.TRAIN_STEPS, "rate": texts.TRAIN_RATE}
_FILES: Final = tag(
    "div",
    tag("button", texts.SAVE_SAFETENSORS, type="button", data_suffix=".safetensors"),
    tag("button", texts.SAVE_PT, type="button", data_suffix=".pt"),
    tag("span", class_="status", role="status"),
    class_="files",
)


def add(demo: gr.Blocks, main: dict[str, Any]) -> None:
    """Add the tab, which is built when it is first opened; `main` has the components of the main tab."""
    if _signing_in():  # Gradio adds its routes for signing in only if the page has a login button from the start
        gr.LoginButton(visible=False)
    main["back"] = hidden_text("", "train-back")
    main["going"] = hidden_text("", "train-going")
    _remember(demo, main)

    def build(memory: str, request: gr.Request) -> None:
        wire(layout(restore.restore_tab(memory, request)), main)

    lazy_tab(TAB, main, build, remembered=called(_MEMORY, "opened", {"tab": TAB}))


def layout(before: restore.Before) -> dict[str, Any]:
    """The components of the tab by name, in the state `before` a reload."""
    form = before.form
    plan = recipe(form.recipe)
    parts: dict[str, Any] = {}
    plain_html(tag("p", markup(texts.TRAIN_LEAD), class_="lead"), "train-lead")
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320, elem_id="train-settings"):
            lines = [(f"{row.name} - {row.summary}", row.name) for row in RECIPES]
            parts["recipe"] = gr.Dropdown(
                lines, value=form.recipe, label=texts.TRAIN_RECIPE, elem_id="train-recipe", interactive=True
            )
            parts["about"] = plain_html(render.about(plan), "train-about")
            with gr.Row(elem_classes="fields"):
                # Without `precision`, so that a value which is not whole is refused and not rounded.
                for name, width in (("seed", 90), ("steps", 90), ("rate", 120)):
                    parts[name] = gr.Number(
                        getattr(form, name),
                        label=_LABELS[name],
                        elem_id=f"train-{name}",
                        min_width=width,
                        interactive=True,
                    )
            changed = any(factor != 1 for factor in form.factors.values())
            with gr.Accordion(texts.TRAIN_WEIGHTS, open=changed, elem_id="train-weights"):
                there = render.adjustable_objectives(plan)
                for group in EMPHASES:
                    label = texts.table("OBJECTIVES")[group]
                    parts[group] = gr.Slider(
                        0, MOST, form.factors[group], step=0.1, label=label, interactive=there[group]
                    )
            parts["reset"] = gr.Button(texts.TRAIN_RESET, size="sm", elem_id="train-reset")
            with gr.Row():
                parts["start"] = gr.Button(
                    texts.TRAIN_START,
                    variant="primary",
                    elem_id="train-start",
                    interactive=not before.running,
                    min_width=110,
                )
                parts["stop"] = gr.Button(
                    texts.TRAIN_STOP, elem_id="train-stop", interactive=before.running, min_width=110
                )
            on_gpu = f" {texts.TRAIN_ON_GPU}" if runs.QUEUE.device == "cuda" else ""
            plain_html(quiet(runs.QUEUE.limits.in_words() + on_gpu), "train-limits")
            with gr.Column(visible=bool(before.finished), elem_id="train-result") as parts["panel"]:
                _result(parts, before)
            _dataset(parts)
        with gr.Column(scale=3, min_width=320):
            parts["status"] = gr.HTML(
                before.status,
                js_on_load=mounted("tabs/train/scripts/follow.js", events=("follow",)),
                apply_default_css=False,
                elem_id="train-status",
                running=before.running,
            )
            with gr.Row(elem_id="train-switches", elem_classes="switches"):
                parts["encoder"] = gr.Radio(
                    list(ENCODERS), value="A", label=texts.ENCODER, elem_id="train-encoder", interactive=True
                )
            parts["plot"] = radius_scatter(before.plot, empty=texts.NO_POINTS, elem_id="train-plot")
    parts["curves"] = plain_html(before.curves, "train-curves")
    parts["finished"] = hidden_text(before.finished, "train-finished")  # its name
    return parts


def _signing_in() -> bool:
    return ON_SPACE and "OAUTH_CLIENT_ID" in os.environ


def _result(parts: dict[str, Any], before: restore.Before) -> None:
    """The actions on a finished run."""
    parts["result"] = plain_html(before.result, "train-summary")
    with gr.Row():
        parts["explore"] = gr.Button(texts.TRAIN_EXPLORE, variant="primary", elem_id="train-explore", min_width=110)
        parts["files"] = gr.HTML(
            _FILES,
            js_on_load=mounted("tabs/train/scripts/download.js", {"files": texts.table("SAVE_STATUS")}),
            server_functions=[handlers.download],
            apply_default_css=False,
            elem_id="train-files",
            checkpoint=before.finished,
        )
    with gr.Accordion(texts.PUBLISH_TITLE, open=before.uploading, elem_id="train-upload"):
        signing_in = _signing_in()
        signed_in = texts.PUBLISH_SIGN_IN.format(seconds=f"{runs.QUEUE.limits.patience:g}")
        plain_html(quiet(signed_in if signing_in else markup(texts.PUBLISH_ACCOUNT)), "account")
        if signing_in:
            parts["sign_in"] = gr.LoginButton(size="sm", elem_id="sign-in")
        with gr.Row():
            parts["repository"] = gr.Textbox(
                before.repository,
                label=texts.PUBLISH_REPOSITORY,
                placeholder=texts.PUBLISH_EXAMPLE,
                elem_id="repository",
                interactive=True,
            )
            parts["private"] = gr.Checkbox(
                before.private, label=texts.PUBLISH_PRIVATE, elem_id="private", interactive=True
            )
        parts["upload"] = gr.Button(texts.PUBLISH, elem_id="upload", size="sm")
        parts["uploaded"] = plain_html("", "uploaded")


def _dataset(parts: dict[str, Any]) -> None:
    """The upload of all operations, as the checkpoint that the page shows encodes them."""
    with gr.Accordion(texts.DATASET_TITLE, open=False, elem_id="dataset-upload"):
        signing_in = _signing_in()
        account = texts.DATASET_SIGN_IN if signing_in else markup(texts.PUBLISH_ACCOUNT)
        plain_html(quiet(markup(texts.DATASET_LEAD), " ", account), "dataset-account")
        if signing_in:
            sign_in = gr.LoginButton(size="sm", elem_id="dataset-sign-in")
            sign_in.click(None, None, None, js=called(_MEMORY, "rememberAddress"), api_visibility="private")
        with gr.Row():
            parts["dataset_repository"] = gr.Textbox(
                label=texts.DATASET_REPOSITORY,
                placeholder=texts.DATASET_EXAMPLE,
                elem_id="dataset-repository",
                interactive=True,
            )
            parts["dataset_private"] = gr.Checkbox(
                True, label=texts.PUBLISH_PRIVATE, elem_id="dataset-private", interactive=True
            )
        parts["dataset_upload"] = gr.Button(texts.DATASET_PUBLISH, elem_id="upload-dataset", size="sm")
        parts["dataset_uploaded"] = plain_html("", "dataset-uploaded")


def wire(parts: dict[str, Any], main: dict[str, Any]) -> None:
    """The events of the tab; `main` has the components of the page."""
    fields = [parts[name] for name in NAMES]
    choose = answering(handlers.choose_recipe, handlers.RecipeFields, parts)
    parts["recipe"].input(inputs=parts["recipe"], **choose, **QUIET)
    reset = answering(handlers.use_own_values, handlers.RecipeFields, parts)
    parts["reset"].click(inputs=parts["recipe"], **reset, **QUIET)
    remember = called(_MEMORY, "rememberForm", {"names": NAMES})
    gr.on([field.change for field in fields], None, fields, None, js=remember, api_visibility="private")
    parts["start"].click(inputs=fields, **answering(handlers.train, handlers.Progress, main | parts), **QUIET)
    parts["status"].follow(**answering(handlers.follow, handlers.Progress, main | parts), **QUIET)
    stopping = called(EVENTS, "constant", {"value": render.progress(texts.STOPPING)})
    parts["stop"].click(None, None, parts["status"], js=stopping, api_visibility="private")
    parts["stop"].click(handlers.stop, None, parts["status"], **QUIET)
    for source, target, name in (("encoder", "plot", "encoder"), ("finished", "files", "checkpoint")):
        set_property = called(EVENTS, "setProperties", {"names": [name]})
        parts[source].change(None, parts[source], parts[target], js=set_property, api_visibility="private")
    explore = answering(handlers.explore, handlers.Explored, main)
    parts["explore"].click(inputs=parts["finished"], **explore, **QUIET)
    parts["upload"].click(
        publishing.upload,
        [parts["finished"], parts["repository"], parts["private"]],
        parts["uploaded"],
        **(QUIET | {"show_progress": "minimal", "show_progress_on": parts["uploaded"]}),
    )
    progress = {"show_progress": "minimal", "show_progress_on": parts["dataset_uploaded"]}
    parts["dataset_upload"].click(
        publishing.upload_dataset,
        [main["loaded"], parts["dataset_repository"], parts["dataset_private"]],
        parts["dataset_uploaded"],
        **(QUIET | HEAVY | progress),
    )
    if "sign_in" in parts:
        upload = [parts["repository"], parts["private"]]
        parts["sign_in"].click(None, upload, None, js=called(_MEMORY, "rememberUpload"), api_visibility="private")


def _remember(demo: gr.Blocks, main: dict[str, Any]) -> None:
    """Let the visit survive a reload, which signing in causes, and ask before the page is left while a run goes on."""
    main["visit"].change(None, main["visit"], None, js=called(_MEMORY, "rememberSession"), api_visibility="private")
    demo.load(None, None, main["back"], js=called(_MEMORY, "recall"), api_visibility="private")
    main["back"].change(
        inputs=main["back"],
        **answering(restore.restore_session, restore.RestoredSession, main),
        **QUIET,
    )
    ask = called(_MEMORY, "askBeforeLeaving")
    main["going"].change(None, main["going"], None, js=ask, api_visibility="private")
    demo.unload(restore.on_unload)
