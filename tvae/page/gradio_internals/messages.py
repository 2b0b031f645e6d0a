"""The messages that wait for each session, with their sizes and times.

Where: gradio/queueing.py, Queue.pending_messages_per_session; gradio/utils.py, LRUCache.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from gradio.server_messages import ProcessCompletedMessage
from gradio.utils import LRUCache

SMALL: Final = 2**16  # bytes up to which an answer is not worth counting, since the number of calls is bounded


@dataclass
class _Waiting:
    """A message that waits to be fetched."""

    message: Any
    json: bytes | None  # of its output, if that is large
    size: int  # bytes of its output as JSON
    at: float  # when it was put there
    is_json: bool  # whether its output can be written as JSON
    packed: bool = False

    def pack(self) -> None:
        """Keep only the JSON of the output.

        As Python objects it takes four times as much memory, and each full run of the garbage collector, which stops
        the whole server, looks at all of them.
        """
        if self.json is not None and not self.packed:
            self.message.output, self.packed = {}, True

    def unpacked(self) -> Any:
        """The message with its output."""
        if self.packed and self.json is not None:
            self.message.output = orjson.loads(self.json)
        return self.message


class Messages(asyncio.Queue[Any]):
    """The messages for one session, with their sizes, and when each was put there."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.size = 0  # bytes

    @property
    def waiting(self) -> deque[_Waiting]:
        """The messages, the oldest first."""
        return self._queue  # type: ignore[attr-defined, no-any-return]

    def _put(self, item: Any) -> None:
        text, size = _json(item)
        self.size += size
        is_json = text is not None or getattr(item, "output", None) is None
        super()._put(_Waiting(item, text if size > SMALL else None, size, time.monotonic(), is_json))

    def _get(self) -> Any:
        first: _Waiting = super()._get()
        self.size -= first.size
        return first.unpacked()

    def oldest(self) -> float | None:
        """When the oldest answer was finished; None without one."""
        return next((one.at for one in self.waiting if is_answer(one.message)), None)

    def last(self) -> int:
        """Size of the message that was put last."""
        return self.waiting[-1].size

    def last_is_json(self) -> bool:
        """Whether the message that was put last can be sent; one that cannot would end its session's stream."""
        return self.waiting[-1].is_json

    def take_back(self) -> None:
        """Remove the message that was put last, before anything else runs."""
        self.size -= self.waiting.pop().size

    def pack(self, before: float) -> None:
        """Pack the large answers that were finished before a time."""
        for one in self.waiting:
            if one.at <= before and is_answer(one.message):
                one.pack()

    def drop_finished(self, before: float) -> set[str]:
        """Remove the answers that were finished before a time, with all before them; the events that they are of."""
        old = [place for place, one in enumerate(self.waiting) if is_answer(one.message) and one.at <= before]
        dropped: set[str] = set()
        for _ in range(max(old, default=-1) + 1):
            first = self.waiting.popleft()
            self.size -= first.size
            if is_answer(first.message):
                dropped.add(str(first.message.event_id))
        return dropped


class MessagesOfSessions(LRUCache[str, Any]):
    """Queue.pending_messages_per_session with our queues, without the removal of the oldest, whose page may be open."""

    def __init__(self, address: Callable[[], str | None]) -> None:
        super().__init__()
        self._address = address

    def __setitem__(self, session: str, value: Any) -> None:
        """Make a queue of ours, for the address that is being handled."""
        self.max_size = len(self) + 1
        super().__setitem__(session, Messages(self._address() or ""))


def is_answer(message: Any) -> bool:
    """Whether a message is the last one of its event."""
    return isinstance(message, ProcessCompletedMessage)


def _json(message: Any) -> tuple[bytes | None, int]:
    """The output of a message as JSON, if orjson can write it, and its size."""
    output = getattr(message, "output", None)
    if output is None:
        return None, 200  # about as much as a message without an answer
    try:
        text = orjson.dumps(output, default=str)
    except TypeError:  # a number of more than 64 bits, half of a surrogate pair, or a key that is not a text
        return None, len(str(output))
    return text, len(text)
