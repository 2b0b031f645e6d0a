"""Every view is a link: what of the page is in its address, and the button that copies it.

A tab gives its fields as `Linked`; the browser writes them into the address as they change, what is as usual is left
out. Reading them back is each tab's own, when it is built, or in an event of `demo.load`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import gradio as gr

from tvae.page.ui import texts
from tvae.page.ui.components import lazy_tab, mirrored_inputs
from tvae.page.ui.scripts.modules import called

_SCRIPT: Final = "ui/links/share_link.js"


@dataclass(frozen=True)
class UrlParameter:
    """One field of the page that is in its address."""

    name: str  # of the parameter
    component: Any  # with a `change` event; a gr.State would reach the browser as null
    usual: str | float | bool  # the value that is left out


def wire(button: gr.Button, linked: Sequence[UrlParameter]) -> None:
    """Keep the address up to date, and let the button copy it."""
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
    """A tab that is built when it is first opened, as the address says; `main` has the components of the main tab.

    `layout` makes its components out of the address, `wire` their events, and `linked` says which of them the address
    follows. `wire` is given a field, too, that changes with what the tab shows of the main tab, `shared`.
    """
    relay = mirrored_inputs(name, shared, main)

    def build(request: gr.Request) -> None:
        parts = layout(request.query_params)
        wire(demo, parts, main, relay)
        sync_url(linked(parts))

    lazy_tab(name, main, build)


def url_with(request: gr.Request, **parameters: str) -> str:
    """The address of the page that asks, with these parameters; without its own where the browser keeps them back."""
    here = dict(parse_qsl(urlsplit(request.headers.get("referer", "")).query))
    return f"?{urlencode(here | parameters)}"


def sync_url(linked: Sequence[UrlParameter]) -> None:
    """Keep what the address says of these fields up to date, and leave what it says of others."""
    components = [field.component for field in linked]
    changes = [component.change for component in components]
    gr.on(changes, None, components, None, js=called(_SCRIPT, "syncUrl", _fields(linked)), api_visibility="private")


def _fields(linked: Sequence[UrlParameter]) -> dict[str, Any]:
    return {"fields": [[field.name, field.usual] for field in linked]}


MODEL: Final = "sequence_model"  # parameter of the address
