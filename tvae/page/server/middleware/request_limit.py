"""Limit the size of request bodies, to bound the server's memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tvae.page.server.asgi import Application, Message, Receive, Send, path_of


@dataclass(frozen=True)
class BodyLimit:
    """The largest request body that is accepted."""

    size: int  # bytes
    sentence: str  # the error for a larger body


class _TooLarge(Exception):
    """The body is over the limit."""


class RequestLimit:
    """ASGI middleware that answers a request body over its limit with status 413 and a sentence.

    A body whose Content-Length is too large is refused before it is read. Any other body is counted while it arrives.
    """

    def __init__(self, app: Application, usual: BodyLimit, of_paths: Mapping[str, BodyLimit] | None = None) -> None:
        """`usual` is the limit for every path that is not in `of_paths`, which maps exact paths to their limits."""
        self.app = app
        self.usual = usual
        self.of_paths = of_paths or {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bound = self.of_paths.get(path_of(scope), self.usual)
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
            """Replace the app's answer to a truncated body by the error."""
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


async def _refuse(bound: BodyLimit, send: Send) -> None:
    text = json.dumps({"error": bound.sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})
