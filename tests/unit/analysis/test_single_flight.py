"""The cache: one computation a key, failures are not kept, the least recently used goes, other keys do not wait.

What depends on checkpoints is in test_measuring.py.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from tvae.analysis.single_flight import Cache

SECONDS = 30  # before a test that would hang fails


def test_fifty_concurrent_callers_share_one_computation() -> None:
    cache, calls, gate = Cache[str, object](4), [], Event()
    barrier = Barrier(51)

    def compute() -> object:
        calls.append(1)
        assert gate.wait(SECONDS)
        return object()

    def ask() -> object:
        barrier.wait(SECONDS)
        return cache.get("key", compute)

    with ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(ask) for _ in range(50)]
        barrier.wait(SECONDS)
        gate.set()
        answers = {id(one.result(SECONDS)) for one in asked}
    assert (len(calls), len(answers)) == (1, 1)


def test_a_failure_is_not_cached() -> None:
    cache = Cache[str, int](2)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0)
    assert len(cache) == 0
    assert cache.get("key", lambda: 7) == 7


def test_the_least_recently_used_is_evicted_first() -> None:
    cache = Cache[int, int](2)
    for key in (1, 2, 1, 3):
        cache.get(key, lambda key=key: 10 * key)
    assert [cache.has(key) for key in (1, 2, 3)] == [True, False, True]
    assert cache.get(1, lambda: -1) == 10
    assert cache.get(2, lambda: -2) == -2


def test_a_look_computes_nothing_and_counts_as_a_use() -> None:
    cache, gate = Cache[int, int](2), Event()
    assert cache.peek(1) is None
    assert len(cache) == 0
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, 1, lambda: int(gate.wait(SECONDS)))
        assert cache.peek(1) is None  # it is being computed
        gate.set()
        assert waiting.result(SECONDS) == 1
    cache.get(2, lambda: 2)
    assert cache.peek(1) == 1
    cache.get(3, lambda: 3)
    assert [cache.peek(key) for key in (1, 2, 3)] == [1, None, 3]


def test_other_keys_do_not_wait() -> None:
    cache, gate = Cache[int, int](2), Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, 1, lambda: int(gate.wait(SECONDS)))
        assert cache.get(2, lambda: 2) == 2
        assert not cache.has(1)
        gate.set()
        assert waiting.result(SECONDS) == 1
    assert cache.has(1)
