"""Rewrite a response of Gradio before it is sent."""

from collections.abc import Callable

from tvae.page.server.asgi import Application, Message, Receive, Send, path_of


class ResponseRewrite:
    """ASGI middleware that applies `edit` to the whole body of GET responses of one path with status 200."""

    def __init__(self, app: Application, path: str, edit: Callable[[bytes], bytes]) -> None:
        self.app, self.path, self.edit = app, path, edit

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, and buffer the response if it is to be rewritten."""
        if scope["type"] != "http" or scope["method"] != "GET" or path_of(scope) != self.path:
            await self.app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def buffered(message: Message) -> None:
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
                headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                start = {**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, buffered)
