"""How much one caller, one address and all callers together may hold, and the refusal of what is more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tvae.errors import ServerBusy
from tvae.page.server.callers import Caller
from tvae.page.ui import texts

MB: Final = 2**20


@dataclass(frozen=True)
class Share:
    """The most that may be held of one thing."""

    caller: int  # by one caller: a session whose stream is open, or an address
    address: int  # by all callers of one address
    total: int  # by all callers
    retry: int  # seconds after which a refused caller may find room


@dataclass(frozen=True)
class Limits:
    """The shares of everything that a stranger can make the server hold."""

    calls: Share = Share(32, 240, 600, retry=5)  # that wait, run, or have an answer which nobody has fetched
    heavy: Share = Share(16, 32, 64, retry=15)  # of these, that wait or run in the group of heavy events
    running: Share = Share(4, 16, 40, retry=5)  # calls at the same time; more wait, and none is refused for it
    # Bytes as JSON of answers that wait for whoever asked, which take about 4.4 times as much memory. The largest, of
    # /encode for all operations, has 6.1 MB.
    answers: Share = Share(24 * MB, 48 * MB, 96 * MB, retry=60)
    sessions: Share = Share(1, 60, 500, retry=60)
    files: Share = Share(40, 100, 200, retry=600)
    file_bytes: Share = Share(80 * MB, 128 * MB, 400 * MB, retry=600)
    uploads: Share = Share(64 * MB, 64 * MB, 128 * MB, retry=10)  # bytes of files that are being received
    bodies: Share = Share(32 * MB, 32 * MB, 96 * MB, retry=10)  # bytes of other requests that have not fully arrived
    downloads: Share = Share(32, 32, 128, retry=5)  # calls of functions of components, which have no queue
    at_once: Share = Share(2, 2, 4, retry=5)  # of these, that run; more wait, and none is refused for it
    slow_at_once: Share = Share(1, 1, 2, retry=5)  # as at_once, for functions that take seconds
    streams: int = 6  # connections of one session that are open at the same time
    answer_seconds: float = 60.0  # that a finished answer waits
    idle_seconds: float = 120.0  # after which a session that has no open stream is forgotten


LIMITS: Final = Limits()


@dataclass(frozen=True)
class Held:
    """An amount of something, and who it counts to."""

    caller: Caller
    amount: int = 1


def open_to(share: Share, caller: Caller) -> Share:
    """The share that a caller may use: a quarter of all is kept for sessions whose stream is open."""
    return share if caller.is_session else replace(share, total=share.total * 3 // 4)


def used(held: Iterable[Held], caller: Caller) -> tuple[int, int, int]:
    """How much is held by this caller, by its address, and by all. An unknown address holds nothing."""
    of_caller = of_address = total = 0
    for one in held:
        total += one.amount
        of_caller += one.amount * (one.caller.key == caller.key)
        of_address += one.amount * (one.caller.address == caller.address != "")
    return of_caller, of_address, total


def check(what: str, share: Share, held: Iterable[Held], caller: Caller, more: int = 1, in_all: bool = True) -> None:
    """Raise ServerBusy if `more` of what texts.toml calls `what` would be over a share, `in_all` or of this caller."""
    bounds = {"caller": share.caller, "address": share.address, "total": share.total}
    for (holder, bound), now in zip(bounds.items(), used(held, caller), strict=True):
        if now + more > bound and (in_all or holder != "total"):
            raise refusal(what, holder, bound, share.retry)


def refusal(what: str, holder: str, bound: int, retry: int) -> ServerBusy:
    """The error for more than `bound`, with the names of texts.toml for what is held and who holds it."""
    words = texts.SHARE_USED.format(
        holder=texts.table("SHARE_HOLDERS")[holder],
        bound=f"{bound // MB if bound >= MB else bound:,}",
        what=texts.table("SHARE_UNITS")[what],
        wait=in_words(retry),
    )
    return ServerBusy(words, retry)


def in_words(seconds: int) -> str:
    """A time to wait, such as `5 s` or `10 min`."""
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
