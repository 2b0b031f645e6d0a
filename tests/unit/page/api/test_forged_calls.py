"""Calls that no page makes: each ends with a sentence, without words of Python, and without a traceback in the log."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from app_fixtures import Site

PYTHON = re.compile(
    r"Traceback|object has no|NoneType|subscriptable|keyword argument|literal|convert|out of range|KeyError|<class|"
    r"positional|iterable|unhashable|Expecting|validation error|pydantic|list of choices"
)
WRONG: list[Any] = [
    None,
    5,
    "x",
    ["x"],
    {"ids": "abc", "id": [], "trits": "ab", "text": {}, "checkpoint": 5, "radius": "x"},
]


@pytest.fixture(scope="module")
def http(site: Site) -> Iterator[httpx.Client]:
    headers = {"content-type": "application/json"}
    with httpx.Client(base_url=f"{site.url}gradio_api/", timeout=60, headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def config(site: Site) -> Any:
    return httpx.get(f"{site.url}config", timeout=60).json()


@pytest.fixture
def silent_log(site: Site) -> Iterator[None]:
    """The server's log gets no traceback."""
    log = site.home / "app.log"
    before = len(log.read_bytes())
    yield
    new = log.read_bytes()[before:].decode(errors="replace")
    assert "Traceback" not in new, new[-3000:]


def answers(http: httpx.Client, session: str) -> Iterator[Any]:
    """The last message about each event, as the page gets them."""
    with http.stream("GET", "queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line else {"msg": ""}
            if message["msg"] == "process_completed":
                yield message
            if message["msg"] in ("close_stream", "unexpected_error"):
                return


def errors(http: httpx.Client, session: str) -> Iterator[str]:
    """The errors of an event as the page gets them."""
    for message in answers(http, session):
        if not message["success"]:
            yield message["output"]["error"]


def built_tabs(http: httpx.Client, config: Any, session: str) -> Iterator[Any]:
    """The components and events of each tab that is built when it is opened; they belong to the session."""
    opened = {
        component["id"]
        for component in config["components"]
        if str(component["props"].get("elem_id")).endswith("-opened")
    }
    for event in config["dependencies"]:
        if event["backend_fn"] and opened & {target for target, _ in event["targets"]}:
            body = {"session_hash": session, "fn_index": event["id"], "data": [""] * len(event["inputs"])}
            assert http.post("queue/join", json=body).status_code == 200
            (message,) = answers(http, session)
            yield message["output"]["render_config"]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.usefixtures("silent_log")
def test_events_with_values_that_no_page_sends(value: Any, http: httpx.Client, config: Any) -> None:
    seen = 0
    for event in config["dependencies"]:
        if event["backend_fn"] and "queue" in event:
            session = f"forged-{WRONG.index(value)}-{event['id']}"
            body = {"session_hash": session, "fn_index": event["id"], "data": [value] * len(event["inputs"])}
            answer = http.post("queue/join", json=body | {"event_data": value})
            assert answer.status_code == 200, answer.text
            for error in errors(http, session):
                seen += 1
                assert error
                assert not PYTHON.search(error), (event["id"], error)
                assert error.endswith((".", "?")), error
    assert seen > 5


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.usefixtures("silent_log")
def test_events_and_functions_of_built_tabs_with_values_that_no_page_sends(
    value: Any, http: httpx.Client, config: Any
) -> None:
    session = f"forged-tabs-{WRONG.index(value)}"
    with http.stream("GET", f"heartbeat/{session}"):  # without it, Gradio drops the tabs
        tabs = list(built_tabs(http, config, session))
        assert len(tabs) == 4
        seen = 0
        for event in (event for tab in tabs for event in tab["dependencies"] if event["backend_fn"]):
            body = {"session_hash": session, "fn_index": event["id"], "data": [value] * len(event["inputs"])}
            answer = http.post("queue/join", json=body | {"event_data": value})
            assert answer.status_code == 200, answer.text
            for error in errors(http, session):
                seen += 1
                assert not PYTHON.search(error), (event["targets"], error)
                assert error.endswith((".", "?")), error
        assert seen > 5
        for component in (component for tab in tabs for component in tab["components"]):
            for name in component["props"].get("server_fns") or []:
                call = {"session_hash": session, "component_id": component["id"], "fn_name": name, "data": value}
                answer = http.post("component_server", json=call)
                assert answer.status_code == 200, answer.text
                (sentence,) = answer.json().values()  # the words of `decode` are HTML
                assert re.search(r"\.(</p>)?$", sentence), sentence
                assert not PYTHON.search(sentence)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
@pytest.mark.usefixtures("silent_log")
def test_a_number_that_is_not_finite(number: str, http: httpx.Client, config: Any) -> None:
    (load,) = [event for event in config["dependencies"] if event["api_name"] == "load_checkpoint"]
    values = ", ".join([number] * len(load["inputs"]))
    session = f"forged-{number}"
    body = f'{{"session_hash": "{session}", "fn_index": {load["id"]}, "data": [{values}]}}'
    answer = http.post("queue/join", content=body)
    assert answer.status_code == 200, answer.text
    assert list(errors(http, session)) == ["An input of this event is not a finite number. Give a number such as 0.5."]


@pytest.mark.usefixtures("silent_log")
def test_functions_of_components_with_requests_that_no_page_sends(http: httpx.Client, config: Any) -> None:
    wrong = [*WRONG, "\ud800", [[[[]]]], {"table": []}, {"kind": [], "table": "operations", "checkpoint": None}]
    functions = [
        (component["id"], name)
        for component in config["components"]
        for name in component["props"].get("server_fns") or []
    ]
    assert len(functions) >= 3
    for component, name in functions:
        for value in wrong:
            call = {"session_hash": "forged", "component_id": component, "fn_name": name, "data": value}
            answer = http.post("component_server", content=json.dumps(call))  # a lone surrogate is an escape there
            assert answer.status_code == 200, answer.text
            assert answer.json()["error"].endswith("."), answer.text
            assert not PYTHON.search(answer.json()["error"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"session_hash": 1}',
        b'{"session_hash": "f", "component_id": "x", "fn_name": "y", "data": 1}',
        b'{"session_hash": "f", "component_id": 1, "fn_name": "__init__", "data": 1}',
    ],
)
@pytest.mark.parametrize(
    "path", ["component_server", "queue/join", "run/metrics", "call/metrics", "call/v2/metrics", "cancel", "reset"]
)
@pytest.mark.usefixtures("silent_log")
def test_bodies_that_are_no_call(path: str, body: bytes, http: httpx.Client) -> None:
    answer = http.post(path, content=body)
    assert 400 <= answer.status_code < 500, answer.text
    assert not PYTHON.search(answer.text)
    assert len(answer.text) < 500


@pytest.mark.usefixtures("silent_log")
def test_a_form_without_the_fields_of_a_call(site: Site) -> None:
    address = f"{site.url}gradio_api/component_server"
    for fields in ({}, {"component_id": "1"}, {"component_id": "x", "session_hash": "f", "fn_name": "y"}):
        answer = httpx.post(address, data=fields, files={"data": b"1"}, timeout=60)
        assert 400 <= answer.status_code < 500
        assert not PYTHON.search(answer.text)


@pytest.mark.usefixtures("silent_log")
def test_the_messages_of_a_session_that_the_queue_does_not_know(http: httpx.Client) -> None:
    for query in ("?session_hash=nobody", "?session_hash=", ""):
        answer = http.get(f"queue/data{query}")
        assert answer.status_code == 200
        message = json.loads(answer.text.removeprefix("data:"))
        assert (message["msg"], message["session_not_found"]) == ("unexpected_error", True)


@pytest.mark.parametrize(
    "path",
    [
        "/?page=x",
        "/config/%00",
        "/gradio_api/heartbeat/%0d%0aX",
        "/gradio_api/heartbeat/" + "a" * 100,
        "/gradio_api/queue/data?session_hash=%ff",
        "/gradio_api/queue/data?session_hash=" + "a" * 100,
        "/gradio_api/call/encode/x",
        "/gradio_api/call/v2/encode/x",
        "/gradio_api/proxy=%00",
        "/gradio_api/proxy=https://huggingface.co/",
        "/gradio_api/dev/reload",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/upload_progress?upload_id=x",
        "/gradio_api/stream/a/1/2/playlist.m3u8",
        "/gradio_api/vibe-code",
        "/monitoring",
        "/assets/" + "a" * 300,
        "/static/" + "a" * 300,
    ],
)
@pytest.mark.usefixtures("silent_log")
def test_addresses_that_no_page_asks_for(path: str, site: Site) -> None:
    answer = httpx.get(f"{site.url.rstrip('/')}{path}", timeout=5)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"].endswith(".")


@pytest.mark.usefixtures("silent_log")
def test_of_two_sessions_in_one_address_the_same_is_counted_and_read(http: httpx.Client) -> None:
    assert http.post("call/checkpoints", json={"data": [], "session_hash": "known"}).status_code == 200
    answer = http.get("queue/data?session_hash=known&session_hash=unknown")
    assert '"session_not_found":true' in answer.text


@pytest.mark.parametrize("name", ["a" * 65, "\ud800", "a\nb", "\N{LATIN SMALL LETTER E WITH ACUTE}"])
@pytest.mark.usefixtures("silent_log")
def test_sessions_have_short_names_of_ascii(name: str, http: httpx.Client) -> None:
    bodies = {
        "queue/join": {"fn_index": 0, "data": []},
        "call/checkpoints": {"data": []},
        "component_server": {"component_id": 1, "fn_name": "x", "data": None},
    }
    for path, body in bodies.items():
        answer = http.post(path, content=json.dumps({**body, "session_hash": name}))
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json()["error"].endswith(".")


@pytest.mark.usefixtures("silent_log")
def test_an_event_of_the_browser_alone_is_refused(http: httpx.Client, config: Any) -> None:
    number = next(event["id"] for event in config["dependencies"] if not event["backend_fn"])
    assert http.post("queue/join", json={"fn_index": number, "session_hash": "alone", "data": []}).status_code == 200
    assert [*errors(http, "alone")] == [
        "An input of this event has a value that the page does not offer. Reload the page and try again."
    ]


@pytest.mark.usefixtures("silent_log")
def test_a_caller_who_goes_away_while_sending_a_file(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(site.url).port)) as connection:
        connection.sendall(b"POST /checkpoint-file?name=a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")
    assert httpx.get(f"{site.url}config", timeout=60).status_code == 200
