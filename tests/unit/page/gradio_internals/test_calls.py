"""What the page uses of Gradio's internals is in one file, Gradio is pinned to the version that was read, and works."""

import ast
import asyncio
import re
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from queue import Queue
from threading import Event
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from gradio.server_messages import ProcessCompletedMessage
from paths import ROOT

from tvae.page.gradio_internals import calls as gradio_internals
from tvae.page.gradio_internals.calls import (
    VERSION,
    AnswersToCalls,
    CheckedBlocks,
    after_base,
    component_types,
    describe_last_endpoint,
    drop_session,
    render_tab,
)

FILE = Path(gradio_internals.__file__)
# Attributes of Gradio's objects, and other ways to lean on its source, which have no place elsewhere.
INTERNAL = {"_api_info", "_queue", "blocks_config", "extract_tb", "fn_id", "fns", "get_block_name", "get_blocks"} | {
    "state_holder",
    "validate_inputs",
}


def to_read_again() -> str:
    """Each use of Gradio's internals, with the place in Gradio's source."""
    text = FILE.read_text()
    return f"Read these again in Gradio, then set VERSION in {FILE.name}:\n" + "\n".join(
        " ".join(place.split()) for place in re.findall(r"Where: ((?:.(?!\"\"\"|\n\n))+)", text, re.DOTALL)
    )


def requirements() -> list[str]:
    """Every line that names Gradio, of what is installed with the package and its extras."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lines = [
        *(ROOT / "requirements.txt").read_text().splitlines(),
        *(line for extra in extras.values() for line in extra),
    ]
    return [line for line in lines if line.startswith("gradio")]


def test_gradio_is_pinned_to_the_version_that_was_read() -> None:
    major, minor = map(int, VERSION.split("."))
    pinned = f">={major}.{minor},<{major}.{minor + 1}"
    assert len(requirements()) == 3
    assert all(line.endswith(f"]{pinned}") for line in requirements()), to_read_again()
    assert version("gradio").startswith(f"{VERSION}."), to_read_again()


def test_what_to_read_again_is_named() -> None:
    said = to_read_again()
    for place in ("blocks.py", "mcp.py", "queueing.py", "route_utils.py", "state_holder.py", "templates/frontend"):
        assert f"gradio/{place}" in said


def test_no_other_file_leans_on_internals() -> None:
    for path in [*ROOT.glob("tvae/**/*.py"), ROOT / "app.py"]:
        tree = ast.parse(path.read_text())
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        found = {name for name in modules if name.startswith(("gradio.", "gradio_client"))} | names & INTERNAL
        assert bool(found) == (path == FILE), f"{path.name}: {found}"


def fail(choice: str) -> None:
    raise {"A": ZeroDivisionError("a sentence"), "B": KeyError("a secret")}[choice]


@pytest.fixture
def demo() -> gr.Blocks:
    """One endpoint, whose inputs are counted, a button, and an event that fails."""

    def add(first: int, second: int = 2) -> int:
        return first + second

    def refusal(name: str, count: int) -> str | None:
        return f"/{name} got {count}" if name == "add" and count != 2 else None

    def left_out(name: str, count: int) -> list[int]:
        return [2] if (name, count) == ("add", 1) else []

    def sentence(error: Exception) -> str | None:
        return str(error) if isinstance(error, ArithmeticError) else None

    with CheckedBlocks(
        AnswersToCalls(left_out, refusal, sentence, "not offered", "not finite", "unexpected")
    ) as blocks:
        gr.Button("go").click(lambda: None)
        gr.api(add)
        describe_last_endpoint(["one number", "another"], "their sum")
        gr.Radio(["A", "B"]).input(fail, choice := gr.Radio(["A", "B"]), choice, api_visibility="private")
    return blocks


def test_words_reach_the_description_of_an_endpoint(demo: gr.Blocks) -> None:
    described = demo.get_api_info()["named_endpoints"]["/add"]  # type: ignore[index]
    assert [one["type"]["description"] for one in described["parameters"]] == ["one number", "another"]
    assert [one["type"]["description"] for one in described["returns"]] == ["their sum"]


def test_public_endpoints_are_checked_and_events_are_not(demo: gr.Blocks) -> None:
    click, add, event = demo.fns.values()
    assert isinstance(demo, CheckedBlocks)
    demo.validate_inputs(click, [])
    demo.validate_inputs(add, [1, 2])
    demo.validate_inputs(add, inputs := [1])
    assert inputs == [1, 2]
    with pytest.raises(gr.Error, match="/add got 3"):
        demo.validate_inputs(add, [1, 2, 3])
    with pytest.raises(gr.Error, match="not finite"):
        demo.validate_inputs(event, [float("nan")])


@pytest.mark.parametrize(
    ("value", "message", "logged"),
    [("A", "a sentence", False), ("B", "unexpected", True), ("C", "not offered", False), (None, "unexpected", True)],
)
def test_every_error_of_an_event_is_a_sentence(demo: gr.Blocks, value: str | None, message: str, logged: bool) -> None:
    *_, failing = demo.fns.values()
    with pytest.raises(gr.Error) as caught, ThreadPoolExecutor(1) as apart:  # Playwright may have a loop in this thread
        apart.submit(asyncio.run, demo.process_api(failing, [value])).result()
    assert (caught.value.message, caught.value.print_exception) == (message, logged)


def test_each_tab_has_event_numbers_of_its_own() -> None:
    def build() -> None:
        gr.Button("go").click(lambda: None)

    with gr.Blocks() as blocks:
        opened = gr.Button()
        for _ in range(2):
            render_tab(build, [], opened.click)
    numbers: list[tuple[set[int], set[int]]] = []
    for order in ((1, 2), (2, 1)):
        session = gradio_internals._Session(blocks)
        for place in order:
            session.build_tab(place)
        config = session.blocks_config
        numbers.append((set(config.fns) - set(blocks.fns), set(config.blocks) - set(blocks.blocks)))
    assert numbers[0] == numbers[1]
    events, components = numbers[0]
    assert {number // gradio_internals.EVENTS_OF_A_TAB for number in events} == {1, 2}
    assert {number // gradio_internals.COMPONENTS_OF_A_TAB for number in components} == {1, 2}
    assert max(blocks.blocks) < gradio_internals.COMPONENTS_OF_A_TAB
    with pytest.raises(RuntimeError, match="while Blocks are being built"):
        render_tab(build, [], opened.click)


def test_a_session_does_not_wait_for_a_tab_of_another() -> None:
    begun, go_on = Event(), Event()

    def build() -> None:
        gr.Button("first")
        if not begun.is_set():
            begun.set()
            assert go_on.wait(60)
        gr.Button("second").click(lambda: None)

    with gr.Blocks() as blocks:
        render_tab(build, [], gr.Button().click)
    slow, fast = (gradio_internals._Session(blocks) for _ in range(2))
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(slow.build_tab, 1)
        assert begun.wait(60)
        before = gradio_internals.Context.id
        fast.build_tab(1)
        assert gradio_internals.Context.id == before  # the numbers of the page itself go on
        go_on.set()
        waiting.result()
    one, other = (
        {number: type(block) for number, block in session.blocks_config.blocks.items()} for session in (slow, fast)
    )
    assert one == other
    assert set(slow.blocks_config.fns) == set(fast.blocks_config.fns)


def test_invented_numbers_build_a_tab_once_a_session() -> None:
    built: list[int] = []

    def build() -> None:
        built.append(1)
        gr.Button().click(lambda: None)

    with gr.Blocks() as blocks:
        render_tab(build, [], gr.Button().click)
    session = gradio_internals._Session(blocks)
    for number in range(10**6 + 100, 10**6 + 120):
        assert number not in session
    for number in range(1_100, 1_120):
        with pytest.raises(KeyError):
            session.blocks_config.fns[number]
    assert built == [1]
    assert any(number // 1_000 == 1 for number in session.blocks_config.fns)


def test_a_tab_that_is_built_again_has_the_same_events() -> None:
    with gr.Blocks() as blocks:
        render_tab(lambda: gr.Button().click(lambda: None) and None, [], gr.Button().click)
    session, other = (gradio_internals._Session(blocks) for _ in range(2))
    for one in (session, other, other):  # which count together in Gradio
        one.build_tab(1)
    numbers = set(session.blocks_config.fns)
    for number in [one for one in session.blocks_config.blocks if one >= 10**6]:
        del session.blocks_config.blocks[number]  # as if the answer had not arrived
    session.build_tab(1)
    assert set(session.blocks_config.fns) == numbers


def test_an_event_or_a_component_that_no_tab_has_is_missing() -> None:
    with gr.Blocks() as blocks:
        render_tab(lambda: None, [], gr.Button().click)
    session = gradio_internals._Session(blocks)
    for number in (7, 1_001, 9_999, "text", None):
        with pytest.raises(KeyError):
            session.blocks_config.fns[number]  # type: ignore[index]
    for number in (10**6 + 5, 10**9):
        assert number not in session


def test_a_session_with_an_unfinished_event_is_kept(demo: gr.Blocks) -> None:
    app, holder, queue = App.create_app(demo), demo.state_holder, demo._queue
    assert holder["caller"]
    queue.pending_event_ids_session["caller"] = {"event"}
    queue.pending_messages_per_session["caller"] = Queue()
    queue.event_ids_to_events["event"] = SimpleNamespace(session_hash="caller")
    assert not drop_session(app, "caller")
    assert "caller" in holder
    del queue.event_ids_to_events["event"]
    assert drop_session(app, "caller")
    for kept in (holder, queue.pending_event_ids_session, queue.pending_messages_per_session):
        assert "caller" not in kept


@pytest.mark.parametrize("output", [{"data": [2**70]}, {"data": [{1: "x"}]}, {"data": ["\ud800"]}])
def test_every_answer_has_a_size(output: dict[str, Any]) -> None:
    waiting: Any = gradio_internals._Messages("198.51.100.7")
    waiting.put_nowait(ProcessCompletedMessage(output=output, success=True))
    assert waiting.size > len(str(output)) / 2
    waiting.get_nowait()
    assert waiting.size == 0


def test_an_answer_that_was_packed_is_the_same_when_it_is_fetched() -> None:
    waiting: Any = gradio_internals._Messages("198.51.100.7")
    large = {"data": [{"text": "ä" * gradio_internals.SMALL, "number": 0.1, "none": None}]}
    unusual = {"data": [2**70, "x" * gradio_internals.SMALL]}  # which orjson cannot write
    for event, output in (("a", {"data": [1]}), ("b", large), ("c", large), ("d", unusual)):
        waiting.put_nowait(ProcessCompletedMessage(event_id=event, output=output, success=True))
    size = waiting.size
    waiting.pack(time.monotonic())
    assert [one.message.output for one in waiting.waiting] == [{"data": [1]}, {}, {}, unusual]
    assert waiting.size == size
    assert [waiting.get_nowait().output for _ in range(2)] == [{"data": [1]}, large]
    assert waiting.drop_finished(time.monotonic()) == {"c", "d"}
    assert waiting.size == 0


def test_html_comes_after_the_base_of_the_page(demo: gr.Blocks) -> None:
    assert {"button", "api"} <= component_types(demo)
    page = (gradio_internals.FRONTEND / "index.html").read_bytes()
    edited = after_base(page, b"<b>")
    assert len(edited) == len(page) + 3
    assert edited.index(b"<base") < edited.index(b"<b>") < edited.index(b"gradio_config")
