"""The app's OpenAPI document: Gradio's own, with the route that is not Gradio's, and without the one that is shut.

Gradio describes its endpoints at /gradio_api/openapi.json, and an upload that this app refuses (`build.NO_UPLOAD`); it
knows nothing of `bringing.ROUTE`, and gives its own version as the app's.
"""

import json
from typing import Any, Final

from tvae.page.bringing import MAX_FILE, PATH
from tvae.page.endpoints import ANSWERS
from tvae.page.limits import Application, Message, Receive, Send
from tvae.zoo import versions

WHERE: Final = "/gradio_api/openapi.json"
SHUT: Final = "/gradio_api/upload"

_ANSWER: Final = {"checkpoint": "string", "title": "string", "sha256": "string", "bytes": "integer"} | {
    "kept_seconds": "integer"
}


def _query(name: str, words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": words}


def _response(words: str, fields: dict[str, str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in fields.items()}}
    return {"description": words, "content": {"application/json": {"schema": schema | {"required": [*fields]}}}}


_FILE: Final = {
    "post": {
        "summary": "Open a checkpoint file of your own.",
        "description": (
            f"The body is the file's bytes, at most {MAX_FILE:,}. It is read as strictly as a published one, and the "
            f"answer is {ANSWERS['open_from_hub']}. Every endpoint takes that name, until the file is deleted "
            "`kept_seconds` later."
        ),
        "operationId": "checkpoint_file",
        "parameters": [
            _query("name", "the file's name, for messages and for the title, for example tree.safetensors"),
            _query("refusal", "200: a refusal has status 200, too"),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        "responses": {
            "200": _response("The file is open.", _ANSWER),
            "413": _response("The file is too large.", {"error": "string"}),
            "422": _response("The file is no checkpoint of this model.", {"error": "string"}),
        },
    }
}


def completed(document: dict[str, Any], version: str) -> dict[str, Any]:
    """Gradio's document with what is missing, and without what is not there."""
    paths = {path: item for path, item in document["paths"].items() if path != SHUT}
    return document | {"info": document["info"] | {"version": version}, "paths": paths | {PATH: _FILE}}


class WholeOpenApi:
    """ASGI middleware: the document at `WHERE` is completed as it passes."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.version = versions()["tvae"]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on; hold the document back until it is whole."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != WHERE:
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def held(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            if start["status"] == 200:
                body = json.dumps(completed(json.loads(body), self.version)).encode()
                kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                start = {**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, held)
