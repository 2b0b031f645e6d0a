"""Which calls are refused in a real server, and which run first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from asgi import finished
from gradio_client import Client
from guarded_app import App, served

from tvae.page.server.middleware.guard import busy
from tvae.page.server.shares.limits import Limits, Share


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


def test_any_other_error_goes_on_as_it_came() -> None:
    with pytest.raises(KeyError):
        finished(busy(None, KeyError("of ours")))  # type: ignore[arg-type]
