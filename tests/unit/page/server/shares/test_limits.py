"""A share is refused at its bound, for a caller, for an address and in all, with the bound and when to come back."""

import pytest

from tvae.errors import ServerBusy
from tvae.page.server.callers import Caller
from tvae.page.server.shares.limits import LIMITS, MB, Held, Share, check, open_to, used

HERE = "198.51.100.7"
ALICE, BOB, CAROL = Caller(HERE, "alice"), Caller(HERE, "bob"), Caller("203.0.113.9", "carol")
HIDDEN = Caller("", "dave"), Caller("", "erin")


def test_what_is_held_counts_to_its_caller_its_address_and_all() -> None:
    held = [Held(ALICE), Held(ALICE, 2), Held(BOB, 5), Held(CAROL, 10)]
    assert used(held, ALICE) == (3, 8, 18)
    assert used(held, CAROL) == (10, 10, 18)


def test_unknown_addresses_are_not_one_address() -> None:
    assert used([Held(HIDDEN[0], 3), Held(HIDDEN[1], 4)], HIDDEN[0]) == (3, 0, 7)


@pytest.mark.parametrize(
    ("held", "refused"),
    [
        ([Held(ALICE, 1)], None),
        ([Held(ALICE, 2)], "One visitor may have 2 files in preparation at a time. Try again in 10 s."),
        ([Held(BOB, 2)], None),
        (
            [Held(BOB, 3)],
            "All visitors of one network address together may have 3 files in preparation at a time. "
            "Try again in 10 s.",
        ),
        ([Held(CAROL, 3)], None),
        (
            [Held(CAROL, 4)],
            "All visitors of this server together may have 4 files in preparation at a time. Try again in 10 s.",
        ),
    ],
)
def test_the_refusal_says_whose_share_it_is(held: list[Held], refused: str | None) -> None:
    share = Share(caller=2, address=3, total=4, retry=10)
    if refused is None:
        check("downloads", share, held, ALICE)
        return
    with pytest.raises(ServerBusy) as error:
        check("downloads", share, held, ALICE)
    assert (str(error.value), error.value.retry_after) == (refused, 10)


def test_bytes_are_in_megabytes_and_long_waits_in_minutes() -> None:
    share = Share(32 * MB, 64 * MB, 128 * MB, retry=600)
    with pytest.raises(ServerBusy, match=r"may have 32 MB of checkpoints open at a time\. Try again in 10 min\."):
        check("file_bytes", share, [Held(ALICE, 20 * MB)], ALICE, 13 * MB)


def test_a_quarter_of_all_is_kept_for_open_pages() -> None:
    share = Share(4, 8, 16, retry=1)
    assert open_to(share, ALICE) == share
    assert open_to(share, Caller(HERE, HERE)) == Share(4, 8, 12, retry=1)
    assert open_to(share, Caller("", "")) == Share(4, 8, 12, retry=1)


def test_one_address_never_has_all() -> None:
    of_calls = ("calls", "heavy", "running", "answers", "downloads", "at_once", "slow_at_once")
    for name in (*of_calls, "sessions", "files", "file_bytes", "uploads"):
        share: Share = getattr(LIMITS, name)
        assert share.caller <= share.address <= share.total / 2, name
    assert LIMITS.sessions.address >= 60  # a classroom behind one address
