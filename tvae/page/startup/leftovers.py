"""The server's own temporary directory, and the removal of those that killed servers left behind.

Everything temporary is inside it: visits' checkpoints, training jobs, files that are being read, and Gradio's cache. It
is deleted when the server ends. A server that is killed (kill -9, out of memory) cannot do that, so the next one does:
the kernel releases a dead process's lock, whatever its process number is used for now.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from tvae.errors import SettingError
from tvae.page.ui import texts

try:
    import fcntl
except ImportError:  # Windows, where nothing is removed
    fcntl = None  # type: ignore[assignment]

PREFIX: Final = "tvae-server-"
LOCK: Final = "lock"


def use_own_directory() -> Path:
    """Remove what dead servers left, and let Python's `tempfile` use a new directory of this process.

    Raises SettingError if there is no directory that can be used.
    """
    try:
        parent = Path(tempfile.gettempdir())
        for path in parent.glob(f"{PREFIX}*"):
            _remove_if_dead(path)
        directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        lock = _locked(directory)
    except OSError as error:
        raise SettingError(texts.NO_TEMPORARY_DIRECTORY.format(reason=error.strerror or error)) from error
    tempfile.tempdir = str(directory)
    atexit.register(_end, directory, lock, os.getpid())
    return directory


def _locked(directory: Path) -> BinaryIO:
    """An open file in the directory which is locked until this process ends; its name appears once it is locked."""
    new = directory / f"{LOCK}.new"
    lock = new.open("wb")
    if fcntl:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    new.rename(directory / LOCK)
    return lock


def _remove_if_dead(directory: Path) -> None:
    """Remove a directory that this user's dead server left; one that is another's, alive or in doubt stays."""
    with contextlib.suppress(OSError):
        if not fcntl or directory.is_symlink() or directory.stat().st_uid != os.getuid():
            return
        with (directory / LOCK).open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its server lives
            shutil.rmtree(directory, ignore_errors=True)


def _end(directory: Path, lock: BinaryIO, process: int) -> None:
    if os.getpid() == process:  # and not one that it has forked, as ZeroGPU's worker
        shutil.rmtree(directory, ignore_errors=True)
        lock.close()
