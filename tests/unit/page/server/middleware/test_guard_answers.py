"""What stays of answers in a real server that nobody fetches, and who can fetch them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from asgi import finished
from guarded_app import App, served

from tvae.page.server.middleware import guard
from tvae.page.server.middleware.guard import Guard
from tvae.page.server.shares.limits import MB, Limits, Share
from tvae.page.server.shares.table import Shares


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

    def test_one_that_cannot_be_written_is_a_sentence_and_the_stream_goes_on(self, app: App) -> None:
        in_json = {"content-type": "application/json"}
        with app.tab("visitor"):
            for name, sent in (("echo", "\\ud800"), ("echo", "fine"), ("fail", "\\ud800")):
                (index,) = (fn._id for fn in app.demo.fns.values() if fn.api_name == name)
                body = f'{{"data": ["{sent}"], "fn_index": {index}, "session_hash": "visitor"}}'
                assert app.http.post("gradio_api/queue/join", content=body, headers=in_json).status_code == 200
                assert app.finished()
            lines = app.http.get("gradio_api/queue/data", params={"session_hash": "visitor"}).text.splitlines()
        messages = [json.loads(line.removeprefix("data:")) for line in lines if line]
        answers = [one for one in messages if one["msg"] == "process_completed"]
        assert [one["success"] for one in answers] == [False, True, False]
        assert all(one["event_id"] for one in answers)
        assert answers[1]["output"]["data"] == ["fine"]
        for refused in (answers[0], answers[2]):
            assert "half of a surrogate pair, such as \\ud800" in refused["output"]["error"]

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
                app.call(session_hash=f"other {number}")  # to its end: until then, the session counts
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
