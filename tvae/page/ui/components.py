"""Components of the page, tabs that are built or filled when they are opened, and handlers with named answers."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, Final

import gradio as gr

from tvae.page.gradio_internals.tabs import render_tab
from tvae.page.ui import texts
from tvae.page.ui.html import tag
from tvae.page.ui.scripts.modules import called, mounted

PAGE: Final = Path(__file__).parents[1]
EVENTS: Final = "ui/scripts/events.js"  # functions that the browser runs without Python
_BUTTONS: Final = "selection/operation_buttons.js"
SKIP: Final[Any] = object()  # value of a field of an answer: its component stays as it is

# Options of the page's events. By default Gradio drops an event while the same event is running. "always_last" runs it
# again with new inputs but the old event data, so events with data use "multiple".
# Events with HEAVY occupy a core for up to seconds: two run, and the others wait in Gradio's queue without a thread.
# `show_progress_on` is empty: None would mean all outputs, and each step of an event would make the browser copy the
# values of all outputs of all events, which took a third of the time in which a tab opens.
QUIET: Final[dict[str, Any]] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "show_progress_on": [],
    "concurrency_limit": None,
}
HEAVY: Final[dict[str, Any]] = {"concurrency_id": "heavy", "concurrency_limit": 2}
HUB: Final[dict[str, Any]] = {"concurrency_id": "hub", "concurrency_limit": 4}  # events that wait for the Hub
LATEST: Final = QUIET | {"trigger_mode": "always_last"}
EVERY: Final = QUIET | {"trigger_mode": "multiple"}


def asset(name: str) -> str:
    """The text of one of the page's style sheets; their file names are unique."""
    (path,) = PAGE.rglob(name)
    return path.read_text(encoding="utf-8")


def buttons_in_html(
    value: str,
    elem_id: str,
    server_functions: list[Callable[..., Any]] | None = None,
    modules: Sequence[str] = (),
    events: tuple[str, ...] = (),
    title: str = "",
    scripts: str = "",
    **props: Any,
) -> gr.HTML:
    """HTML whose buttons trigger the events `edit` {trits}, `pick` {ids, add}, `show` {id} and `example` {text}.

    A button's data attributes say which one, see `operation_buttons.js`. Further `modules` are mounted on the element,
    which trigger `events`; `scripts` are what `mounted` made of others. The `title` is a heading above the value.
    """
    return gr.HTML(
        value,
        js_on_load=mounted(_BUTTONS, {"files": texts.table("SAVE_STATUS")}, ("edit", "pick", "show", "example"))
        + "".join(mounted(module, events=events) for module in modules)
        + scripts,
        apply_default_css=False,
        elem_id=elem_id,
        server_functions=server_functions,
        **_titled(title),
        **props,
    )


def plain_html(value: str, elem_id: str, title: str = "") -> gr.HTML:
    """HTML without a script, below a heading if there is a `title`."""
    return gr.HTML(value, js_on_load=None, apply_default_css=False, elem_id=elem_id, **_titled(title))


def _titled(title: str) -> dict[str, Any]:
    """The arguments of a `gr.HTML` with a heading: in its template, since a component of its own takes longer."""
    return {"html_template": f"{tag('h2', title)}${{value}}", "elem_classes": "heading"} if title else {}


def hidden_text(value: str, elem_id: str) -> gr.Textbox:
    """A field that the page and its events use, but that nobody sees.

    With one line, no label and no container it is the cheapest of Gradio's components that tell of their changes: the
    height of a field with several lines is measured, and one with a container brings another component along.
    """
    return gr.Textbox(value, visible="hidden", elem_id=elem_id, max_lines=1, show_label=False, container=False)


def heading(words: str) -> gr.HTML:
    """The heading of a section; Gradio's Markdown would load 80 kB of scripts."""
    return gr.HTML(tag("h2", words), js_on_load=None, apply_default_css=False, elem_classes="heading")


def choices(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """The choices of a field, as Gradio expects them, from the labels of its values."""
    return [(label, value) for value, label in labels.items()]


def lazy_tab(tab: str, main: dict[str, Any], build: Callable[..., None], remembered: str = "") -> None:
    """Build a tab's components and events with `build` when the tab is first opened; until then it costs nothing.

    Call this inside the tab. `build` may take a `gr.Request` with the page's address. `remembered` is the call of a
    script's function in place of `opened` of `events.js`; `build` then receives the text that it returns, with what the
    browser remembers of the tab. In Gradio 6.31, four undocumented rules apply to what `gr.render` builds:

    - An event must not have a trigger outside the tab, or the browser forgets the other events of that trigger; use
      `mirrored_inputs`.
    - A field is read-only unless it is `interactive`.
    - The page waits for a component that is never shown, unless its container is invisible.
    - The server's part of the tab lives as long as the session, see `tvae.page.server.shares`. A later session, also of
      another server, builds it again when the tab is next used, with an empty address and empty `inputs`, since what
      the fields hold is the browser's. So which components and events there are must not depend on those.
    """
    notice = plain_html("", f"{tab}-loading")
    opened = hidden_text("", f"{tab}-opened")
    open_once = remembered or called(EVENTS, "opened", {"tab": tab})
    inputs = [main["tab"], opened] if remembered else [main["tab"]]
    main["tab"].change(None, inputs, opened, js=open_once, api_visibility="private")
    event = render_tab(build, [opened] if remembered else [], opened.change)
    words = {"data_event": event, "data_tab": tab, "data_again": texts.TRY_AGAIN}  # for `late_tab.js`, if that fails
    notice.value = tag("p", texts.OPENING, class_="late", role="status", **words)


def mirrored_inputs(tab: str, names: Sequence[str], main: dict[str, Any], kind: str = "relay") -> gr.Textbox:
    """A hidden field with the values of the components `names` of `main` as JSON, updated only while `tab` is open.

    It triggers the events of a `lazy_tab`, and must be created outside of it. A tab has one of each `kind`.
    """
    relay = hidden_text("", f"{tab}-{kind}")
    there = [main[name] for name in names]
    gr.on(
        [main["tab"].change, *(component.change for component in there)],
        None,
        [main["tab"], *there],
        relay,
        js=called(EVENTS, "mirrored", {"tab": tab}),
        api_visibility="private",
    )
    return relay


def follow_checkpoint(
    tab: str,
    main: dict[str, Any],
    handler: Callable[..., Any],
    answer: type,
    parts: Mapping[str, Any],
    options: Mapping[str, Any] = LATEST,
) -> None:
    """Call `handler` with the name of the loaded checkpoint when `tab` is open and shows another one.

    So a tab costs nothing before it is first opened, and nothing when it is opened again. `handler` returns, or yields,
    an `answer` for the components `parts`, and for `wanted`, the hidden field with the name: an answer that empties it
    makes the tab ask again when it is next opened.
    """
    wanted = hidden_text("", f"{tab}-wanted")
    gr.on(
        [main["tab"].change, main["loaded"].change],
        None,
        [main["loaded"], main["tab"]],
        wanted,
        js=called(EVENTS, "followed", {"tab": tab}),
        api_visibility="private",
    )
    wanted.change(inputs=wanted, **answering(handler, answer, {**parts, "wanted": wanted}), **options)


def answering(handler: Callable[..., Any], answer: type, components: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments `fn` and `outputs` of an event whose handler returns, or yields, an `answer`.

    `answer` is a dataclass; each of its fields has the name of the component that it fills.
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
    """An answer in Gradio's form, {component: value}, without the fields that are SKIP."""
    filled = {components[name]: value for name, value in vars(answer).items() if value is not SKIP}
    return filled or gr.skip()
