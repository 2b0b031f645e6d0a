"""Fair turns for requests that do not pass through Gradio's queue and exceed the number of places."""

import asyncio

from tvae.page.server.callers import Caller
from tvae.page.server.shares.calls import next_to_run
from tvae.page.server.shares.limits import Share


class Turns:
    """The places of a share, given one by one to whoever has the fewest. Changed by the server's event loop only."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._running: list[Caller] = []
        self._waiting: list[tuple[Caller, asyncio.Future[None]]] = []

    async def take(self, caller: Caller) -> None:
        """Wait for a place, which is to be given back."""
        waiting = caller, asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._fill()
        try:
            await waiting[1]
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif not waiting[1].cancelled():  # it has just got a place
                self.give_back(caller)
            raise

    def give_back(self, caller: Caller) -> None:
        """Let the next one have a place of this caller."""
        self._running.remove(caller)
        self._fill()

    def _fill(self) -> None:
        while len(self._running) < self._share.total:
            place = next_to_run([caller for caller, _ in self._waiting], self._running, self._share)
            if place is None:
                return
            caller, turn = self._waiting.pop(place)
            if not turn.cancelled():
                self._running.append(caller)
                turn.set_result(None)
