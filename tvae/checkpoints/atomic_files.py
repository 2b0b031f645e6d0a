"""Write files atomically, so that no reader sees a partial one, and turn errors of the disk into clear messages.

`regular_bytes` reads a file of a directory that others can write to as well.

A file that is written has the permissions that the umask leaves, whether or not it replaces another.
"""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from tvae.errors import InputError, StorageError

_REASONS: Final = {
    errno.ENOSPC: "the disk is full. Free some space",
    errno.EDQUOT: "the disk quota is used up. Free some space",
    errno.EFBIG: "the file would exceed the size limit of this process. Raise it (ulimit -f)",
    errno.EROFS: "the file system is read-only. Choose another place",
    errno.EACCES: "permission is denied. Change it, or choose another place",
    errno.EPERM: "permission is denied. Change it, or choose another place",
    errno.ENOTDIR: "a part of the path is a file. Choose another place",
    errno.EEXIST: "a part of the path is a file. Choose another place",  # where its folder would be made
    errno.EISDIR: "this is a directory. Name a file in it",
}
# errno of the errors that a disk causes
REFUSALS: Final = frozenset({*_REASONS, errno.EIO, errno.ENAMETOOLONG, errno.EMFILE})


def storage_error(path: Path, error: OSError) -> StorageError:
    """The StorageError for an OSError that occurred while using `path`."""
    reason = _REASONS.get(error.errno or 0, f"{error.strerror or 'input/output error'}. Choose another place")
    return StorageError(f"{path} cannot be used: {reason} and try again; no partial file was left.")


@contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turn an OSError inside the block into a StorageError about this path."""
    try:
        yield
    except OSError as error:
        raise storage_error(path, error) from error


def write_atomically(path: str | Path, data: bytes) -> Path:
    """Write `data` to `path`, creating its directory; after a failure the previous file is unchanged.

    Raises StorageError, for example if the disk is full or read-only.
    """
    target = Path(path)
    with replacing(target) as file:
        file.write(data)
    return target


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A new file to write, which replaces `target` at the end of the block; after an error the old one is unchanged.

    Creates the directory. Any OSError inside the block becomes a StorageError about the target.
    """
    with storage(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Not tempfile: its files are private (0600), whatever the umask is.
        temporary = target.parent / f".tvae-{secrets.token_hex(8)}.part"
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def regular_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a file, read only if `check_regular` accepts it. Raises InputError."""
    check_regular(path, limit)
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read ({error.strerror}).") from error


def check_regular(path: Path, limit: int) -> None:
    """Raises InputError unless this is a file of at most `limit` bytes: no link, no directory, no pipe or device."""
    if not stat.S_ISREG(kind_of(path)):
        raise InputError(f"{path.name} is missing, a link, or no file.")
    if (size := path.lstat().st_size) > limit:
        raise InputError(f"{path.name} has {size:,} bytes; at most {limit:,} are read.")


def is_own_directory(path: Path) -> bool:
    """Whether this is a directory, and not a link to one."""
    return stat.S_ISDIR(kind_of(path))


def kind_of(path: Path) -> int:
    """The mode of what is at a path, without following a link; 0 if nothing is there."""
    try:
        return path.lstat().st_mode
    except (OSError, ValueError):
        return 0


def remove(path: Path) -> None:
    """Remove what is at a path, as far as possible: a directory with everything in it, a file, or a link itself."""
    if is_own_directory(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
