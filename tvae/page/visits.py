"""Checkpoints of visitors: what one trained or brought along, kept until the visit ends and shown to nobody else.

Each has a name that cannot be guessed, `mine/...`; whoever has the name has the checkpoint, as with a shared link.
Files lie in a directory of this process; the least recently used one goes when there are too many.
"""

import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tvae.errors import CheckpointError
from tvae.loading import Located

PREFIX: Final = "mine/"
OF_A_VISIT: Final = 4
IN_ALL: Final = 200  # some 1 MB each


@dataclass(frozen=True)
class Kept:
    """One checkpoint of one visit."""

    name: str
    title: str  # the line of the dropdown
    visit: str  # whose
    files: tuple[Path, ...]  # the first one is opened; the others are the same model in other formats


class Visits:
    """What is kept; safe under threads."""

    def __init__(self, of_a_visit: int = OF_A_VISIT, in_all: int = IN_ALL) -> None:
        self._root = tempfile.TemporaryDirectory(prefix="tvae-")
        self._of_a_visit, self._in_all = of_a_visit, in_all
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()  # least recently used first

    def keep(self, visit: str, title: str, files: tuple[Path, ...]) -> Kept:
        """Take the files over (they are moved) under a new name."""
        name = PREFIX + secrets.token_urlsafe(12)
        home = Path(self._root.name) / name.removeprefix(PREFIX)
        home.mkdir()
        moved = tuple(Path(shutil.move(file, home / file.name)) for file in files)
        kept = Kept(name, title, visit, moved)
        with self._lock:
            self._kept[name] = kept
            own = [other for other in self._kept.values() if other.visit == visit]
            leaving = own[: max(0, len(own) - self._of_a_visit)]
            leaving += list(self._kept.values())[: max(0, len(self._kept) - self._in_all)]
            for other in leaving:
                self._drop(other)
        return kept

    def of(self, visit: str) -> tuple[Kept, ...]:
        """Everything of one visit, oldest first."""
        with self._lock:
            return tuple(kept for kept in self._kept.values() if kept.visit == visit)

    def find(self, name: str) -> Kept:
        """The checkpoint of that name. Raises CheckpointError where there is none any more."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is None:
                raise CheckpointError(
                    "This checkpoint belonged to a visit that has ended, and was deleted with it. Train it again, or "
                    "choose another one."
                )
            self._kept.move_to_end(name)
            return kept

    def locate(self, name: str) -> Located:
        """Where its file is; raises as `find`."""
        return Located(name, self.find(name).files[0], "visit", None, None)

    def end(self, visit: str) -> None:
        """Delete everything of one visit."""
        with self._lock:
            for kept in [kept for kept in self._kept.values() if kept.visit == visit]:
                self._drop(kept)

    def _drop(self, kept: Kept) -> None:
        if self._kept.pop(kept.name, None):
            shutil.rmtree(kept.files[0].parent, ignore_errors=True)
