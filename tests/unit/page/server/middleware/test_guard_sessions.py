"""What stays of sessions in a real server, and which make room for others."""

import gc
import weakref

import gradio as gr
from guarded_app import App, served

from tvae.page.gradio_internals.tabs import COMPONENTS_OF_A_TAB, EVENTS_OF_A_TAB
from tvae.page.server.shares.limits import LIMITS, Limits


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
