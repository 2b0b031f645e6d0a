"""Every use of undocumented parts of Gradio, which may change in any release.

Written from the source of Gradio 6.31.0; requirements.txt and pyproject.toml pin that minor version. Each function
states why it is needed and where in Gradio to look. No other file imports Gradio's modules, reads its private
attributes or parses its files; `tests/unit/page/gradio_internals/` checks that, and names what to review when
the pin moves. Documented parts (components, `gr.api`, `gr.render`, the arguments of `launch`) are used directly.
"""

import asyncio
import json
import math
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final
from weakref import WeakKeyDictionary, ref

import gradio as gr
import gradio.blocks
import orjson
from gradio.block_function import BlockFunction
from gradio.blocks import BlocksConfig
from gradio.context import Context, LocalContext, get_blocks_context
from gradio.helpers import special_args
from gradio.queueing import Event, ProcessTime, Queue
from gradio.route_utils import FnIndexInferError, get_fn
from gradio.server_messages import ProcessCompletedMessage, ProcessGeneratingMessage
from gradio.state_holder import SessionState, StateHolder
from gradio.utils import LRUCache, get_function_with_locals

VERSION: Final = "6.31"  # the minor version that this file was written for
SMALL: Final = 2**16  # bytes up to which an answer is not worth counting, since the number of calls is bounded
EVENTS_OF_A_TAB: Final = 1_000  # event numbers reserved for each tab, more than any tab has
COMPONENTS_OF_A_TAB: Final = 1_000_000  # numbers of components, likewise; those of the page itself are smaller

# Why: the routes raise it for an endpoint that does not exist, and Gradio answers with status 500.
# Where: gradio/route_utils.py, get_fn.
UnknownEndpoint = FnIndexInferError


@dataclass(frozen=True)
class AnswersToCalls:
    """What `CheckedBlocks` adds to a call, and the sentences with which it answers a wrong one."""

    left_out: Callable[[str, int], Sequence[Any]]  # (endpoint, inputs sent) -> defaults of those missing at the end
    refusal: Callable[[str, int], str | None]  # the same -> an error, or None if the number of inputs is right
    sentence: Callable[[Exception], str | None]  # an error of this program -> its message; None for any other
    not_offered: str  # for a value that a component cannot have
    not_finite: str
    unexpected: str  # for any other error


class CheckedBlocks(gr.Blocks):
    """Blocks that answer a wrong call with a sentence.

    Why: Gradio has defaults only for named inputs, so that a new input would break the calls of existing scripts; with
    too few inputs its error is about the page's own scripts, and surplus inputs are ignored. It sends the text of any
    exception to the caller, and writes a traceback to the log even if the caller sent what no page sends.
    Where: gradio/blocks.py, Blocks.validate_inputs, on the list that is used then, preprocess_data and call_function,
    which run for every kind of call.
    """

    def __init__(self, answers: AnswersToCalls, **options: Any) -> None:
        self.answers = answers
        super().__init__(**options)

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Add what is left out and count, then Gradio's own check. Raises Refused, or gr.Error."""
        if block_fn.fn is None:  # an event of the browser alone
            raise Refused(self.answers.not_offered)
        if block_fn.api_visibility == "public":
            inputs += self.answers.left_out(block_fn.api_name, len(inputs))
            if (sentence := self.answers.refusal(block_fn.api_name, len(inputs))) is not None:
                raise Refused(sentence)
        elif any(isinstance(value, float) and not math.isfinite(value) for value in inputs):
            raise Refused(self.answers.not_finite)
        super().validate_inputs(block_fn, inputs)

    async def preprocess_data(self, *call: Any, **more: Any) -> Any:
        """Gradio's own, where whatever a component cannot read is the caller's mistake. Raises Refused."""
        try:
            return await super().preprocess_data(*call, **more)
        except Refused:
            raise
        except Exception as error:
            raise Refused(self.answers.not_offered) from error

    async def call_function(self, *call: Any, **more: Any) -> Any:
        """Gradio's own, with a sentence for every error; one that is not expected goes to the log as well."""
        try:
            return await super().call_function(*call, **more)
        except gr.Error:
            raise
        except Exception as error:
            if (sentence := self.answers.sentence(error)) is not None:
                raise Refused(sentence) from error
            raise gr.Error(self.answers.unexpected) from error


class Refused(gr.Error):
    """A sentence for the caller; the log does not need it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, print_exception=False)


def data_of_event(event: gr.EventData) -> object:
    """What the browser sent with an event, as any JSON.

    Why: an attribute of EventData that was not sent is an AttributeError, and one of data of another kind a TypeError.
    Where: gradio/events.py, EventData.
    """
    return event._data


def _config() -> BlocksConfig:
    """Configuration of the Blocks or the tab that is being built. Where: gradio/context.py."""
    config = get_blocks_context()
    if config is None:
        raise RuntimeError("tabs and endpoints are added while Blocks are being built")
    return config


def render_tab(build: Callable[..., None], inputs: Sequence[Any], trigger: Callable[..., Any]) -> int:
    """`gr.render` for a tab, whose events and components have the same numbers in every session, of every server.

    Returns the number of the event that builds it.

    Why: Gradio numbers events from the last one of the session, and components from the last one of the server. After
    it drops a session, or starts again, the tabs that the browser still shows would have other numbers than those of
    the server, and receive each other's answers. So each tab has numbers of its own, and a session that lacks a tab
    can build it when the browser next uses it, see `_Events`.
    Gradio also keeps a queue for each event of each session, for ever, and looks through all of them for the next call;
    with the number as its name, there is one for all sessions.
    Where: gradio/blocks.py, BlocksConfig.fn_id and Block.__init__; gradio/context.py, Context.id; gradio/renderable.py;
    gradio/block_function.py, concurrency_id.
    """
    config = _config()
    place = 1 + len(config.renderables)
    gr.render(list(inputs), triggers=[trigger], show_progress="hidden")(_numbered(build, place))
    number, event = next(one for one in config.fns.items() if one[1].renderable is config.renderables[-1])
    event.fn = _with_own_numbers(event.fn, place)
    return number


def _numbered(build: Callable[..., None], place: int) -> Callable[..., None]:
    """Wrap the function that builds a tab, so that its events are numbered from EVENTS_OF_A_TAB * `place`."""
    first = EVENTS_OF_A_TAB * place

    @wraps(build)
    def numbered(*values: Any, **more: Any) -> None:
        config = _config()
        config.fn_id = first
        for number in [one for one in config.blocks if one // COMPONENTS_OF_A_TAB == place]:
            del config.blocks[number]  # of an earlier answer, which did not reach the browser
        build(*values, **more)
        for number, event in config.fns.items():
            if number >= first and event.concurrency_limit is None:
                event.concurrency_id = f"event {number}"

    return numbered


_next_of_tab: Final[ContextVar[int | None]] = ContextVar("_next_of_tab", default=None)


class _Numbers:
    """Gradio's `Context`, whose next component number is that of the tab which is being built in the same thread.

    Why: Gradio has one for all sessions, so that only one tab could be built at a time, and the visitors of all others
    would wait. Where: gradio/blocks.py, Block.__init__ and the other uses of Context.
    """

    def __getattribute__(self, name: str) -> Any:
        own = _next_of_tab.get() if name == "id" else None
        return getattr(Context, name) if own is None else own

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "id" and _next_of_tab.get() is not None:
            _next_of_tab.set(value)
        else:
            setattr(Context, name, value)


gradio.blocks.Context = _Numbers()  # type: ignore[assignment, attr-defined]
_building: Final[WeakKeyDictionary[BlocksConfig, Lock]] = WeakKeyDictionary()  # by the configuration of a session


def _with_own_numbers(apply: Any, place: int) -> Callable[..., Any]:
    """Wrap `Renderable.apply`, so that the tab's components are numbered from COMPONENTS_OF_A_TAB * `place`.

    A session builds one tab at a time. Events of an earlier answer are dropped before: for those that it finds, `apply`
    compares counts of all sessions.
    """

    @wraps(apply)
    def applied(*values: Any, **more: Any) -> Any:
        config: Any = LocalContext.blocks_config.get()  # of the session
        with _building.setdefault(config, Lock()):
            for number in [one for one in config.fns if one // EVENTS_OF_A_TAB == place]:
                del config.fns[number]
            before = _next_of_tab.set(COMPONENTS_OF_A_TAB * place)
            try:
                return apply(*values, **more)
            finally:
                _next_of_tab.reset(before)

    return applied


def describe_last_endpoint(inputs: Sequence[str], answer: str) -> None:
    """Add descriptions of inputs and answer to the schemas of the last added endpoint.

    Why: `gr.api` makes the schemas from type hints, and accepts no descriptions.
    Where: gradio/blocks.py, BlocksConfig.fns; `_api_info` of a component is what /gradio_api/info shows.
    """
    added = list(_config().fns.values())[-1]
    for component, description in zip(added.inputs, inputs, strict=True):
        component._api_info = {**component._api_info, "description": description}  # type: ignore[union-attr]
    for component in added.outputs:
        component._api_info = {**component._api_info, "description": answer}  # type: ignore[union-attr]


# The rest of this part bounds what Gradio keeps for its callers. The functions of `Rules` decide, see `server.shares`.
#
# How an answer is kept: `Queue.push` makes an event, and a queue of messages for the event's session. The last message
# of an event has the whole answer. It stays until a GET of `queue/data` or `call/NAME/EVENT` takes it from the queue,
# for ever if there is none. A call without a session gets one of its own, named after the event.
# Where: gradio/queueing.py, Queue; gradio/routes.py, queue_join_helper, queue_data_helper and simple_predict_get.


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
    droppable: Callable[[str], bool]  # whether the answers of a session may make room for others
    pick: Callable[
        [list[tuple[str, str]], list[tuple[str, str]]], int | None
    ]  # of (address, session): waiting, running


class _Session(SessionState):
    """A session that builds a tab when an event or a component of it is used, and it was not opened in this session.

    Why: the browser still shows a tab after Gradio has dropped its session, or was started again. What the tab shows
    and what was typed there are the browser's; the server's part of it is the same in every session, see `render_tab`.
    Where: gradio/state_holder.py, SessionState; gradio/route_utils.py, get_fn; gradio/routes.py, component_server.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        # Without the settings of every component, which take 10 ms and 0.3 MB a call and are for deep links only.
        blank: Any = SimpleNamespace(default_config=blocks.default_config, blocks={})
        super().__init__(blank)
        self._blocks = blocks
        self.blocks_config.fns = _Events(self.blocks_config.fns, self)

    def __contains__(self, key: int) -> bool:
        if key not in self.blocks_config.blocks and key >= COMPONENTS_OF_A_TAB:
            self.build_tab(key // COMPONENTS_OF_A_TAB)
        return bool(super().__contains__(key))

    def build_tab(self, place: int) -> None:
        """Build the tab of `render_tab` with that place, if there is one that this session lacks.

        Whatever numbers a caller invents, a session builds a tab once.
        """
        if any(number // COMPONENTS_OF_A_TAB == place for number in list(self.blocks_config.blocks)):
            return
        for event in list(self.blocks_config.fns.values()):
            tab = event.renderable
            if tab is not None and event.fn is not None and tab._id + 1 == place:
                request = gr.Request(query_params={})
                build = get_function_with_locals(event.fn, self._blocks, None, True, request, self)
                values, *_ = special_args(tab.fn, [""] * len(tab.inputs), request)
                copy_context().run(build, *values)
                return


class _Events(dict[int, BlockFunction]):
    """The events of a session by their numbers."""

    def __init__(self, events: Mapping[int, BlockFunction], session: _Session) -> None:
        super().__init__(events)
        self._session = ref(session)  # not a circle, which only the garbage collector would free

    def __missing__(self, number: int) -> BlockFunction:
        if isinstance(number, int) and (session := self._session()):
            session.build_tab(number // EVENTS_OF_A_TAB)
        if number in self:
            return self[number]
        raise KeyError(number)


class _Sessions(StateHolder):
    """Gradio's sessions, which ask before they are made, and are dropped by `drop_session` alone.

    Why: Gradio makes a session for any name that a caller invents, and drops the least recently used one of all, whose
    page may be open. Where: gradio/state_holder.py, StateHolder.
    """

    def __init__(self, rules: Rules) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._rules = rules

    def __getitem__(self, session_id: str) -> Any:
        address = self._rules.address()
        if address is not None:
            self._rules.admit_session(session_id, address)
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)

    def update(self, session_id: str) -> None:
        """Note that a session was used."""
        with self.lock:
            if session_id in self.session_data:
                self.session_data.move_to_end(session_id)


@dataclass
class _Waiting:
    """A message that waits to be fetched."""

    message: Any
    json: bytes | None  # of its output, if that is large
    size: int  # bytes of its output as JSON
    at: float  # when it was put there
    packed: bool = False

    def pack(self) -> None:
        """Keep only the JSON of the output.

        As Python objects it takes four times as much memory, and each full run of the garbage collector, which stops
        the whole server, looks at all of them.
        """
        if self.json is not None and not self.packed:
            self.message.output, self.packed = {}, True

    def unpacked(self) -> Any:
        """The message with its output."""
        if self.packed and self.json is not None:
            self.message.output = orjson.loads(self.json)
        return self.message


class _Messages(asyncio.Queue[Any]):
    """The messages for one session, with their sizes, and when each was put there."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.size = 0  # bytes

    @property
    def waiting(self) -> deque[_Waiting]:
        """The messages, the oldest first."""
        return self._queue  # type: ignore[attr-defined, no-any-return]

    def _put(self, item: Any) -> None:
        text, size = _json(item)
        self.size += size
        super()._put(_Waiting(item, text if size > SMALL else None, size, time.monotonic()))

    def _get(self) -> Any:
        first: _Waiting = super()._get()
        self.size -= first.size
        return first.unpacked()

    def oldest(self) -> float | None:
        """When the oldest answer was finished; None without one."""
        return next((one.at for one in self.waiting if _is_answer(one.message)), None)

    def last(self) -> int:
        """Size of the message that was put last."""
        return self.waiting[-1].size

    def take_back(self) -> None:
        """Remove the message that was put last, before anything else runs."""
        self.size -= self.waiting.pop().size

    def pack(self, before: float) -> None:
        """Pack the large answers that were finished before a time."""
        for one in self.waiting:
            if one.at <= before and _is_answer(one.message):
                one.pack()

    def drop_finished(self, before: float) -> set[str]:
        """Remove the answers that were finished before a time, with all before them; the events that they are of."""
        old = [place for place, one in enumerate(self.waiting) if _is_answer(one.message) and one.at <= before]
        dropped: set[str] = set()
        for _ in range(max(old, default=-1) + 1):
            first = self.waiting.popleft()
            self.size -= first.size
            if _is_answer(first.message):
                dropped.add(str(first.message.event_id))
        return dropped


class _MessagesOfSessions(LRUCache[str, Any]):
    """Queue.pending_messages_per_session with our queues, without the removal of the oldest, whose page may be open."""

    def __init__(self, address: Callable[[], str | None]) -> None:
        super().__init__()
        self._address = address

    def __setitem__(self, session: str, value: Any) -> None:
        self.max_size = len(self) + 1
        super().__setitem__(session, _Messages(self._address() or ""))


class _Times(WeakKeyDictionary[BlockFunction, ProcessTime]):
    """Queue.process_time_per_fn, which does not keep the events of sessions that have gone, with all their tabs."""

    def __getitem__(self, event: BlockFunction) -> ProcessTime:
        return self.setdefault(event, ProcessTime())  # type: ignore[no-untyped-call]


def _is_answer(message: Any) -> bool:
    return isinstance(message, ProcessCompletedMessage)


def _json(message: Any) -> tuple[bytes | None, int]:
    """The output of a message as JSON, if orjson can write it, and its size."""
    output = getattr(message, "output", None)
    if output is None:
        return None, 200  # about as much as a message without an answer
    try:
        text = orjson.dumps(output, default=str)
    except TypeError:  # a number of more than 64 bits, or a key that is not a text
        return None, len(str(output))
    return text, len(text)


def apply_rules(app: Any, rules: Rules) -> None:
    """Let `rules` decide about the sessions and calls of an app, before it serves its first request.

    Why: Gradio bounds the number of waiting calls only, for all callers together.
    Where: gradio/routes.py, App.state_holder; gradio/queueing.py, Queue.push, send_message and get_events.
    """
    blocks = app.get_blocks()
    app.state_holder = _Sessions(rules)
    app.state_holder.set_blocks(blocks)
    queue: Queue = blocks._queue
    queue.pending_messages_per_session = _MessagesOfSessions(rules.address)
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
        if (
            _is_answer(event_message) and not event.alive
        ):  # its stream was cut off, and a later one must not wait for it
            queue.pending_event_ids_session.get(event.session_hash, set()).discard(event._id)
        messages = queue.pending_messages_per_session.get(event.session_hash)
        if messages is None:  # the session was dropped
            return
        send(event, event_message)
        answers = isinstance(event_message, ProcessCompletedMessage | ProcessGeneratingMessage)
        if event.alive and answers and messages.last() > SMALL and event_message.success:
            error = _answer_error(app, rules, event)
            if error is not None:
                messages.take_back()
                if _is_answer(event_message):
                    send(event, ProcessCompletedMessage(output={"error": error}, success=False))
        if _is_answer(event_message):
            _forget_values(app, event)
            if rules.droppable(event.session_hash):  # nobody is waiting for it now
                messages.pack(time.monotonic())

    queue.push = admitted  # type: ignore[method-assign]
    queue.send_message = bounded  # type: ignore[method-assign]
    queue.get_events = lambda: _next_event(queue, rules)  # type: ignore[method-assign]
    _keep_no_analytics(queue)


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
        if not _drop_oldest_answer(app, rules, session):
            raise error


def _answer_error(app: Any, rules: Rules, event: Event) -> str | None:
    """The error in place of the answer that was put last; the oldest answers that nobody reads make room for it."""
    loads = session_loads(app, rules.group)
    error = rules.answer_refused(loads, event.request.state.address, event.session_hash)
    while error is None and rules.over_all(loads):
        if not _drop_oldest_answer(app, rules, event.session_hash):
            return rules.over_all_error
        loads = session_loads(app, rules.group)
    return error


def _drop_oldest_answer(app: Any, rules: Rules, keep: str) -> bool:
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


def strays(app: Any) -> set[str]:
    """Sessions for which nothing runs and nothing waits: what is left where a caller has gone away."""
    queue, holder = app.get_blocks()._queue, app.state_holder
    busy = {event.session_hash for event in queue.event_ids_to_events.values()}
    waiting = {name for name, messages in queue.pending_messages_per_session.items() if not messages.empty()}
    known = {*holder.session_data, *queue.pending_messages_per_session, *queue.pending_event_ids_session}
    return known - busy - waiting


def drop_session(app: Any, session: str) -> bool:
    """Free what Gradio stores for a session, unless one of its events waits or runs; whether it is freed.

    Why: Gradio's own clean-up (gradio-app/gradio, pull request 13756) does not remove sessions.
    Where: gradio/state_holder.py, StateHolder; gradio/queueing.py, the two `pending_...` of Queue.
    """
    queue = app.get_blocks()._queue
    if any(event.session_hash == session for event in queue.event_ids_to_events.values()):
        return False
    state = app.state_holder.session_data.pop(session, None)
    app.state_holder.time_last_used.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)
    queue.pending_messages_per_session.pop(session, None)
    if state is not None:
        _take_apart(state.blocks_config, app.get_blocks().default_config)
    return True


def _take_apart(config: BlocksConfig, shared: BlocksConfig) -> None:
    """Free the components of a session that has gone; those of the app itself are `shared`.

    Why: each component refers to itself, so that it would stay until the garbage collector has looked at all objects,
    which stops the server and is seldom. The tabs of one page take 0.7 MB. Where: gradio/events.py, set_event_trigger.
    """
    for number, block in config.blocks.items():
        if shared.blocks.get(number) is not block:
            vars(block).clear()
    config.blocks.clear()
    config.fns.clear()


def answer_tools_in_json() -> None:
    """Let the tools of the MCP server return JSON. Raises ImportError without the packages of `gradio[mcp]`.

    Why: Gradio returns Python's notation (`str` of the answer), which a client cannot parse. Its method is replaced,
    because `launch(mcp_server=True)` creates the server. None of our answers is a file, the other case of its method.
    Where: gradio/mcp.py, GradioMCPServer.postprocess_output_data.
    """
    import mcp.server.lowlevel.helper_types  # noqa: F401
    from gradio.mcp import GradioMCPServer
    from mcp.types import TextContent

    def in_json(self: Any, data: Any, root_url: str) -> list[Any]:
        return [TextContent(type="text", text=json.dumps(output)) for output in data]

    GradioMCPServer.postprocess_output_data = in_json  # type: ignore[method-assign]


# The rest of this file finds the files of Gradio's frontend that a page needs.
#
# Why: Gradio's page names one script at its end, after half a megabyte of settings. That script imports others, and
# those import more, so the browser learns only at the fourth round trip which files the components need.
# Where: gradio/templates/frontend, from the form of Vite's dynamic imports. If another version of Gradio uses another
# form, fewer files or none are found, and the page loads as Gradio built it.
FRONTEND: Final = Path(gr.__file__).parent / "templates" / "frontend"

_ENTRY: Final = re.compile(r"""["']\./assets/([\w.-]+\.(?:js|css))["']""")
_TABLE: Final = re.compile(r"\bm\.f=(\[.*?\])\)")  # the files to which imports refer by index
_FILE: Final = r"import\([`\"']\./([\w.-]+\.js)[`\"']\)"
_IMPORT: Final = re.compile(
    _FILE + r"(?:;return\{default:\w+\}\}|\.then\(\w+=>\w+\.\w+\))?,(?:__vite__mapDeps\(\[([\d,]*)\]\)|\[\])"
)
# A component type with its imports.
_TYPE: Final = re.compile(r"\b(\w+):\{((?:\w+:\(\)=>[^{}]*?import\.meta\.url\),?)+)\}")
_COMPONENT: Final = re.compile(r"\bcomponent:\(\)=>\w+\(\(\)=>" + _FILE)
_RENDERED_AS: Final = {"api": "state"}  # the component that the frontend uses for an endpoint's parameter
_BASE: Final = re.compile(rb"<base [^>]*>")


def component_types(demo: gr.Blocks) -> set[str]:
    """The component types of an app, by their names in the frontend. Where: gradio/blocks.py, Block."""
    return {block.get_block_name() for block in demo.blocks.values()}


def frontend_files(types: Collection[str]) -> list[str]:
    """Asset files of the frontend for a page with these component types, in the order in which they are requested."""
    shown = {_RENDERED_AS.get(kind, kind) for kind in types}
    entry = _ENTRY.findall((FRONTEND / "index.html").read_text(encoding="utf-8"))
    app = [file for script in entry for files in _imports(script).values() for file in files]
    blocks = [
        file
        for script in app
        for name, files in _imports(script).items()
        if name.startswith("Blocks-")
        for file in files
    ]
    of_types = [
        file
        for script in app
        for kind, its_imports in _TYPE.findall(_text(script))
        if kind in shown
        for name in _COMPONENT.findall(its_imports)
        for file in _imports(script).get(name, ())
    ]
    return list(dict.fromkeys([*entry, *app, *blocks, *of_types]))


@cache
def _text(script: str) -> str:
    path = FRONTEND / "assets" / script
    return path.read_text(encoding="utf-8") if path.suffix == ".js" and path.is_file() else ""


@cache
def _imports(script: str) -> Mapping[str, tuple[str, ...]]:
    """Dynamic imports of a script: name -> the imported file and the files that are fetched with it."""
    table = _TABLE.search(_text(script))
    files = [str(file).removeprefix("./") for file in json.loads(table[1])] if table else []
    return {
        name: (name, *(files[int(place)] for place in places.split(",") if place))
        for name, places in _IMPORT.findall(_text(script))
    }


def after_base(page: bytes, html: bytes) -> bytes:
    """Insert `html` after the page's `<base>`, so that relative addresses work; unchanged if there is no `<base>`.

    Why: `launch(head=...)` becomes part of the settings, which the frontend's last script applies.
    Where: gradio/templates/frontend/index.html.
    """
    return _BASE.sub(lambda base: base[0] + html, page, count=1)
