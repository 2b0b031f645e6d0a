"""Calls of endpoints that there are not, or with other inputs than they have: each is answered with a sentence."""

from typing import Any

import httpx
import pytest
from app_fixtures import BUNDLED, Site
from asgi import finished
from http_api import Api, Refused
from starlette.requests import Request

from tvae.page.api import call_errors
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.ui import texts

WRONG = [
    ("encode", [BUNDLED], "Inputs sent: 1. The inputs of /encode are: checkpoint, operations, vectors; "),
    ("metrics", [BUNDLED, 5], "Inputs sent: 2. The inputs of /metrics are: checkpoint; "),
    ("checkpoints", [1], "Inputs sent: 1. The inputs of /checkpoints are: none; "),
]


@pytest.mark.parametrize(("name", "inputs", "sentence"), WRONG)
def test_too_few_or_too_many_inputs(api: Api, name: str, inputs: list[Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        api(name, *inputs)
    assert str(refused.value).startswith(sentence)


def test_inputs_with_a_default_may_be_left_out_at_the_end(api: Api) -> None:
    """So a script that was written before an endpoint got an input at its end still works."""
    assert api("encode", BUNDLED, "min") == api("encode", BUNDLED, "min", True)
    assert api("robustness", BUNDLED) == api("robustness", BUNDLED, 0)
    assert api("genetic_code", BUNDLED, False, 10, 0, False) == api("genetic_code", BUNDLED, False, 10, 0, False, 1)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"no json", b'{"data": 1}', b"[" * 100_000])
def test_a_body_that_is_no_call(site: Site, body: bytes) -> None:
    answer = httpx.post(f"{site.url}gradio_api/call/metrics", content=body, timeout=60)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("body", [b"no json", b"[" * 100_000, b"\xff\xfe", b'{"data": [' + b"9" * 6_000 + b"]}"])
@pytest.mark.parametrize("path", ["call/metrics", "call/v2/metrics", "queue/join", "component_server"])
def test_a_body_that_cannot_be_parsed(site: Site, body: bytes, path: str) -> None:
    json_ = {"content-type": "application/json"}
    answer = httpx.post(f"{site.url}gradio_api/{path}", content=body, headers=json_, timeout=60)
    assert (answer.status_code, answer.json()) == (400, {"error": texts.NO_CALL})


def test_gradios_own_errors_keep_the_field_that_its_page_reads(site: Site) -> None:
    answer = httpx.post(f"{site.url}gradio_api/queue/join", json={"data": [1], "fn_index": 1}, timeout=60)
    sentence = "Session hash not found."
    assert (answer.status_code, answer.json()) == (400, {"error": sentence, "detail": sentence})


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "nowhere", 404, texts.NO_SUCH_ADDRESS),
        ("POST", "gradio_api/nowhere", 404, texts.NO_SUCH_ADDRESS),
        ("GET", "gradio_api/call/decode", 405, texts.WRONG_METHOD.format(methods="POST")),
        ("PUT", "checkpoint-file", 405, texts.WRONG_METHOD.format(methods="POST")),
        ("POST", "gradio_api/info", 405, texts.WRONG_METHOD.format(methods="GET")),
        ("GET", "gradio_api/file=/no/{such}.pt", 403, "File not allowed: /no/{such}.pt."),
    ],
)
def test_an_unknown_address_or_method(site: Site, method: str, path: str, status: int, error: str) -> None:
    answer = httpx.request(method, site.url + path, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("way", ["call", "call/v2"])
def test_an_endpoint_that_there_is_not(site: Site, way: str) -> None:
    answer = httpx.post(f"{site.url}gradio_api/{way}/encod", json={"data": []}, timeout=60)
    assert answer.status_code == 404
    names = ", ".join(f"/{function.__name__}" for function in ENDPOINTS)
    assert answer.json()["error"].startswith(f"No endpoint is called encod. The endpoints are {names}; ")


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"checkpoint": BUNDLED, "foo": 1}, "Parameter 'foo' is not a valid key-word argument. "),
        ({"operations": "min"}, "No value provided for required argument: checkpoint. "),
    ],
)
def test_named_inputs_that_an_endpoint_has_not(site: Site, inputs: dict[str, Any], sentence: str) -> None:
    answer = httpx.post(f"{site.url}gradio_api/call/v2/encode", json=inputs, timeout=60)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(f"{sentence}The inputs of /encode are: checkpoint, operations, vectors; ")


def sent(path: str, body: dict[str, Any]) -> Request:
    """A request whose body is there, as where FastAPI has read it."""
    address = {"method": "POST", "path": path, "query_string": b"", "path_params": {"api_name": "encode"}}
    request = Request({"type": "http", "headers": [], **address})
    request._json = body
    return request


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/gradio_api/call/v2/encode", {"checkpoint": BUNDLED, "operations": "min"}),
        ("/gradio_api/call/encode", {"data": []}),
    ],
)
def test_any_other_wrong_type_goes_on_as_it_came(path: str, body: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="of ours"):
        finished(call_errors.wrong_inputs(sent(path, body), TypeError("of ours")))


@pytest.mark.parametrize("missing", ["key", 7])
def test_any_other_missing_key_goes_on_as_it_came(missing: str | int) -> None:
    request = sent("/gradio_api/queue/join", {"fn_index": 8, "data": [7]})
    with pytest.raises(KeyError, match=str(missing)):
        finished(call_errors.missing_key(request, KeyError(missing)))
