"""Atomic writing: the complete file or the previous one, and a clear message on failure."""

import errno
import os
from pathlib import Path

import pytest

from tvae.checkpoints import atomic_files
from tvae.checkpoints.atomic_files import write_atomically
from tvae.errors import StorageError


def test_a_file_is_written_with_its_directories(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a" / "b" / "best.pt", b"first")
    assert path.read_bytes() == b"first"
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in path.parent.iterdir()] == ["best.pt"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0o027, 0o640)])
def test_a_file_has_the_permissions_that_the_umask_leaves(umask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        for _ in ("new", "replaced"):
            assert write_atomically(tmp_path / "best.pt", b"data").stat().st_mode & 0o777 == mode
            (tmp_path / "best.pt").chmod(0o604)
    finally:
        os.umask(before)


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_failure_leaves_the_previous_file(
    step: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_atomically(tmp_path / "best.pt", b"first")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic_files.os if step == "fsync" else Path, step, fail)
    with pytest.raises(StorageError) as caught:
        write_atomically(path, b"second")
    words = {errno.ENOSPC: "disk is full", errno.EROFS: "read-only", errno.EACCES: "permission", errno.EIO: "error"}
    assert words[number] in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["best.pt"]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic_files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "best.pt", b"data")
    assert list(tmp_path.iterdir()) == []


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"a part of the path is a file|exists"):
        write_atomically(tmp_path / "file" / "best.pt", b"")
    (tmp_path / "directory").mkdir()
    with pytest.raises(StorageError, match="this is a directory"):
        write_atomically(tmp_path / "directory", b"")
    with pytest.raises(StorageError, match="too long"):
        write_atomically(tmp_path / ("x" * 300), b"")
