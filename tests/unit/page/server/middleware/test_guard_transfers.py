"""Callers that send or take in too slowly, or too much at once."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from guarded_app import App, served

from tvae.page.server.middleware import guard
from tvae.page.server.middleware.guard import Guard
from tvae.page.server.shares.limits import MB, Limits, Share
from tvae.page.server.shares.table import Shares

IN_JSON = {"content-type": "application/json"}


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


class TestComponentFunctions:
    def test_one_address_leaves_places_for_others(self) -> None:
        """A visitor with many of them that take seconds."""
        began: list[str] = []

        async def check() -> None:
            over = asyncio.Event()

            async def answer(scope: Any, receive: Any, send: Any) -> None:
                await receive()
                began.append(scope["client"][0])
                await over.wait()
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"{}"})

            guarded = Guard(answer, Shares(), 0)
            calls = [asyncio.create_task(call_function(guarded, "192.0.2.1")) for _ in range(9)]
            await turns_of_the_loop()
            assert began == ["192.0.2.1"] * 2
            calls.append(asyncio.create_task(call_function(guarded, "198.51.100.7")))
            await turns_of_the_loop()
            assert began[2:] == ["198.51.100.7"]
            over.set()
            await asyncio.gather(*calls)

        run(check)
        assert len(began) == 10

    def test_open_pages_go_before_many_addresses_and_slow_functions_have_places_of_their_own(self) -> None:
        began: list[str] = []

        async def check() -> None:
            over = asyncio.Event()

            async def answer(scope: Any, receive: Any, send: Any) -> None:
                began.append(scope["client"][0])
                await over.wait()
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"{}"})

            shares = Shares()
            guarded = Guard(answer, shares, 0, slow=("components",))
            many = [f"192.0.2.{number}" for number in range(1, 21)]
            slow = b'{"session_hash": "x", "fn_name": "components"}'
            calls = [asyncio.create_task(call_function(guarded, one, slow)) for one in many]
            await turns_of_the_loop()
            assert began == many[:2]
            page = "198.51.100.7"
            with shares.stream("page", page, lambda: 0.0):
                for body in (slow.replace(b"x", b"page"), b'{"session_hash": "page", "fn_name": "column"}'):
                    calls.append(asyncio.create_task(call_function(guarded, page, body)))
                await turns_of_the_loop()
                assert began[2:] == [page]  # the column; the other one waits for a place, before all others
                over.set()
                await asyncio.gather(*calls)
            assert began[3] == page

        run(check)
        assert len(began) == 22

    def test_a_call_that_cannot_be_read_has_a_slow_place(self) -> None:
        guarded = Guard(Sender([])._app, Shares(), 0, slow=("components",))
        for body in (b"--form", b"", b"[" * 100_000, b"\xff"):
            assert guarded._component_call(body) == ("", True)
        assert guarded._component_call(b"[]") == ("", False)


async def call_function(guarded: Guard, address: str, body: bytes = b"{}") -> None:
    """Call a function of a component, as an ASGI server does."""
    scope = {"type": "http", "method": "POST", "path": "/gradio_api/component_server", "headers": [], "app": None}

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(_message: Any) -> None:
        return

    await guarded({**scope, "client": (address, 1)}, receive, send)


async def turns_of_the_loop() -> None:
    """Enough of them that whatever can go on has done so."""
    for _ in range(100):
        await asyncio.sleep(0)


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
