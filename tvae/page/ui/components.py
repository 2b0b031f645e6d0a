"""The page's own components: HTML that Python renders, with one small script for all of them; what a tab follows."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, Final

import gradio as gr

from tvae.page.gradio_internals import with_own_event_numbers
from tvae.page.ui import texts
from tvae.page.ui.html import tag
from tvae.page.ui.scripts.modules import called, mounted

PAGE: Final = Path(__file__).parents[1]
EVENTS: Final = "ui/scripts/events.js"  # what the browser answers alone
_BUTTONS: Final = "selection/operation_buttons.js"


def asset(name: str) -> str:
    """The text of a style sheet of the page; each file name is there once."""
    (path,) = PAGE.rglob(name)
    return path.read_text(encoding="utf-8")


def buttons_in_html(
    value: str,
    elem_id: str,
    server_functions: list[Callable[..., Any]] | None = None,
    modules: Sequence[str] = (),
    **props: Any,
) -> gr.HTML:
    """HTML whose buttons reach Python: events `edit` {trits}, `pick` {ids, add}, `show` {id}, `example` {text}.

    Which one a button triggers is in its data attributes, see `operation_buttons.js`; `modules` are mounted next to it.
    """
    return gr.HTML(
        value,
        js_on_load=mounted(_BUTTONS, {"files": texts.table("SAVE_STATUS")}, ("edit", "pick", "show", "example"))
        + "".join(mounted(module) for module in modules),
        apply_default_css=False,
        elem_id=elem_id,
        server_functions=server_functions,
        **props,
    )


def plain_html(value: str, elem_id: str) -> gr.HTML:
    """HTML without a script."""
    return gr.HTML(value, js_on_load=None, apply_default_css=False, elem_id=elem_id)


def heading(words: str) -> gr.HTML:
    """The heading of a section; Gradio's Markdown would bring 80 kB of scripts along."""
    return gr.HTML(tag("h2", words), js_on_load=None, apply_default_css=False, elem_classes="heading")


def lazy_tab(tab: str, main: dict[str, Any], build: Callable[..., None], inputs: Sequence[gr.Textbox] = ()) -> None:
    """Build a tab's components and events with `build` when the tab is first opened; until then it costs nothing.

    Call this inside the tab. `build` gets the values of `inputs`, and may take a `gr.Request` with the page's address.
    Gradio (6.31) has four rules for what `gr.render` builds that it does not document:

    - An event must not have a trigger outside the tab, or the browser forgets the other events of that trigger. Use
      `mirrored_inputs`.
    - A field is read-only unless it is `interactive`.
    - The page waits for a component that is never shown, unless its container is invisible.
    - The tab lives as long as Gradio keeps the session; see `tvae.page.server.gradio_sessions`.
    """
    plain_html(tag("p", texts.OPENING, class_="late", role="status"), f"{tab}-loading")
    opened = gr.Textbox("", visible="hidden", elem_id=f"{tab}-opened")
    open_once = called(EVENTS, "opened", {"tab": tab})
    main["tab"].change(None, [main["tab"], opened], opened, js=open_once, api_visibility="private")
    gr.render(list(inputs), triggers=[opened.change], show_progress="hidden")(with_own_event_numbers(build))


def mirrored_inputs(tab: str, names: Sequence[str], main: dict[str, Any]) -> gr.Textbox:
    """A hidden field with the values of components of the main tab as JSON, which changes only while `tab` is open.

    For events of a tab that is built when it is opened. To be made outside of it.
    """
    relay = gr.Textbox("", visible="hidden", elem_id=f"{tab}-relay")
    there = [main[name] for name in names]
    gr.on(
        [main["tab"].change, *(component.change for component in there)],
        None,
        [relay, main["tab"], *there],
        relay,
        js=called(EVENTS, "mirrored", {"tab": tab}),
        api_visibility="private",
    )
    return relay


def checkpoint_follower(tab: str, main: dict[str, Any]) -> gr.Textbox:
    """A hidden field that names the checkpoint that a tab should show; its `change` is when the tab has to be filled.

    It takes the name of what is loaded while the tab is open, so a tab costs nothing before it is first opened, and
    nothing when it is opened again. `main`: `loaded` and `tab`, the id of the open tab. Emptied, it asks again when the
    tab is next opened.
    """
    wanted = gr.Textbox("", visible="hidden", elem_id=f"{tab}-wanted")
    gr.on(
        [main["tab"].change, main["loaded"].change],
        None,
        [main["loaded"], main["tab"], wanted],
        wanted,
        js=called(EVENTS, "followed", {"tab": tab}),
        api_visibility="private",
    )
    return wanted


SKIP: Final[Any] = object()  # value of a field of an answer: its component stays as it is


def answering(handler: Callable[..., Any], answer: type, components: Mapping[str, Any]) -> dict[str, Any]:
    """`fn` and `outputs` of an event whose handler returns, or yields, an `answer`.

    `answer` is a dataclass whose fields are named like the `components` that they fill.
    """
    fn: Callable[..., Any]
    if inspect.isasyncgenfunction(handler):

        @wraps(handler)
        async def async_stream(*values: Any) -> AsyncIterator[Any]:
            async with aclosing(handler(*values)) as answers:  # a visitor who leaves ends the handler at once
                async for one in answers:
                    yield by_component(one, components)

        fn = async_stream
    elif inspect.isgeneratorfunction(handler):

        @wraps(handler)
        def stream(*values: Any) -> Iterator[Any]:
            for one in handler(*values):
                yield by_component(one, components)

        fn = stream
    else:

        @wraps(handler)
        def call(*values: Any) -> Any:
            return by_component(handler(*values), components)

        fn = call
    return {"fn": fn, "outputs": [components[field.name] for field in fields(answer)]}


def by_component(answer: Any, components: Mapping[str, Any]) -> dict[Any, Any]:
    """An answer as Gradio takes it, {component: value}, without the fields that are SKIP."""
    filled = {components[name]: value for name, value in vars(answer).items() if value is not SKIP}
    return filled or gr.skip()
