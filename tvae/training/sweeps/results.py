"""The directory of a sweep: a directory for each run, written whole or not at all, and the locks of runs under way.

DIR/<id>/row.json  DIR/<id>/model.safetensors      a finished run; one that failed has the row alone
DIR/.locks/<id>.lock                               held by the sweep that runs it, freed when that sweep dies
DIR/.parts/                                        what is being written
"""

import json
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tvae.checkpoints.atomic_files import check_regular, remove, storage, write_atomically
from tvae.errors import InputError
from tvae.training.sweeps.executor import Outcome, Row
from tvae.training.sweeps.row_file import MAX_MODEL, MODEL, ROW, read_row

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Results:
    """What is in the directory of a sweep, which other sweeps may be using at the same time."""

    def __init__(self, directory: Path) -> None:
        """Makes the directory. Raises StorageError if it cannot be written."""
        self.directory, self._locks, self._parts = directory, directory / ".locks", directory / ".parts"
        self._claimed: dict[str, BaseFileLock] = {}
        with storage(directory):
            for place in (self._locks, self._parts):
                place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self._parts).close()

    def row(self, run: str) -> Row | None:
        """The row of a run that has finished or failed; None without one, or if it is not of the form of a row."""
        try:
            return read_row(self.directory, run)
        except InputError:
            return None

    def finished(self, run: str) -> Row | None:
        """The row of a run that has finished; None for any other, and without a model of its own."""
        row = self.row(run)
        if row is None or row.get("error") is not None:
            return None
        try:
            check_regular(self.directory / run / MODEL, MAX_MODEL)
        except InputError:
            return None
        return row

    def claim(self, run: str) -> bool:
        """Take a run for this sweep, until `keep` or `release`; False if another sweep has it, in any process."""
        from filelock import FileLock, Timeout  # imported here, since it takes a while and only sweeps need it

        lock = FileLock(self._locks / f"{run}.lock")
        with storage(self.directory):
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return False
            self._claimed[run] = lock
            for part in self._parts.glob(f"{run}-*"):  # of a sweep that was killed
                remove(part)
        return True

    def release(self, run: str) -> None:
        """Give a claimed run back."""
        self._claimed.pop(run).release()

    def release_all(self) -> None:
        """Give everything back."""
        for run in tuple(self._claimed):
            self.release(run)

    def keep(self, outcome: Outcome) -> None:
        """Write the outcome of a claimed run, in place of a former failure, and release it.

        Raises StorageError; then the directory of the run is as before, or missing.
        """
        run = outcome.row["id"]
        part = self._parts / f"{run}-{secrets.token_hex(8)}"
        try:
            with storage(self.directory):
                part.mkdir()
                if outcome.model is not None:
                    write_atomically(part / MODEL, outcome.model)
                write_atomically(part / ROW, row_bytes(outcome.row))
                _sync(part)
                target = self.directory / run
                if os.path.lexists(target):  # also a link that leads nowhere
                    target.rename(self._parts / f"{part.name}-old")
                part.rename(target)
                _sync(self.directory)
        finally:
            for leftover in (part, self._parts / f"{part.name}-old"):
                remove(leftover)
            self.release(run)


def row_bytes(row: Row) -> bytes:
    """The file of a row."""
    return (json.dumps(row, indent=1) + "\n").encode()


def _sync(directory: Path) -> None:
    """Write what was renamed in a directory through to the disk, where the system can."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
