"""Serve the page's scripts to the browser as ES modules, from their own route.

Every `.js` file of the page is a module, served below `tvae-static/<hash of all of them>/` under its path in
`tvae/page`, so that modules can import each other by relative paths and browsers can cache them indefinitely. A
component loads its module with `mounted`, an event with `called`. Data for a module (words, limits) is passed as JSON.

The route serves no other files, and only those that existed when the program started.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE: Final = Path(__file__).parents[2]
MODULES: Final[Mapping[str, bytes]] = {  # path below tvae/page -> source
    path.relative_to(PAGE).as_posix(): path.read_bytes() for path in sorted(PAGE.rglob("*.js"))
}
HASH: Final = hashlib.sha256(repr(MODULES).encode()).hexdigest()[:16]
BASE: Final = f"tvae-static/{HASH}"  # relative to the page's own address
FOR_EVER: Final = "public, max-age=31536000, immutable"
_COMPRESSED: Final = {name: gzip.compress(source, 9, mtime=0) for name, source in MODULES.items()}


def mounted(module: str, data: Mapping[str, Any] | None = None, events: tuple[str, ...] = ()) -> str:
    """The `js_on_load` of a `gr.HTML`, which calls `mount` of the module, see `component.js`.

    `events` are those that the module triggers. They are named in a comment, because Gradio gives the component an
    event for each word in quotes in this text.
    """
    named = "".join(f"/* {json.dumps(event)} */ " for event in events)
    call = f"module.mount({{element, trigger, props, server, watch, data: {json.dumps(data or {})}}})"
    return f"{named}{{ {_with(module, call)} }}\n"


def called(module: str, function: str, data: Mapping[str, Any] | None = None) -> str:
    """The `js` of an event, which calls a function of the module with `data` and the values of the event's inputs."""
    call = f"module.{function}({json.dumps(data or {})}, ...values)"
    return f"(...values) => {{ {_with(module, call, 'return ')} }}"


def _with(module: str, call: str, returned: str = "") -> str:
    """The code that calls a function of a module: at once if `ready.js` has loaded it, else after importing it."""
    return (
        f"const asked = {{address: new URL({json.dumps(_address(module))}, document.baseURI).href}};"
        " document.dispatchEvent(new CustomEvent('tvae-module', {detail: asked}));"
        f" const call = (module) => {call};"
        f" {returned}asked.module ? call(asked.module) : import(asked.address).then(call);"
    )


def links() -> str:
    """HTML that runs `ready.js` and preloads the modules that it imports.

    Modules of the tabs are only named: `ready.js` imports them after the first plot is drawn.
    """
    named = (f'<link rel="{_relation(name)}" href="./{_address(name)}">' for name in MODULES)
    return "".join(named) + in_head("ui/scripts/ready.js")


def _relation(module: str) -> str:
    return "tvae-later" if module.startswith("tabs/") else "modulepreload"


def in_head(module: str) -> str:
    """HTML that runs a module when the page opens."""
    return f'<script type="module" src="./{_address(module)}"></script>'


def _address(module: str) -> str:
    if module not in MODULES:
        raise ValueError(f"the page has no script {module}; it has {', '.join(MODULES)}")
    return f"{BASE}/{module}"


def _serve(request: Request) -> Response:
    name = request.path_params["module"]
    if name not in MODULES:
        return Response(status_code=404)
    headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_COMPRESSED[name], headers=headers | {"content-encoding": "gzip"}, media_type="text/javascript")
    return Response(MODULES[name], headers=headers, media_type="text/javascript")


ROUTE: Final = Route(f"/{BASE}/{{module:path}}", _serve)
