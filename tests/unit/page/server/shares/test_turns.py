"""Places are given in a fair order, and a caller who disconnects gives its place back."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tvae.page.server.callers import Caller
from tvae.page.server.shares.limits import Share
from tvae.page.server.shares.turns import Turns

SHARE = Share(caller=1, address=1, total=2, retry=1)
ALICE, BOB, CAROL = (Caller(f"192.0.2.{number}", f"192.0.2.{number}") for number in range(3))


def apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own, since Playwright may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def test_whoever_has_the_fewest_goes_next() -> None:
    async def check() -> None:
        turns = Turns(SHARE)
        first, second, third, fourth = [asyncio.create_task(turns.take(one)) for one in (ALICE, ALICE, BOB, CAROL)]
        await asyncio.sleep(0)
        assert [task.done() for task in (first, second, third, fourth)] == [True, False, True, False]
        turns.give_back(BOB)
        await fourth
        assert not second.done()  # of a caller who has one
        turns.give_back(ALICE)
        await second
        turns.give_back(ALICE)
        turns.give_back(CAROL)
        assert (turns._running, turns._waiting) == ([], [])

    apart(check())


def test_a_caller_who_goes_away_takes_no_place_along() -> None:
    async def check() -> None:
        turns = Turns(SHARE)
        await turns.take(ALICE)
        waiting, chosen = (asyncio.create_task(turns.take(one)) for one in (ALICE, ALICE))
        await asyncio.sleep(0)
        waiting.cancel()
        turns.give_back(ALICE)  # before `waiting` knows that it is cancelled
        chosen.cancel()  # which has a place by now, and does not know it yet
        await asyncio.wait({waiting, chosen})
        assert (waiting.cancelled(), chosen.cancelled()) == (True, True)
        assert (turns._running, turns._waiting) == ([], [])

    apart(check())
