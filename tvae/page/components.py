"""The page's own components: HTML that Python renders, with one small script for all of them."""

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
