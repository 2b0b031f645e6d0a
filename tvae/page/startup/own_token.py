"""`--use-my-token`: requests use the Hub token of this machine, and the server answers this machine's browser alone.

The token is HF_TOKEN or that of `hf auth login`. Without the option no request uses it, whoever sends it. With it:

- The server listens on a loopback address and refuses any other, a share link and a Space.
- A request must name a loopback host (DNS rebinding sends another name) and, if it has an Origin, be from this page.
- A request that a proxy has forwarded is refused. A proxy that hides itself cannot be recognised: have none.
"""

import os
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse

from tvae.checkpoints.hub.requests import check_token
from tvae.checkpoints.hub.transfer import own_token
from tvae.errors import SettingError
from tvae.page.server.asgi import Application, Message, Receive, Send
from tvae.page.server.callers import ON_SPACE, use_own_token
from tvae.page.ui import texts

HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")  # as in a Host header
ADDRESSES: Final = tuple(host.strip("[]") for host in HOSTS)
_FORWARDED: Final = ("forwarded", "x-real-ip", "via")
_FORWARDED_PREFIX: Final = "x-forwarded-"


def guards(address: str) -> list[Middleware]:
    """Middleware that refuses foreign requests, and lets the others use the token.

    Raises SettingError if a server at `address` may not use the token, HubAccessDenied if the token cannot be sent.
    """
    if ON_SPACE:
        raise SettingError(texts.OWN_TOKEN_ON_A_SPACE)
    if address not in ADDRESSES:
        raise SettingError(texts.OWN_TOKEN_ELSEWHERE.format(address=repr(address), right=", ".join(ADDRESSES)))
    if os.environ.get("GRADIO_SHARE", "").lower() == "true":
        raise SettingError(texts.OWN_TOKEN_SHARED)
    token = own_token()
    if token is not None:
        check_token(token)
    return [Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False), Middleware(OwnToken)]


class OwnToken:
    """ASGI middleware that answers forwarded and cross-origin requests with status 403, and marks the others."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        if scope["type"] == "http":
            if sentence := refusal(Headers(scope=scope), scope["scheme"]):
                await JSONResponse({"error": sentence}, status_code=403)(scope, receive, send)
                return
            use_own_token(scope)
        await self.app(scope, receive, send)


def refusal(headers: Headers, scheme: str) -> str | None:
    """Why a request with these headers is refused; None if it is not."""
    forwarded = [name for name in headers if name in _FORWARDED or name.startswith(_FORWARDED_PREFIX)]
    if forwarded:
        return texts.OWN_TOKEN_FORWARDED.format(header=forwarded[0])
    own = f"{scheme}://{headers.get('host', '')}"
    if any(origin.lower() != own.lower() for origin in headers.getlist("origin")):
        return texts.OWN_TOKEN_CROSS_ORIGIN.format(own=own)
    return None
