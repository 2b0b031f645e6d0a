"""The page knows its component types, and what is inserted into it comes where relative addresses work."""

import gradio as gr

from tvae.page.gradio_internals.frontend import FRONTEND, after_base, component_types


def test_html_comes_after_the_base_of_the_page(demo: gr.Blocks) -> None:
    assert {"button", "api"} <= component_types(demo)
    page = (FRONTEND / "index.html").read_bytes()
    edited = after_base(page, b"<b>")
    assert len(edited) == len(page) + 3
    assert edited.index(b"<base") < edited.index(b"<b>") < edited.index(b"gradio_config")
