"""The open streams of each session, of which a page that was cut off opens new ones.

After a network has gone and come back, the server may hold the old connections for minutes: nothing tells it that
nobody reads them. Such a stream would take messages that the page waits for on its new one.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

from tvae.page.server.asgi import Send

SECONDS_TO_END: Final = 5.0


class Streams:
    """The tasks that answer the streams of each session, and whether each is a heartbeat, of which a page has one.

    Changed by the server's event loop only.
    """

    def __init__(self) -> None:
        self._open: dict[str, dict[asyncio.Task[None], bool]] = {}

    async def run(self, session: str, answer: Coroutine[Any, Any, None], send: Send, *, heartbeat: bool) -> None:
        """Answer a stream of a session; a second heartbeat ends the session's other streams before."""
        if heartbeat and any(self._open.get(session, {}).values()):
            others = self._open.pop(session)
            for other in others:
                other.cancel()
            await asyncio.wait(others, timeout=SECONDS_TO_END)
        task = asyncio.ensure_future(answer)
        self._open.setdefault(session, {})[task] = heartbeat
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()  # raises what the answer did
                return
            with suppress(RuntimeError):  # if nothing was sent yet
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            task.cancel()  # where the server ends this request
            left = self._open.get(session, {})
            if left.pop(task, None) is not None and not left:
                del self._open[session]
