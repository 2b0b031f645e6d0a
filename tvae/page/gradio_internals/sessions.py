"""Sessions that ask before they are made, build the tabs that they lack, and are freed as a whole."""

from collections.abc import Mapping
from contextvars import copy_context
from types import SimpleNamespace
from typing import Any
from weakref import ref

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import BlocksConfig
from gradio.helpers import special_args
from gradio.state_holder import SessionState, StateHolder
from gradio.utils import get_function_with_locals

from tvae.page.gradio_internals.rules import Rules
from tvae.page.gradio_internals.tabs import COMPONENTS_OF_A_TAB, EVENTS_OF_A_TAB


class Session(SessionState):
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
        """Whether the session has a component, after its tab was built."""
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

    def __init__(self, events: Mapping[int, BlockFunction], session: Session) -> None:
        super().__init__(events)
        self._session = ref(session)  # not a circle, which only the garbage collector would free

    def __missing__(self, number: int) -> BlockFunction:
        if isinstance(number, int) and (session := self._session()):
            session.build_tab(number // EVENTS_OF_A_TAB)
        if number in self:
            return self[number]
        raise KeyError(number)


class Sessions(StateHolder):
    """Gradio's sessions, which ask before they are made, and are dropped by `drop_session` alone.

    Why: Gradio makes a session for any name that a caller invents, and drops the least recently used one of all, whose
    page may be open. Where: gradio/state_holder.py, StateHolder.
    """

    def __init__(self, rules: Rules) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._rules = rules

    def __getitem__(self, session_id: str) -> Any:
        """The state of a session, which is made if it is accepted."""
        address = self._rules.address()
        if address is not None:
            self._rules.admit_session(session_id, address)
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)

    def update(self, session_id: str) -> None:
        """Note that a session was used."""
        with self.lock:
            if session_id in self.session_data:
                self.session_data.move_to_end(session_id)


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
