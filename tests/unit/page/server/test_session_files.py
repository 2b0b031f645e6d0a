"""What is kept for a visit, and for how long."""

import threading
from pathlib import Path

import pytest

from tvae.errors import CheckpointError, ServerBusy
from tvae.page.server.callers import Caller
from tvae.page.server.session_files import MAX_SESSIONS, SessionFiles, StoredCheckpoint, new_key
from tvae.page.server.shares.limits import MB, Limits, Share
from tvae.page.ui.downloads import OWN

HERE, THERE = "198.51.100.7", "203.0.113.9"
ADDRESS, ALICE, BOB, CAROL = Caller(HERE, HERE), Caller(HERE, "alice"), Caller(HERE, "bob"), Caller(THERE, "carol")


def made(directory: Path, name: str) -> tuple[Path, ...]:
    path = directory / f"{name}.safetensors"
    path.write_text(name)
    return (path,)


def test_it_is_found_by_a_name_that_nobody_guesses(tmp_path: Path) -> None:
    visits = SessionFiles()
    first = visits.keep("alice", "one", made(tmp_path, "one"))
    second = visits.keep("alice", "two", made(tmp_path, "two"))
    assert list(tmp_path.iterdir()) == []  # moved
    assert first.name.startswith(OWN)
    assert len({first.name, second.name}) == 2
    assert len(first.name) >= len(OWN) + 16
    located = visits.locate(first.name)
    assert (located.path.read_text(), located.origin, located.entry) == ("one", "upload", None)
    assert [kept.title for kept in visits.of("alice")] == ["two", "one"]  # the one used last is last
    assert visits.of("bob") == ()


def test_it_goes_with_the_visit(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    mine, theirs = (visits.keep(who, who, made(tmp_path, who)) for who in ("alice", "bob"))
    visits.close("alice")
    visits.sweep(60)
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.locate(mine.name)
    assert not mine.files[0].parent.exists()
    assert visits.locate(theirs.name).path.read_text() == "bob"


def test_the_least_recently_used_of_a_visit_goes_first(tmp_path: Path) -> None:
    visits = SessionFiles(max_per_visit=2)
    one, two = (visits.keep("alice", name, made(tmp_path, name)) for name in ("one", "two"))
    theirs = visits.keep("bob", "bob", made(tmp_path, "bob"))
    visits.find(one.name)
    visits.keep("alice", "three", made(tmp_path, "three"))
    assert [kept.title for kept in visits.of("alice")] == ["one", "three"]
    assert not two.files[0].exists()
    assert visits.of("bob") == (theirs,)


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


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_goes_a_while_after_the_last_session(tmp_path: Path) -> None:
    clock = Clock()
    visits = SessionFiles(grace=60, clock=clock)
    mine = visits.keep("before", "one", made(tmp_path, "one"))
    visits.resume(mine.visit, "after")
    visits.close("before")  # that the first one left is noticed late
    visits.sweep(1_000)
    assert visits.of("after") == (mine,)
    clock.now = 1_000
    visits.close("after")
    clock.now = 1_050
    visits.close("after")
    visits.sweep(1_059)
    assert visits.locate(mine.name).path.read_text() == "one"
    visits.sweep(1_060)
    assert not mine.files[0].parent.exists()
    assert visits.resume(mine.visit, "again") == ()
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.find(mine.name)


def test_who_comes_back_in_time_stays(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    mine = visits.keep("before", "one", made(tmp_path, "one"))
    visits.close("before")
    visits.resume(mine.visit, "after")
    visits.sweep(1_000)
    assert visits.of("after") == (mine,)
    visits.keep("before", "two", made(tmp_path, "two"))  # a session that was taken for gone
    visits.close("after")
    visits.sweep(1_000)
    assert len(visits.of("before")) == 2


def test_a_page_that_was_cut_off_and_is_back_keeps_its_visit(tmp_path: Path) -> None:
    clock = Clock()
    visits = SessionFiles(grace=60, clock=clock)
    mine, theirs = (visits.keep(who, who, made(tmp_path, who)) for who in ("alice", "bob"))
    for who in ("alice", "bob"):
        visits.close(who)
    visits.reopen(lambda session: session == "alice")
    visits.sweep(60)
    assert visits.find(mine.name) == mine
    with pytest.raises(CheckpointError):
        visits.find(theirs.name)
    visits.close("alice")
    visits.sweep(60)
    assert visits.of("alice") == ()


def test_who_has_no_files_has_a_visit_too() -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    key = visits.enter("before", new_key())
    assert (visits.visit_of("before"), visits.open_sessions(key)) == (key, 1)
    visits.close("before")
    assert (visits.visit_of("before"), visits.open_sessions(key)) == (key, 0)
    assert visits.resume(key, "after") == ()
    assert visits.visit_of("after") == key
    assert visits.open_sessions(key) == 1
    visits.close("after")
    visits.sweep(60)
    assert not visits.knows(key)
    assert (visits.visit_of("after"), visits.open_sessions(key)) == (None, 0)


def test_a_session_that_joins_after_its_page_was_closed_is_ended() -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    key = visits.enter("page", new_key())
    visits.close("gone")
    visits.resume(key, "gone")
    assert visits.open_sessions(key) == 2
    visits.close_left(lambda session: session == "gone")
    assert visits.open_sessions(key) == 1
    visits.close_left(lambda session: True)
    visits.sweep(60)
    assert not visits.knows(key)


def test_a_session_belongs_to_one_visit(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    first = visits.keep("alice", "one", made(tmp_path, "one")).visit
    second = visits.enter("bob", new_key())
    visits.resume(second, "alice")
    assert (visits.open_sessions(first), visits.open_sessions(second)) == (0, 2)
    visits.sweep(60)
    assert not visits.knows(first)
    assert visits.visit_of("alice") == second


def test_a_visit_remembers_few_sessions() -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    key = new_key()
    for number in range(100):
        visits.enter(f"session {number}", key)
    assert visits.open_sessions(key) == MAX_SESSIONS
    assert len(visits._keys) == MAX_SESSIONS
    assert visits.visit_of("session 0") is None
    visits.close("session 0")  # which is no longer known
    assert visits.visit_of("session 99") == key


def test_a_record_is_counted_and_deleted_with_its_checkpoint(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    key = visits.enter("alice", new_key())
    record = tmp_path / "run.json"
    record.write_text("{}")
    stored = visits.add(StoredCheckpoint("", "one", key, ALICE, made(tmp_path, "one"), 0, True, record=record))
    assert stored.record
    assert (stored.record.read_text(), stored.size) == ("{}", len("one") + len("{}"))
    assert visits.of("alice") == (stored,)
    visits.close("alice")
    visits.sweep(60)
    assert not stored.record.exists()
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.add(stored)


def test_visits_need_no_thread(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60)
    threads = threading.active_count()
    for number in range(20):
        visits.keep(f"script {number}", "one", made(tmp_path, "one"))
        visits.close(f"script {number}")
    assert threading.active_count() <= threads  # one of an earlier test may end meanwhile


def test_one_that_was_brought_without_a_visit_is_adopted_by_one(tmp_path: Path) -> None:
    visits = SessionFiles(max_per_visit=1, grace=60, clock=Clock())
    brought = visits.keep("nobody", "one", made(tmp_path, "one"), caller=ADDRESS)
    visits.keep("alice", "two", made(tmp_path, "two"))
    visits.close("nobody")
    adopted = visits.claim(brought.name, "alice", ALICE)
    assert (adopted.name, adopted.trained, adopted.caller) == (brought.name, False, ALICE)
    assert [kept.title for kept in visits.of("alice")] == ["one"]
    visits.sweep(60)  # the visit that brought it is over
    assert visits.locate(brought.name).path.read_text() == "one"
    visits.close("alice")
    visits.sweep(60)
    assert not brought.files[0].exists()
    with pytest.raises(CheckpointError, match="deleted because its session ended"):
        visits.claim(brought.name, "alice")


def test_one_of_another_page_is_not_taken_away(tmp_path: Path) -> None:
    visits = SessionFiles(grace=60, clock=Clock())
    hers = visits.keep("alice", "one", made(tmp_path, "one"), caller=ALICE)
    for _ in range(2):  # while her page is open, and while she loads it again
        with pytest.raises(CheckpointError, match="belongs to another visitor"):
            visits.claim(hers.name, "bob", BOB)
        visits.close("alice")
    assert visits.resume(hers.visit, "after") == (hers,)
    assert visits.claim(hers.name, "after", ALICE) == hers


class TestShares:
    """Room is asked for before a file is received; nobody's file is deleted for another's."""

    LIMITS = Limits(
        files=Share(2, 3, 4, retry=600),
        file_bytes=Share(10 * MB, 20 * MB, 30 * MB, retry=600),
        uploads=Share(8 * MB, 12 * MB, 16 * MB, retry=10),
    )

    def test_of_files(self, tmp_path: Path) -> None:
        visits = SessionFiles(limits=self.LIMITS)

        def keep(who: Caller, name: str) -> StoredCheckpoint:
            visits.check_room(who, 1)
            return visits.keep(who.key, name, made(tmp_path, name), caller=who)

        kept = [keep(ALICE, "one"), keep(ALICE, "two")]
        with pytest.raises(ServerBusy, match="One visitor may have 2 checkpoints open"):
            keep(ALICE, "three")
        kept.append(keep(BOB, "three"))
        with pytest.raises(ServerBusy, match="All visitors of one network address together may have 3 checkpoints"):
            keep(BOB, "four")
        kept.append(keep(CAROL, "four"))
        with pytest.raises(ServerBusy, match="this server together may have 4 checkpoints open") as error:
            keep(CAROL, "five")
        assert error.value.retry_after == 600
        assert [visits.locate(one.name).path.read_text() for one in kept] == ["one", "two", "three", "four"]

    def test_of_bytes(self, tmp_path: Path) -> None:
        visits = SessionFiles(limits=self.LIMITS)
        with visits.arriving(ALICE, 6 * MB):
            visits.check_room(BOB, 6 * MB)
            with pytest.raises(ServerBusy, match="One visitor may have 8 MB of files in transfer"):
                visits.check_room(ALICE, 3 * MB)
        visits.check_room(ALICE, 8 * MB)
        large = tmp_path / "large.safetensors"
        large.write_bytes(bytes(7 * MB))
        visits.keep("alice", "large", (large,), caller=ALICE)
        with pytest.raises(ServerBusy, match=r"One visitor may have 10 MB of checkpoints open .+ again in 10 min\."):
            visits.check_room(ALICE, 4 * MB)

    def test_of_scripts_of_one_address(self, tmp_path: Path) -> None:
        """Each upload of a script is a visit of its own, and all of them count to the address."""
        visits = SessionFiles(limits=self.LIMITS, grace=60, clock=Clock())
        for number in range(2):
            visits.keep(f"script {number}", "one", made(tmp_path, "one"), caller=ADDRESS)
            visits.close(f"script {number}")
        with pytest.raises(ServerBusy, match="One visitor may have 2 checkpoints open"):
            visits.check_room(ADDRESS, 1)
        visits.check_room(CAROL, 1)
        visits.sweep(60)
        visits.check_room(ADDRESS, 1)
