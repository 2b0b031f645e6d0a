"""Run ASGI code without a server."""

from collections.abc import Coroutine
from typing import Any


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Result of a coroutine that never waits. asyncio.run would fail while Playwright's event loop is running."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise AssertionError("the coroutine waits for something")
