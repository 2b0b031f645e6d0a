"""Which sessions are kept: the open ones; and who a call counts to."""

from contextlib import ExitStack

import pytest

from tvae.errors import ServerBusy
from tvae.page.server.callers import Caller
from tvae.page.server.shares.limits import MB, Held, Limits, Share
from tvae.page.server.shares.table import Shares

HERE, THERE = "198.51.100.7", "203.0.113.9"
SMALL = Limits(sessions=Share(1, 3, 5, retry=60), streams=2, idle_seconds=600)


def made(*names: str, address: str = HERE) -> Shares:
    """A table of small limits, with sessions that were made one second after another."""
    shares = Shares(SMALL)
    for now, name in enumerate(names):
        shares.admit(name, address, now)
    return shares


def known(shares: Shares, *names: str) -> str:
    """Those of `names` that are known."""
    return " ".join(name for name in names if name in shares)


def test_a_session_counts_for_itself_while_its_stream_is_open() -> None:
    shares = made("tab")
    assert shares.caller(HERE, "tab") == Caller(HERE, HERE)
    with shares.stream("tab", HERE, lambda: 1.0):
        assert shares.is_open("tab")
        assert shares.caller(HERE, "tab") == Caller(HERE, "tab")
        assert shares.caller(THERE, "tab") == Caller(THERE, THERE)  # a call that another client sends in its name
        assert shares.caller(HERE, "invented") == shares.caller(HERE, "") == Caller(HERE, HERE)
    assert not shares.is_open("tab")
    assert shares.caller(HERE, "tab") == Caller(HERE, HERE)


def test_without_an_address_a_session_counts_alone() -> None:
    shares = made("one", "two", "three", "four", address="")  # more than an address may have
    assert shares.caller("", "four") == Caller("", "four")
    assert shares.caller("", "0" * 32) == shares.caller("", "") == Caller("", "")


def test_what_never_had_a_stream_makes_room_first() -> None:
    shares = made("never", "closed")
    with shares.stream("closed", HERE, lambda: 2.0), shares.stream("open", HERE, lambda: 3.0):
        pass
    with shares.stream("open", HERE, lambda: 4.0):
        shares.admit("new", HERE, 5)
        assert known(shares, "never", "closed", "open", "new") == "closed open new"
        shares.admit("newer", HERE, 6)
        assert known(shares, "closed", "open", "new", "newer") == "closed open newer"


def test_the_one_used_longest_ago_goes_first_among_equals() -> None:
    shares = made("first", "second", "third")
    shares.admit("first", HERE, 10)
    shares.admit("fourth", HERE, 11)
    assert known(shares, "first", "second", "third", "fourth") == "first third fourth"


def test_open_sessions_are_kept_and_the_newcomer_is_told() -> None:
    shares = Shares(SMALL)
    with ExitStack() as tabs:
        for name in "abc":
            tabs.enter_context(shares.stream(name, HERE, lambda: 1.0))
        with pytest.raises(ServerBusy, match=r"One network address may have 3 pages .+ try again in 60 s\."):
            shares.admit("d", HERE, 2)
        for name in "de":
            tabs.enter_context(shares.stream(name, THERE, lambda: 1.0))
        with pytest.raises(ServerBusy, match=r"This server is full: 5 pages and clients are open\. Try again in 60 s"):
            shares.admit("f", "192.0.2.1", 2)
        assert known(shares, *"abcdef") == "a b c d e"


def test_invented_sessions_displace_only_each_other() -> None:
    shares = Shares(SMALL)
    with shares.stream("tab", HERE, lambda: 0.0):
        for number in range(520):
            shares.admit(f"invented {number}", HERE, number)
            shares.admit(f"from {number}", f"192.0.2.{number % 200}", number)
        assert shares.is_open("tab")
    assert sum(name in shares for name in ["tab", *(f"invented {number}" for number in range(520))]) <= 3


def test_a_session_that_is_busy_is_not_dropped() -> None:
    shares = made("busy", "idle", "other")
    shares.forget = lambda name: name != "busy"
    shares.admit("new", HERE, 9)
    assert known(shares, "busy", "idle", "other", "new") == "busy other new"
    shares.forget = lambda name: False
    with pytest.raises(ServerBusy):
        shares.admit("newer", HERE, 10)


def test_streams_of_one_session_are_bounded() -> None:
    shares = Shares(SMALL)
    with shares.stream("tab", HERE, lambda: 0.0), shares.stream("tab", HERE, lambda: 0.0):
        with pytest.raises(ServerBusy, match="2 connections"), shares.stream("tab", HERE, lambda: 0.0):
            pytest.fail("a third stream was opened")
        assert shares.is_open("tab")
    assert not shares.is_open("tab")


def test_a_session_without_a_stream_is_forgotten_after_a_while() -> None:
    shares = made("invented", "tab")
    with shares.stream("tab", HERE, lambda: 100.0):
        assert shares.forget_idle(599) == []
        assert shares.forget_idle(600) == ["invented"]
        assert "invented" not in shares
        assert shares.forget_idle(10_000) == []
    with shares.stream("tab", HERE, lambda: 800.0):  # it comes back
        assert shares.forget_idle(10_000) == []
    assert shares.forget_idle(1_399) == []
    assert shares.forget_idle(1_400) == ["tab"]


def test_a_session_whose_call_runs_is_not_forgotten() -> None:
    shares = made("busy", "idle")
    shares.forget = lambda name: name != "busy"
    assert shares.forget_idle(1_000) == ["idle"]
    assert "busy" in shares


def unused() -> None:
    pytest.fail("a connection was cut off")


def test_answers_count_until_they_are_taken_in() -> None:
    shares = Shares(Limits(answers=Share(10 * MB, 15 * MB, 20 * MB, retry=60)))
    alice, bob = Caller(HERE, "alice"), Caller(HERE, "bob")
    shares.check_answers([Held(alice, 10 * MB)], alice)
    with (
        shares.sent(Held(alice, 1), unused),
        pytest.raises(ServerBusy, match="One visitor may have 10 MB of unfetched"),
    ):
        shares.check_answers([Held(alice, 10 * MB)], alice)
    with (
        shares.sent(Held(alice, 6 * MB), unused),
        pytest.raises(ServerBusy, match="one network address together may have 15"),
    ):
        shares.check_answers([Held(bob, 10 * MB)], bob)
    shares.check_answers([Held(bob, 10 * MB)], bob)


def test_an_answer_is_read_while_anybody_reads_it() -> None:
    shares = Shares()
    with shares.reading("event", "session"):
        with shares.reading("event", "session"):
            pass
        assert "event" in shares.readers
        assert "session" in shares.busy
    assert not shares.readers
    assert not shares.busy
