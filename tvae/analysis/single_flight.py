"""A bounded cache that is safe under threads, with one computation a key however many ask at once.

    cache = Cache[str, Report](capacity=8)
    report = cache.get(digest, lambda: examine(digest))

Who asks while a key is being computed waits for that result. The least recently used key goes first. Values are shared
by all who ask, so they must be immutable.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """`get` computes the value of a key, or returns what was computed before."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity  # keys, those that are being computed included
        self._lock = Lock()
        self._known: OrderedDict[Key, Future[Value]] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are known, or being computed."""
        return len(self._known)

    def get(self, key: Key, compute: Callable[[], Value]) -> Value:
        """The value of `key`, by `compute` if it is not known.

        Raises what `compute` raises, to all who waited for it; a failure is not kept, so who asks next tries again.
        """
        with self._lock:
            future = self._known.get(key)
            mine = future is None
            if future is None:
                future = self._known[key] = Future()
                while len(self._known) > self._capacity:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
        if mine:
            self._fill(key, future, compute)
        return future.result()

    def has(self, key: Key) -> bool:
        """Whether `get` would answer at once."""
        future = self._known.get(key)
        return future is not None and future.done()

    def _fill(self, key: Key, future: Future[Value], compute: Callable[[], Value]) -> None:
        try:
            future.set_result(compute())
        except BaseException as error:  # whatever it is, those who wait must not wait for ever
            with self._lock:
                if self._known.get(key) is future:
                    del self._known[key]
            future.set_exception(error)
