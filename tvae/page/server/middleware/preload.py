"""Preload links for the scripts and styles that the first page needs, both Gradio's and this app's.

Gradio's page names one script at its end, after half a megabyte of settings. That script imports others, and those
import more, so the browser needs four round trips to learn which files the components need. Links at the top of the
page (`modulepreload` and `preload`, HTML Standard, 4.6.8) let it fetch all of them while it is still reading the page.

`gradio_internals.frontend` finds the files of Gradio that a page needs.
"""

from collections.abc import Callable, Collection
from pathlib import Path

import gradio as gr

from tvae.page.gradio_internals.frontend import after_base, component_types, frontend_files
from tvae.page.ui.scripts import modules as scripts


def first_files(demo: gr.Blocks) -> list[str]:
    """The files of Gradio's frontend that the first page of an app needs."""
    return frontend_files(component_types(demo))


def links(files: Collection[str]) -> str:
    """HTML links that preload these files of Gradio's frontend, as its scripts import them."""
    kinds = {".js": 'rel="modulepreload"', ".css": 'rel="preload" as="style"'}
    return "".join(f'<link {kinds[Path(file).suffix]} crossorigin href="./assets/{file}">' for file in files)


def with_links(files: Collection[str]) -> Callable[[bytes], bytes]:
    """A function that adds the preload links of `first_files` to a page; one without `<base>` is returned unchanged."""
    html = (scripts.connection_links() + links(files) + scripts.links()).encode()
    return lambda page: after_base(page, html)
