"""What is kept for a visit, and for how long."""

from pathlib import Path

import pytest

from tvae.errors import CheckpointError
from tvae.page.visits import PREFIX, Visits


def made(directory: Path, name: str) -> tuple[Path, ...]:
    path = directory / f"{name}.safetensors"
    path.write_text(name)
    return (path,)


def test_it_is_found_by_a_name_that_nobody_guesses(tmp_path: Path) -> None:
    visits = Visits()
    first = visits.keep("alice", "one", made(tmp_path, "one"))
    second = visits.keep("alice", "two", made(tmp_path, "two"))
    assert list(tmp_path.iterdir()) == []  # moved
    assert first.name.startswith(PREFIX)
    assert len({first.name, second.name}) == 2
    assert len(first.name) >= len(PREFIX) + 16
    located = visits.locate(first.name)
    assert (located.path.read_text(), located.origin, located.entry) == ("one", "visit", None)
    assert [kept.title for kept in visits.of("alice")] == ["two", "one"]  # the one used last is last
    assert visits.of("bob") == ()


def test_it_goes_with_the_visit(tmp_path: Path) -> None:
    visits = Visits()
    mine, theirs = (visits.keep(who, who, made(tmp_path, who)) for who in ("alice", "bob"))
    visits.end("alice")
    with pytest.raises(CheckpointError, match="belonged to a visit that has ended"):
        visits.locate(mine.name)
    assert not mine.files[0].parent.exists()
    assert visits.locate(theirs.name).path.read_text() == "bob"


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    visits = Visits(of_a_visit=2, in_all=3)
    one, two = (visits.keep("alice", name, made(tmp_path, name)) for name in ("one", "two"))
    visits.find(one.name)
    visits.keep("alice", "three", made(tmp_path, "three"))
    assert [kept.title for kept in visits.of("alice")] == ["one", "three"]
    assert not two.files[0].exists()
    for who in ("bob", "carol"):
        visits.keep(who, who, made(tmp_path, who))
    assert [kept.title for kept in visits.of("alice")] == ["three"]
    assert not one.files[0].exists()
