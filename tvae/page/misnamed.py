"""Calls of endpoints that there are not, or with inputs that they have not: a sentence, where Gradio breaks."""

import re
from traceback import extract_tb
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.page import texts
from tvae.page.api import ENDPOINTS
from tvae.page.endpoints import inputs_of
from tvae.page.limits import Application, Message, Receive, Send

_CALL: Final = re.compile(r"/gradio_api/(?:call|call/v2|run|api)/([^/]+)/?$")
_INPUTS: Final = {function.__name__: ", ".join(inputs_of(function)) for function in ENDPOINTS}


class Named:
    """ASGI middleware: a call of a name that no endpoint has is answered with status 404 and their names."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        call = _CALL.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if call is None or call[1] in _INPUTS:
            await self.app(scope, receive, send)
            return
        names = ", ".join(f"/{name}" for name in _INPUTS)
        refused = JSONResponse({"error": texts.NO_ENDPOINT.format(name=call[1], names=names)}, status_code=404)
        await refused(scope, receive, send)


async def wrong_inputs(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a TypeError: of a call with named inputs, one is unknown or missing.

    Any other TypeError goes on as it came.
    """
    if extract_tb(error.__traceback__)[-1].name != "construct_args":
        raise error
    name = request.path_params["api_name"]
    found = str(error).partition(". ")[0].replace("`", "'")
    sentence = texts.WRONG_INPUTS.format(found=found, name=name, inputs=_INPUTS[name] or texts.NO_INPUTS)
    return JSONResponse({"error": sentence}, status_code=422)
