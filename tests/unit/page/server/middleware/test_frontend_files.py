"""Files of Gradio's frontend from memory: the same bytes as Gradio's, compressed where that is accepted."""

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tvae.page.gradio_internals.frontend import FRONTEND
from tvae.page.server.middleware.frontend_files import FrontendFiles

SCRIPT = next(path for path in sorted((FRONTEND / "assets").glob("index-*.js")) if path.stat().st_size > 10_000)
STYLE = next((FRONTEND / "assets").glob("*.css"))


def passed_on(_request: object) -> PlainTextResponse:
    return PlainTextResponse("from Gradio")


BROWSER = TestClient(
    Starlette(
        routes=[Route("/{rest:path}", passed_on, methods=["GET", "POST"])],
        middleware=[Middleware(FrontendFiles, files=[SCRIPT.name, STYLE.name])],
    )
)


@pytest.mark.parametrize(("path", "kind"), [(SCRIPT, "text/javascript"), (STYLE, "text/css")])
def test_a_file_of_the_first_page_is_served_as_it_is_and_for_ever(path: Path, kind: str) -> None:
    for coding in ("identity", "gzip, br"):
        answer = BROWSER.get(f"/assets/{path.name}", headers={"accept-encoding": coding})
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "accept-encoding"
        assert ("content-encoding" in answer.headers) == (coding != "identity")
    with BROWSER.stream("GET", f"/assets/{path.name}", headers={"accept-encoding": "gzip"}) as raw:
        assert gzip.decompress(b"".join(raw.iter_raw())) == path.read_bytes()


@pytest.mark.parametrize(
    "path", ["/assets/", "/assets/other.js", f"/assets/../assets/{SCRIPT.name}/", "/assets/%2e%2e/index.html", "/"]
)
def test_any_other_path_is_passed_on(path: str) -> None:
    assert BROWSER.get(path).text == "from Gradio"


def test_any_other_method_is_passed_on() -> None:
    assert BROWSER.post(f"/assets/{SCRIPT.name}").text == "from Gradio"
