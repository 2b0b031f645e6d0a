"""The sessions of one server: which have an open stream, where they come from, and which makes room for another."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tvae.errors import ServerBusy, SessionNameError
from tvae.page.server.callers import Caller
from tvae.page.server.shares.limits import LIMITS, Held, Limits, check, in_words
from tvae.page.ui import texts

MAX_NAME: Final = 64  # characters of a session's name; Gradio's own have up to 36

Forget = Callable[[str], bool]  # frees a session, and returns whether it could


@dataclass
class _Session:
    address: str
    used: float  # when it was created, sent its last request, or lost its last stream
    streams: int = 0  # that are open
    opened: bool = False  # whether it ever had one


@dataclass(frozen=True)
class _Sending:
    """Bytes of an answer that its caller has not taken in, and the function that ends their connection."""

    held: Held
    cut: Callable[[], None]


def check_name(session: str) -> None:
    """Raise SessionNameError for a name that no session can have."""
    if len(session) > MAX_NAME or not (session.isascii() and session.isprintable()):
        raise SessionNameError(texts.WRONG_SESSION.format(name=ascii(session[:MAX_NAME]), most=MAX_NAME))


class Shares:
    """The sessions of one server, and the answers that it is sending. Changed by its event loop only.

    A stream is the connection over which the browser or Gradio's client waits for messages: a GET of Gradio's
    `heartbeat/SESSION`, which a page keeps as long as it is open, or of `queue/data`. A name that was merely invented
    has none, so it counts to its address.
    """

    def __init__(self, limits: Limits = LIMITS, forget: Forget = lambda _: True) -> None:
        self.limits = limits
        self.forget = forget
        self.readers: Counter[str] = Counter()  # events whose answers are being read
        self.busy: Counter[str] = Counter()  # the sessions of these events
        self._sending: dict[int, _Sending] = {}  # the oldest first
        self._arriving: dict[int, Held] = {}  # bodies of requests
        self._sessions: dict[str, _Session] = {}

    def __contains__(self, session: str) -> bool:
        """Whether the session is known."""
        return session in self._sessions

    def is_open(self, session: str) -> bool:
        """Whether a stream of the session is open."""
        known = self._sessions.get(session)
        return known is not None and known.streams > 0

    def has_left(self, session: str) -> bool:
        """Whether the session had a stream, and has none now."""
        known = self._sessions.get(session)
        return known is not None and known.opened and not known.streams

    def caller(self, address: str, session: str) -> Caller:
        """Who a request counts to.

        A session counts for itself if its stream was opened from the same address. The MCP server sends the calls of
        all its clients in one session of its own, whose address is this machine's. Where the address is unknown, each
        named session counts for itself, and all calls without one count together.
        """
        known = self._sessions.get(session)
        own = known is not None and (not address or (known.streams > 0 and known.address == address))
        return Caller(address, session if own else address)

    def admit(self, session: str, address: str, now: float) -> None:
        """Take note of a session. If there are too many, one without a stream makes room; else raise ServerBusy.

        Raises SessionNameError for a name that could not be shown, or would be kept at a great length.
        """
        check_name(session)
        if known := self._sessions.get(session):
            known.used = now
            return
        share = self.limits.sessions
        of_address = [name for name, other in self._sessions.items() if other.address == address]
        if address and len(of_address) >= share.address and not self._made_room(of_address):
            raise ServerBusy(
                texts.TOO_MANY_SESSIONS.format(bound=share.address, wait=in_words(share.retry)), share.retry
            )
        if len(self._sessions) >= share.total and not self._made_room([*self._sessions]):
            raise ServerBusy(texts.SERVER_FULL.format(bound=share.total, wait=in_words(share.retry)), share.retry)
        self._sessions[session] = _Session(address, now)

    def _made_room(self, names: list[str]) -> bool:
        """Forget one of these sessions: before one whose stream has ended, one that never had a stream."""
        without = [name for name in names if not self._sessions[name].streams and not self.busy[name]]
        for name in sorted(without, key=lambda name: (self._sessions[name].opened, self._sessions[name].used)):
            if self.forget(name):
                del self._sessions[name]
                return True
        return False

    @contextmanager
    def stream(self, session: str, address: str, clock: Callable[[], float]) -> Iterator[None]:
        """Count a stream while the block runs. Raises ServerBusy as `admit` does, or for too many of one session."""
        self.admit(session, address, clock())
        known = self._sessions[session]
        if known.streams >= self.limits.streams:
            raise ServerBusy(texts.TOO_MANY_STREAMS.format(bound=self.limits.streams), self.limits.sessions.retry)
        if not known.streams:
            known.address = address
        known.streams += 1
        known.opened = True
        try:
            yield
        finally:
            known.streams -= 1
            known.used = clock()

    @contextmanager
    def reading(self, event: str, session: str) -> Iterator[None]:
        """Note that the answer of an event is being read, and that its session cannot go meanwhile."""
        self.readers[event] += 1
        self.busy[session] += 1
        try:
            yield
        finally:
            self.readers -= Counter((event,))
            self.busy -= Counter((session,))

    @contextmanager
    def arriving(self, caller: Caller) -> Iterator[Callable[[int], None]]:
        """A function for the block that counts bytes of a request until the block ends; it raises ServerBusy."""
        key = object()

        def count(more: int) -> None:
            check("bodies", self.limits.bodies, self._arriving.values(), caller, more)
            now = self._arriving.get(id(key), Held(caller, 0))
            self._arriving[id(key)] = Held(caller, now.amount + more)

        try:
            yield count
        finally:
            self._arriving.pop(id(key), None)

    @contextmanager
    def sent(self, held: Held, cut: Callable[[], None]) -> Iterator[None]:
        """Count bytes while they are being sent. If all are too many, cut off the connections that began first."""
        self._sending[id(held)] = _Sending(held, cut)
        most = self.limits.answers.total
        while len(self._sending) > 1 and sum(one.held.amount for one in self._sending.values()) > most:
            self._sending.pop(next(iter(self._sending))).cut()
        try:
            yield
        finally:
            self._sending.pop(id(held), None)

    def forget_idle(self, now: float) -> list[str]:
        """Forget the sessions without a stream for `idle_seconds`, except those with a call that runs; their names."""
        idle = [
            name
            for name, known in self._sessions.items()
            if not known.streams and not self.busy[name] and now - known.used >= self.limits.idle_seconds
        ]
        forgotten = [name for name in idle if self.forget(name)]
        for name in forgotten:
            del self._sessions[name]
        return forgotten

    def check_answers(self, held: list[Held], caller: Caller) -> None:
        """Raise ServerBusy if a caller's answers, which wait or are being sent, are over its share."""
        sending = [one.held for one in self._sending.values()]
        check("answers", self.limits.answers, held + sending, caller, more=0, in_all=False)
