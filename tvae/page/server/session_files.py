"""Checkpoints that visitors trained or uploaded: listed only for their own visit, and deleted after it ends.

A visit is one tab of one browser. Signing in or reloading gives the tab a new Gradio session. The tab then sends the
visit's secret key, and the visit continues. A copy of the tab has the key, too, so both belong to one visit. When a
visit has had no open session for a grace period, its files are deleted.

Each checkpoint has a name that cannot be guessed, `mine/...`. Like a shared link, the name gives access to the
checkpoint. Files are stored in a temporary directory of this process. When a visit has too many, its least recently
used ones are deleted. No checkpoint is deleted to make room for another visitor's, who is refused.
"""

import logging
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import CheckpointError, StorageError
from tvae.page.server.callers import Caller
from tvae.page.server.shares.limits import LIMITS, Held, Limits, check
from tvae.page.ui import texts
from tvae.page.ui.downloads import OWN

ModelKind = Literal["operations", "sequences"]  # what a model encodes

MAX_PER_VISIT: Final = 4
GRACE: Final = 600.0  # seconds that a visit survives without a session, for signing in or reloading
MAX_SESSIONS: Final = 8  # of a visit; earlier ones are forgotten
_SERVER: Final = secrets.token_urlsafe(6)  # another one after a restart
KEPT: Final = texts.KEPT.format(minutes=GRACE / 60)


@dataclass(frozen=True)
class StoredCheckpoint:
    """One checkpoint of one visit."""

    name: str
    title: str  # as in the dropdown
    visit: str  # key of the visit that it belongs to
    caller: Caller  # whose share it counts to
    files: tuple[Path, ...]  # the first is the one to open; the others hold the same model in other formats
    size: int  # of all files, in bytes
    trained: bool  # True: trained here; False: uploaded
    holds: ModelKind = "operations"
    record: Path | None = None  # of its training, for the tab Train


@dataclass
class _Visit:
    """The latest sessions of one visit, and when the last open one ended."""

    sessions: dict[str, bool] = field(default_factory=dict)  # session -> whether it is open; the newest is last
    ended: float | None = None

    def join(self, session: str) -> list[str]:
        """Add an open session, so that the visit goes on; returns those that are forgotten for it."""
        self.sessions.pop(session, None)
        self.sessions[session], self.ended = True, None
        forgotten = list(self.sessions)[:-MAX_SESSIONS]
        for name in forgotten:
            del self.sessions[name]
        return forgotten

    def close(self, session: str, now: float) -> None:
        """Note the end of a session, and of the visit if no other one is open."""
        if session in self.sessions:
            self.sessions[session] = False
        if self.ended is None and not any(self.sessions.values()):
            self.ended = now


class SessionFiles:
    """The stored checkpoints of all visits; thread-safe. `sweep` deletes those of ended visits."""

    def __init__(
        self,
        max_per_visit: int = MAX_PER_VISIT,
        grace: float = GRACE,
        limits: Limits = LIMITS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`grace`: seconds between the end of a visit's last session and the deletion of its files."""
        self._root = tempfile.TemporaryDirectory(prefix="tvae-")
        self._max_per_visit, self._limits = max_per_visit, limits
        self._grace, self._clock = grace, clock
        self._lock = threading.RLock()
        self._checkpoints: OrderedDict[str, StoredCheckpoint] = OrderedDict()  # least recently used first
        self._arriving: list[Held] = []  # bytes of files that are not stored yet
        self._visits: dict[str, _Visit] = {}  # by key
        self._keys: dict[str, str] = {}  # session of Gradio -> key of its visit, until the visit forgets it

    def check_room(self, caller: Caller, size: int) -> None:
        """Raise ServerBusy if one more checkpoint of `size` bytes would be over a share."""
        with self._lock:
            arriving = [Held(one.caller) for one in self._arriving]
            stored = [Held(one.caller) for one in self._checkpoints.values()]
            sizes = [Held(one.caller, one.size) for one in self._checkpoints.values()]
            check("uploads", self._limits.uploads, self._arriving, caller, size)
            check("files", self._limits.files, stored + arriving, caller)
            check("file_bytes", self._limits.file_bytes, sizes + self._arriving, caller, size)

    @contextmanager
    def arriving(self, caller: Caller, size: int) -> Iterator[None]:
        """Keep room for a file of at most `size` bytes while the block receives it. Raises as `check_room` does."""
        held = Held(caller, size)
        with self._lock:
            self.check_room(caller, size)
            self._arriving.append(held)
        try:
            yield
        finally:
            with self._lock:
                self._arriving = [other for other in self._arriving if other is not held]

    def keep(
        self,
        session: str,
        title: str,
        files: tuple[Path, ...],
        holds: ModelKind = "operations",
        caller: Caller | None = None,
    ) -> StoredCheckpoint:
        """Move the files of an uploaded checkpoint into this store, under a new name, for the session's visit.

        It counts to the share of `caller`, by default the session; room for it was checked before.
        """
        with self._lock:
            key = self.enter(session, self.visit_of(session) or new_key())
        caller = caller or Caller("", session)
        return self.add(StoredCheckpoint("", title, key, caller, files, 0, trained=False, holds=holds))

    def add(self, stored: StoredCheckpoint) -> StoredCheckpoint:
        """Move the files, and the record, of a checkpoint into this store, for its visit; with its new name and size.

        Raises CheckpointError if the visit has ended. Moving takes as long as the disk does, and the server's event
        loop asks this store every second, so nothing is locked meanwhile.
        """
        self._check_goes_on(stored.visit)
        name = OWN + secrets.token_urlsafe(12)
        home = Path(self._root.name) / name.removeprefix(OWN)
        home.mkdir()
        try:
            moved = tuple(Path(shutil.move(file, home / file.name)) for file in stored.files)
            record = stored.record and Path(shutil.move(stored.record, home / stored.record.name))
            size = sum(file.stat().st_size for file in home.iterdir())
            with self._lock:
                self._check_goes_on(stored.visit)
                return self._into_visit(replace(stored, name=name, files=moved, record=record, size=size))
        except BaseException:  # of any type: files that no share counts would stay until the server ends
            shutil.rmtree(home, ignore_errors=True)
            raise

    def _check_goes_on(self, visit: str) -> None:
        if not self.knows(visit):
            raise CheckpointError(texts.CHECKPOINT_EXPIRED)

    def claim(self, name: str, session: str, caller: Caller | None = None) -> StoredCheckpoint:
        """Move a checkpoint that came without a page, such as an upload, into a session's visit.

        Raises as `find` does, and CheckpointError for a checkpoint of another visitor's page: a name gives access to
        it, and must not be enough to take it away.
        """
        with self._lock:
            stored = self.find(name)
            if stored.caller.is_session and stored.visit != self._keys.get(session):
                raise CheckpointError(texts.CHECKPOINT_OF_ANOTHER)
            key = self.enter(session, self.visit_of(session) or new_key())
            return self._into_visit(replace(stored, visit=key, caller=caller or Caller("", session)))

    def _into_visit(self, stored: StoredCheckpoint) -> StoredCheckpoint:
        """Add a checkpoint to its visit, and delete the visit's least recently used ones if it has too many."""
        self._checkpoints[stored.name] = stored
        self._checkpoints.move_to_end(stored.name)
        in_visit = [other for other in self._checkpoints.values() if other.visit == stored.visit]
        for other in in_visit[: max(0, len(in_visit) - self._max_per_visit)]:
            self._drop(other)
        return stored

    def resume(self, key: str, session: str) -> tuple[StoredCheckpoint, ...]:
        """Continue a visit in another session; returns its checkpoints as `of` does, or none if it has ended."""
        with self._lock:
            if key not in self._visits:
                return ()
            self.enter(session, key)
            return self.of(session)

    def enter(self, session: str, key: str) -> str:
        """Make an open session part of the visit of that key, which is new if there is none; returns the key."""
        with self._lock:
            before = self._keys.get(session, key)
            if before != key:
                self.close(session)
                del self._visits[before].sessions[session]
            self._keys[session] = key
            for forgotten in self._visits.setdefault(key, _Visit()).join(session):
                del self._keys[forgotten]
            return key

    def reopen(self, is_open: Callable[[str], bool]) -> None:
        """Continue the visits that ended because a session was cut off, and whose page is there again."""
        with self._lock:
            for session, key in [*self._keys.items()]:
                if self._visits[key].ended is not None and is_open(session):
                    self.enter(session, key)

    def close_left(self, has_left: Callable[[str], bool]) -> None:
        """End the sessions whose page is gone: an event that runs after that can make one part of a visit again."""
        with self._lock:
            for session, key in self._keys.items():
                if self._visits[key].sessions[session] and has_left(session):
                    self.close(session)

    def visit_of(self, session: str) -> str | None:
        """The key of a session's visit; None if it has none, or it has ended."""
        with self._lock:
            return self._keys.get(session)

    def knows(self, key: str) -> bool:
        """Whether there is a visit of that key."""
        return key in self._visits

    def open_sessions(self, key: str) -> int:
        """How many sessions of a visit are open: 0 from its end on."""
        with self._lock:
            visit = self._visits.get(key)
            return sum(visit.sessions.values()) if visit else 0

    def of(self, session: str) -> tuple[StoredCheckpoint, ...]:
        """The checkpoints of a session's visit, the least recently used first."""
        with self._lock:
            key = self._keys.get(session)
            return tuple(stored for stored in self._checkpoints.values() if stored.visit == key)

    def find(self, name: str) -> StoredCheckpoint:
        """The checkpoint of that name. Raises CheckpointError if it was deleted, also by something else."""
        with self._lock:
            stored = self._checkpoints.get(name)
            if stored is None or not stored.files[0].is_file():
                raise CheckpointError(texts.CHECKPOINT_EXPIRED)
            self._checkpoints.move_to_end(name)
            return stored

    def locate(self, name: str) -> CheckpointLocation:
        """The location of a checkpoint's first file. Raises as `find` does."""
        return CheckpointLocation(name, self.find(name).files[0], "upload", None, None)

    def close(self, session: str) -> None:
        """End a session. After the last session of a visit, the grace period starts."""
        with self._lock:
            if key := self.visit_of(session):
                self._visits[key].close(session, self._clock())

    def sweep(self, now: float) -> None:
        """Delete the visits that ended a grace period before `now`, and their files."""
        with self._lock:
            over = {
                key
                for key, visit in self._visits.items()
                if visit.ended is not None and now - visit.ended >= self._grace
            }
            if not over:
                return
            self._visits = {key: visit for key, visit in self._visits.items() if key not in over}
            self._keys = {session: key for session, key in self._keys.items() if key not in over}
            for stored in [stored for stored in self._checkpoints.values() if stored.visit in over]:
                self._drop(stored)

    def _drop(self, stored: StoredCheckpoint) -> None:
        if self._checkpoints.pop(stored.name, None):
            shutil.rmtree(stored.files[0].parent, ignore_errors=True)


def new_key() -> str:
    """A key for a new visit, which nobody guesses."""
    return f"{_SERVER}.{secrets.token_urlsafe(16)}"


def is_of_this_server(key: str) -> bool:
    """Whether a key was made since the server started, though its visit may have ended."""
    return key.startswith(f"{_SERVER}.")


@contextmanager
def storing() -> Iterator[None]:
    """Turn an OSError inside the block into a StorageError for the visitor; the log has the reason for the owner."""
    try:
        yield
    except OSError as error:
        logging.getLogger(__name__).warning("A file of a visitor cannot be stored: %s", error)
        raise StorageError(texts.CANNOT_STORE) from error
