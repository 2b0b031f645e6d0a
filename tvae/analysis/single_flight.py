"""A bounded, thread-safe cache that computes each key once, however many threads ask, and one value of the same kind.

    cache = Cache[str, Report](capacity=8)
    report = cache.get(digest, lambda: examine(digest))

    metrics = Once(lambda: evaluate(embedding))
    metrics.get()

Concurrent callers of one key share one computation. The least recently used key is evicted first. Callers share the
values, so these must be immutable.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Values by key; `get` computes a missing one."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity  # keys, including those being computed
        self._lock = Lock()
        self._known: OrderedDict[Key, Future[Value]] = OrderedDict()

    def __len__(self) -> int:
        """Number of keys, including those being computed."""
        return len(self._known)

    def get(self, key: Key, compute: Callable[[], Value]) -> Value:
        """The value of `key`, from `compute` if it is not in the cache.

        Raises what `compute` raises, in every waiting caller. A failure is not cached, so the next call tries again.
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

    def peek(self, key: Key) -> Value | None:
        """The value of `key` if it is in the cache, which counts as a use; else None, and nothing is computed."""
        with self._lock:
            future = self._known.get(key)
            if future is None or not future.done() or future.exception():
                return None
            self._known.move_to_end(key)
        return future.result()

    def has(self, key: Key) -> bool:
        """Whether `get` would return immediately."""
        future = self._known.get(key)
        return future is not None and future.done()

    def _fill(self, key: Key, future: Future[Value], compute: Callable[[], Value]) -> None:
        try:
            future.set_result(compute())
        except BaseException as error:  # of any type, or the waiting callers would wait for ever
            with self._lock:
                if self._known.get(key) is future:
                    del self._known[key]
            future.set_exception(error)


class Once(Generic[Value]):
    """One value, computed when it is first needed."""

    def __init__(self, compute: Callable[[], Value]) -> None:
        self._compute = compute
        self._cache = Cache[None, Value](capacity=1)

    def get(self) -> Value:
        """The value. Raises what `compute` raises; then the next call tries again."""
        return self._cache.get(None, self._compute)
