"""Event handlers of "Open your own checkpoint": list a repository, open one of its files, open an uploaded file."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.selection.checkpoint.checkpoints import request_checkpoint
from tvae.page.server import compute
from tvae.page.server.callers import token_for, visitor_of
from tvae.page.server.session_files import StoredCheckpoint
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import alert, markup, tag
from tvae.page.ui.links import share_link
from tvae.page.ui.links.share_link import MODEL
from tvae.page.ui.scripts.sent import event_fields, text_of
from tvae.page.uploads import receive


@dataclass(frozen=True)
class Listed:
    """The components that listing a repository fills."""

    status: str
    files: dict[str, Any]
    open: dict[str, Any]


def list_files(repository: str, revision: str, request: gr.Request) -> Listed:
    """List the checkpoints of a repository in a dropdown, and show the button that opens one."""
    try:
        found = receive.hub_files(repository, revision, token_for(request))
    except TvaeError as error:
        hidden = gr.update(visible=False)
        return Listed(alert(str(error)), files=hidden, open=hidden)
    lines = [(f"{file.name} ({file.size / 2**20:.1f} MB)", file.name) for file in found]
    return Listed(
        tag("p", texts.UPLOAD_FOUND.format(count=len(found)), role="status"),
        files=gr.update(choices=lines, value=found[0].name, visible=True),
        open=gr.update(visible=True),
    )


@dataclass(frozen=True)
class Opened:
    """The components that opening a file fills; `visit` is the key under which the browser finds its files again."""

    status: str
    visit: str = SKIP
    checkpoint: dict[str, Any] = SKIP
    requested: str = SKIP


def open_listed(repository: str, revision: str, file: str, request: gr.Request) -> Opened:
    """Store one file of a repository for this session, and request it from Explore."""
    session = str(request.session_hash)
    try:
        caller = visitor_of(request)
        return _opened(receive.keep_from_hub(repository, file, revision, token_for(request), session, caller), request)
    except TvaeError as error:
        return Opened(alert(str(error)))


def show_file(request: gr.Request, event: gr.EventData) -> Opened:
    """Claim a file that `receive` has just stored, and request it from Explore."""
    try:
        name, session = text_of(event_fields(event), "checkpoint"), str(request.session_hash)
        return _opened(compute.SESSION_FILES.claim(name, session, visitor_of(request)), request)
    except TvaeError as error:
        return Opened(alert(str(error)))


def _opened(stored: StoredCheckpoint, request: gr.Request) -> Opened:
    if stored.holds == "sequences":
        address = share_link.url_with(request, tab="codons", **{MODEL: stored.name})
        said = tag("p", markup(texts.UPLOAD_SEQUENCES).format(address=address), role="status")
        return Opened(said, stored.visit)
    wanted = request_checkpoint(stored.name, str(request.session_hash))
    return Opened(tag("p", texts.UPLOAD_OPENED, role="status"), stored.visit, wanted.checkpoint, wanted.requested)
