"""Let `Rules` decide which calls are accepted, in which order they run, and which answers are kept."""

import time
from typing import Any
from weakref import WeakKeyDictionary

from gradio.block_function import BlockFunction
from gradio.queueing import Event, ProcessTime, Queue
from gradio.route_utils import get_fn
from gradio.server_messages import ProcessCompletedMessage, ProcessGeneratingMessage

from tvae.page.gradio_internals.answers import drop_oldest_answer, session_loads
from tvae.page.gradio_internals.messages import SMALL, Messages, MessagesOfSessions, is_answer
from tvae.page.gradio_internals.rules import Rules
from tvae.page.gradio_internals.sessions import Sessions


def apply_rules(app: Any, rules: Rules) -> None:
    """Let `rules` decide about the sessions and calls of an app, before it serves its first request.

    Why: Gradio bounds the number of waiting calls only, for all callers together.
    Where: gradio/routes.py, App.state_holder; gradio/queueing.py, Queue.push, send_message and get_events.
    """
    blocks = app.get_blocks()
    app.state_holder = Sessions(rules)
    app.state_holder.set_blocks(blocks)
    queue: Queue = blocks._queue
    queue.pending_messages_per_session = MessagesOfSessions(rules.address)
    queue.process_time_per_fn = _Times()  # type: ignore[assignment]
    push, send = queue.push, queue.send_message

    async def admitted(body: Any, request: Any, username: str | None) -> Any:
        if body.fn_index is not None:
            grouped = get_fn(blocks, None, body).concurrency_id == rules.group
            _admit(app, rules, request.state.address, body.session_hash or "", grouped)
        answer = await push(body, request, username)
        if answer[2] == "queue_full":
            raise rules.queue_full()
        return answer

    def bounded(event: Event, event_message: Any) -> None:
        if is_answer(event_message) and not event.alive:  # its stream was cut off, and a later one must not wait for it
            queue.pending_event_ids_session.get(event.session_hash, set()).discard(event._id)
        messages = queue.pending_messages_per_session.get(event.session_hash)
        if messages is None:  # the session was dropped
            return
        send(event, event_message)
        answers = isinstance(event_message, ProcessCompletedMessage | ProcessGeneratingMessage)
        if answers and (error := _error_of_last(app, rules, event, messages, event_message.success)) is not None:
            messages.take_back()
            if is_answer(event_message):
                send(event, ProcessCompletedMessage(output={"error": error}, success=False))
        if is_answer(event_message):
            _forget_values(app, event)
            if rules.droppable(event.session_hash):  # nobody is waiting for it now
                messages.pack(time.monotonic())

    queue.push = admitted  # type: ignore[method-assign]
    queue.send_message = bounded  # type: ignore[method-assign]
    queue.get_events = lambda: _next_event(queue, rules)  # type: ignore[method-assign]
    _keep_no_analytics(queue)


class _Times(WeakKeyDictionary[BlockFunction, ProcessTime]):
    """Queue.process_time_per_fn, which does not keep the events of sessions that have gone, with all their tabs."""

    def __getitem__(self, event: BlockFunction) -> ProcessTime:
        return self.setdefault(event, ProcessTime())  # type: ignore[no-untyped-call]


def _keep_no_analytics(queue: Queue) -> None:
    """Keep no record of past events.

    Why: Gradio makes a table of the last 10,000 after each event, for a dashboard that this app does not have.
    Where: gradio/queueing.py, Queue.push and compute_analytics_summary.
    """
    queue.ANALYTICS_MAX_EVENTS = 0
    queue.compute_analytics_summary = lambda _: queue.cached_event_analytics_summary  # type: ignore[method-assign]


def _admit(app: Any, rules: Rules, address: str, session: str, grouped: bool) -> None:
    """Ask for a call; the oldest answers that nobody reads make room for it if only all calls are too many."""
    while error := rules.admit_call(session_loads(app, rules.group), address, session, grouped):
        if not drop_oldest_answer(app, rules, session):
            raise error


def _error_of_last(app: Any, rules: Rules, event: Event, messages: Messages, success: bool) -> str | None:
    """The error in place of the answer that was put last, if it cannot be written or is not accepted."""
    if not messages.last_is_json():  # Gradio would end the session's stream
        return rules.not_json
    if event.alive and success and messages.last() > SMALL:
        return _answer_error(app, rules, event)
    return None


def _answer_error(app: Any, rules: Rules, event: Event) -> str | None:
    """The error in place of the answer that was put last; the oldest answers that nobody reads make room for it."""
    loads = session_loads(app, rules.group)
    error = rules.answer_refused(loads, event.request.state.address, event.session_hash)
    while error is None and rules.over_all(loads):
        if not drop_oldest_answer(app, rules, event.session_hash):
            return rules.over_all_error
        loads = session_loads(app, rules.group)
    return error


def _forget_values(app: Any, event: Event) -> None:
    """Free Gradio's copy of an answer in the session, which it needs for links to a page's state.

    Why: each session keeps its last answer of each endpoint, and a call without a session has one of its own.
    Where: gradio/state_holder.py, SessionState.config_values; gradio/blocks.py, postprocess_data.
    """
    if event.session_hash == event._id:
        app.state_holder.session_data.pop(event._id, None)
        app.state_holder.time_last_used.pop(event._id, None)
    elif event.session_hash in app.state_holder:
        values = app.state_holder.session_data[event.session_hash].config_values
        for component in event.fn.outputs:
            values.pop(component._id, None)


def _next_event(queue: Queue, rules: Rules) -> tuple[list[Event], bool, str] | None:
    """The event to run next, as Queue.get_events returns it; this app has no events in batches."""
    waiting: list[Event] = []
    for group in queue.event_queue_per_concurrency_id.values():
        if group.concurrency_limit is None or group.current_concurrency < group.concurrency_limit:
            waiting += group.queue
    if not waiting:
        return None
    waiting.sort(key=lambda event: event.enqueue_time)
    running = [event for events in queue.active_jobs if events for event in events]
    place = rules.pick([_of(event) for event in waiting], [_of(event) for event in running])
    if place is None:
        return None
    event = waiting[place]
    queue.event_queue_per_concurrency_id[event.concurrency_id].queue.remove(event)
    return [event], False, event.concurrency_id


def _of(event: Event) -> tuple[str, str]:
    return event.request.state.address, event.session_hash
