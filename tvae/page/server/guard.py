"""ASGI middleware that bounds what callers hold outside of Gradio's queue, and the answers of refused requests.

It counts open streams, calls of component functions and answers that are being sent. `shares.rules` does the same for
the queue. A refusal is a `ServerBusy`, which is answered with status 429; a component's function gets it with 200.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tvae.errors import ServerBusy
from tvae.page.gradio_internals import SESSION_UNKNOWN, drop_session, knows_event, knows_session
from tvae.page.server.callers import address_of, handled_address
from tvae.page.server.request_limit import Application, Message, Receive, Send
from tvae.page.server.shares.limits import Held, check
from tvae.page.server.shares.table import Shares
from tvae.page.ui import texts

_ANSWER: Final = re.compile(r"/call/(?:v2/)?[^/]+/([0-9a-f]{32})/?$")
_DIRECT: Final = re.compile(r"/gradio_api/(?:run|api)/([^/]+)/?$")
_HEARTBEAT: Final = re.compile(r"/heartbeat/([^/]+)/?$")
_DATA: Final = re.compile(r"/queue/data/?$")
_SERVER: Final = re.compile(r"/component_server/?$")
SLICE: Final = 2**18  # bytes of an answer that are handed over at once
SECONDS_A_SLICE: Final = 30.0  # in which a caller takes them in, or the connection is closed
AT_ONCE: Final = 4  # downloads of a component that are made at the same time; others wait without a thread


class Guard:
    """ASGI middleware that counts streams and downloads, and frees a call's session once its answer is sent."""

    def __init__(
        self, app: Application, shares: Shares, hops: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`hops` is the number of proxies, see `address_of`."""
        self.app, self.shares, self.hops, self.clock = app, shares, hops, clock
        self._downloads = asyncio.Semaphore(AT_ONCE)
        self._waiting: list[Held] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        address = address_of(scope, self.hops)
        scope.setdefault("state", {}).update(shares=self.shares, address=address)
        answer = _ANSWER.search(scope["path"]) if scope["method"] == "GET" else None
        sentence = None
        if answer and not knows_event(scope["app"], answer[1]):
            sentence = texts.NO_ANSWER.format(seconds=f"{self.shares.limits.answer_seconds:g}")
        elif direct := _DIRECT.search(scope["path"]):
            sentence = texts.NO_DIRECT_CALL.format(name=direct[1])
        if sentence is not None:
            await JSONResponse({"error": sentence}, 404)(scope, receive, send)
            return
        with ExitStack() as stack:
            try:
                if session := answer[1] if answer else _stream_of(scope):
                    stack.enter_context(self._reading(session, address, named=not answer))
                elif _SERVER.search(scope["path"]):
                    await self._download(scope, receive, send)
                    return
                if _DATA.search(scope["path"]) and not knows_session(scope["app"], _stream_of(scope)):
                    await Response(SESSION_UNKNOWN, media_type="text/event-stream")(scope, receive, send)
                    return
                await self._pass_on(scope, receive, send)
            except ServerBusy as error:  # of this middleware; FastAPI answers those of the routes
                await _response(error, 200 if _SERVER.search(scope["path"]) else 429)(scope, receive, send)
            finally:
                if answer:
                    drop_session(scope["app"], answer[1])

    def _reading(self, session: str, address: str, named: bool) -> AbstractContextManager[None]:
        shares = self.shares
        return shares.stream(session, address, self.clock) if named else shares.reading(session)

    async def _download(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on a call of a component's function, which runs outside of Gradio's queue."""
        held = Held(self.shares.caller(scope["state"]["address"], ""))
        check("downloads", self.shares.limits.downloads, self._waiting, held.caller)
        self.shares.check_answers([], held.caller)
        self._waiting.append(held)
        with ExitStack() as stack:
            stack.callback(self._waiting.remove, held)
            await self._downloads.acquire()
            place = stack.enter_context(ExitStack())
            place.callback(self._downloads.release)

            async def released(message: Message) -> None:
                place.close()  # the function has ended; a caller who takes in the answer slowly holds no place
                await send(message)

            await self._pass_on(scope, receive, released)

    async def _pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        address = scope["state"]["address"]
        handled_address.set(address if scope["method"] == "POST" else None)
        caller = self.shares.caller(address, _stream_of(scope))
        cut = asyncio.Event()  # the caller did not take in the answer: to the app, it has disconnected

        async def sliced(message: Message) -> None:
            body = message.get("body", b"")
            if cut.is_set():
                return
            if len(body) <= SLICE:
                await send(message)
                return
            with self.shares.sent(Held(caller, len(body)), cut.set):
                for start in range(0, len(body), SLICE):
                    more = message.get("more_body", False) or start + SLICE < len(body)
                    await _taken(send({**message, "body": body[start : start + SLICE], "more_body": more}), cut)
                    if cut.is_set():
                        return

        async def received() -> Message:
            return {"type": "http.disconnect"} if cut.is_set() else await receive()

        await self.app(scope, received, sliced)


async def _taken(sending: Awaitable[None], cut: asyncio.Event) -> None:
    """Wait until a slice is taken in, and set `cut` if it takes too long; or until another sets it."""
    slice_, cutting = asyncio.ensure_future(sending), asyncio.ensure_future(cut.wait())
    try:
        await asyncio.wait({slice_, cutting}, timeout=SECONDS_A_SLICE, return_when=asyncio.FIRST_COMPLETED)
        if slice_.done():
            slice_.result()  # raises what the server did
        else:
            cut.set()
    finally:
        slice_.cancel()
        cutting.cancel()


def _stream_of(scope: Message) -> str:
    """The session whose messages a request waits for, or empty."""
    if scope["method"] != "GET":
        return ""
    if heartbeat := _HEARTBEAT.search(scope["path"]):
        return str(heartbeat[1])
    if _DATA.search(scope["path"]):
        return str(parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0])
    return ""


def _response(error: ServerBusy, status: int = 429) -> JSONResponse:
    """The sentence of a refusal.

    Gradio's page shows it for an event. For a function of a component it reads only the status, and the page's own
    scripts read the body, so that the status is 200, as in `session_expired`.
    """
    return JSONResponse({"error": str(error)}, status, {"Retry-After": str(error.retry_after)})


async def busy(_request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of ServerBusy."""
    if not isinstance(error, ServerBusy):
        raise error
    return _response(error)


# The fields of a request that name an event or a component of a tab, and the status of the answer if their session is
# gone. Gradio's frontend reads the status, the page's own scripts read the body.
_TAB_FIELDS: Final = {"fn_index": 404, "component_id": 200}


async def session_expired(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError: the request is for a tab whose session Gradio has dropped.

    A tab that is built when it is opened belongs to the session. The rest of the page does not, and keeps working. Any
    other KeyError is raised again.
    """
    sent = await sent_json(request)
    for name, status in _TAB_FIELDS.items():
        if name in sent and error.args == (sent[name],):
            return JSONResponse({"error": texts.SESSION_EXPIRED, "detail": texts.SESSION_EXPIRED}, status_code=status)
    raise error


async def sent_json(request: Request) -> dict[str, Any]:
    """The JSON object in the body of a request that was already read; empty if there is none."""
    try:
        sent = await request.json()
    except (ValueError, RuntimeError):  # not JSON; or a form, whose body is not stored
        return {}
    return sent if isinstance(sent, dict) else {}
