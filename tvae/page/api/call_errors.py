"""Calls of endpoints that there are not, or with other inputs than they have: a sentence, where Gradio breaks."""

from traceback import extract_tb
from typing import Any, Final

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.page.api.endpoint import inputs_of
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.server.gradio_sessions import session_expired
from tvae.page.ui import texts

_INPUTS: Final = {function.__name__: tuple(inputs_of(function)) for function in ENDPOINTS}


class ValidatedBlocks(gr.Blocks):
    """Blocks that refuse a call of an endpoint with more or fewer inputs than it has, by their names."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """As Gradio's, which is about a page's own events. Raises gr.Error."""
        names = _INPUTS.get(block_fn.api_name) if block_fn.api_visibility == "public" else None
        if names is not None and len(inputs) != len(names):
            found = texts.INPUTS_SENT.format(count=len(inputs))
            raise gr.Error(_wrong(found, block_fn.api_name), print_exception=False)
        super().validate_inputs(block_fn, inputs)


async def unknown_endpoint(request: Request, _error: Exception) -> JSONResponse:
    """FastAPI's handler of Gradio's FnIndexInferError: no endpoint has that name."""
    names = ", ".join(f"/{name}" for name in _INPUTS)
    sentence = texts.NO_ENDPOINT.format(name=request.path_params.get("api_name", ""), names=names)
    return JSONResponse({"error": sentence}, status_code=404)


async def missing_key(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError: `call/v2` looks up an endpoint that there is not; others are `forgotten`'s."""
    name = request.path_params.get("api_name")
    if name is not None and error.args == (f"/{name}",):
        return await unknown_endpoint(request, error)
    return await session_expired(request, error)


async def wrong_inputs(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a TypeError: of a call with named inputs, one is unknown or missing.

    Any other TypeError goes on as it came.
    """
    name = request.path_params.get("api_name")
    if name not in _INPUTS or extract_tb(error.__traceback__)[-1].name != "construct_args":
        raise error
    found = str(error).partition(". ")[0].replace("`", "'")
    return JSONResponse({"error": _wrong(found, name)}, status_code=422)


def _wrong(found: str, name: str) -> str:
    inputs = ", ".join(_INPUTS[name]) or texts.NO_INPUTS
    return texts.WRONG_INPUTS.format(found=found, name=name, inputs=inputs)
