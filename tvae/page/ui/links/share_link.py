"""Share links: the page's fields as parameters of its address.

A tab lists its fields as `UrlParameter`s. The browser writes each into the address when it changes, and omits it while
it has its usual value. Each tab reads its own parameters when it is built, and follows the address after that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import gradio as gr

from tvae.page.ui.components import hidden_text, lazy_tab, mirrored_inputs
from tvae.page.ui.scripts.modules import called

LONGEST: Final = 4_000  # characters of a value in the address; `address.js` has it too
MODEL: Final = "sequence_model"  # parameter for the sequence model of the Codons tab
_SCRIPT: Final = "ui/links/share_link.js"

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class UrlParameter:
    """A field of the page as a parameter of its address."""

    name: str | tuple[str, ...]  # of the parameter; with several, the value is itself a query with these parameters
    component: Any  # with a `change` event; a gr.State would reach the browser as null
    usual: str | float | bool | tuple[str, ...]  # the value that is omitted
    choices: tuple[str, ...] = ()  # if they are fixed; those of a radio or a dropdown are known
    also: tuple[Any, ...] = ()  # further components that get the value from another address


def one_of(address: Mapping[str, str], name: str, choices: Sequence[Choice], usual: Choice | None = None) -> Choice:
    """The value of a parameter that has fixed choices, or `usual` (the first) if it is missing or has another value."""
    return next((choice for choice in choices if choice == address.get(name)), usual or choices[0])


def some_of(address: Mapping[str, str], name: str, choices: Sequence[Choice], usual: Sequence[Choice]) -> list[Choice]:
    """The values of a parameter that lists some of its fixed choices, or `usual` if it is missing."""
    given = address[name].split(",") if name in address else usual
    return [choice for choice in choices if choice in given]


def tab(
    demo: gr.Blocks,
    name: str,
    shared: Sequence[str],
    main: dict[str, Any],
    layout: Callable[[Mapping[str, str]], dict[str, Any]],
    wire: Callable[[gr.Blocks, dict[str, Any], dict[str, Any], gr.Textbox], None],
    linked: Callable[[dict[str, Any]], Sequence[UrlParameter]],
) -> None:
    """Add a tab that is built from the address when it is first opened; `main` has the components of the main tab.

    `layout` makes the tab's components from the address, `wire` adds their events, and `linked` lists those that the
    address follows. `wire` also receives a hidden field that changes with the components of `main` named in `shared`.
    A further component, `arrived`, changes after the visitor went to another address that has other values for the tab.
    """
    relay = mirrored_inputs(name, shared, main)
    address = mirrored_inputs(name, ["address"], main, "address")

    def build(request: gr.Request) -> None:
        parts = layout(request.query_params)
        parts["arrived"] = hidden_text("", f"{name}-arrived")
        wire(demo, parts, main, relay)
        sync_url(linked(parts))
        _follow_url(demo, linked(parts), address, parts["arrived"])

    lazy_tab(name, main, build)


def url_with(request: gr.Request, **parameters: str) -> str:
    """The query of the calling page with these parameters; only they remain if the browser sends no referrer."""
    here = dict(parse_qsl(urlsplit(request.headers.get("referer", "")).query))
    return f"?{urlencode(here | parameters)}"


def sync_url(linked: Sequence[UrlParameter]) -> None:
    """Keep these parameters of the address up to date; its other parameters stay."""
    components = [field.component for field in linked]
    changes = [component.change for component in components]
    gr.on(changes, None, components, None, js=called(_SCRIPT, "syncUrl", fields_of(linked)), api_visibility="private")


def fields_of(linked: Sequence[UrlParameter]) -> dict[str, Any]:
    """The parameters as data of a script, see `address.js`."""
    return {"fields": [[field.name, field.usual, _choices(field)] for field in linked]}


def _choices(field: UrlParameter) -> list[str] | None:
    choices = field.choices or [value for _, value in getattr(field.component, "choices", None) or ()]
    return list(choices) or None


def _follow_url(demo: gr.Blocks, linked: Sequence[UrlParameter], address: gr.Textbox, arrived: gr.Textbox) -> None:
    """Set the fields of a tab to the address when the visitor goes to another, and when the tab has been built."""
    every = [replace(field, component=one) for field in linked for one in (field.component, *field.also)]
    components = [arrived, *(field.component for field in every)]
    set_fields = called("ui/links/navigation.js", "followFields", fields_of(every))
    changes = [demo.load, address.change]
    gr.on(changes, None, [address, *components], components, js=set_fields, api_visibility="private")
