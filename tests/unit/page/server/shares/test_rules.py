"""The real page and its API, with the usual limits, while one script asks for as much as it can."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import httpx
import pytest
from app_fixtures import BUNDLED
from http_api import Api

from tvae.analysis import genetic_code
from tvae.page.build import build, launch_arguments
from tvae.page.gradio_internals.answers import session_loads
from tvae.page.server.shares.limits import LIMITS
from tvae.page.ui.components import HEAVY

pytestmark = pytest.mark.server
NAMES = ("checkpoint", "stops", "permutations", "seed", "distances")
ALL = [BUNDLED, "all", False]


@pytest.fixture(scope="module")
def page() -> Iterator[gr.Blocks]:
    demo = build()
    demo.launch(**launch_arguments(demo), quiet=True, prevent_thread_lock=True)
    yield demo
    demo.close()


@pytest.fixture
def http(page: gr.Blocks) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{page.local_url}gradio_api/", timeout=120) as client:
        yield client


def test_one_share_admits_the_largest_answer_and_sixty_unread_ones_are_bounded(
    page: gr.Blocks, http: httpx.Client
) -> None:
    with ThreadPoolExecutor(8) as pool:
        posted = list(pool.map(lambda _: http.post("call/encode", json={"data": ALL}), range(60)))
    accepted = [answer.json()["event_id"] for answer in posted if answer.status_code == 200]
    refused = [answer for answer in posted if answer.status_code != 200]
    assert {answer.status_code for answer in refused} == {429}
    assert {answer.headers["retry-after"] for answer in refused} <= {"5", "15", "60"}
    assert all(answer.json()["error"].startswith("One visitor may have") for answer in refused)
    assert len(refused) >= 60 - LIMITS.calls.caller
    names = http.post("call/checkpoints", json={"data": []}) if len(accepted) < LIMITS.calls.caller else None
    texts = [http.get(f"call/encode/{event}").text for event in accepted]
    assert sum(load.size for load in session_loads(page.app, HEAVY["concurrency_id"])) <= LIMITS.answers.caller
    complete = [text for text in texts if "event: complete" in text]
    assert complete
    assert max(map(len, complete)) < LIMITS.answers.caller / 2
    assert all("MB of unfetched answers" in text for text in texts if text not in complete)
    if names is not None:
        assert BUNDLED in http.get(f"call/checkpoints/{names.json()['event_id']}").text


def test_light_calls_do_not_wait_for_heavy_ones(
    page: gr.Blocks, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of checkpoints is there while two analyses run, which do not end, and ten others wait for them."""
    examine, ended = genetic_code.examine, threading.Event()

    def slow(*inputs: Any) -> Any:
        assert ended.wait(60)
        return examine(*inputs)

    monkeypatch.setattr(genetic_code, "examine", slow)
    inputs = ([BUNDLED, False, 10, seed, False] for seed in range(12))
    posted = [http.post("call/v2/genetic_code", json=dict(zip(NAMES, one, strict=True))) for one in inputs]
    api = Api(page.local_url)
    assert BUNDLED in {entry["name"] for entry in api("checkpoints")}
    api.close()
    assert sum(load.grouped for load in session_loads(page.app, HEAVY["concurrency_id"])) == 12
    ended.set()
    texts = [http.get(f"call/genetic_code/{answer.json()['event_id']}").text for answer in posted]
    assert all("event: complete" in text for text in texts)


def test_no_call_passes_by_the_queue(http: httpx.Client) -> None:
    for way in ("run", "api"):
        answer = http.post(f"{way}/encode", json={"data": ALL})
        assert answer.status_code == 404
        assert "POST the inputs to /gradio_api/call/encode, then GET" in answer.json()["error"]
