"""The limit on a request's body: exact to the byte, announced or counted, and answered with status 413."""

import json
from typing import Any

import pytest
from asgi import finished

from tvae.page.server.asgi import path_of
from tvae.page.server.middleware.request_limit import BodyLimit, RequestLimit

SENTENCE = "Send less."
TOO_LARGE = (413, json.dumps({"error": SENTENCE}).encode())
LENGTH = b"content-length"


class Server:
    """Sends a body in parts to an app behind a limit of 10 bytes (20 for /big), and records what happens."""

    def __init__(self, *parts: bytes, path: str = "/", headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.parts = list(parts)
        self.received = 0  # parts that were read
        self.called = False  # whether the request reached the app
        self.sent: list[Any] = []
        limit = RequestLimit(self.app, BodyLimit(10, SENTENCE), {"/big": BodyLimit(20, SENTENCE)})
        scope = {"type": "http", "path": path, "headers": list(headers)}
        finished(limit(scope, self.receive, self.send))

    async def app(self, _scope: Any, receive: Any, send: Any) -> None:
        """Reads the body to its end and answers with it."""
        self.called = True
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def receive(self) -> Any:
        self.received += 1
        part = self.parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def answer(self) -> tuple[int, bytes]:
        start, body = self.sent
        assert (start["type"], body["type"]) == ("http.response.start", "http.response.body")
        return start["status"], body["body"]


@pytest.mark.parametrize(("path", "limit"), [("/", 10), ("/big", 20), ("/bigger", 10)])
def test_the_limit_is_exact_for_an_announced_length(path: str, limit: int) -> None:
    for size in (0, 1, limit):
        body = b"x" * size
        assert Server(body, path=path, headers=((LENGTH, b"%d" % size),)).answer == (200, body)
    refused = Server(b"x" * (limit + 1), path=path, headers=((LENGTH, b"%d" % (limit + 1)),))
    assert refused.answer == TOO_LARGE
    assert (refused.called, refused.received) == (False, 0)


@pytest.mark.parametrize("parts", [(10,), (4, 6), (4, 0, 6), (1,) * 10])
@pytest.mark.parametrize("headers", [(), ((LENGTH, b"3"),)])
def test_the_limit_is_exact_for_a_body_that_is_counted(parts: tuple[int, ...], headers: Any) -> None:
    """Without a length, or with one that is too small."""
    bodies = [b"x" * size for size in parts]
    assert Server(*bodies, headers=headers).answer == (200, b"x" * 10)
    refused = Server(*bodies, b"x", b"never read", headers=headers)
    assert refused.answer == TOO_LARGE
    assert refused.received == len(parts) + 1


@pytest.mark.parametrize("length", [b"", b"many", b"-1", b"+5", b"1e9", b"0x10", b"99 99", "\u0665".encode()])
def test_a_length_that_is_no_number_is_not_believed(length: bytes) -> None:
    """The body is counted instead."""
    headers = ((LENGTH, length),)
    assert Server(b"x" * 10, headers=headers).answer == (200, b"x" * 10)
    assert Server(b"x" * 11, headers=headers).answer == TOO_LARGE


def test_a_refusal_is_json_with_its_length() -> None:
    start = Server(b"x" * 11).sent[0]
    assert dict(start["headers"]) == {b"content-type": b"application/json", LENGTH: b"%d" % len(TOO_LARGE[1])}


def test_what_the_app_answers_to_a_body_that_was_broken_off_is_replaced() -> None:
    """Starlette turns an error of reading into an answer with status 500, in two messages; one refusal is sent."""
    server = Server(b"")
    server.parts, server.sent = [b"x" * 11], []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(Exception, match=r"^$"):
            await receive()
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})

    limit = RequestLimit(app, BodyLimit(10, SENTENCE))
    finished(limit({"type": "http", "path": "/big", "headers": []}, server.receive, server.send))
    assert server.answer == TOO_LARGE


def test_what_is_no_request_passes() -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["type"], receive, send))

    receive, send = object(), object()
    finished(RequestLimit(app, BodyLimit(0, SENTENCE))({"type": "lifespan"}, receive, send))  # type: ignore[arg-type]
    assert seen == [("lifespan", receive, send)]


@pytest.mark.parametrize(
    ("root", "path", "found"),
    [
        ("", "/big", "/big"),
        ("/tvae", "/tvae/big", "/big"),
        ("/tvae/", "/tvae/big", "/big"),
        ("/tvae", "/big", "/big"),
        ("/tvae", "/tvae-static/a.js", "/tvae-static/a.js"),
        ("https://example.org/tvae", "/big", "/big"),
    ],
)
def test_a_path_is_found_with_and_without_that_of_a_proxy(root: str, path: str, found: str) -> None:
    assert path_of({"root_path": root, "path": path}) == found
