"""What stays in the server: nothing of a call, unless it named a session; of sessions, rather those that are open."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr
import httpx
import pytest
from starlette.middleware import Middleware

from tvae.page.server.gradio_sessions import SessionEviction

CAPACITY = 3


@dataclass
class App:
    demo: gr.Blocks
    http: httpx.Client

    def call(self, **more: str) -> str:
        """Ask and fetch the answer; the event's name."""
        event: str = self.http.post("gradio_api/call/double", json={"data": [21], **more}).json()["event_id"]
        assert "data: [42]" in self.http.get(f"gradio_api/call/double/{event}").text
        return event

    def held(self) -> tuple[set[str], set[str], set[str]]:
        queue = self.demo._queue
        sessions = set(self.demo.state_holder.session_data)
        return sessions, set(queue.pending_messages_per_session), set(queue.pending_event_ids_session)

    def holds(self, sessions: set[str]) -> bool:
        """Whether only these are held; the server forgets just after the answer's last byte, so within a while."""
        deadline = time.monotonic() + 20
        while self.held()[0] != sessions and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.held()[0] == sessions and all(held <= sessions for held in self.held())


@pytest.fixture
def app() -> Iterator[App]:
    def double(n: int) -> int:
        return 2 * n

    def fail(n: int) -> int:
        raise gr.Error(f"no {n}", print_exception=False)

    with gr.Blocks(analytics_enabled=False) as demo:
        gr.api(double, api_name="double")
        gr.api(fail, api_name="fail")
    _, url, _ = demo.launch(
        prevent_thread_lock=True,
        quiet=True,
        app_kwargs={"middleware": [Middleware(SessionEviction)]},
        show_error=True,
        state_session_capacity=CAPACITY,
    )
    with httpx.Client(base_url=url, timeout=30) as client:
        yield App(demo, client)
    demo.close()


class TestSessions:
    def test_nothing_stays_of_calls_without_a_session(self, app: App) -> None:
        for _ in range(3):
            app.call()
        assert app.holds(set())

    def test_nothing_stays_of_a_call_that_failed(self, app: App) -> None:
        event = app.http.post("gradio_api/call/fail", json={"data": [1]}).json()["event_id"]
        assert "no 1" in app.http.get(f"gradio_api/call/fail/{event}").text
        assert app.holds(set())

    def test_a_named_session_stays(self, app: App) -> None:
        app.call(session_hash="visitor")
        app.call()
        assert app.holds({"visitor"})

    def close(self, app: App, session: str) -> None:
        """As a browser does: the connection that keeps a page's session alive ends."""
        with app.http.stream("GET", f"gradio_api/heartbeat/{session}") as alive:
            assert next(alive.iter_lines()) == "data: ALIVE"
        kept = app.demo.state_holder.session_data[session]
        deadline = time.monotonic() + 20
        while not kept.is_closed and time.monotonic() < deadline:
            time.sleep(0.01)
        assert kept.is_closed

    def test_a_session_whose_page_is_closed_goes_before_one_that_was_used_longer_ago(self, app: App) -> None:
        for session in ("open", "closed", "last"):
            app.call(session_hash=session)
        self.close(app, "closed")
        app.call(session_hash="new")
        assert app.holds({"open", "last", "new"})

    def test_where_every_page_is_open_the_one_goes_that_was_used_longest_ago(self, app: App) -> None:
        for session in ("first", "second", "third", "first", "fourth"):
            app.call(session_hash=session)
        assert app.held()[0] == {"first", "third", "fourth"}
