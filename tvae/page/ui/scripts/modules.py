"""Serve the page's scripts to the browser as ES modules, from their own route.

Every `.js` file of the page is a module, served below `tvae-static/HASH/` under its path in `tvae/page`, so that
modules can import each other by relative paths and browsers can cache them indefinitely. The hash is that of the whole
source of the page, by which an open page sees whether the server still has its version. A component loads its module
with `mounted`, an event with `called`. Data for a module (words, limits) is passed as JSON.

The route serves no other files, and only those that existed when the program started.
"""

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tvae.page.ui.scripts.static_files import StaticFile

PAGE: Final = Path(__file__).parents[2]
MODULES: Final[Mapping[str, bytes]] = {  # path below tvae/page -> source
    path.relative_to(PAGE).as_posix(): path.read_bytes() for path in sorted(PAGE.rglob("*.js"))
}
_SOURCES: Final = [path for path in sorted(PAGE.rglob("*")) if path.suffix in (".css", ".js", ".py", ".toml")]
HASH: Final = hashlib.sha256(repr([gr.__version__, *(path.read_bytes() for path in _SOURCES)]).encode()).hexdigest()[
    :16
]
BASE: Final = f"tvae-static/{HASH}"  # relative to the page's own address
_FILES: Final = {name: StaticFile(source, "text/javascript") for name, source in MODULES.items()}


_CONNECTION: Final = "ui/scripts/connection/connection.js"
_READY: Final = "tabs/explore/ready.js"
_IMPORT: Final = re.compile(r"^(?:import|\}).* from '(\.[^']+)';$", re.MULTILINE)


def mounted(
    module: str, data: Mapping[str, Any] | None = None, events: tuple[str, ...] = (), *, later: bool = False
) -> str:
    """The `js_on_load` of a `gr.HTML`, which calls `mount` of the module, see `component.js`.

    `events` are those that the module triggers. They are named in a comment, because Gradio gives the component an
    event for each word in quotes in this text. `later`: when the browser has nothing else to do.
    """
    named = "".join(f"/* {json.dumps(event)} */ " for event in events)
    call = f"module.mount({{element, trigger, props, server, watch, data: {json.dumps(data or {})}}})"
    run = f"{{ {_with(module, call)} }}"
    # Safari has no requestIdleCallback.
    return f"{named}{f'(globalThis.requestIdleCallback ?? setTimeout)(() => {run});' if later else run}\n"


def called(module: str, function: str, data: Mapping[str, Any] | None = None) -> str:
    """The `js` of an event, which calls a function of the module with `data` and the values of the event's inputs."""
    call = f"module.{function}({json.dumps(data or {})}, ...values)"
    return f"(...values) => {{ {_with(module, call, 'return ')} }}"


def _with(module: str, call: str, returned: str = "") -> str:
    """The code that calls a function of a module: at once if `ready.js` has loaded it, else after importing it.

    `ready.js` imports it, too, unless it has not arrived itself.
    """
    return (
        f"const asked = {{address: new URL({json.dumps(_address(module))}, document.baseURI).href}};"
        " document.dispatchEvent(new CustomEvent('tvae-module', {detail: asked}));"
        f" const call = (module) => {call};"
        f" {returned}asked.module ? call(asked.module) : (asked.coming ?? import(asked.address)).then(call);"
    )


def connection_links() -> str:
    """HTML that runs `connection.js` before Gradio's scripts, since modules run in their order.

    It replaces the `fetch` that those use, so they wait for it. It is small, and its links should come first in the
    page: otherwise the browser fetches all of Gradio's files before it.
    """
    return _named(_with_imports(_CONNECTION), "modulepreload") + _run(_CONNECTION)


def links() -> str:
    """HTML that runs `ready.js`, and lets the browser fetch what it imports at once.

    It is `async`, so that Gradio's scripts do not wait for it. The modules that neither it nor `connection.js` imports
    are only named: `ready.js` imports them once the first plot is on the page.
    """
    connection, ready = _with_imports(_CONNECTION), _with_imports(_READY)
    later = MODULES.keys() - connection - ready
    return _named(ready - connection, "modulepreload") + _named(later, "tvae-later") + _run(_READY, " async")


def _named(modules: Iterable[str], relation: str) -> str:
    return "".join(f'<link rel="{relation}" href="./{_address(name)}">' for name in sorted(modules))


def _run(module: str, when: str = "") -> str:
    return f'<script type="module"{when} src="./{_address(module)}"></script>'


def _with_imports(module: str) -> set[str]:
    """A module, and all modules that it imports, directly or through others."""
    found, new = set[str](), {module}
    while new:
        found |= new
        new = {
            posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            for name in new
            for path in _IMPORT.findall(MODULES[name].decode())
        } - found
    return found


def _address(module: str) -> str:
    if module not in MODULES:
        raise ValueError(f"the page has no script {module}; it has {', '.join(MODULES)}")
    return f"{BASE}/{module}"


def _serve(request: Request) -> Response:
    name = request.path_params["module"]
    if name not in MODULES:
        return Response(status_code=404)
    return _FILES[name].response(request.headers.get("accept-encoding", ""))


ROUTE: Final = Route(f"/{BASE}/{{module:path}}", _serve)
