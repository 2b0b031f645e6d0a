"""The app's OpenAPI document: Gradio's own, with the route that is not Gradio's, and without the one that is shut.

Gradio describes its endpoints at /gradio_api/openapi.json, and an upload that this app refuses (`build.NO_UPLOAD`); it
knows nothing of `bringing.ROUTE`, and gives its own version as the app's.
"""

import json
from typing import Any, Final

from tvae.checkpoints.versions import __version__
from tvae.page.api.endpoint import ANSWERS
from tvae.page.uploads.receive import MAX_FILE, PATH

WHERE: Final = "/gradio_api/openapi.json"
SHUT: Final = "/gradio_api/upload"

_ANSWER: Final = {
    **dict.fromkeys(("checkpoint", "title", "holds", "sha256"), "string"),
    **dict.fromkeys(("bytes", "kept_seconds"), "integer"),
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
            f"answer is {ANSWERS['open_from_hub']}. Every endpoint takes the name of one that holds operations, "
            "/encode_sequence that of one that holds sequences, until the file is deleted `kept_seconds` later."
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
            "422": _response("The file is no checkpoint of these models.", {"error": "string"}),
        },
    }
}


def completed(document: bytes) -> bytes:
    """Gradio's document with what is missing, and without what is not there."""
    found = json.loads(document)
    paths = {path: item for path, item in found["paths"].items() if path != SHUT}
    whole = found | {"info": found["info"] | {"version": __version__}, "paths": paths | {PATH: _FILE}}
    return json.dumps(whole).encode()
