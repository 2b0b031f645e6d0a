"""Serve the files of Gradio's frontend that the first page needs from memory.

Gradio reads and compresses each of them anew for each visitor: 70 ms of the server's time for the 63 files of a first
visit, against 20 ms from memory. Their names contain a hash of their content, so browsers may cache them for ever.
"""

from collections.abc import Collection
from pathlib import PurePath
from typing import Final

from starlette.datastructures import Headers

from tvae.page.gradio_internals.frontend import FRONTEND
from tvae.page.server.asgi import Application, Message, Receive, Send, path_of
from tvae.page.ui.scripts.static_files import StaticFile

# Gradio changes what the module `mimetypes` says of scripts when it serves its first page.
_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}


class FrontendFiles:
    """ASGI middleware that answers GET requests for these `files` of the frontend's folder `assets`.

    A file is read and compressed at its first request, so that starting the server takes no longer.
    """

    def __init__(self, app: Application, files: Collection[str]) -> None:
        self.app = app
        self._names = {f"/assets/{file}": file for file in files}
        self._read: dict[str, StaticFile] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request for one of the files, and pass any other on."""
        name = self._names.get(path_of(scope)) if scope["type"] == "http" and scope["method"] == "GET" else None
        if name is None:
            await self.app(scope, receive, send)
            return
        if name not in self._read:
            media_type = _MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")
            self._read[name] = StaticFile((FRONTEND / "assets" / name).read_bytes(), media_type)
        response = self._read[name].response(Headers(scope=scope).get("accept-encoding", ""))
        await response(scope, receive, send)
