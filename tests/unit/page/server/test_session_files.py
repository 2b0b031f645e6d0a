"""What is kept for a visit, and for how long."""

import time
from pathlib import Path

import pytest

from tvae.errors import CheckpointError
from tvae.page.server.session_files import PREFIX, SessionFiles


def made(directory: Path, name: str) -> tuple[Path, ...]:
    path = directory / f"{name}.safetensors"
    path.write_text(name)
    return (path,)


def test_it_is_found_by_a_name_that_nobody_guesses(tmp_path: Path) -> None:
    visits = SessionFiles()
    first = visits.keep("alice", "one", made(tmp_path, "one"))
    second = visits.keep("alice", "two", made(tmp_path, "two"))
    assert list(tmp_path.iterdir()) == []  # moved
    assert first.name.startswith(PREFIX)
    assert len({first.name, second.name}) == 2
    assert len(first.name) >= len(PREFIX) + 16
    located = visits.locate(first.name)
    assert (located.path.read_text(), located.origin, located.entry) == ("one", "upload", None)
    assert [kept.title for kept in visits.of("alice")] == ["two", "one"]  # the one used last is last
    assert visits.of("bob") == ()


def test_it_goes_with_the_visit(tmp_path: Path) -> None:
    visits = SessionFiles()
    mine, theirs = (visits.keep(who, who, made(tmp_path, who)) for who in ("alice", "bob"))
    visits.close("alice")
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.locate(mine.name)
    assert not mine.files[0].parent.exists()
    assert visits.locate(theirs.name).path.read_text() == "bob"


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    visits = SessionFiles(max_per_visit=2, max_checkpoints=3)
    one, two = (visits.keep("alice", name, made(tmp_path, name)) for name in ("one", "two"))
    visits.find(one.name)
    visits.keep("alice", "three", made(tmp_path, "three"))
    assert [kept.title for kept in visits.of("alice")] == ["one", "three"]
    assert not two.files[0].exists()
    for who in ("bob", "carol"):
        visits.keep(who, who, made(tmp_path, who))
    assert [kept.title for kept in visits.of("alice")] == ["three"]
    assert not one.files[0].exists()


def test_a_visit_outlasts_its_session_for_a_while(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60)
    mine = visits.keep("before", "one", made(tmp_path, "one"))
    visits.close("before")
    assert visits.locate(mine.name).path.read_text() == "one"
    assert visits.resume(mine.visit, "after") == (mine,) == visits.of("after")
    more = visits.keep("after", "two", made(tmp_path, "two"))
    assert more.visit == mine.visit
    assert len(visits.of("after")) == 2
    assert visits.resume("another key", "thief") == () == visits.of("thief")
    assert visits.resume("", "thief") == ()
    assert mine.visit not in mine.name  # who is shown the checkpoint is not let into the visit


def test_it_goes_a_while_after_the_last_session(tmp_path: Path) -> None:
    visits = SessionFiles(grace=0.05)
    mine = visits.keep("before", "one", made(tmp_path, "one"))
    visits.resume(mine.visit, "after")
    visits.close("before")  # that the first one left is noticed late
    time.sleep(0.15)
    assert visits.of("after") == (mine,)
    visits.close("after")
    visits.close("after")
    deadline = time.monotonic() + 10
    while mine.files[0].parent.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert visits.resume(mine.visit, "again") == ()
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.find(mine.name)


def test_who_comes_back_in_time_stays(tmp_path: Path) -> None:
    visits = SessionFiles(grace=0.2)
    mine = visits.keep("before", "one", made(tmp_path, "one"))
    visits.close("before")
    visits.resume(mine.visit, "after")
    time.sleep(0.4)
    assert visits.of("after") == (mine,)
    visits.keep("before", "two", made(tmp_path, "two"))  # a session that was taken for gone
    visits.close("after")
    time.sleep(0.4)
    assert len(visits.of("before")) == 2


def test_there_is_a_limit_of_bytes(tmp_path: Path) -> None:
    visits = SessionFiles(max_bytes=10)
    one = visits.keep("alice", "one", made(tmp_path, "1234"))
    two = visits.keep("bob", "two", made(tmp_path, "5678"))
    visits.find(one.name)
    three = visits.keep("carol", "three", made(tmp_path, "90"))
    assert two.files[0].exists()
    four = visits.keep("carol", "four", made(tmp_path, "abc"))
    assert not two.files[0].parent.exists()
    assert [visits.locate(kept.name).path.read_text() for kept in (one, three, four)] == ["1234", "90", "abc"]


def test_one_that_was_brought_without_a_visit_is_adopted_by_one(tmp_path: Path) -> None:
    visits = SessionFiles(max_per_visit=1, grace=0.05)
    brought = visits.keep("nobody", "one", made(tmp_path, "one"), trained=False)
    visits.keep("alice", "two", made(tmp_path, "two"))
    visits.close("nobody")
    adopted = visits.claim(brought.name, "alice")
    assert (adopted.name, adopted.trained) == (brought.name, False)
    assert [kept.title for kept in visits.of("alice")] == ["one"]
    time.sleep(0.2)  # the visit that brought it is over
    assert visits.locate(brought.name).path.read_text() == "one"
    visits.close("alice")
    deadline = time.monotonic() + 10
    while brought.files[0].exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.claim(brought.name, "alice")
