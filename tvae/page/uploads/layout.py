"""The form below the list of checkpoints that opens a visitor's own, from a file or a repository on the Hub."""

from typing import Any, Final

import gradio as gr

from tvae.page.server.callers import ON_SPACE
from tvae.page.server.session_files import GRACE
from tvae.page.ui import texts
from tvae.page.ui.components import EVERY, HUB, QUIET, answering, plain_html
from tvae.page.ui.html import tag
from tvae.page.ui.scripts.modules import mounted
from tvae.page.uploads import handlers, receive

_LIMITS: Final = texts.UPLOAD_LIMITS.format(megabytes=receive.MAX_FILE // 2**20, minutes=int(GRACE // 60))
_FILE: Final = tag(
    "div",
    tag("label", texts.UPLOAD_FILE, for_="upload-input"),
    tag(
        "input",
        id="upload-input",
        type="file",
        accept=".pt,.pth,.ckpt,.safetensors",
        aria_describedby="upload-limits upload-said",
    ),
    tag("p", _LIMITS, id="upload-limits", class_="quiet"),
    tag("p", id="upload-said", class_="said", role="alert"),
    class_="upload-file",
)


def layout() -> dict[str, Any]:
    """The components by name."""
    parts: dict[str, Any] = {}
    with gr.Accordion(texts.UPLOAD_TITLE, open=False, elem_id="uploads"):
        data = {
            "path": receive.PATH,
            "limit": receive.MAX_FILE,
            "tooLarge": receive.FILE_BOUND.sentence,
            "words": texts.table("UPLOAD_STATUS"),
        }
        parts["file"] = gr.HTML(
            _FILE,
            js_on_load=mounted("uploads/upload.js", data, ("uploaded",)),
            apply_default_css=False,
            elem_id="upload-file",
        )
        with gr.Row(elem_classes="upload-hub"):
            parts["repository"] = gr.Textbox(
                label=texts.UPLOAD_REPOSITORY,
                placeholder=texts.UPLOAD_REPOSITORY_FORM,
                info=texts.UPLOAD_PUBLIC_ON_A_SPACE if ON_SPACE else texts.UPLOAD_PUBLIC,
                elem_id="upload-repository",
                min_width=150,
                scale=3,
            )
            parts["revision"] = gr.Textbox(
                label=texts.UPLOAD_REVISION, placeholder="main", elem_id="upload-revision", min_width=80, scale=1
            )
        parts["list"] = gr.Button(texts.UPLOAD_LIST, size="sm", elem_id="upload-list")
        parts["files"] = gr.Dropdown([], label=texts.UPLOAD_WHICH, visible=False, elem_id="upload-files")
        parts["open"] = gr.Button(texts.UPLOAD_OPEN, variant="primary", size="sm", visible=False, elem_id="upload-open")
        parts["status"] = plain_html("", "upload-status")
    return parts


def wire(parts: dict[str, Any], main: dict[str, Any]) -> None:
    """The events; `main` has the components of the page, including those that request a checkpoint from Explore."""
    repository = [parts["repository"], parts["revision"]]
    once = QUIET | HUB | {"trigger_mode": "once", "show_progress": "full", "show_progress_on": parts["status"]}
    gr.on(
        [parts["list"].click, parts["repository"].submit, parts["revision"].submit],
        inputs=repository,
        **answering(handlers.list_files, handlers.Listed, parts),
        **once,
    )
    components = main | parts
    open_listed = answering(handlers.open_listed, handlers.Opened, components)
    parts["open"].click(inputs=[*repository, parts["files"]], **open_listed, **once)
    show_file = answering(handlers.show_file, handlers.Opened, components)
    parts["file"].uploaded(**show_file, **EVERY)
