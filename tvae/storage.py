"""Writing files so that a reader never sees half of one."""

import errno
import os
import tempfile
from pathlib import Path

from tvae.errors import StorageError

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space",
    errno.EDQUOT: "the disk quota is used up. Free some space",
    errno.EFBIG: "the file would exceed the size limit. Raise the limit",
    errno.EROFS: "the file system is read-only. Choose another place",
    errno.EACCES: "permission is denied. Choose another place",
    errno.EPERM: "permission is denied. Choose another place",
    errno.ENOTDIR: "a part of the path is a file. Choose another place",
    errno.EISDIR: "this is a directory. Name a file in it",
}


def storage_error(path: Path, error: OSError) -> StorageError:
    """The sentence for an OSError met while writing `path`."""
    reason = _REASONS.get(error.errno or 0, f"{error.strerror or error}. Choose another place")
    return StorageError(f"Could not write {path}: {reason} and try again; nothing was left half-written.")


def write_atomically(path: str | Path, data: bytes) -> Path:
    """Write `data` to `path`, creating its directory; afterwards the whole file is there, or what was there before.

    Raises StorageError for a full or read-only disk and the like.
    """
    target = Path(path)
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        raise storage_error(target, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return target
