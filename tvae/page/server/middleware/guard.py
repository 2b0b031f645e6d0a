"""ASGI middleware that bounds what callers hold outside of Gradio's queue, and the answers of refused requests.

It counts open streams, calls of component functions, and requests and answers on their way. `shares.rules` does the
same for the queue. A refusal is a `ServerBusy`, which is answered with status 429; a component's function gets it with
200. Addresses of Gradio that this page does not use are unknown here, since nobody has bounded what they hold.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import ExitStack
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tvae.errors import ServerBusy, SessionNameError
from tvae.page.gradio_internals.answers import SESSION_UNKNOWN, knows_session, session_of
from tvae.page.gradio_internals.sessions import drop_session
from tvae.page.server.asgi import Application, Message, Receive, Send, path_of
from tvae.page.server.callers import Caller, address_of, handled_address
from tvae.page.server.shares.limits import Held, check, open_to
from tvae.page.server.shares.streams import Streams
from tvae.page.server.shares.table import Shares
from tvae.page.server.shares.turns import Turns
from tvae.page.ui import texts

_ANSWER: Final = re.compile(r"/call/(?:v2/)?[^/]+/([^/]+)$")  # with a slash at its end, Gradio redirects it
_DIRECT: Final = re.compile(r"/gradio_api/(?:run|api)/([^/]+)/?$")
_HEARTBEAT: Final = re.compile(r"/heartbeat/([^/]+)/?$")
_DATA: Final = re.compile(r"/queue/data/?$")
_SERVER: Final = re.compile(r"/component_server/?$")
# Gradio's links to a stored state, its editor, its proxy, its media and its records; and its cancelling, which gives
# the place of a running calculation to the next one while its thread goes on, and may leave it counted for ever.
_UNUSED: Final = re.compile(
    r"/(monitoring|gradio_api/(cancel|deep_link|dev|proxy=|stream|upload_progress|custom_component|process_recording|"
    r"(undo-)?vibe-\w+|run-history|profiling))(/|$|(?<==))"
)
MAX_SEGMENT: Final = 200  # characters between two slashes of a path; a file system takes 255 bytes
SLICE: Final = 2**18  # bytes of an answer that are handed over at once
SECONDS_A_SLICE: Final = 30.0  # in which a caller takes them in, or the connection is closed
SECONDS_A_BODY: Final = 60.0  # in which a request's body has to arrive
CLAIMS: Final = 256  # events whose answer was asked for, before those that Gradio has forgotten are taken out


class Guard:
    """ASGI middleware that counts streams and downloads, and frees a call's session once its answer is sent."""

    def __init__(
        self,
        app: Application,
        shares: Shares,
        hops: int,
        clock: Callable[[], float] = time.monotonic,
        receiving: Collection[str] = (),
        slow: Collection[str] = (),
    ) -> None:
        """`hops`: the number of proxies, see `address_of`; `receiving`: paths that bound their bodies themselves.

        `slow`: names of components' functions that take seconds, and have places of their own.
        """
        self.app, self.shares, self.hops, self.clock, self.receiving = app, shares, hops, clock, receiving
        self._slow = slow
        self._turns, self._slow_turns = Turns(shares.limits.at_once), Turns(shares.limits.slow_at_once)
        self._streams = Streams()
        self._waiting: list[Held] = []
        self._claimed: set[str] = set()  # events whose answer was asked for, and some that Gradio has forgotten
        self._claims_kept = CLAIMS  # grows with the events that Gradio knows, see `_claims`

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        address = address_of(scope, self.hops)
        scope.setdefault("state", {}).update(shares=self.shares, address=address)
        answer = _ANSWER.search(scope["path"]) if scope["method"] == "GET" else None
        stream = "" if answer else _stream_of(scope)
        session = session_of(scope["app"], answer[1]) if answer else stream
        sentence = None if answer else _not_offered(scope["path"])
        if answer and not self._claims(scope["app"], answer[1], session):
            sentence = texts.NO_ANSWER.format(seconds=f"{self.shares.limits.answer_seconds:g}")
        if sentence is not None:
            await JSONResponse({"error": sentence}, 404)(scope, receive, send)
            return
        with ExitStack() as stack:
            try:
                if answer:
                    stack.enter_context(self.shares.reading(answer[1], session or answer[1]))
                elif session:
                    stack.enter_context(self.shares.stream(session, address, self.clock))
                elif _SERVER.search(scope["path"]):
                    await self._download(scope, receive, send)
                    return
                if _DATA.search(scope["path"]) and not knows_session(scope["app"], stream):
                    await Response(SESSION_UNKNOWN, media_type="text/event-stream")(scope, receive, send)
                    return
                passed_on = self._pass_on(scope, receive, send)
                if stream:
                    beats = _HEARTBEAT.search(scope["path"]) is not None
                    await self._streams.run(stream, passed_on, send, heartbeat=beats)
                else:
                    await passed_on
            except SessionNameError as error:
                await (await wrong_session(Request(scope), error))(scope, receive, send)
            except ServerBusy as error:  # of this middleware; FastAPI answers those of the routes
                await _response(error, 200 if _SERVER.search(scope["path"]) else 429)(scope, receive, send)
            finally:
                if answer:
                    drop_session(scope["app"], answer[1])

    def _claims(self, app: Any, event: str, session: str | None) -> bool:
        """Whether a request gets an event's answer: only the first one does.

        Gradio knows an event for a while after its answer was sent, or after its caller has gone away. A second request
        would wait for ever.
        """
        if event in self._claimed or session is None:
            return False
        self._claimed.add(event)
        if len(self._claimed) > self._claims_kept:
            self._claimed = {one for one in self._claimed if session_of(app, one) is not None}
            self._claims_kept = max(CLAIMS, 2 * len(self._claimed))  # so that the average request looks up a few
        return True

    async def _download(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on a call of a component's function, which runs outside of Gradio's queue.

        It may take seconds of a core. One address has half of the places at most, so others do not wait for all of its
        calls, and pages that are open go first; they wait without a thread. The body says whose call it is. It arrives
        before it is counted here, and counts to the bodies until the function has ended.
        """
        address = scope["state"]["address"]
        with self.shares.arriving(self.shares.caller(address, "")) as count, ExitStack() as stack:
            if (body := await self._received(scope, receive, send, count)) is None:
                return
            session, slow = self._component_call(body)
            held = Held(self.shares.caller(address, session))
            share = open_to(self.shares.limits.downloads, held.caller)
            check("downloads", share, self._waiting, held.caller)
            self.shares.check_answers([], held.caller)
            self._waiting.append(held)
            stack.callback(self._waiting.remove, held)
            turns = self._slow_turns if slow else self._turns
            await turns.take(held.caller)
            place = stack.enter_context(ExitStack())
            place.callback(turns.give_back, held.caller)

            async def released(message: Message) -> None:
                place.close()  # the function has ended; a caller who takes in the answer slowly holds no place
                await send(message)

            await self._hand_over(scope, _replayed(body, receive), released, held.caller)

    def _component_call(self, body: bytes) -> tuple[str, bool]:
        """The session of a call of a component's function, and whether it is slow, as one that cannot be read may be.

        A form cannot be read here; no script of the page sends one.
        """
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            return "", True
        call = sent if isinstance(sent, dict) else {}
        return str(call.get("session_hash", "")), call.get("fn_name") in self._slow

    async def _received(
        self, scope: Message, receive: Receive, send: Send, count: Callable[[int], None]
    ) -> bytes | None:
        """The body of a request; None if the caller went away, or was told that it is late. Raises ServerBusy."""
        body = bytearray()
        try:
            async with asyncio.timeout(SECONDS_A_BODY):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    count(len(message.get("body", b"")))
                    body += message.get("body", b"")
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            sentence = texts.BODY_LATE.format(seconds=f"{SECONDS_A_BODY:g}")
            await JSONResponse({"error": sentence}, 408)(scope, receive, send)
            return None
        scope["state"]["sent"] = len(body)
        return bytes(body)

    async def _pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        address = scope["state"]["address"]
        if scope["method"] == "POST" and path_of(scope) not in self.receiving:
            with self.shares.arriving(self.shares.caller(address, "")) as count:
                body = await self._received(scope, receive, send, count)
            if body is None:
                return
            receive = _replayed(body, receive)
        await self._hand_over(scope, receive, send, self.shares.caller(address, _stream_of(scope)))

    async def _hand_over(self, scope: Message, receive: Receive, send: Send, caller: Caller) -> None:
        """Let the app answer; what it sends counts to the caller, who has to take it in."""
        handled_address.set(scope["state"]["address"] if scope["method"] == "POST" else None)
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


def _not_offered(path: str) -> str | None:
    """Why this app does not answer a path, or None."""
    if direct := _DIRECT.search(path):
        return texts.NO_DIRECT_CALL.format(name=direct[1])
    return None if _is_ours(path) else texts.NO_SUCH_ADDRESS


def _is_ours(path: str) -> bool:
    """Whether this app may answer the path: not one that Gradio could not look up as a file, or that is unused."""
    return path.isprintable() and max(map(len, path.split("/"))) <= MAX_SEGMENT and not _UNUSED.search(path)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body which was already received, then what comes after it."""
    left = [body]

    async def replayed() -> Message:
        return {"type": "http.request", "body": left.pop()} if left else await receive()

    return replayed


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
        return QueryParams(scope["query_string"]).get("session_hash", "")  # of several the last, as Gradio reads it
    return ""


def _response(error: ServerBusy, status: int = 429) -> JSONResponse:
    """The sentence of a refusal.

    Gradio's page shows it for an event. For a function of a component it reads only the status, and the page's own
    scripts read the body, so that the status is 200.
    """
    return JSONResponse({"error": str(error)}, status, {"Retry-After": str(error.retry_after)})


async def wrong_session(_request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of SessionNameError."""
    return JSONResponse({"error": str(error)}, 400)


async def busy(_request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of ServerBusy."""
    if not isinstance(error, ServerBusy):
        raise error
    return _response(error)
