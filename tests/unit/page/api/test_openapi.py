"""The app's OpenAPI document: the route for a file is there as it answers, the upload that is shut is not."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from app_fixtures import DATA, Site

import tvae
from tvae.checkpoints.checkpoint_file import digest
from tvae.page.api import openapi
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.uploads import receive

FILE = DATA / "v5_11_homeostasis_layout.pt"
KINDS = {"string": str, "integer": int}


@pytest.fixture(scope="module")
def document(site: Site) -> dict[str, Any]:
    answer = httpx.get(f"{site.url}gradio_api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def test_it_is_of_this_app(document: dict[str, Any]) -> None:
    assert document["info"]["version"] == tvae.__version__
    assert document["info"]["title"] == "Ternary VAE Explorer"
    assert document["openapi"].startswith("3.")


@pytest.mark.parametrize(
    ("root", "server"),
    [("", "/"), ("/tvae", "/tvae"), ("/tvae/", "/tvae"), ("https://example.org/tvae", "https://example.org/tvae")],
)
def test_the_server_is_where_a_proxy_serves_it(root: str, server: str) -> None:
    edited = json.loads(openapi.corrected(root)(b'{"info": {}, "paths": {"/a": {}, "/gradio_api/upload": {}}}'))
    assert edited["servers"] == [{"url": server}]
    assert edited["paths"].keys() == {"/a", receive.PATH}


def test_what_is_shut_is_not_described(document: dict[str, Any], site: Site) -> None:
    assert openapi.REFUSED_PATH not in document["paths"]
    assert httpx.post(site.url.rstrip("/") + openapi.REFUSED_PATH, files={"files": b"x"}).status_code == 413


def body_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    call = document["paths"][f"{openapi.CALL_PATH}{name}"]["post"]
    schema: dict[str, Any] = call["requestBody"]["content"]["application/json"]["schema"]
    return schema


def test_optional_inputs_have_their_defaults(document: dict[str, Any]) -> None:
    genetic_code = body_of(document, "genetic_code")
    assert genetic_code["required"] == ["checkpoint"]
    defaults = {name: part["default"] for name, part in genetic_code["properties"].items() if "default" in part}
    assert defaults == {"stops": False, "permutations": 10_000, "seed": 0, "distances": False, "code": 1}
    assert body_of(document, "decode")["required"] == ["checkpoint", "points"]
    assert "required" not in body_of(document, "checkpoints")


@pytest.mark.parametrize("function", ENDPOINTS)
def test_a_call_may_leave_out_what_is_optional(
    document: dict[str, Any], function: Callable[..., object], site: Site
) -> None:
    """Each input that the document requires is missed when it is absent, and no other is."""
    schema = body_of(document, function.__name__)
    required = set(schema.get("required", ()))
    assert {name for name, part in schema["properties"].items() if "default" not in part} == required
    answer = httpx.post(f"{site.url.rstrip('/')}{openapi.CALL_PATH}{function.__name__}", json={}, timeout=60)
    missed = str(answer.json().get("error")).partition(". ")[0]
    assert (missed.removeprefix("No value provided for required argument: ") in required) == bool(required)


def test_no_operation_is_named_twice(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("body", "status"), [(FILE.read_bytes(), 200), (b"nothing", 422), (b"0" * (receive.MAX_FILE + 1), 413)]
)
def test_a_file_is_answered_as_described(document: dict[str, Any], site: Site, body: bytes, status: int) -> None:
    described = document["paths"][receive.PATH]["post"]
    assert f"{receive.MAX_FILE:,}" in described["description"]
    (kind,) = described["requestBody"]["content"]
    name, refusal = (row["name"] for row in described["parameters"])
    address = site.url.rstrip("/") + receive.PATH
    answer = httpx.post(address, params={name: "a.pt"}, content=body, headers={"content-type": kind}, timeout=60)
    assert answer.status_code == status
    schema = described["responses"][str(status)]["content"]["application/json"]["schema"]
    found = answer.json()
    assert set(found) == set(schema["required"]) == set(schema["properties"])
    for field, value in found.items():
        assert isinstance(value, KINDS[schema["properties"][field]["type"]])
    if status == 200:
        assert found["sha256"] == digest(body)
    if status == 422:
        assert httpx.post(address, params={name: "a.pt", refusal: "200"}, content=body).json() == found
