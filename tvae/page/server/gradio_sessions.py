"""Evict idle Gradio sessions, and answer requests to evicted ones."""

import re
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.page.gradio_internals import drop_session, make_room_for_a_session
from tvae.page.server.request_limit import Application, Message, Receive, Send
from tvae.page.ui import texts

_ANSWER: Final = re.compile(r"/call/(?:v2/)?[^/]+/([0-9a-f]{32})/?$")


class SessionEviction:
    """ASGI middleware that evicts sessions which Gradio would keep.

    Gradio stores the last answer of each session. A call without a session gets one of its own, named after its event,
    and its answer takes 6 MB for 1,000 operations with vectors, 27 MB for all operations. That session is dropped once
    the answer is sent. Sessions of pages and clients are kept up to Gradio's capacity. Beyond it, a session whose page
    is closed is dropped before one whose page is open, because the tabs of an open page need their session.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Make room for the session of a request, pass the request on, and drop the session of an answered call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        make_room_for_a_session(scope["app"])
        try:
            await self.app(scope, receive, send)
        finally:
            if match := _ANSWER.search(scope["path"]):
                drop_session(scope["app"], match[1])


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
