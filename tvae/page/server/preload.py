"""The scripts and styles that the first page needs, Gradio's and its own, named at the top of the page.

Gradio's page names one script at its end, below half a megabyte of settings. That one names others, those more, so
that the browser learns at the fourth turn what components need, and waits for the line at each. Links (`modulepreload`
and `preload`, HTML Standard, 4.6.8) let it fetch all of them at once, while it still reads the page.

Which of Gradio's files a page needs is read by `gradio_internals`; the links come before everything else.
"""

from collections.abc import Callable, Collection
from pathlib import Path

import gradio as gr

from tvae.page.gradio_internals import after_base, component_types, frontend_files
from tvae.page.ui import scripts


def links(files: Collection[str]) -> str:
    """HTML that lets the browser fetch these files, as the scripts later ask for them."""
    kinds = {".js": 'rel="modulepreload"', ".css": 'rel="preload" as="style"'}
    return "".join(f'<link {kinds[Path(file).suffix]} crossorigin href="./assets/{file}">' for file in files)


def hinted(demo: gr.Blocks) -> Callable[[bytes], bytes]:
    """What puts the links for an app's components and scripts into its page; a page of another form stays."""
    named = (links(frontend_files(component_types(demo))) + scripts.links()).encode()
    return lambda page: after_base(page, named)
