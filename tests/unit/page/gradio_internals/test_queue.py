"""What Gradio keeps for a session: until it is dropped, with its size, and as JSON if it is large."""

import time
from queue import Queue
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from gradio.server_messages import ProcessCompletedMessage

from tvae.page.gradio_internals.messages import SMALL, Messages
from tvae.page.gradio_internals.sessions import drop_session


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
    waiting: Any = Messages("198.51.100.7")
    waiting.put_nowait(ProcessCompletedMessage(output=output, success=True))
    assert waiting.size > len(str(output)) / 2
    waiting.get_nowait()
    assert waiting.size == 0


def test_an_answer_that_was_packed_is_the_same_when_it_is_fetched() -> None:
    waiting: Any = Messages("198.51.100.7")
    large = {"data": [{"text": "ä" * SMALL, "number": 0.1, "none": None}]}
    unusual = {"data": [2**70, "x" * SMALL]}  # which orjson cannot write
    for event, output in (("a", {"data": [1]}), ("b", large), ("c", large), ("d", unusual)):
        waiting.put_nowait(ProcessCompletedMessage(event_id=event, output=output, success=True))
    size = waiting.size
    waiting.pack(time.monotonic())
    assert [one.message.output for one in waiting.waiting] == [{"data": [1]}, {}, {}, unusual]
    assert waiting.size == size
    assert [waiting.get_nowait().output for _ in range(2)] == [{"data": [1]}, large]
    assert waiting.drop_finished(time.monotonic()) == {"c", "d"}
    assert waiting.size == 0
