"""The next call is that of the caller who has the fewest running; nobody has all places."""

from collections import Counter

from tvae.page.server.callers import Caller
from tvae.page.server.shares.calls import next_to_run
from tvae.page.server.shares.limits import LIMITS, Share

SHARE = Share(caller=2, address=3, total=10, retry=1)
HERE, THERE = "198.51.100.7", "203.0.113.9"
ALICE, BOB, CAROL = Caller(HERE, "alice"), Caller(HERE, "bob"), Caller(THERE, "carol")


def test_the_oldest_goes_first_among_equals() -> None:
    assert next_to_run([ALICE, BOB, CAROL], [], SHARE) == 0
    assert next_to_run([], [], SHARE) is None


def test_who_has_nothing_running_goes_first() -> None:
    assert next_to_run([ALICE, ALICE, CAROL], [ALICE], SHARE) == 2
    assert next_to_run([ALICE, BOB], [ALICE], SHARE) == 1


def test_an_open_page_goes_before_calls_that_nobody_watches() -> None:
    scripts = [Caller(f"192.0.2.{number}", f"192.0.2.{number}") for number in range(100)]
    assert next_to_run([*scripts, CAROL], [CAROL], SHARE) == 100
    assert next_to_run(scripts, [CAROL], SHARE) == 0


def test_a_full_share_waits() -> None:
    assert next_to_run([ALICE], [ALICE, ALICE], SHARE) is None
    assert next_to_run([ALICE, BOB], [ALICE, ALICE], SHARE) == 1
    assert next_to_run([BOB], [ALICE, ALICE, BOB], SHARE) is None
    assert next_to_run([BOB, CAROL], [ALICE, ALICE, BOB], SHARE) == 1


def test_unknown_addresses_share_nothing() -> None:
    hidden = [Caller("", f"session {number}") for number in range(20)]
    assert next_to_run(hidden[10:], hidden[:10], SHARE) == 0


def test_a_flood_leaves_a_place_for_each_visitor() -> None:
    """One address has 60 open sessions with 20 calls each; each visitor's one call is the next to run."""
    flood = [Caller(HERE, f"session {number}") for number in range(60) for _ in range(20)]
    running: list[Caller] = []
    waiting = list(flood)
    while (place := next_to_run(waiting, running, LIMITS.running)) is not None:
        running.append(waiting.pop(place))
    assert len(running) == LIMITS.running.address
    assert max(Counter(caller.key for caller in running).values()) == 1
    visitors = [Caller(f"203.0.113.{number}", f"visitor {number}") for number in range(5)]
    for visitor in visitors:
        place = next_to_run([*waiting, visitor], running, LIMITS.running)
        assert place == len(waiting)
        running.append(visitor)
