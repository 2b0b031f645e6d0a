"""The app's OpenAPI document: Gradio's, with this app's upload route in place of Gradio's.

Gradio describes the endpoints at /gradio_api/openapi.json. Its document includes Gradio's upload, which this app
refuses (`build.NO_UPLOAD`), lacks `receive.ROUTE`, states Gradio's version as the app's, and says neither that its
paths are below GRADIO_ROOT_PATH nor which inputs a call may leave out.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from tvae.checkpoints.versions import __version__
from tvae.page.api.endpoint import ANSWERS, defaults_of, inputs_of
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.uploads.receive import MAX_FILE, PATH

DOCUMENT_PATH: Final = "/gradio_api/openapi.json"
REFUSED_PATH: Final = "/gradio_api/upload"
CALL_PATH: Final = "/gradio_api/call/v2/"  # then an endpoint's name

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
        "summary": "Upload and open a checkpoint file.",
        "description": (
            f"The body is the file's bytes, at most {MAX_FILE:,}. The file is validated as strictly as a published "
            f"one, and the answer is {ANSWERS['open_from_hub']}. Every endpoint accepts the name of a model of "
            "operations, /encode_sequence and /sequence_map that of a model of sequences. The file is deleted after "
            "`kept_seconds`."
        ),
        "operationId": "checkpoint_file",
        "parameters": [
            _query("name", "the file's name, for messages and for the title, for example tree.safetensors"),
            _query("refusal", "200: return errors with status 200 as well"),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        "responses": {
            "200": _response("The file is open.", _ANSWER),
            "413": _response("The file is too large.", {"error": "string"}),
            "422": _response("The file is not a checkpoint of these models.", {"error": "string"}),
        },
    }
}


def corrected(root_path: str) -> Callable[[bytes], bytes]:
    """A function that corrects Gradio's document: version, upload route, server and optional inputs are this app's.

    `root_path`: the path, or the whole address, at which a proxy serves this app; empty without one.
    """

    def edit(document: bytes) -> bytes:
        original = json.loads(document)
        paths = {path: item for path, item in original["paths"].items() if path != REFUSED_PATH}
        for function in ENDPOINTS:
            if called := paths.get(CALL_PATH + function.__name__):
                _mark_optional(function, called["post"]["requestBody"]["content"]["application/json"]["schema"])
        whole = original | {
            "info": original["info"] | {"version": __version__},
            "servers": [{"url": root_path.rstrip("/") or "/"}],
            "paths": paths | {PATH: _FILE},
        }
        return json.dumps(whole).encode()

    return edit


def _mark_optional(function: Callable[..., object], schema: dict[str, Any]) -> None:
    """Add to the schema of a call with named inputs which are required, and the defaults of the others."""
    defaults = defaults_of(function)
    for name, default in defaults.items():
        schema["properties"][name]["default"] = default
    if required := [name for name in inputs_of(function) if name not in defaults]:
        schema["required"] = required
