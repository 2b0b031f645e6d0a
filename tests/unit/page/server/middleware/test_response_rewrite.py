"""An answer that is edited on its way out: whole, with its new length; all others as they are."""

from typing import Any

import pytest
from asgi import finished

from tvae.page.server.middleware.response_rewrite import ResponseRewrite


def through(
    *parts: bytes, status: int = 200, method: str = "GET", path: str = "/a"
) -> tuple[int, dict[bytes, bytes], list[bytes]]:
    """What comes out for an answer in these parts: status, headers, bodies."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/plain"), (b"Content-Length", b"%d" % len(b"".join(parts)))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number, part in enumerate(parts, 1):
            await send({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    edited = ResponseRewrite(app, "/a", lambda body: body.replace(b"old", b"newer"))
    finished(edited({"type": "http", "method": method, "path": path}, None, send))  # type: ignore[arg-type]
    return sent[0]["status"], dict(sent[0]["headers"]), [message["body"] for message in sent[1:]]


def test_an_answer_in_parts_is_edited_whole_and_has_its_new_length() -> None:
    status, headers, bodies = through(b"an o", b"ld one")
    assert (status, bodies) == (200, [b"an newer one"])
    assert headers == {b"content-type": b"text/plain", b"content-length": b"12"}


@pytest.mark.parametrize("other", [{"status": 401}, {"method": "POST"}, {"path": "/b"}, {"path": "/a/b"}])
def test_every_other_answer_is_as_it_was(other: dict[str, Any]) -> None:
    status, headers, bodies = through(b"an o", b"ld one", **other)
    assert status == other.get("status", 200)
    assert b"".join(bodies) == b"an old one"
    assert headers == {b"content-type": b"text/plain", b"Content-Length": b"10"}


def test_what_is_no_request_passes() -> None:
    seen = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    finished(ResponseRewrite(app, "/a", bytes.upper)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
