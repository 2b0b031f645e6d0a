"""`python app.py --mcp` and a real MCP client over streamable HTTP; and what is said where the packages are missing."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_fixtures import BUNDLED, ROOT, Site, running_app
from hub_server import LocalHub
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from tvae.analysis import evaluation
from tvae.checkpoints import loading
from tvae.page.api.endpoint import ANSWERS, INPUTS, inputs_of
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.api.mcp import INSTALL
from tvae.reports import checkpoints

pytestmark = pytest.mark.server
WITHOUT_MCP = (
    "import runpy, sys; sys.modules['mcp'] = None; sys.argv[0:1] = []; runpy.run_path('app.py', run_name='__main__')"
)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_app(LocalHub(), tmp_path_factory.mktemp("mcp"), "--mcp", HF_HUB_OFFLINE="1") as running:
        yield running


def asked(site: Site, *calls: tuple[str, dict[str, Any]]) -> tuple[list[Tool], list[CallToolResult]]:
    """The tools, and the answer to each call."""

    async def talk() -> tuple[list[Tool], list[CallToolResult]]:
        address = f"{site.url}gradio_api/mcp/"
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            found = (await session.list_tools()).tools
            return found, [await session.call_tool(name, arguments) for name, arguments in calls]

    with ThreadPoolExecutor(1) as aside:  # Playwright keeps a loop running in the thread of the tests
        return aside.submit(asyncio.run, talk()).result()


def test_on_a_space_the_variable_of_gradio_serves_the_tools(tmp_path: Path) -> None:
    settings = {"SYSTEM": "spaces", "SPACE_ID": "alice/tvae", "GRADIO_MCP_SERVER": "True", "HF_HUB_OFFLINE": "1"}
    with running_app(LocalHub(), tmp_path, **settings) as running:
        found, (coverage,) = asked(running, ("tvae_coverage", {"checkpoint": BUNDLED}))
    assert [tool.name for tool in found] == [f"tvae_{function.__name__}" for function in ENDPOINTS]  # the Space's name
    assert json.loads(text_of(coverage))["reconstructed"] == 19_683


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_tools_are_the_endpoints_and_say_what_they_take(tools: Site) -> None:
    found, _ = asked(tools)
    words = {function.__name__: inputs_of(function) for function in ENDPOINTS}
    assert [tool.name for tool in found] == [function.__name__ for function in ENDPOINTS]
    for tool in found:
        assert tool.description
        assert ANSWERS[tool.name] in tool.description
        for name, schema in tool.inputSchema["properties"].items():
            assert schema["description"] == words[tool.name][name]
            assert {"type", "anyOf", "enum"} & set(schema)
    encode = next(tool for tool in found if tool.name == "encode")
    assert encode.inputSchema["required"] == ["checkpoint", "operations"]
    assert encode.inputSchema["properties"]["vectors"] == {
        "type": "boolean", "default": True, "description": INPUTS["vectors"],
    }  # fmt: skip
    plot = next(tool for tool in found if tool.name == "radius_plot")
    assert plot.inputSchema["properties"]["encoder"]["enum"] == ["A", "B"]


def test_answers_are_the_documents_of_the_api(tools: Site) -> None:
    _, (metrics, encoded, near, names) = asked(
        tools,
        ("metrics", {"checkpoint": BUNDLED}),
        ("encode", {"checkpoint": BUNDLED, "operations": ["min", 13], "vectors": False}),
        ("neighbours", {"checkpoint": BUNDLED, "operation": "min", "k": 3}),
        ("checkpoints", {}),
    )
    location = loading.locate(BUNDLED)
    evaluated = evaluation.measure(location, loading.open_located(location))
    assert not any(result.isError for result in (metrics, encoded, near, names))
    document = json.loads(text_of(metrics))
    assert document["sha256"] == evaluated.checkpoint.sha256
    assert document["a"]["hierarchy"] == pytest.approx(evaluated.metrics.a.hierarchy, abs=1e-9)
    rows = json.loads(text_of(encoded))["operations"]
    assert [(row["index"], row["name"], row["exact"]) for row in rows] == [(15_633, "min", True), (13, None, True)]
    assert len(json.loads(text_of(near))["neighbours"]) == 3
    assert json.loads(text_of(names)) == checkpoints.checkpoints()


def test_errors_are_errors_with_the_sentence(tools: Site) -> None:
    _, (unknown, wrong, typed) = asked(
        tools,
        ("metrics", {"checkpoint": "nope"}),
        ("encode", {"checkpoint": BUNDLED, "operations": "0, foo"}),
        ("neighbours", {"checkpoint": BUNDLED, "operation": 0, "encoder": "C"}),
    )
    assert all(result.isError for result in (unknown, wrong, typed))
    assert "No checkpoint is called 'nope'. Choose one of these: rich_tree" in text_of(unknown)
    assert "'foo' at character 4" in text_of(wrong)
    assert "'C'" in text_of(typed)


def run(program: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_without_the_packages_there_is_one_sentence() -> None:
    done = run(["-c", WITHOUT_MCP, "app.py", "--mcp"])
    assert (done.returncode, done.stderr.strip().split("\n")[-1]) == (2, INSTALL)
    assert "Traceback" not in done.stderr


def test_help_and_what_is_not_known() -> None:
    done = run(["app.py", "--nonsense"])
    assert done.returncode == 2
    assert "--mcp" in done.stderr
    assert "--nonsense" in done.stderr


def test_without_the_argument_there_are_no_tools(site: Site) -> None:
    assert httpx.post(f"{site.url}gradio_api/mcp/", json={}).status_code in (404, 405)
    assert Path(ROOT, "app.py").read_text().count("\n") <= 45
