"""Checkpoints that visitors trained or uploaded: listed only for their own visit, and deleted after it ends.

A visit is one tab of one browser. Signing in or reloading gives the tab a new Gradio session. The tab then sends the
visit's secret key, and the visit continues. When a visit has had no session for a grace period, its files are deleted.

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

ModelKind = Literal["operations", "sequences"]  # what a model encodes

PREFIX: Final = "mine/"
MAX_PER_VISIT: Final = 4
GRACE: Final = 600.0  # seconds that a visit survives without a session, for signing in or reloading
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


@dataclass
class _Visit:
    """The sessions of one visit, and when the last one ended."""

    sessions: set[str] = field(default_factory=set)
    ended: float | None = None

    def join(self, session: str) -> None:
        """Add a session, so that the visit goes on."""
        self.sessions.add(session)
        self.ended = None


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
        self._keys: dict[str, str] = {}  # Gradio session -> key of its visit, until the visit ends

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
        trained: bool = True,
        holds: ModelKind = "operations",
        caller: Caller | None = None,
    ) -> StoredCheckpoint:
        """Move the files of a checkpoint into this store, under a new name, for the session's visit.

        It counts to the share of `caller`, by default the session; room for it was checked before.
        """
        name = PREFIX + secrets.token_urlsafe(12)
        home = Path(self._root.name) / name.removeprefix(PREFIX)
        home.mkdir()
        moved = tuple(Path(shutil.move(file, home / file.name)) for file in files)
        size = sum(file.stat().st_size for file in moved)
        who = caller or Caller("", session)
        with self._lock:
            return self._into_visit(StoredCheckpoint(name, title, "", who, moved, size, trained, holds), session)

    def claim(self, name: str, session: str, caller: Caller | None = None) -> StoredCheckpoint:
        """Move a checkpoint that came without a page, such as an upload, into a session's visit.

        Raises as `find` does, and CheckpointError for a checkpoint of another visitor's page: a name gives access to
        it, and must not be enough to take it away.
        """
        with self._lock:
            stored = self.find(name)
            if stored.caller.is_session and stored.visit != self._keys.get(session):
                raise CheckpointError(texts.CHECKPOINT_OF_ANOTHER)
            return self._into_visit(replace(stored, caller=caller or Caller("", session)), session)

    def _into_visit(self, stored: StoredCheckpoint, session: str) -> StoredCheckpoint:
        """Add a checkpoint to a session's visit, and delete the visit's least recently used ones if it has too many."""
        key = self._keys.setdefault(session, secrets.token_urlsafe(16))
        self._visits.setdefault(key, _Visit()).join(session)
        stored = replace(stored, visit=key)
        self._checkpoints[stored.name] = stored
        self._checkpoints.move_to_end(stored.name)
        in_visit = [other for other in self._checkpoints.values() if other.visit == key]
        for other in in_visit[: max(0, len(in_visit) - self._max_per_visit)]:
            self._drop(other)
        return stored

    def resume(self, key: str, session: str) -> tuple[StoredCheckpoint, ...]:
        """Continue a visit in another session; returns its checkpoints as `of` does, or none if it has ended."""
        with self._lock:
            if key not in self._visits:
                return ()
            self._visits[key].join(session)
            self._keys[session] = key
            return self.of(session)

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
            visit = self._visits.get(self._keys.get(session, ""))
            if visit is None:
                return
            visit.sessions.discard(session)
            if not visit.sessions and visit.ended is None:
                visit.ended = self._clock()

    def reopen(self, is_open: Callable[[str], bool]) -> None:
        """Continue the visits that ended because a session was cut off, and whose page is there again."""
        with self._lock:
            for session, key in self._keys.items():
                if self._visits[key].ended is not None and is_open(session):
                    self._visits[key].join(session)

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


@contextmanager
def storing() -> Iterator[None]:
    """Turn an OSError inside the block into a StorageError for the visitor; the log has the reason for the owner."""
    try:
        yield
    except OSError as error:
        logging.getLogger(__name__).warning("A file of a visitor cannot be stored: %s", error)
        raise StorageError(texts.CANNOT_STORE) from error
