"""What Gradio's queue holds for its callers: how much, for whom, and how to free it."""

from collections import Counter
from collections.abc import Collection
from typing import Any, Final

from tvae.page.gradio_internals.rules import Rules, SessionLoad


def session_loads(app: Any, group: str) -> list[SessionLoad]:
    """What the queue holds for each session. Where: gradio/queueing.py, the fields of Queue."""
    queue = app.get_blocks()._queue
    events = list(queue.event_ids_to_events.values())
    grouped = Counter(event.session_hash for event in events if event.concurrency_id == group)
    sent: Counter[str] = Counter()
    addresses: dict[str, str] = {}
    for event in events:
        sent[event.session_hash] += getattr(event.request.state, "sent", 0)
        addresses[event.session_hash] = event.request.state.address
    messages = queue.pending_messages_per_session
    ids = queue.pending_event_ids_session
    return [
        SessionLoad(
            session,
            messages[session].address if session in messages else addresses.get(session, ""),
            len(ids.get(session, ())),
            grouped[session],
            sent[session] + (messages[session].size if session in messages else 0),
        )
        for session in ids.keys() | messages.keys()
    ]


def session_of(app: Any, event: str) -> str | None:
    """The session of an event that is unfinished, or whose answer waits; None for any other.

    Where: gradio/routes.py, simple_predict_get.
    """
    queue = app.get_blocks()._queue
    if unfinished := queue.event_ids_to_events.get(event):
        return str(unfinished.session_hash)
    return next((session for session, ids in queue.pending_event_ids_session.items() if event in ids), None)


def knows_session(app: Any, session: str) -> bool:
    """Whether the queue has messages for a session, or had some and waits for more.

    Why: for any other session, Gradio's stream of messages starts and then raises, with a traceback in the log.
    Where: gradio/routes.py, queue_data_helper.
    """
    return session in app.get_blocks()._queue.pending_messages_per_session


# What Gradio's frontend gets as the only message of a session that the queue does not know.
# Where: gradio/server_messages.py, UnexpectedErrorMessage.
SESSION_UNKNOWN: Final = (
    b'data: {"msg":"unexpected_error","event_id":null,"message":"404: Not Found","session_not_found":true,'
    b'"success":false}\n\n'
)


def drop_answers(app: Any, before: float, reading: Collection[str]) -> None:
    """Free the answers that were finished before a time, except those of sessions that are being read.

    Why: Gradio keeps an answer until somebody takes it. Where: gradio/queueing.py, the two `pending_...` of Queue.
    """
    queue = app.get_blocks()._queue
    for session in [name for name in queue.pending_messages_per_session if name not in reading]:
        _drop_answers_of(queue, session, before)


def pack_answers(app: Any, before: float) -> None:
    """Keep only the JSON of large answers that were finished before a time and were not fetched yet."""
    for messages in app.get_blocks()._queue.pending_messages_per_session.values():
        messages.pack(before)


def drop_oldest_answer(app: Any, rules: Rules, keep: str) -> bool:
    """Free the answer that has waited longest, of any droppable session but `keep`; whether there was one."""
    queue = app.get_blocks()._queue
    waiting = {
        session: messages.oldest()
        for session, messages in queue.pending_messages_per_session.items()
        if session != keep and rules.droppable(session)
    }
    ages = {session: at for session, at in waiting.items() if at is not None}
    if not ages:
        return False
    _drop_answers_of(queue, min(ages, key=ages.__getitem__), min(ages.values()))
    return True


def _drop_answers_of(queue: Any, session: str, before: float) -> None:
    dropped = queue.pending_messages_per_session[session].drop_finished(before)
    queue.pending_event_ids_session.get(session, set()).difference_update(dropped)
