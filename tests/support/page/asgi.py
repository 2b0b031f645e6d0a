"""Calls of ASGI code without a server."""

from collections.abc import Coroutine
from typing import Any


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that waits for nothing. asyncio.run cannot where the browser's own loop is running."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise AssertionError("the coroutine waits for something")
