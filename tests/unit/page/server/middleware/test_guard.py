"""What stays in a real server of calls and sessions, which calls it refuses, and which run first."""

import asyncio
import gc
import json
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import httpx
import pytest
from asgi import finished
from gradio_client import Client
from starlette.middleware import Middleware

from tvae.errors import ServerBusy
from tvae.page.gradio_internals.tabs import COMPONENTS_OF_A_TAB, EVENTS_OF_A_TAB, render_tab
from tvae.page.server.middleware import guard
from tvae.page.server.middleware.guard import Guard, busy
from tvae.page.server.shares.limits import LIMITS, MB, Limits, Share
from tvae.page.server.shares.rules import lifespan_of, sweep
from tvae.page.server.shares.table import Shares
from tvae.page.ui.components import HEAVY, QUIET

IN_JSON = {"content-type": "application/json"}
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
        for function in (double, fail, letters):
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


class TestSessions:
    def test_nothing_stays_of_calls_without_a_session(self, app: App) -> None:
        for _ in range(3):
            app.call()
        assert app.holds()
        assert app.demo._queue.event_analytics == {}

    def test_nothing_stays_of_a_call_that_failed(self, app: App) -> None:
        event = app.post("fail", 1).json()["event_id"]
        assert "no 1" in app.read("fail", event)
        assert app.holds()

    def test_a_named_session_stays(self, app: App) -> None:
        app.call(session_hash="visitor")
        app.call()
        assert app.holds("visitor")

    def test_a_session_that_never_opened_its_stream_goes_before_a_closed_one_and_that_before_an_open_one(
        self, app: App
    ) -> None:
        with app.tab("open"):
            with app.tab("closed"):
                for session in ("open", "closed", "never"):
                    app.call(session_hash=session)
            app.call(session_hash="new")
            assert app.holds("open", "closed", "new")
            with app.tab("new"):
                app.call(session_hash="newer")
                assert app.holds("open", "new", "newer")

    def test_the_newcomer_is_told_where_every_page_is_open(self, app: App) -> None:
        with app.tab("one"), app.tab("two"), app.tab("three"):
            for answer in (
                app.join("double", "four", 21),
                app.post("double", 21, session_hash="four"),
                app.http.get("gradio_api/heartbeat/four"),
                app.http.get("gradio_api/queue/data", params={"session_hash": "four"}),
            ):
                assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
                assert answer.json()["error"].startswith("One network address may have 3 pages or clients open")
            app.call()  # a call without a session opens none
            app.call(session_hash="three")

    def test_520_invented_sessions_leave_an_open_page_alone(self) -> None:
        with served(LIMITS) as app, app.tab("page"):
            app.call(session_hash="page")
            joined = [app.join("double", f"invented {number}", number).status_code for number in range(520)]
            assert set(joined) == {200, 429}
            assert "page" in app.held()[0]
            assert all(len(held) <= LIMITS.sessions.address for held in app.held())
            app.call(session_hash="page")

    def test_streams_of_one_session_are_bounded(self) -> None:
        with served(Limits(streams=1)) as app, app.tab("page"):
            again = app.http.get("gradio_api/heartbeat/page")
            assert (again.status_code, again.json()["error"]) == (
                429,
                "One page or client may have 1 connections open at a time. Close one.",
            )

    def test_a_tab_that_a_session_lacks_is_built_when_the_browser_uses_it(self, app: App) -> None:
        field = app.open_and_use_tab("first")
        assert app.join_event(EVENTS_OF_A_TAB, "second", "text").status_code == 200
        messages = app.http.get("gradio_api/queue/data", params={"session_hash": "second"}).text
        assert '"output":{"data":["text"]' in messages
        there = app.demo.state_holder.session_data["second"].blocks_config.blocks
        assert there[field._id] is not field
        assert isinstance(there[field._id], gr.Textbox)

    def test_so_is_one_whose_component_is_asked(self, app: App) -> None:
        asked = {"data": "a", "component_id": COMPONENTS_OF_A_TAB + 2, "session_hash": "new", "fn_name": "shout"}
        assert app.http.post("gradio_api/component_server", json=asked).json() == "A"

    def test_a_tab_can_be_opened_twice_in_a_session(self, app: App) -> None:
        """As when the first answer did not reach the browser."""
        first, second = (app.open_and_use_tab("first") for _ in range(2))
        assert first._id == second._id
        assert first is not second

    def test_a_page_that_opens_its_heartbeat_anew_ends_what_is_left_of_its_old_connection(self, app: App) -> None:
        """The old one is still open to the server, as after a network has gone and come back."""
        with app.tab("page"):
            app.join("slow", "page", 1)
            with app.http.stream("GET", "gradio_api/queue/data", params={"session_hash": "page"}) as old:
                lines = old.iter_lines()
                assert next(lines).startswith("data: ")
                with app.http.stream("GET", "gradio_api/heartbeat/page") as alive:
                    assert next(alive.iter_lines()) == "data: ALIVE"
                    assert not [line for line in lines if "process_completed" in line]  # and it ends
                    app.go.set()
                    assert app.finished()
                    app.join("double", "page", 21)
                    answer = app.http.get("gradio_api/queue/data", params={"session_hash": "page"}).text
                    assert '"data":[42]' in answer

    def test_a_session_that_goes_takes_its_tabs_along(self, app: App) -> None:
        fields = [weakref.ref(app.open_and_use_tab("first"))]
        queues = {*app.demo._queue.event_queue_per_concurrency_id}
        fields += [weakref.ref(app.open_and_use_tab(session)) for session in ("second", "third")]
        assert {*app.demo._queue.event_queue_per_concurrency_id} == queues  # one for all sessions
        assert all(field() for field in fields)
        gc.disable()  # it would free them, too, but seldom
        try:
            app.sweep(3_600)
            assert not app.held()[0]
            app.call()  # Gradio's two loops keep the last event that they have seen
            assert app.soon(lambda: sum(field() is not None for field in fields) <= 1)
        finally:
            gc.enable()


class TestAnswers:
    def test_what_nobody_fetches_goes_after_a_minute(self, app: App) -> None:
        event = app.post("letters", 1_000).json()["event_id"]
        assert app.join("letters", "invented", 1_000).status_code == 200
        assert app.finished()
        app.sweep(59)
        assert app.held()[1] == {event, "invented"}
        app.sweep(61)
        assert app.holds("invented")  # the session itself makes room when others need it
        assert not any(app.demo._queue.pending_event_ids_session.values())
        answer = app.http.get(f"gradio_api/call/letters/{event}")
        assert answer.status_code == 404
        assert answer.json()["error"].startswith("There is no answer at this address. An answer can be fetched once,")

    def test_the_minute_begins_when_it_is_finished(self, app: App) -> None:
        event = app.post("slow", 3).json()["event_id"]
        app.sweep(3_600)
        app.go.set()
        assert "data: [3]" in app.read("slow", event)

    def test_an_answer_in_a_session_is_not_stored_there_too(self, app: App) -> None:
        event = app.post("letters", 1_000, session_hash="visitor").json()["event_id"]
        assert "x" * 1_000 in app.read("letters", event)
        values = app.demo.state_holder.session_data["visitor"].config_values
        assert "x" * 1_000 not in json.dumps([*values.values()], default=str)
        assert len(values) <= 1  # no more than the input, and not the settings of every component

    def test_over_the_share_the_stream_says_so(self) -> None:
        with served(Limits(answers=Share(2 * MB, 3 * MB, 8 * MB, retry=60))) as app:
            events = [app.post("letters", 1_500_000).json()["event_id"] for _ in range(2) if app.finished()]
            assert app.finished()
            texts = [app.read("letters", event) for event in events]
            assert ["x" * 1_500_000 in text for text in texts] == [True, False]
            assert "event: error" in texts[1]
            sentence = json.loads(texts[1].split("data: ")[1])["error"]
            assert sentence.startswith("One visitor may have 2 MB of unfetched answers at a time.")
            event = app.post("letters", 1_500_000).json()["event_id"]  # there is room again
            assert "x" * 1_500_000 in app.read("letters", event)

    def test_in_all_the_oldest_that_nobody_reads_makes_room(self) -> None:
        with served(Limits(answers=Share(4 * MB, 4 * MB, 4 * MB, retry=60)), hops=1) as app:
            events = []
            for number in range(4):
                caller = {"x-forwarded-for": f"198.51.100.{number}"}
                answer = app.http.post("gradio_api/call/letters", json={"data": [1_500_000]}, headers=caller)
                events.append(answer.json()["event_id"])
                assert app.finished()
            answers = [app.http.get(f"gradio_api/call/letters/{event}") for event in events]
            assert [answer.status_code for answer in answers] == [404, 404, 200, 200]
            assert all("x" * 1_500_000 in answer.text for answer in answers[2:])

    def test_calls_of_others_that_nobody_fetches_make_room_and_those_that_run_do_not(self) -> None:
        with served(Limits(calls=Share(10, 10, 8, retry=5)), hops=1) as app:

            def call(name: str, number: int) -> httpx.Response:
                caller = {"x-forwarded-for": f"198.51.100.{number}"}
                return app.http.post(f"gradio_api/call/{name}", json={"data": [21]}, headers=caller)

            answers = [call("double", number) for number in range(8) if app.finished()]
            assert [answer.status_code for answer in answers] == [200] * 8
            events = [answer.json()["event_id"] for answer in answers]
            read = [app.http.get(f"gradio_api/call/double/{event}").status_code for event in events]
            assert read == [404, 404, *[200] * 6]  # a quarter of the room is kept for open pages
            assert [call("slow", number).status_code for number in range(7)] == [*[200] * 6, 429]
            app.go.set()

    def test_who_has_used_up_a_share_takes_no_room_from_others(self) -> None:
        with served(Limits(calls=Share(3, 3, 8, retry=5)), hops=1) as app:
            first = app.http.post("gradio_api/call/double", json={"data": [21]}).json()["event_id"]
            others = {"x-forwarded-for": "198.51.100.7"}
            codes = [
                app.http.post("gradio_api/call/double", json={"data": [1]}, headers=others).status_code
                for _ in range(12)
                if app.finished()
            ]
            assert codes == [200] * 3 + [429] * 9
            assert "data: [42]" in app.read("double", first)

    def test_a_long_calculation_that_is_refused_takes_no_room_either(self) -> None:
        with served(Limits(calls=Share(8, 8, 8, retry=5), heavy=Share(1, 1, 8, retry=15)), hops=1) as app:

            def call(name: str, number: int) -> httpx.Response:
                caller = {"x-forwarded-for": f"198.51.100.{number}"}
                return app.http.post(f"gradio_api/call/{name}", json={"data": [21]}, headers=caller)

            events = [call("double", number).json()["event_id"] for number in range(5) if app.finished()]
            assert call("slow", 7).status_code == 200
            refused = call("slow", 7)  # six calls are as many as addresses may have, and it is one of 7's too many
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
            app.go.set()
            assert all("data: [42]" in app.read("double", event) for event in events)

    def test_sixty_unread_calls_are_bounded(self) -> None:
        with served(Limits(calls=Share(10, 20, 40, retry=5))) as app:
            answers = [app.post("letters", 100_000) for _ in range(60)]
            refused = [answer for answer in answers if answer.status_code != 200]
            assert len(refused) == 50
            assert {answer.status_code for answer in refused} == {429}
            assert {answer.headers["retry-after"] for answer in refused} == {"5"}
            assert refused[0].json()["error"] == (
                "One visitor may have 10 waiting, running or unfetched calls at a time. Try again in 5 s."
            )
            for answer in answers[:10]:
                assert "event: complete" in app.read("letters", answer.json()["event_id"])
            app.call()

    def test_a_caller_who_goes_away_leaves_nothing(self, app: App) -> None:
        event = app.post("slow", 1).json()["event_id"]
        assert app.running.acquire(timeout=20)
        with pytest.raises(httpx.ReadTimeout):
            app.http.get(f"gradio_api/call/slow/{event}", timeout=0.2)
        app.go.set()
        assert app.finished()
        assert app.soon(lambda: not app.shares.readers)
        app.sweep(0)
        assert app.holds()

    def test_a_session_is_not_forgotten_while_its_answer_is_read(self, app: App) -> None:
        event = app.post("slow", 3, session_hash="visitor").json()["event_id"]
        with ThreadPoolExecutor(1) as aside:
            first = aside.submit(app.read, "slow", event)
            assert app.soon(lambda: app.shares.busy["visitor"] == 1)
            for number in range(4):  # one address may have three sessions
                assert app.post("double", 1, session_hash=f"other {number}").status_code == 200
            app.sweep(3_600)
            assert "visitor" in app.shares
            app.go.set()
            assert "data: [3]" in first.result()
        assert app.soon(lambda: not app.shares.busy)
        assert app.finished()
        app.sweep(3_600)
        assert app.holds()

    def test_a_call_cannot_be_cancelled(self, app: App) -> None:
        """Gradio would give its place to the next one, while its thread goes on."""
        event = app.post("slow", 3, session_hash="visitor").json()["event_id"]
        assert app.running.acquire(timeout=20)
        (index,) = (fn._id for fn in app.demo.fns.values() if fn.api_name == "slow")
        for path in ("cancel", "cancel/"):
            body = {"session_hash": "visitor", "fn_index": index, "event_id": event}
            answer = app.http.post(f"gradio_api/{path}", json=body)
            assert answer.status_code == 404
            assert answer.json()["error"].endswith(".")
        app.go.set()
        assert "data: [3]" in app.read("slow", event)

    def test_a_second_request_gets_nothing_while_gradio_still_knows_the_event(self, app: App) -> None:
        forget = threading.Event()
        app.demo._queue.compute_analytics_summary = lambda _: forget.wait(60)  # type: ignore[method-assign]
        event = app.call()
        assert event in app.demo._queue.event_ids_to_events
        assert app.http.get(f"gradio_api/call/double/{event}").status_code == 404
        forget.set()
        assert app.finished()
        app.sweep(0)
        assert app.holds()
        app.call()

    def test_a_second_request_gets_nothing_while_the_first_waits(self, app: App) -> None:
        event = app.post("slow", 3).json()["event_id"]
        with ThreadPoolExecutor(1) as aside:
            first = aside.submit(app.read, "slow", event)
            assert app.soon(lambda: event in app.shares.readers)
            assert app.http.get(f"gradio_api/call/v2/slow/{event}").status_code == 404
            app.go.set()
            assert "data: [3]" in first.result()

    def test_who_went_away_cannot_come_back_to_wait_for_ever(self, app: App) -> None:
        event = app.post("slow", 1, session_hash="visitor").json()["event_id"]
        assert app.running.acquire(timeout=20)
        with pytest.raises(httpx.ReadTimeout):
            app.http.get(f"gradio_api/call/slow/{event}", timeout=0.2)
        assert app.http.get(f"gradio_api/call/slow/{event}").status_code == 404
        app.go.set()

    def test_a_redirection_leaves_the_answer_where_it_is(self, app: App) -> None:
        event = app.post("double", 21).json()["event_id"]
        assert app.finished()
        answer = app.http.get(f"gradio_api/call/double/{event}/", follow_redirects=True)
        assert "data: [42]" in answer.text

    def test_events_that_gradio_has_forgotten_are_not_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = [str(number) for number in range(3 * guard.CLAIMS)]
        monkeypatch.setattr(guard, "session_of", lambda _app, event: event if event in known else None)
        guarded = Guard(finished, Shares(), 0)

        def claims(event: str) -> bool:
            return guarded._claims(None, event, guard.session_of(None, event))

        assert all(claims(event) for event in list(known))
        del known[5:]
        for number in range(5 * guard.CLAIMS):
            known.append(f"later {number}")
            assert claims(known[-1])
            assert not claims(known[-1])
            known.pop()
        assert not any(claims(event) for event in known)
        assert len(guarded._claimed) <= guard.CLAIMS + 1


class TestCalls:
    def test_heavy_calls_wait_without_a_thread_and_others_pass_them(self, app: App) -> None:
        events = [app.post("slow", number).json()["event_id"] for number in range(12)]
        for _ in range(2):
            assert app.running.acquire(timeout=20)
        app.call()
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda _: app.call(), range(10)))
        assert not app.running.acquire(blocking=False)  # two run
        app.go.set()
        assert ["event: complete" in app.read("slow", event) for event in events] == [True] * 12

    def test_heavy_calls_have_a_share_of_their_own(self) -> None:
        with served(Limits(heavy=Share(3, 5, 8, retry=15))) as app:
            answers = [app.post("slow", number) for number in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
            assert answers[3].json()["error"] == (
                "One visitor may have 3 waiting or running long calculations at a time. Try again in 15 s."
            )
            app.call()

    def test_a_full_queue_of_gradio_is_429_too(self, app: App) -> None:
        for number in range(3):
            app.post("slow", number)
        for _ in range(2):
            assert app.running.acquire(timeout=20)
        app.demo._queue.max_size = 1  # as Gradio sets it on ZeroGPU
        refused = app.post("slow", 4)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert "error" in refused.json()

    def test_gradios_client_works(self, app: App) -> None:
        client = Client(str(app.http.base_url), verbose=False)
        assert client.predict(21, api_name="/double") == 42
        assert app.soon(lambda: app.shares.is_open(client.session_hash))
        client.close()


@dataclass
class Reader:
    """A caller of ASGI that takes in so many messages, then none."""

    takes: int
    got: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  # what the app received after its answer

    async def call(self, shares: Shares) -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": ("192.0.2.1", 1)}
        await Guard(self._answer, shares, 0)(scope, self._receive, self._send)

    async def _answer(self, _scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * (3 * guard.SLICE), "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        self.heard.append((await receive())["type"])

    async def _send(self, message: Any) -> None:
        if len(self.got) >= self.takes:
            await asyncio.Event().wait()
        self.got.append(message)

    async def _receive(self) -> Any:
        return {"type": "http.request"}


def run(calls: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a thread aside, because Playwright keeps a loop running in the thread of the tests."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(calls())).result()


class TestSlowReaders:
    def test_an_answer_is_handed_over_in_slices(self) -> None:
        reader, shares = Reader(takes=99), Shares()
        run(lambda: reader.call(shares))
        assert [len(message.get("body", b"")) for message in reader.got] == [0, *[guard.SLICE] * 3, 0]
        assert [message.get("more_body", False) for message in reader.got] == [False, True, True, True, False]
        assert (reader.heard, shares._sending) == (["http.request"], {})

    def test_who_takes_in_nothing_is_cut_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(guard, "SECONDS_A_SLICE", 0.01)
        reader, shares = Reader(takes=2), Shares()
        run(lambda: reader.call(shares))
        assert [len(message.get("body", b"")) for message in reader.got] == [0, guard.SLICE]
        assert (reader.heard, shares._sending) == (["http.disconnect"], {})

    def test_where_all_send_too_much_the_one_that_began_first_is_cut_off(self) -> None:
        slow, quick = Reader(takes=1), Reader(takes=99)
        shares = Shares(Limits(answers=Share(1, 1, 5 * guard.SLICE, retry=60)))

        async def both() -> None:
            waiting = asyncio.create_task(slow.call(shares))
            await asyncio.sleep(0)
            while not shares._sending:
                await asyncio.sleep(0)
            await quick.call(shares)
            await waiting

        run(both)
        assert (len(slow.got), slow.heard) == (1, ["http.disconnect"])
        assert (len(quick.got), quick.heard) == (5, ["http.request"])


def test_any_other_error_goes_on_as_it_came() -> None:
    with pytest.raises(KeyError):
        finished(busy(None, KeyError("of ours")))  # type: ignore[arg-type]


@dataclass
class Sender:
    """A caller of ASGI that sends these parts of a body, then waits or goes away."""

    parts: list[bytes]
    leaves: bool = False
    got: list[dict[str, Any]] = field(default_factory=list)
    arrived: list[bytes] = field(default_factory=list)  # at the app

    async def call(self, shares: Shares, path: str = "/gradio_api/call/double", **options: Any) -> None:
        scope = {"type": "http", "method": "POST", "path": path, "headers": [], "client": ("192.0.2.1", 1)}
        await Guard(self._app, shares, 0, **options)({**scope, "app": None}, self._receive, self._send)

    async def _app(self, _scope: Any, receive: Any, send: Any) -> None:
        self.arrived.append((await receive())["body"])

    async def _send(self, message: Any) -> None:
        self.got.append(message)

    async def _receive(self) -> Any:
        if self.parts:
            return {"type": "http.request", "body": self.parts.pop(0), "more_body": True}
        if self.leaves:
            return {"type": "http.disconnect"}
        await asyncio.Event().wait()
        raise AssertionError


class TestBodies:
    def test_the_app_gets_a_body_that_is_whole(self, app: App) -> None:
        parts = (json.dumps({"data": [21]})[place : place + 5].encode() for place in range(0, 20, 5))
        answer = app.http.post("gradio_api/call/double", content=parts, headers=IN_JSON)
        assert "data: [42]" in app.read("double", answer.json()["event_id"])

    def test_one_that_is_late_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(guard, "SECONDS_A_BODY", 0.01)
        sender, shares = Sender([b"{"]), Shares()
        run(lambda: sender.call(shares))
        assert (sender.got[0]["status"], sender.arrived, shares._arriving) == (408, [], {})
        assert b"The request did not arrive within 0.01 s." in sender.got[1]["body"]

    def test_those_of_one_caller_have_a_share(self) -> None:
        sender, shares = Sender([b"x" * 700_000] * 2), Shares(Limits(bodies=Share(MB, MB, MB, retry=10)))
        run(lambda: sender.call(shares))
        assert (sender.got[0]["status"], sender.arrived, shares._arriving) == (429, [], {})
        assert b"1 MB of other requests in transfer" in sender.got[1]["body"]

    def test_a_caller_who_goes_away_gets_no_answer(self) -> None:
        sender, shares = Sender([b"x"], leaves=True), Shares()
        run(lambda: sender.call(shares))
        assert (sender.got, sender.arrived, shares._arriving) == ([], [], {})

    def test_a_route_may_receive_its_own(self) -> None:
        sender = Sender([b"x", b"y"])
        run(lambda: sender.call(Shares(), "/file", receiving={"/file"}))
        assert sender.arrived == [b"x"]

    def test_a_body_without_an_announced_length_counts_while_its_call_waits(self) -> None:
        with served(Limits(answers=Share(2 * MB, 3 * MB, 8 * MB, retry=60))) as app:
            body = json.dumps({"data": ["x" * 1_500_000]}).encode()
            answers = [app.http.post("gradio_api/call/slow", content=iter([body]), headers=IN_JSON) for _ in range(3)]
            assert [answer.status_code for answer in answers] == [200, 200, 429]
