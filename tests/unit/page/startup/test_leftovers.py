"""The server's own temporary directory: gone at the end, removed by the next server after kill -9, else untouched."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paths import ROOT

from tvae.page.startup import leftovers

SERVER = """
import os, sys, tempfile
from tvae.page.startup.leftovers import use_own_directory
directory = use_own_directory()
with tempfile.NamedTemporaryFile(delete=False) as file:
    file.write(b"of a visit")
if os.fork() == 0:
    sys.exit()  # runs what is registered for the end of a process, in one that has no directory of its own
os.wait()
print(directory, flush=True)
sys.stdin.readline()
"""


@contextmanager
def server(parent: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process with its own directory below `parent`, in which one file of a visit is."""
    command = [sys.executable, "-c", SERVER]
    environment = os.environ | {"TMPDIR": str(parent), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())
        if process.poll() is None:
            process.stdin.write("\n")


def holds(directory: Path) -> list[bytes]:
    return [path.read_bytes() for path in directory.iterdir() if path.name != leftovers.LOCK]


def test_a_server_that_ends_removes_its_directory(tmp_path: Path) -> None:
    with server(tmp_path) as (process, directory):
        assert directory.parent == tmp_path
        assert directory.stat().st_mode & 0o777 == 0o700
        assert holds(directory) == [b"of a visit"]
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_next_server_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    unlocked = tmp_path / f"{leftovers.PREFIX}of-another-program"
    other = tmp_path / "tvae-other"
    for directory in (unlocked, other):
        directory.mkdir()
        (directory / "kept").write_bytes(b"kept")
    (tmp_path / f"{leftovers.PREFIX}file").write_bytes(b"kept")
    (other / leftovers.LOCK).write_bytes(b"")
    link = tmp_path / f"{leftovers.PREFIX}link"
    link.symlink_to(other)
    with server(tmp_path) as (_, living):
        with server(tmp_path) as (killed, dead):
            assert holds(dead) == [b"of a visit"]
            os.kill(killed.pid, signal.SIGKILL)
            killed.wait()
            assert dead.is_dir()
        with server(tmp_path):
            assert not dead.exists()
            assert holds(living) == [b"of a visit"]
            assert (unlocked / "kept").is_file()
            assert (tmp_path / f"{leftovers.PREFIX}file").is_file()
            assert (link / "kept").is_file()


def test_the_directory_of_another_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / f"{leftovers.PREFIX}theirs"
    theirs.mkdir()
    (theirs / leftovers.LOCK).write_bytes(b"")
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    leftovers._remove_if_dead(theirs)
    assert theirs.is_dir()
    monkeypatch.undo()
    leftovers._remove_if_dead(theirs)
    assert not theirs.exists()
