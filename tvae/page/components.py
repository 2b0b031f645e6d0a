"""The page's own components: HTML that Python renders, with one small script for all of them; what a tab follows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

STATIC = Path(__file__).parent / "static"


def buttons_in_html(
    value: str,
    elem_id: str,
    server_functions: list[Callable[..., Any]] | None = None,
    more_scripts: Sequence[str] = (),
    **props: Any,
) -> gr.HTML:
    """HTML whose buttons reach Python: events `edit` {trits}, `pick` {ids, add}, `show` {id}, `example` {text}.

    Which one a button triggers is in its data attributes, see `static/choice.js`; `more_scripts` run after that one.
    """
    return gr.HTML(
        value,
        js_on_load="".join((STATIC / name).read_text(encoding="utf-8") for name in ("choice.js", *more_scripts)),
        apply_default_css=False,
        elem_id=elem_id,
        server_functions=server_functions,
        **props,
    )


def plain_html(value: str, elem_id: str) -> gr.HTML:
    """HTML without a script."""
    return gr.HTML(value, js_on_load=None, apply_default_css=False, elem_id=elem_id)


def followed(tab: str, main: dict[str, Any]) -> gr.Textbox:
    """A hidden field that names the checkpoint that a tab shall show; its `change` is when the tab has to be filled.

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
        js=f"(name, open, wanted) => open === `{tab}` ? name : wanted",
        api_visibility="private",
    )
    return wanted
