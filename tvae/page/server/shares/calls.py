"""Which call is accepted, and which of those that wait runs next."""

from collections import Counter
from collections.abc import Sequence

from tvae.page.server.callers import Caller
from tvae.page.server.shares.limits import Share


def next_to_run(waiting: Sequence[Caller], running: Sequence[Caller], share: Share) -> int | None:
    """The place in `waiting`, oldest first, of the call to run next; None if each waits for one of its caller's.

    Sessions whose stream is open go first, since somebody watches them. Of these, or else of all others, it is the
    oldest call of those whose address, then whose caller, has the fewest running. So a caller with one call waits for
    at most one call of a caller with many.
    """
    by_caller = Counter(caller.key for caller in running)
    by_address = Counter(caller.address for caller in running if caller.address)
    free = [
        (not caller.is_session, by_address[caller.address], by_caller[caller.key], place)
        for place, caller in enumerate(waiting)
        if by_caller[caller.key] < share.caller and by_address[caller.address] < share.address
    ]
    return min(free)[-1] if free else None
