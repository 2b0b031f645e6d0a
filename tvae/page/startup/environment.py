"""Check and complete the environment, before Gradio is imported: Gradio reads parts of it during its import.

    address = environment.prepare()    or environment.prepared(), which ends the program with a sentence

Not here: options of the command line (`tvae.commands`), and which address may use a token (`own_token`).
"""

import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Final, TypeVar

from tvae.checkpoints.hub import environment as hub
from tvae.checkpoints.terminal import escape_missing_letters, printable
from tvae.errors import SettingError, TvaeError
from tvae.page.startup import leftovers
from tvae.page.ui import texts
from tvae.training.jobs.device import training_device
from tvae.training.jobs.patience import training_patience

T = TypeVar("T")

NAME: Final = "GRADIO_SERVER_NAME"
PORT: Final = "GRADIO_SERVER_PORT"
LOCAL: Final = "127.0.0.1"
# Whole numbers that Gradio reads: the smallest and the largest value.
NUMBERS: Final = {
    PORT: (1, 65_535),
    "GRADIO_NUM_PORTS": (1, 65_535),
    "GRADIO_NODE_SERVER_PORT": (1, 65_535),
    "GRADIO_NODE_NUM_PORTS": (1, 65_535),
    "GRADIO_NUM_WORKERS": (0, 64),
    "GRADIO_DEBUG": (0, 1),
    "GRADIO_DEFAULT_CONCURRENCY_LIMIT": (1, 1_000),
    "GRADIO_ANALYTICS_MAX_EVENTS": (1, 10**9),
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": (1, 10**9),
}
_OR_NONE: Final = "GRADIO_DEFAULT_CONCURRENCY_LIMIT"  # which may also be empty or none
_NO_PROXY: Final = ("no_proxy", "NO_PROXY")


def prepared() -> str:
    """As `prepare`; an error ends the program, see `or_exit`."""
    return or_exit(prepare)


def or_exit(step: Callable[[], T]) -> T:
    """What a step returns; a TvaeError is written to standard error, and ends the program with status 2."""
    escape_missing_letters()
    try:
        return step()
    except TvaeError as error:
        sys.stderr.write(f"{printable(error)}\n")
        raise SystemExit(2) from None


def prepare() -> str:
    """Return the address to serve at, an IPv6 address without brackets. Raises SettingError.

    It is taken out of the environment, because Gradio tests whether a port is free with IPv4 alone.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # neither this app nor Gradio sends usage data
    for name, (least, most) in NUMBERS.items():
        _check_number(name, least, most)
    training_device()
    training_patience()
    hub.check()
    address = _address(os.environ.pop(NAME, "") or LOCAL)
    _reach_without_proxy(address)
    leftovers.use_own_directory()
    return address


def _check_number(name: str, least: int, most: int) -> None:
    value = os.environ.get(name)
    if value is None or (name == _OR_NONE and value.lower() in ("", "none")):
        return
    if value.isascii() and value.isdecimal() and least <= int(value) <= most:
        return
    raise SettingError(texts.NOT_A_NUMBER.format(name=name, value=repr(value), least=least, most=most))


def _address(name: str) -> str:
    """The address of that name. Raises SettingError if it is none of this machine's."""
    address = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        _try_to_bind(address)
    except (OSError, UnicodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SettingError(texts.NOT_AN_ADDRESS.format(name=NAME, value=repr(name), reason=reason)) from error
    return address


def _try_to_bind(address: str) -> None:
    """Bind to any port of the address. Raises OSError if its name has no address of this machine."""
    refused = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    for family, kind, _, _, place in socket.getaddrinfo(address, 0, type=socket.SOCK_STREAM):
        try:
            with socket.socket(family, kind) as probe:
                probe.bind(place)
                return
        except OSError as error:  # such as that of a name's IPv6 address on a machine without IPv6
            refused = error
    raise refused


def _reach_without_proxy(address: str) -> None:
    """Keep requests to this server away from a proxy. Gradio sends one when it starts, and MCP tools send them."""
    known = next(filter(None, map(os.environ.get, _NO_PROXY)), "")
    hosts = [host.strip() for host in known.split(",")]
    both = ",".join(dict.fromkeys(filter(None, [*hosts, "localhost", LOCAL, "::1", address])))
    os.environ.update(dict.fromkeys(_NO_PROXY, both))
