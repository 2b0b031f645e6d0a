"""Bounds on what a request costs: its size, and what stays of it afterwards. So nobody fills the server's memory."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.page import texts

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_ANSWER: Final = re.compile(r"/call/(?:v2/)?[^/]+/([0-9a-f]{32})/?$")


@dataclass(frozen=True)
class Bound:
    """What a request body may have."""

    size: int  # bytes
    sentence: str  # for one that has more


class _TooLarge(Exception):
    """The body went over the limit."""


class RequestLimit:
    """ASGI middleware: a request body over its bound is answered with status 413 and a sentence.

    A length that is announced is refused before anything is read; one that is not is counted while it arrives.
    """

    def __init__(self, app: Application, usual: Bound, of_paths: Mapping[str, Bound] | None = None) -> None:
        """`of_paths`: bounds of their own, by the exact path; `usual` is for every other one."""
        self.app = app
        self.usual = usual
        self.of_paths = of_paths or {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bound = self.of_paths.get(scope["path"], self.usual)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > bound.size:
            await _refuse(bound, send)
            return
        seen = 0
        refused = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > bound.size:
                raise _TooLarge
            return message

        async def corrected(message: Message) -> None:
            """What the app makes of the broken-off body is replaced by our sentence."""
            nonlocal refused
            if seen <= bound.size:
                await send(message)
            elif not refused:
                refused = True
                await _refuse(bound, send)

        try:
            await self.app(scope, counted, corrected)
        except _TooLarge:
            await corrected({})


async def _refuse(bound: Bound, send: Send) -> None:
    text = json.dumps({"error": bound.sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})


class ForgetCalls:
    """ASGI middleware: once a call's answer is sent, what Gradio still holds of the call is dropped.

    Gradio keeps the last answer of each of its 10,000 sessions, and a call that names no session is one of its own,
    named as its event: 6 MB for 1,000 operations with vectors, 27 MB for all operations. Sessions of visitors and of
    clients, which do name theirs, are left alone.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, and forget the call whose answer it fetched."""
        try:
            await self.app(scope, receive, send)
        finally:
            if scope["type"] == "http" and (found := _ANSWER.search(scope["path"])):
                _forget(scope["app"].get_blocks(), found[1])


async def forgotten(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError: Gradio looks up an event of a tab in the session it has let go of.

    A tab that is built when it is opened belongs to the session; the page, which is everyone's, works on. Any other
    KeyError goes on as it came.
    """
    if not request.url.path.endswith("/queue/join"):
        raise error
    return JSONResponse({"error": texts.FORGOTTEN, "detail": texts.FORGOTTEN}, status_code=404)


def _forget(blocks: Any, session: str) -> None:
    queue = blocks._queue
    if queue.pending_event_ids_session.get(session):  # not finished: the caller hung up, and Gradio sees to that
        return
    blocks.state_holder.session_data.pop(session, None)
    blocks.state_holder.time_last_used.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)
    if session in queue.pending_messages_per_session:
        del queue.pending_messages_per_session[session]
