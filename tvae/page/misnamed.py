"""Calls of endpoints that there are not, or with other inputs than they have: a sentence, where Gradio breaks."""

import json
import re
from traceback import extract_tb
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from tvae.page import texts
from tvae.page.api import ENDPOINTS
from tvae.page.endpoints import inputs_of
from tvae.page.limits import Application, Message, Receive, Send

_CALL: Final = re.compile(r"/gradio_api/(call|call/v2|run|api)/([^/]+)/?$")
_BY_NAME: Final = "call/v2"  # takes an object of inputs; the others take a list
_INPUTS: Final = {function.__name__: tuple(inputs_of(function)) for function in ENDPOINTS}


class Calls:
    """ASGI middleware: a call of a name that no endpoint has is answered with status 404 and the names that there are.

    One with more or fewer inputs than the endpoint has is answered with status 422 and their names.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        call = _CALL.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if call is None or _others(call[2], scope):
            await self.app(scope, receive, send)
            return
        way, name = call.groups()
        if name not in _INPUTS:
            names = ", ".join(f"/{known}" for known in _INPUTS)
            await _answer(texts.NO_ENDPOINT.format(name=name, names=names), 404)(scope, receive, send)
            return
        if way != _BY_NAME:
            try:
                body = await Request(scope, receive).body()
            except ClientDisconnect:
                return
            if (count := _count(body)) not in (None, len(_INPUTS[name])):
                await _wrong(texts.INPUTS_SENT.format(count=count), name)(scope, receive, send)
                return
            receive = _again(body, receive)
        await self.app(scope, receive, send)


def _others(name: str, scope: Message) -> bool:
    """Whether an endpoint is not ours: whoever has the page as a part of theirs may add some."""
    if name in _INPUTS:
        return False
    known = scope["app"].get_blocks().fns.values()
    return any(one.api_name == name and one.api_visibility == "public" for one in known)


def _count(body: bytes) -> int | None:
    """How many inputs a body has; None for what FastAPI refuses with its own words."""
    try:
        data = json.loads(body)["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return len(data) if isinstance(data, list) else None


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that has been read, as if it had not; then what follows."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


async def wrong_inputs(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a TypeError: of a call with named inputs, one is unknown or missing.

    Any other TypeError goes on as it came.
    """
    if extract_tb(error.__traceback__)[-1].name != "construct_args":
        raise error
    return _wrong(str(error).partition(". ")[0].replace("`", "'"), request.path_params["api_name"])


def _wrong(found: str, name: str) -> JSONResponse:
    inputs = ", ".join(_INPUTS[name]) or texts.NO_INPUTS
    return _answer(texts.WRONG_INPUTS.format(found=found, name=name, inputs=inputs), 422)


def _answer(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)
