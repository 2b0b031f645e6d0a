"""What bounds the sessions and answers that Gradio keeps for its callers; `server.shares` decides.

How an answer is kept: `Queue.push` makes an event, and a queue of messages for the event's session. The last message
of an event has the whole answer. It stays until a GET of `queue/data` or `call/NAME/EVENT` takes it from the queue,
for ever if there is none. A call without a session gets one of its own, named after the event.
Where: gradio/queueing.py, Queue; gradio/routes.py, queue_join_helper, queue_data_helper and simple_predict_get.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class SessionLoad:
    """What the queue holds for one session."""

    session: str
    address: str  # from which it was used first
    calls: int  # that wait, run, or have an answer which was not taken
    grouped: int  # of these, that wait or run in the group `Rules.group`
    size: int  # bytes of the requests and answers, as JSON


@dataclass(frozen=True)
class Rules:
    """What decides about sessions and calls. The addresses are those of `request.state.address`."""

    group: str  # the `concurrency_id` that `SessionLoad.grouped` counts
    address: Callable[[], str | None]  # of the request that is being handled; None outside of a request
    admit_session: Callable[[str, str], None]  # (session, address); raises for one that is not accepted
    # The loads, address, session, and whether the call is in the group. Raises if the caller has used up a share; the
    # error is returned if only all calls together are too many, so that a finished one may make room.
    admit_call: Callable[[list[SessionLoad], str, str, bool], Exception | None]
    queue_full: Callable[[], Exception]  # what is raised where Gradio would answer with status 503
    answer_refused: Callable[[list[SessionLoad], str, str], str | None]  # the error in place of a new answer, or None
    over_all: Callable[[list[SessionLoad]], bool]  # whether all answers together are too many
    over_all_error: str  # if so, and no session is droppable
    not_json: str  # the error in place of an answer that cannot be written as JSON
    droppable: Callable[[str], bool]  # whether the answers of a session may make room for others
    pick: Callable[
        [list[tuple[str, str]], list[tuple[str, str]]], int | None
    ]  # of (address, session): waiting, running
