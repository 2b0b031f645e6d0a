"""The scripts and styles that the first page needs, Gradio's and its own, named at the top of the page.

Gradio's page names one script at its end, below half a megabyte of settings. That one names others, those more, so
that the browser learns at the fourth turn what components need, and waits for the line at each. Links (`modulepreload`
and `preload`, HTML Standard, 4.6.8) let it fetch all of them at once, while it still reads the page.

What is needed is read out of the frontend that is installed, by the form that Vite gives to dynamic imports. Where a
version of Gradio has another form, less or nothing is named, and the page is as Gradio makes it.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import gradio as gr

from tvae.page.ui import scripts

FRONTEND: Final = Path(gr.__file__).parent / "templates" / "frontend"

_ENTRY: Final = re.compile(r"""["']\./assets/([\w.-]+\.(?:js|css))["']""")
_TABLE: Final = re.compile(r"\bm\.f=(\[.*?\])\)")  # the files that imports name by their place in it
_FILE: Final = r"import\([`\"']\./([\w.-]+\.js)[`\"']\)"
_IMPORT: Final = re.compile(
    _FILE + r"(?:;return\{default:\w+\}\}|\.then\(\w+=>\w+\.\w+\))?,(?:__vite__mapDeps\(\[([\d,]*)\]\)|\[\])"
)
# A type of component, and its imports.
_TYPE: Final = re.compile(r"\b(\w+):\{((?:\w+:\(\)=>[^{}]*?import\.meta\.url\),?)+)\}")
_COMPONENT: Final = re.compile(r"\bcomponent:\(\)=>\w+\(\(\)=>" + _FILE)
_IN_PLACE_OF: Final = {"api": "state"}  # what the frontend makes of an endpoint's parameter
_BASE: Final = re.compile(rb"<base [^>]*>")  # the links come after it, so that it holds for them, too


def needed(types: Collection[str]) -> list[str]:
    """Files of the frontend's assets for a page with components of these types, in the order of their turns."""
    shown = {_IN_PLACE_OF.get(kind, kind) for kind in types}
    entry = _ENTRY.findall((FRONTEND / "index.html").read_text(encoding="utf-8"))
    app = [file for script in entry for files in _imports(script).values() for file in files]
    blocks = [
        file
        for script in app
        for name, files in _imports(script).items()
        if name.startswith("Blocks-")
        for file in files
    ]
    own = [
        file
        for script in app
        for kind, its_imports in _TYPE.findall(_text(script))
        if kind in shown
        for name in _COMPONENT.findall(its_imports)
        for file in _imports(script).get(name, ())
    ]
    return list(dict.fromkeys([*entry, *app, *blocks, *own]))


@cache
def _text(script: str) -> str:
    path = FRONTEND / "assets" / script
    return path.read_text(encoding="utf-8") if path.suffix == ".js" and path.is_file() else ""


@cache
def _imports(script: str) -> Mapping[str, tuple[str, ...]]:
    """What a script may import as it runs: name -> that file, and what is fetched with it."""
    table = _TABLE.search(_text(script))
    files = [str(file).removeprefix("./") for file in json.loads(table[1])] if table else []
    return {
        name: (name, *(files[int(place)] for place in places.split(",") if place))
        for name, places in _IMPORT.findall(_text(script))
    }


def links(files: Collection[str]) -> str:
    """HTML that lets the browser fetch these files, as the scripts later ask for them."""
    kinds = {".js": 'rel="modulepreload"', ".css": 'rel="preload" as="style"'}
    return "".join(f'<link {kinds[Path(file).suffix]} crossorigin href="./assets/{file}">' for file in files)


def hinted(demo: gr.Blocks) -> Callable[[bytes], bytes]:
    """What puts the links for an app's components and scripts into its page; a page of another form stays."""
    types = {block.get_block_name() for block in demo.blocks.values()}
    named = (links(needed(types)) + scripts.links()).encode()
    return lambda page: _BASE.sub(lambda base: base[0] + named, page, count=1)
