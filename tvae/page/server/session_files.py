"""Checkpoints that visitors trained or uploaded: listed only for their own visit, and deleted after it ends.

A visit is one tab of one browser. Signing in or reloading gives the tab a new Gradio session. The tab then sends the
visit's secret key, and the visit continues. When a visit has had no session for a grace period, its files are deleted.

Each checkpoint has a name that cannot be guessed, `mine/...`. Like a shared link, the name gives access to the
checkpoint. Files are stored in a temporary directory of this process. When there are too many, the least recently used
ones are deleted.
"""

import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import CheckpointError
from tvae.page.ui import texts

ModelKind = Literal["operations", "sequences"]  # what a model encodes

PREFIX: Final = "mine/"
MAX_PER_VISIT: Final = 4
MAX_CHECKPOINTS: Final = 200  # about 1 MB each
MAX_BYTES: Final = 400 * 2**20  # uploads may be larger
GRACE: Final = 600.0  # seconds that a visit survives without a session, for signing in or reloading


@dataclass(frozen=True)
class StoredCheckpoint:
    """One checkpoint of one visit."""

    name: str
    title: str  # as in the dropdown
    visit: str  # key of the visit that it belongs to
    files: tuple[Path, ...]  # the first is the one to open; the others hold the same model in other formats
    size: int  # of all files, in bytes
    trained: bool  # True: trained here; False: uploaded
    holds: ModelKind = "operations"


@dataclass
class _Visit:
    """The sessions of one visit, and the timer that deletes it after the last one has ended."""

    sessions: set[str] = field(default_factory=set)
    timer: threading.Timer | None = None

    def join(self, session: str) -> None:
        """Add a session, and cancel a pending deletion."""
        self.sessions.add(session)
        if self.timer:
            self.timer.cancel()
            self.timer = None


class SessionFiles:
    """The stored checkpoints of all visits; thread-safe."""

    def __init__(
        self,
        max_per_visit: int = MAX_PER_VISIT,
        max_checkpoints: int = MAX_CHECKPOINTS,
        grace: float = 0.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """`grace`: seconds between the end of a visit's last session and the deletion of its files."""
        self._root = tempfile.TemporaryDirectory(prefix="tvae-")
        self._max_per_visit, self._max_checkpoints, self._max_bytes = max_per_visit, max_checkpoints, max_bytes
        self._grace = grace
        self._lock = threading.RLock()
        self._checkpoints: OrderedDict[str, StoredCheckpoint] = OrderedDict()  # least recently used first
        self._visits: dict[str, _Visit] = {}  # by key
        self._keys: dict[str, str] = {}  # Gradio session -> key of its visit, until the visit ends

    def keep(
        self, session: str, title: str, files: tuple[Path, ...], trained: bool = True, holds: ModelKind = "operations"
    ) -> StoredCheckpoint:
        """Move the files of a checkpoint into this store, under a new name, for the session's visit."""
        name = PREFIX + secrets.token_urlsafe(12)
        home = Path(self._root.name) / name.removeprefix(PREFIX)
        home.mkdir()
        moved = tuple(Path(shutil.move(file, home / file.name)) for file in files)
        size = sum(file.stat().st_size for file in moved)
        with self._lock:
            return self._into_visit(StoredCheckpoint(name, title, "", moved, size, trained, holds), session)

    def claim(self, name: str, session: str) -> StoredCheckpoint:
        """Move a checkpoint into a session's visit, for which its name is sufficient. Raises as `find` does."""
        with self._lock:
            return self._into_visit(self.find(name), session)

    def _into_visit(self, stored: StoredCheckpoint, session: str) -> StoredCheckpoint:
        """Add a checkpoint to a session's visit, and delete the least recently used ones if there is no room."""
        key = self._keys.setdefault(session, secrets.token_urlsafe(16))
        self._visits.setdefault(key, _Visit()).join(session)
        stored = replace(stored, visit=key)
        self._checkpoints[stored.name] = stored
        self._checkpoints.move_to_end(stored.name)
        in_visit = [other for other in self._checkpoints.values() if other.visit == key]
        for other in in_visit[: max(0, len(in_visit) - self._max_per_visit)]:
            self._drop(other)
        others = [other for other in self._checkpoints.values() if other.name != stored.name]
        room = self._max_bytes - sum(other.size for other in self._checkpoints.values())
        for count, other in enumerate(others):
            if len(others) + 1 - count <= self._max_checkpoints and room >= 0:
                break
            self._drop(other)
            room += other.size
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
        """The checkpoint of that name. Raises CheckpointError if it was deleted."""
        with self._lock:
            stored = self._checkpoints.get(name)
            if stored is None:
                raise CheckpointError(texts.CHECKPOINT_EXPIRED)
            self._checkpoints.move_to_end(name)
            return stored

    def locate(self, name: str) -> CheckpointLocation:
        """The location of a checkpoint's first file. Raises as `find` does."""
        return CheckpointLocation(name, self.find(name).files[0], "upload", None, None)

    def close(self, session: str) -> None:
        """End a session. After the last session of a visit, the grace period starts."""
        with self._lock:
            key = self._keys.get(session, "")
            visit = self._visits.get(key)
            if visit is None:
                return
            visit.sessions.discard(session)
            if not self._grace:
                self._delete(key)
            elif not visit.sessions and visit.timer is None:
                visit.timer = threading.Timer(self._grace, self._delete, (key,))
                visit.timer.daemon = True
                visit.timer.start()

    def _delete(self, key: str) -> None:
        """Delete a visit and its files, unless a session has resumed it."""
        with self._lock:
            if key not in self._visits or self._visits[key].sessions:
                return
            del self._visits[key]
            self._keys = {session: other for session, other in self._keys.items() if other != key}
            for stored in [stored for stored in self._checkpoints.values() if stored.visit == key]:
                self._drop(stored)

    def _drop(self, stored: StoredCheckpoint) -> None:
        if self._checkpoints.pop(stored.name, None):
            shutil.rmtree(stored.files[0].parent, ignore_errors=True)
