"""What /gradio_api/info and /gradio_api/openapi.json say of the endpoints, against the functions and real calls."""

import inspect
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from app_fixtures import BUNDLED, DATA, Site
from http_api import Api, Refused

from tvae.checkpoints.checkpoint_file import digest
from tvae.page.api.endpoint import ANSWERS, inputs_of
from tvae.page.api.explorer import ENDPOINTS

CALLS: dict[str, dict[str, Any]] = {
    "checkpoints": {},
    "leaderboard": {"also": ""},
    "operations": {"query": "semilattice", "columns": ["image"]},
    "properties": {"operations": "min, 13"},
    "encode": {"checkpoint": BUNDLED, "operations": [13, "min"], "vectors": False},
    "coverage": {"checkpoint": BUNDLED},
    "metrics": {"checkpoint": BUNDLED},
    "radius_plot": {"checkpoint": BUNDLED},
    "regions": {"checkpoint": BUNDLED, "samples": 100},
    "regions_plot": {"checkpoint": BUNDLED},
    "neighbours": {"checkpoint": BUNDLED, "operation": 13},
    "geodesic": {"checkpoint": BUNDLED, "start": "min", "end": 13},
    "decode": {"checkpoint": BUNDLED, "points": [[0.0] * 16]},
    "compare": {"checkpoint_a": BUNDLED, "checkpoint_b": "tree"},
    "robustness": {"checkpoint": BUNDLED},
    "genetic_code": {"checkpoint": BUNDLED, "permutations": 100},
    "algebra": {"checkpoint": BUNDLED, "permutations": 9},
    "encode_sequence": {"checkpoint": "codons_brca1", "fasta": ">a\nATGAAA"},
    "sequence_map": {"checkpoint": "codons_brca1"},
    "hub_checkpoints": {"repository": "carol/models"},
    "open_from_hub": {"repository": "carol/models", "file": "run/best.pt"},
}
FUNCTIONS = {function.__name__: function for function in ENDPOINTS}
FILE = DATA / "v5_11_homeostasis_layout.pt"


@pytest.fixture(scope="module")
def carol(site: Site) -> Site:
    site.hub.add("carol/models", {"run/best.pt": FILE.read_bytes(), "notes.txt": b"-"})
    return site


@pytest.fixture(scope="module")
def info(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{site.url}gradio_api/info").json()["named_endpoints"]
    return found


def own_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [row for row in inspect.signature(function).parameters.values() if row.name != "request"]


@pytest.mark.parametrize("function", ENDPOINTS, ids=lambda function: function.__name__)
def test_inputs_and_answer_are_described(info: dict[str, Any], function: Callable[..., Any]) -> None:
    described = info[f"/{function.__name__}"]
    wanted = own_parameters(function)
    assert [row["parameter_name"] for row in described["parameters"]] == [row.name for row in wanted]
    for row, parameter in zip(described["parameters"], wanted, strict=True):
        assert row["type"]["description"] == inputs_of(function)[parameter.name]
        assert row["parameter_has_default"] == (parameter.default is not inspect.Parameter.empty)
        if row["parameter_has_default"]:
            assert row["parameter_default"] == parameter.default
    (answer,) = described["returns"]
    assert answer["type"]["description"] == ANSWERS[function.__name__]
    assert described["description"]
    assert "Args" not in described["description"]


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """As much of JSON Schema as the descriptions use."""
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {"string": str, "integer": int, "number": int | float, "boolean": bool, "array": list, "object": dict}
    kind = kinds.get(schema.get("type", ""), object)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return False
    items = schema.get("items")
    return not (isinstance(value, list) and items) or all(fits(item, items) for item in value)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_as_openapi_describes_it_is_answered(carol: Site, name: str) -> None:
    paths = httpx.get(f"{carol.url}gradio_api/openapi.json").json()["paths"]
    asked = paths[f"/gradio_api/call/v2/{name}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    inputs = CALLS[name]
    assert set(inputs) <= set(asked["properties"])
    for given, value in inputs.items():
        assert asked["properties"][given]["description"] == inputs_of(FUNCTIONS[name])[given]
        assert fits(value, asked["properties"][given])
    assert f"/gradio_api/call/{name}/{{event_id}}" in paths
    posted = httpx.post(f"{carol.url}gradio_api/call/v2/{name}", json=inputs, timeout=60).json()
    events = httpx.get(f"{carol.url}gradio_api/call/{name}/{posted['event_id']}", timeout=60).text.rstrip()
    event, data = events.split("\n\n")[-1].split("\ndata: ", 1)
    assert event == "event: complete"
    (answer,) = json.loads(data)
    head = ANSWERS[name].removeprefix("list of ")
    if head.startswith("{"):
        row = answer[0] if isinstance(answer, list) else answer
        assert top_level(head) <= set(row)


def top_level(described: str) -> set[str]:
    """The names of the outermost fields that are described."""
    depth, name, names = 0, "", set()
    for letter in described:
        depth += (letter in "{[(") - (letter in "}])")
        if (depth == 1 and letter in ",:{") or (depth == 0 and letter == "}"):
            names |= {name.strip()} if name.strip().isidentifier() else set()
            name = ""
        elif depth == 1:
            name += letter
        if depth == 0:
            break
    return names - {"results"}


def test_a_repository_is_listed_and_a_file_of_it_measured(carol: Site, api: Api) -> None:
    sha256 = digest(FILE.read_bytes())
    assert api("hub_checkpoints", "carol/models", "") == [
        {"file": "run/best.pt", "bytes": FILE.stat().st_size, "sha256": sha256}
    ]
    opened = api("open_from_hub", "carol/models", "run/best.pt", "main")
    assert opened["sha256"] == sha256
    assert api("metrics", opened["checkpoint"])["sha256"] == sha256
    for inputs, sentence in (
        (("carol", "run/best.pt", ""), "'carol' is not the name of a repository"),
        (("carol/models", "run/none.pt", ""), "has no file 'run/none.pt'"),
        (("carol/models", "../x.pt", ""), "it leaves the directory"),
        (("carol/models", "", ""), "No file is selected"),
        (("carol/models", 5, ""), "No file is selected"),
        ((5, "run/best.pt", ""), "must be text, not 5"),
    ):
        with pytest.raises(Refused, match=sentence):
            api("open_from_hub", *inputs)
