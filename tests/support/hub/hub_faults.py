"""Faults of the local Hub for matching requests: an error status, a truncated or wrong body, a delay."""

import asyncio
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


class CutConnection(ConnectionError):
    """Raised within a body, so that the server closes the socket."""


@dataclass
class Fault:
    """A fault for requests whose method and path match, `times` times; None: always."""

    method: str
    path: re.Pattern[str]
    times: int | None = None
    status: int | None = None  # status to answer instead of the real answer
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # body for `status`, or else in place of the real body
    truncate: int | None = None  # bytes of the real body to send before closing the connection
    delay: float = 0.0  # seconds before anything is answered
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault applies to this request and is not used up."""
        exhausted = self.times is not None and self.hits >= self.times
        return not exhausted and self.method in (method, "*") and self.path.search(path) is not None

    async def apply(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with this fault."""
        self.hits += 1
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.status is not None:
            await Response(self.body or b"", self.status, self.headers)(scope, receive, send)
        elif self.truncate is not None:
            await app(scope, receive, _cut_after(self.truncate, send))
        elif self.body is not None:
            await app(scope, receive, _other_body(self.body, send))
        else:
            await app(scope, receive, send)


def _cut_after(left: int, send: Send) -> Send:
    async def cut(message: MutableMapping[str, Any]) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        # The Content-Length stays, so that the client can detect the missing bytes.
        await send({**message, "body": message.get("body", b"")[:left], "more_body": True})
        raise CutConnection

    return cut


def _other_body(body: bytes, send: Send) -> Send:
    async def replace(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            if len(message["body"]) != len(body):
                raise ValueError("a false body has the length of the true one, or the length alone gives it away")
            message = {**message, "body": body}
        await send(message)

    return replace
