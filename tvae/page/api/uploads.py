"""Endpoints that open a checkpoint from any repository on the Hub. Files are uploaded to `receive.ROUTE`."""

from typing import Any

import gradio as gr

from tvae.page.api.endpoint import endpoint
from tvae.page.server import compute
from tvae.page.server.callers import Caller, token_for, visitor_of
from tvae.page.uploads import receive


@endpoint
def hub_checkpoints(repository: str, revision: str = "", request: gr.Request | None = None) -> list[dict[str, Any]]:
    """List the checkpoint files (.pt, .pth, .ckpt, .safetensors) of a repository on the Hugging Face Hub."""
    found = receive.hub_files(repository, revision, token_for(request))
    return [{"file": file.name, "bytes": file.size, "sha256": file.sha256} for file in found]


@endpoint
def open_from_hub(repository: str, file: str, revision: str = "", request: gr.Request | None = None) -> dict[str, Any]:
    """Open a checkpoint file of any public repository; the answer has a name that the other endpoints accept.

    The file may have up to 16 MB, is validated strictly, and is deleted after `kept_seconds`.
    """
    session = compute.new_session()
    caller = visitor_of(request) if request else Caller("", session)
    stored = receive.keep_from_hub(repository, file, revision, token_for(request), session, caller)
    return receive.finish_api_upload(stored, session)
