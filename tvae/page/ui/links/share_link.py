"""Share links: the page's fields as parameters of its address, and the button that copies it.

A tab lists its fields as `UrlParameter`s. The browser writes each into the address when it changes, and omits it while
it has its usual value. Each tab reads its own parameters, when it is built or in an event of `demo.load`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import gradio as gr

from tvae.page.ui import texts
from tvae.page.ui.components import lazy_tab, mirrored_inputs
from tvae.page.ui.scripts.modules import called

MODEL: Final = "sequence_model"  # parameter for the sequence model of the Codons tab
_SCRIPT: Final = "ui/links/share_link.js"

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class UrlParameter:
    """A field of the page as a parameter of its address."""

    name: str  # of the parameter
    component: Any  # with a `change` event; a gr.State would reach the browser as null
    usual: str | float | bool  # the value that is omitted


def one_of(address: Mapping[str, str], name: str, choices: Sequence[Choice], usual: Choice | None = None) -> Choice:
    """The value of a parameter that has fixed choices, or `usual` (the first) if it is missing or has another value."""
    return next((choice for choice in choices if choice == address.get(name)), usual or choices[0])


def wire(button: gr.Button, linked: Sequence[UrlParameter]) -> None:
    """Keep the address up to date, and copy it when the button is pressed."""
    sync_url(linked)
    components = [field.component for field in linked]
    words = {"words": texts.table("LINK")}
    copy = called(_SCRIPT, "copyUrl", _fields(linked) | words)
    copied = button.click(None, components, button, js=copy, api_visibility="private")
    copied.then(None, None, button, js=called(_SCRIPT, "labelAgain", words), api_visibility="private")


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
    """
    relay = mirrored_inputs(name, shared, main)

    def build(request: gr.Request) -> None:
        parts = layout(request.query_params)
        wire(demo, parts, main, relay)
        sync_url(linked(parts))

    lazy_tab(name, main, build)


def url_with(request: gr.Request, **parameters: str) -> str:
    """The query of the calling page with these parameters; only they remain if the browser sends no referrer."""
    here = dict(parse_qsl(urlsplit(request.headers.get("referer", "")).query))
    return f"?{urlencode(here | parameters)}"


def sync_url(linked: Sequence[UrlParameter]) -> None:
    """Keep these parameters of the address up to date; its other parameters stay."""
    components = [field.component for field in linked]
    changes = [component.change for component in components]
    gr.on(changes, None, components, None, js=called(_SCRIPT, "syncUrl", _fields(linked)), api_visibility="private")


def _fields(linked: Sequence[UrlParameter]) -> dict[str, Any]:
    return {"fields": [[field.name, field.usual] for field in linked]}
