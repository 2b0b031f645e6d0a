"""Which streams of a session go on when its page opens its first one anew."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tvae.page.server.shares.streams import Streams

Sent = list[dict[str, Any]]


def apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own, since Playwright may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


async def run(streams: Streams, session: str, sent: Sent, *, heartbeat: bool, fails: bool = False) -> None:
    async def answer() -> None:
        if fails:
            raise OSError("a sentence")
        sent.append({"type": "http.response.start"})
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        if not sent:
            raise RuntimeError("nothing was sent yet")
        sent.append(message)

    await streams.run(session, answer(), send, heartbeat=heartbeat)


def test_a_second_heartbeat_ends_the_other_streams_of_its_session_and_no_other() -> None:
    async def check() -> None:
        streams, sent = Streams(), [Sent() for _ in range(4)]
        tasks = [
            asyncio.create_task(run(streams, session, sent[place], heartbeat=heartbeat))
            for place, (session, heartbeat) in enumerate((("one", False), ("one", True), ("two", True)))
        ]
        await asyncio.sleep(0.01)
        assert not [task for task in tasks if task.done()]
        last = asyncio.create_task(run(streams, "one", sent[3], heartbeat=True))
        await asyncio.wait(tasks[:2])
        assert [task.done() for task in (*tasks, last)] == [True, True, False, False]
        assert [messages[-1].get("more_body") for messages in sent[:2]] == [False, False]  # they end as they should
        for task in (tasks[2], last):
            task.cancel()
        await asyncio.wait({tasks[2], last})
        assert streams._open == {}

    apart(check())


def test_what_an_answer_raises_is_raised() -> None:
    async def check() -> None:
        streams = Streams()
        with pytest.raises(OSError, match="a sentence"):
            await run(streams, "one", [], heartbeat=True, fails=True)
        assert streams._open == {}

    apart(check())
