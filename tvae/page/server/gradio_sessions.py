"""Evict idle Gradio sessions, and answer for those that are gone."""

import re
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.page.gradio_internals import drop_session, make_room_for_a_session
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
        make_room_for_a_session(scope["app"])
        try:
            await self.app(scope, receive, send)
        finally:
            if found := _ANSWER.search(scope["path"]):
                drop_session(scope["app"], found[1])


# What a request names of a tab, which belongs to a session: an event, or a component whose function is called; and the
# status that the caller understands. Gradio reads a status, our scripts read what is answered.
_OF_A_TAB: Final = {"fn_index": 404, "component_id": 200}


async def session_expired(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError: a request names something of a tab whose session Gradio has dropped.

    A tab that is built when it is opened belongs to the session; the rest of the page belongs to everyone, and works
    on. Any other KeyError is raised again.
    """
    sent = await sent_json(request)
    for name, status in _OF_A_TAB.items():
        if name in sent and error.args == (sent[name],):
            return JSONResponse({"error": texts.SESSION_EXPIRED, "detail": texts.SESSION_EXPIRED}, status_code=status)
    raise error


async def sent_json(request: Request) -> dict[str, Any]:
    """The object in a request's body, which has been read before; empty if it is none."""
    try:
        sent = await request.json()
    except (ValueError, RuntimeError):  # no JSON; a form, which is read in parts and not kept
        return {}
    return sent if isinstance(sent, dict) else {}
