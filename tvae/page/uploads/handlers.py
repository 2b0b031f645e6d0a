"""What the events of "Open your own" call: list a repository, open a file of it, show what was brought along."""

from typing import Any, Final

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.selection import handlers
from tvae.page.server import compute
from tvae.page.server.session_files import StoredCheckpoint
from tvae.page.ui import share_link, texts
from tvae.page.ui.html import alert, markup, tag
from tvae.page.ui.share_link import MODEL
from tvae.page.uploads import receive

Values = tuple[Any, ...]
STAYS: Final = (gr.skip(),) * (1 + len(handlers.CHECKPOINT_OUTPUTS) + len(handlers.SELECTION_OUTPUTS))


def list_files(repository: str, revision: str, request: gr.Request) -> Values:
    """The checkpoints of a repository: status, the dropdown of files, the button that opens one."""
    try:
        found = receive.hub_files(repository, revision, receive.token_for(request))
    except TvaeError as error:
        hidden = gr.update(visible=False)
        return alert(str(error)), hidden, hidden
    lines = [(f"{file.name} ({file.size / 2**20:.1f} MB)", file.name) for file in found]
    status = tag("p", texts.UPLOAD_FOUND.format(count=len(found)), role="status")
    return status, gr.update(choices=lines, value=found[0].name, visible=True), gr.update(visible=True)


def open_listed(
    repository: str,
    revision: str,
    file: str,
    text: str,
    encoder: str,
    measure: str,
    current: int | None,
    request: gr.Request,
) -> Values:
    """One file of a repository, kept and shown: status, the visit's key, the dropdown, then as `views.switch`."""
    session = str(request.session_hash)
    try:
        kept = receive.keep_from_hub(repository, file, revision, receive.token_for(request), session)
    except TvaeError as error:
        return alert(str(error)), gr.skip(), *STAYS
    return _shown(kept, request, text, encoder, measure, current)


def show_file(
    text: str, encoder: str, measure: str, current: int | None, request: gr.Request, event: gr.EventData
) -> Values:
    """A file that `bringing` has just kept, into this visit and onto the page: as `open_listed`."""
    session = str(request.session_hash)
    try:
        kept = compute.SESSION_FILES.claim(str(event.checkpoint), session)
    except TvaeError as error:
        return alert(str(error)), gr.skip(), *STAYS
    return _shown(kept, request, text, encoder, measure, current)


def _shown(
    kept: StoredCheckpoint, request: gr.Request, text: str, encoder: str, measure: str, current: int | None
) -> Values:
    if kept.holds == "sequences":
        address = share_link.url_with(request, tab="codons", **{MODEL: kept.name})
        return tag("p", markup(texts.UPLOAD_SEQUENCES).format(address=address), role="status"), kept.visit, *STAYS
    values = handlers.load_checkpoint(kept.name, kept.name, text, encoder, measure, current)
    opened = tag("p", texts.UPLOAD_OPENED, role="status")
    return opened, kept.visit, handlers.checkpoint_dropdown(kept.name, str(request.session_hash)), *values
