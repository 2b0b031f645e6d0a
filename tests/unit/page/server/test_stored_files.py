"""Storing files of visitors: nothing is locked while they are moved, and nothing is left of a failure."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tvae.errors import CheckpointError, StorageError
from tvae.page.server.session_files import SessionFiles, storing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "one.safetensors"
    path.write_text("one")
    return path


def left(visits: SessionFiles) -> list[Path]:
    return [*Path(visits._root.name).iterdir()]


def test_moving_the_files_keeps_nobody_waiting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's event loop asks for the visits every second, and the disk may be slow."""
    visits, move, others = SessionFiles(), shutil.move, ThreadPoolExecutor(1)

    def move_while_others_ask(source: Path, to: Path) -> Path:
        others.submit(visits.sweep, 0.0).result(60)
        return Path(move(source, to))

    monkeypatch.setattr(shutil, "move", move_while_others_ask)
    try:
        assert visits.keep("alice", "one", (file,)).files[0].read_text() == "one"
    finally:
        others.shutdown(wait=False)  # a sweep that waits for the lock would keep this test waiting for ever


def test_nothing_is_left_of_files_that_cannot_be_moved(file: Path) -> None:
    visits = SessionFiles()
    with pytest.raises(FileNotFoundError):
        visits.keep("alice", "one", (file, file.with_name("nowhere.pt")))
    assert left(visits) == []
    assert visits.of("alice") == ()


def test_files_of_a_visit_that_ends_while_they_are_moved_are_deleted(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits, move = SessionFiles(), shutil.move

    def move_and_end(source: Path, to: Path) -> Path:
        visits.close("alice")
        visits.sweep(float("inf"))
        return Path(move(source, to))

    monkeypatch.setattr(shutil, "move", move_and_end)
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.keep("alice", "one", (file,))
    assert left(visits) == []


def test_a_checkpoint_whose_file_something_else_deleted_has_expired(file: Path) -> None:
    visits = SessionFiles()
    stored = visits.keep("alice", "one", (file,))
    stored.files[0].unlink()
    with pytest.raises(CheckpointError, match="deleted"):
        visits.find(stored.name)


def test_an_error_of_the_disk_is_a_sentence_and_the_log_has_the_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path))
    with pytest.raises(StorageError, match="This server cannot store files at the moment") as caught, storing():
        raise full
    assert caught.value.__cause__ is full
    assert "No space left on device" in caplog.text
    assert str(tmp_path) not in str(caught.value)
