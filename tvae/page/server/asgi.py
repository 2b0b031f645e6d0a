"""The types of ASGI 3, the interface between a server and its applications, and the path of a request."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def path_of(scope: Message) -> str:
    """The path of a request to this app, without GRADIO_ROOT_PATH: proxies may leave it in the path, or remove it."""
    root, path = str(scope.get("root_path", "")).rstrip("/"), str(scope["path"])
    return path.removeprefix(root) if path.startswith(f"{root}/") else path
