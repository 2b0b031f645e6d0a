"""Evict idle Gradio sessions, and answer for those that are gone."""

import re
from traceback import extract_tb
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.page.server.request_limit import Application, Message, Receive, Send
from tvae.page.ui import texts

_ANSWER: Final = re.compile(r"/call/(?:v2/)?[^/]+/([0-9a-f]{32})/?$")


class SessionEviction:
    """ASGI middleware: which of the sessions that Gradio keeps it lets go of.

    Gradio keeps the last answer of each session, and a call that names no session is one of its own, named as its
    event: 6 MB for 1,000 operations with vectors, 27 MB for all operations. Once its answer is sent, it goes. Sessions
    of visitors and of clients, which do name theirs, stay, up to Gradio's number of them; then one whose page is closed
    goes before one whose page is open, however long ago that was used: its tabs would be dead.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on; a place for its session comes before, and forgetting the call whose answer it is after."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        blocks = scope["app"].get_blocks()
        _make_room(blocks)
        try:
            await self.app(scope, receive, send)
        finally:
            if found := _ANSWER.search(scope["path"]):
                _forget(blocks, found[1])


def _make_room(blocks: Any) -> None:
    """Before Gradio lets go of the session that was used least lately."""
    holder = blocks.state_holder
    if len(holder.session_data) < holder.capacity:
        return
    with holder.lock:
        closed = next((name for name, session in holder.session_data.items() if session.is_closed), None)
    if closed is not None:
        _forget(blocks, closed)


async def session_expired(_request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError: Gradio looks something of a tab up in the session it has let go of.

    A tab that is built when it is opened belongs to the session; the page, which is everyone's, works on. Scripts that
    ask Python read what is answered, and Gradio itself a status. Any other KeyError goes on as it came.
    """
    where = extract_tb(error.__traceback__)[-1].name
    if where not in _LOOKED_UP:
        raise error
    return JSONResponse(
        {"error": texts.SESSION_EXPIRED, "detail": texts.SESSION_EXPIRED}, status_code=_LOOKED_UP[where]
    )


# Where Gradio looks things up: an event, and a component that is asked something.
_LOOKED_UP: Final = {"get_fn": 404, "component_server": 200}


def _forget(blocks: Any, session: str) -> None:
    queue = blocks._queue
    if queue.pending_event_ids_session.get(session):  # not finished: the caller hung up, and Gradio sees to that
        return
    blocks.state_holder.session_data.pop(session, None)
    blocks.state_holder.time_last_used.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)
    if session in queue.pending_messages_per_session:
        del queue.pending_messages_per_session[session]
