"""Tabs that are built when they are opened, with the same numbers in every session, of every server."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import wraps
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

import gradio as gr
import gradio.blocks
from gradio.blocks import BlocksConfig
from gradio.context import Context, LocalContext

from tvae.page.gradio_internals.blocks import config_being_built

EVENTS_OF_A_TAB: Final = 1_000  # event numbers reserved for each tab, more than any tab has
COMPONENTS_OF_A_TAB: Final = 1_000_000  # numbers of components, likewise; those of the page itself are smaller


def render_tab(build: Callable[..., None], inputs: Sequence[Any], trigger: Callable[..., Any]) -> int:
    """`gr.render` for a tab, whose events and components have the same numbers in every session, of every server.

    Returns the number of the event that builds it.

    Why: Gradio numbers events from the last one of the session, and components from the last one of the server. After
    it drops a session, or starts again, the tabs that the browser still shows would have other numbers than those of
    the server, and receive each other's answers. So each tab has numbers of its own, and a session that lacks a tab
    can build it when the browser next uses it, see `sessions.Session`.
    Gradio also keeps a queue for each event of each session, for ever, and looks through all of them for the next call;
    with the number as its name, there is one for all sessions.
    Where: gradio/blocks.py, BlocksConfig.fn_id and Block.__init__; gradio/context.py, Context.id; gradio/renderable.py;
    gradio/block_function.py, concurrency_id.
    """
    config = config_being_built()
    place = 1 + len(config.renderables)
    gr.render(list(inputs), triggers=[trigger], show_progress="hidden")(_numbered(build, place))
    number, event = next(one for one in config.fns.items() if one[1].renderable is config.renderables[-1])
    event.fn = _with_own_numbers(event.fn, place)
    event.show_progress_on = []  # which `gr.render` does not accept; see QUIET in `ui/components.py`
    return number


def _numbered(build: Callable[..., None], place: int) -> Callable[..., None]:
    """Wrap the function that builds a tab, so that its events are numbered from EVENTS_OF_A_TAB * `place`."""
    first = EVENTS_OF_A_TAB * place

    @wraps(build)
    def numbered(*values: Any, **more: Any) -> None:
        config = config_being_built()
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
