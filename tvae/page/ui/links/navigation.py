"""The page and its address: each follows the other, by Back, Forward, a link within the page, or what the visitor does.

A change of the open tab, the checkpoint, the selected operations or the second checkpoint makes an entry in the
browser's history, `STEPS` in `address.js`. When the visitor goes to another entry, or clicks a link of class `story`,
`navigation.js` sets the fields to the address, and asks Python if another checkpoint or selection must be shown.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import gradio as gr

from tvae.page.ui import texts
from tvae.page.ui.components import LATEST, answering, hidden_text
from tvae.page.ui.links import selection_link
from tvae.page.ui.links.share_link import UrlParameter, fields_of
from tvae.page.ui.scripts.modules import called, mounted

OPENING: Final = "opening"  # the request that the page makes when it is opened; `navigation.js` has it too
_NAVIGATION: Final = "ui/links/navigation.js"
_LINKS: Final = "ui/links/share_link.js"


def header(html: str, scripts: str) -> gr.HTML:
    """The header of the page, which runs `scripts`, and says when the visitor goes to another address."""
    script = mounted(_NAVIGATION, events=("navigate",)) + scripts
    return gr.HTML(html, js_on_load=script, apply_default_css=False, elem_id="lead")


def layout() -> dict[str, Any]:
    """The hidden components of the page that hold where it is, by name."""
    parts: dict[str, Any] = {}
    # The selected operations that the page shows, as in the address; the last address that the page went to; the last
    # request to Python to show one, the last that Python answered, and the last whose answer is on the page.
    hidden = {"applied": "", "address": "", "following": OPENING, "answered": "", "followed": ""}
    for name, value in hidden.items():
        parts[name] = hidden_text(value, name)
    return parts


def wire(parts: dict[str, Any], linked: Sequence[UrlParameter]) -> None:
    """The events of the address, of the window's title, which begins with the view, and of the button "Copy link".

    `linked` are fields of the page, besides the open tab, the checkpoint and the selected operations.
    """
    whole = [*steps(parts), *linked]
    words = {"words": texts.table("LINK")}
    data = fields_of(whole) | words | {"page": texts.TITLE, "tabs": texts.table("TABS")}
    data["parts"] = texts.table("LINK_PARTS")
    state = [parts["followed"], parts["checkpoint"], parts["loaded"], *(field.component for field in whole)]
    changes = [component.change for component in dict.fromkeys(state)]
    gr.on(changes, None, state, None, js=called(_LINKS, "syncPage", data), api_visibility="private")
    copy = called(_LINKS, "copyUrl", data)
    copied = parts["link"].click(None, state, parts["link"], js=copy, api_visibility="private")
    copied.then(None, None, parts["link"], js=called(_LINKS, "labelAgain", words), api_visibility="private")


def follow(
    opened: Callable[..., Any],
    parts: dict[str, Any],
    linked: Sequence[UrlParameter],
    handler: Callable[..., Any],
    answer: type,
) -> None:
    """Set the page to its address when it opens, `opened`, and when the visitor goes to another address.

    `handler` shows the checkpoint and the selection. It receives a request, which its `answer` repeats as `answered`,
    the checkpoint in the dropdown and the loaded one. `linked` is as for `wire`.
    """
    tab, *shown = steps(parts)
    data = {"tab": fields_of([tab])["fields"][0], "shown": fields_of(shown)["fields"]} | fields_of(linked)
    fields = [parts["tabs"], parts["tab"], *(field.component for field in linked)]
    parts["navigation"].navigate(
        None,
        [parts["checkpoint"], parts["applied"]],
        [parts["address"], parts["following"], *fields],
        js=called(_NAVIGATION, "follow", data),
        api_visibility="private",
    )
    inputs = [parts["following"], parts["checkpoint"], parts["loaded"]]
    asked = gr.on([opened, parts["following"].change], inputs=inputs, **answering(handler, answer, parts), **LATEST)
    # Only when all of the answer is on the page: Gradio sets some components later than others.
    arrive = called(_NAVIGATION, "arrive", data)
    asked.then(None, parts["answered"], [parts["followed"], *fields], js=arrive, api_visibility="private")
    asked.failure(None, None, None, js=called(_NAVIGATION, "unanswered"), api_visibility="private")


def steps(parts: dict[str, Any]) -> list[UrlParameter]:
    """The open tab, the checkpoint and the selected operations."""
    tab, loaded = parts["tab"], parts["loaded"]
    return [
        UrlParameter("tab", tab, tab.value, tuple(texts.table("TABS"))),
        UrlParameter("checkpoint", loaded, loaded.value),
        UrlParameter(selection_link.PARAMETERS, parts["applied"], ""),
    ]
