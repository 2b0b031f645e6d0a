"""The files of Gradio's frontend that a page needs.

Why: Gradio's page names one script at its end, after half a megabyte of settings. That script imports others, and
those import more, so the browser learns only at the fourth round trip which files the components need.
Where: gradio/templates/frontend, from the form of Vite's dynamic imports. If another version of Gradio uses another
form, fewer files or none are found, and the page loads as Gradio built it.
"""

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import gradio as gr

FRONTEND: Final = Path(gr.__file__).parent / "templates" / "frontend"

_ENTRY: Final = re.compile(r"""["']\./assets/([\w.-]+\.(?:js|css))["']""")
_TABLE: Final = re.compile(r"\bm\.f=(\[.*?\])\)")  # the files to which imports refer by index
_FILE: Final = r"import\([`\"']\./([\w.-]+\.js)[`\"']\)"
_IMPORT: Final = re.compile(
    _FILE + r"(?:;return\{default:\w+\}\}|\.then\(\w+=>\w+\.\w+\))?,(?:__vite__mapDeps\(\[([\d,]*)\]\)|\[\])"
)
# A component type with its imports.
_TYPE: Final = re.compile(r"\b(\w+):\{((?:\w+:\(\)=>[^{}]*?import\.meta\.url\),?)+)\}")
_COMPONENT: Final = re.compile(r"\bcomponent:\(\)=>\w+\(\(\)=>" + _FILE)
_RENDERED_AS: Final = {"api": "state"}  # the component that the frontend uses for an endpoint's parameter
_BASE: Final = re.compile(rb"<base [^>]*>")


def component_types(demo: gr.Blocks) -> set[str]:
    """The component types of an app, by their names in the frontend. Where: gradio/blocks.py, Block."""
    return {block.get_block_name() for block in demo.blocks.values()}


def frontend_files(types: Collection[str]) -> list[str]:
    """Asset files of the frontend for a page with these component types, in the order in which they are requested."""
    shown = {_RENDERED_AS.get(kind, kind) for kind in types}
    entry = _ENTRY.findall((FRONTEND / "index.html").read_text(encoding="utf-8"))
    app = [file for script in entry for files in _imports(script).values() for file in files]
    blocks = [
        file
        for script in app
        for name, files in _imports(script).items()
        if name.startswith("Blocks-")
        for file in files
    ]
    of_types = [
        file
        for script in app
        for kind, its_imports in _TYPE.findall(_text(script))
        if kind in shown
        for name in _COMPONENT.findall(its_imports)
        for file in _imports(script).get(name, ())
    ]
    return list(dict.fromkeys([*entry, *app, *blocks, *of_types]))


@cache
def _text(script: str) -> str:
    path = FRONTEND / "assets" / script
    return path.read_text(encoding="utf-8") if path.suffix == ".js" and path.is_file() else ""


@cache
def _imports(script: str) -> Mapping[str, tuple[str, ...]]:
    """Dynamic imports of a script: name -> the imported file and the files that are fetched with it."""
    table = _TABLE.search(_text(script))
    files = [str(file).removeprefix("./") for file in json.loads(table[1])] if table else []
    return {
        name: (name, *(files[int(place)] for place in places.split(",") if place))
        for name, places in _IMPORT.findall(_text(script))
    }


def after_base(page: bytes, html: bytes) -> bytes:
    """Insert `html` after the page's `<base>`, so that relative addresses work; unchanged if there is no `<base>`.

    Why: `launch(head=...)` becomes part of the settings, which the frontend's last script applies.
    Where: gradio/templates/frontend/index.html.
    """
    return _BASE.sub(lambda base: base[0] + html, page, count=1)
