"""A bound on the size of a request, so that nobody fills the server's memory."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class _TooLarge(Exception):
    """The body went over the limit."""


class RequestLimit:
    """ASGI middleware: a request body over `limit` bytes is answered with status 413 and a sentence.

    A length that is announced is refused before anything is read; one that is not is counted while it arrives.
    """

    def __init__(self, app: Application, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self.limit:
            await self._refuse(send)
            return
        seen = 0
        refused = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise _TooLarge
            return message

        async def corrected(message: Message) -> None:
            """What the app makes of the broken-off body is replaced by our sentence."""
            nonlocal refused
            if seen <= self.limit:
                await send(message)
            elif not refused:
                refused = True
                await self._refuse(send)

        try:
            await self.app(scope, counted, corrected)
        except _TooLarge:
            await corrected({})

    async def _refuse(self, send: Send) -> None:
        megabytes = self.limit / 2**20
        text = f'{{"error": "The request is larger than {megabytes:g} MB. Ask for fewer operations at once."}}'.encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": text})
