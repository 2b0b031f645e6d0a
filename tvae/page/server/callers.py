"""Who sends a request: the address that its limits count to, the visitor of an event, and whose Hub token it may use.

An address is that of a network: an IPv4 address, or the first 64 bits of an IPv6 address, since one household has all
addresses below them. `TVAE_PROXY_HOPS` says how many proxies stand before this server: with n, the address is the nth
entry of X-Forwarded-For from the right, which the outermost of these proxies has written. Entries further to the left
come from the caller, who may write anything. With 0 it is the address of the connection.
"""

import ipaddress
import os
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from tvae.checkpoints.hub.requests import Token
from tvae.errors import SettingError
from tvae.page.ui import texts

ON_SPACE: Final = "SPACE_ID" in os.environ
HOPS: Final = "TVAE_PROXY_HOPS"
_MOST_HOPS: Final = 9
# Addresses in X-Forwarded-For that belong to the network of a proxy, and so to no visitor (RFC 1918, 6598, 4193, ...).
_PRIVATE: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "::1/128",
        "fc00::/7", "fe80::/10",
    )
)  # fmt: skip

# The address of the POST request that is being handled; None elsewhere. Gradio makes a session without its request.
handled_address: ContextVar[str | None] = ContextVar("handled_address", default=None)


@dataclass(frozen=True)
class Caller:
    """Who something counts to."""

    address: str  # of the caller's network; empty if it is unknown
    key: str  # a session, or else the address; see `Shares.caller`

    @property
    def is_session(self) -> bool:
        """Whether it is a session that counts for itself."""
        return self.key != self.address


def proxy_hops(environment: Mapping[str, str] = os.environ) -> int:
    """Number of proxies before this server: TVAE_PROXY_HOPS, or 1 on a Space and 0 elsewhere. Raises SettingError."""
    said = environment.get(HOPS, "1" if "SPACE_ID" in environment else "0")
    if not (said.isascii() and said.isdigit() and int(said) <= _MOST_HOPS):
        raise SettingError(texts.WRONG_HOPS.format(name=HOPS, value=repr(said[:40]), most=_MOST_HOPS))
    return int(said)


def address_of(scope: Mapping[str, Any], hops: int) -> str:
    """The address that a request's limits count to; empty if the proxies do not say it, or say a private one."""
    if not hops:
        host = str((scope.get("client") or ("",))[0])
        direct = _parsed(host)
        return _network(direct) if direct else host
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    entries = [entry.strip() for entry in ",".join(sent).split(",")]
    found = _parsed(entries[-hops]) if len(entries) >= hops else None
    if found is None or any(found in network for network in _PRIVATE):
        return ""
    return _network(found)


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _parsed(text: str) -> _Address | None:
    """An address, also one in brackets or with a port; None for any other text."""
    for candidate in (text.strip("[]"), text.rpartition(":")[0].strip("[]")):
        try:
            found = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        return getattr(found, "ipv4_mapped", None) or found
    return None


def _network(address: _Address) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def visitor_of(request: gr.Request) -> Caller:
    """The caller of an event, for its share of files and training.

    The middleware `Guard` stores in the request's state what this needs. A request that did not pass it, such as one
    in a test of a handler, counts to its session alone.
    """
    shares = getattr(getattr(request, "state", None), "shares", None)
    session = str(request.session_hash)
    found: Caller = shares.caller(request.state.address, session) if shares else Caller("", session)
    return found


def use_own_token(scope: MutableMapping[str, Any]) -> None:
    """Mark a request as one that may use this machine's token. Only `startup.own_token` does this, if it is asked to.

    The mark is in the state of the ASGI scope, where no header can set it.
    """
    scope.setdefault("state", {})["own_token"] = True


def token_for(request: gr.Request | None) -> Token:
    """The Hub token for a request: None (this machine's token) if it is marked, else False (no token)."""
    state = getattr(request, "state", None)
    return None if getattr(state, "own_token", False) is True else False
