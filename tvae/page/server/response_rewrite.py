"""An answer of Gradio's that is changed on its way out."""

from collections.abc import Callable

from tvae.page.server.request_limit import (
    Application,
    Message,
    Receive,
    Send,
)


class ResponseRewrite:
    """ASGI middleware: the answer of one path with status 200 is edited, whole, before it is sent."""

    def __init__(self, app: Application, path: str, edit: Callable[[bytes], bytes]) -> None:
        self.app, self.path, self.edit = app, path, edit

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on; hold back what is to be edited."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != self.path:
            await self.app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def held(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(parts)
            if start["status"] == 200:
                body = self.edit(body)
                kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                start = {**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, held)
