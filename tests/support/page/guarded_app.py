"""A small app behind the guard, in a real server."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import httpx
import pytest
from starlette.middleware import Middleware

from tvae.errors import ServerBusy
from tvae.page.gradio_internals.tabs import EVENTS_OF_A_TAB, render_tab
from tvae.page.server.middleware.guard import Guard, busy
from tvae.page.server.shares.limits import Limits, Share
from tvae.page.server.shares.rules import lifespan_of, sweep
from tvae.page.server.shares.table import Shares
from tvae.page.ui.components import HEAVY, QUIET

SMALL = Limits(sessions=Share(1, 3, 5, retry=60))


@dataclass
class App:
    """A small app behind the guard, with one function of each kind."""

    demo: gr.Blocks
    shares: Shares
    http: httpx.Client
    go: threading.Event = field(default_factory=threading.Event)  # that the slow calls wait for
    running: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))  # slow calls that have begun

    def post(self, name: str, *data: Any, **more: str) -> httpx.Response:
        return self.http.post(f"gradio_api/call/{name}", json={"data": data, **more})

    def join(self, name: str, session: str, *data: Any) -> httpx.Response:
        """As the page and Gradio's client call."""
        (index,) = (fn._id for fn in self.demo.fns.values() if fn.api_name == name)
        return self.join_event(index, session, *data)

    def join_event(self, index: int, session: str, *data: Any) -> httpx.Response:
        asked = {"data": data, "fn_index": index, "session_hash": session}
        return self.http.post("gradio_api/queue/join", json=asked)

    def open_and_use_tab(self, session: str) -> gr.Textbox:
        """Let a session open the tab and write into its only field, which is returned."""
        (index,) = (fn._id for fn in self.demo.fns.values() if fn.renderable)
        assert self.join_event(index, session).status_code == 200
        assert self.finished()
        config = self.demo.state_holder.session_data[session].blocks_config
        (field,) = (block for block in config.blocks.values() if isinstance(block, gr.Textbox))
        assert self.join_event(EVENTS_OF_A_TAB, session, "text").status_code == 200
        assert self.finished()
        return field

    def read(self, name: str, event: str) -> str:
        return self.http.get(f"gradio_api/call/{name}/{event}").text

    def call(self, **more: str) -> str:
        """Ask and fetch the answer; the event's name."""
        event: str = self.post("double", 21, **more).json()["event_id"]
        assert "data: [42]" in self.read("double", event)
        return event

    @contextmanager
    def tab(self, session: str) -> Iterator[None]:
        """A page that is open."""
        with self.http.stream("GET", f"gradio_api/heartbeat/{session}") as alive:
            lines = alive.iter_lines()  # without a reader, httpx closes the connection
            assert next(lines) == "data: ALIVE"
            yield
        assert self.soon(lambda: not self.shares.is_open(session))

    def soon(self, true: Callable[[], bool]) -> bool:
        """Whether something becomes true; the server frees just after an answer's last byte."""
        deadline = time.monotonic() + 20
        while not true() and time.monotonic() < deadline:
            time.sleep(0.01)
        return true()

    def held(self) -> tuple[set[str], set[str], set[str]]:
        queue = self.demo._queue
        sessions = set(self.demo.state_holder.session_data)
        return sessions, set(queue.pending_messages_per_session), set(queue.pending_event_ids_session)

    def holds(self, *sessions: str) -> bool:
        """Whether nothing of any other session is held, within a while."""
        return self.soon(lambda: self.held()[0] == {*sessions} and all(held <= {*sessions} for held in self.held()))

    def finished(self) -> bool:
        """Whether no call waits or runs, within a while."""
        return self.soon(lambda: not self.demo._queue.event_ids_to_events)

    def sweep(self, seconds: float) -> None:
        """As the sweeper does, at a later time."""
        sweep(self.demo.app, self.shares, time.monotonic() + seconds)


@contextmanager
def served(limits: Limits = SMALL, hops: int = 0) -> Iterator[App]:
    made: list[App] = []

    def double(n: int) -> int:
        return 2 * n

    def fail(n: int) -> int:
        raise gr.Error(f"no {n}", print_exception=False)

    def letters(n: int) -> str:
        return "x" * n

    def echo(text: str) -> str:
        return text

    def slow(n: int) -> int:
        made[0].running.release()
        made[0].go.wait(60)
        return n

    def tab() -> None:
        text = gr.Textbox()
        text.input(lambda shown: shown, text, text, **QUIET)
        gr.HTML("", server_functions=[shout])

    def shout(text: str) -> str:
        return text.upper()

    with gr.Blocks(analytics_enabled=False) as demo:
        for function in (double, fail, letters, echo):
            gr.api(function, api_name=function.__name__, concurrency_limit=None)  # type: ignore[attr-defined]
        gr.api(slow, api_name="slow", **HEAVY)  # type: ignore[attr-defined]
        opened = gr.Button()
        render_tab(tab, [], opened.click)
        demo.unload(lambda: None)  # so that Gradio's client keeps a stream open, as of the real page
    shares = Shares(limits)
    _, url, _ = demo.launch(
        prevent_thread_lock=True,
        quiet=True,
        app_kwargs={
            "middleware": [Middleware(Guard, shares=shares, hops=hops)],
            "lifespan": lifespan_of(shares),
            "exception_handlers": {ServerBusy: busy},
        },
        show_error=True,
    )
    connections = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=url, timeout=60, limits=connections) as client:
        made.append(App(demo, shares, client))
        try:
            yield made[0]
        finally:
            made[0].go.set()
    demo.close()


@pytest.fixture
def app() -> Iterator[App]:
    with served() as app:
        yield app
