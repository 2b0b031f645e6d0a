"""Everything the page uses of Gradio that Gradio does not document, and so may change in any release.

Read in the source of Gradio 6.31.0, to whose minor version requirements.txt and pyproject.toml pin it. Each function
says why it is needed and where in Gradio to look. No other file imports from Gradio's modules, reads Gradio's
attributes or parses its files; `tests/unit/page/test_gradio_internals.py` checks that, and names what to read again
when the pin moves. Documented parts (components, `gr.api`, `gr.render`, the arguments of `launch`) are used directly.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, wraps
from pathlib import Path
from typing import Any, Final

import gradio as gr
from gradio.blocks import BlocksConfig
from gradio.context import get_blocks_context
from gradio.route_utils import FnIndexInferError

VERSION: Final = "6.31"  # the minor version that this file was read in
EVENTS_OF_A_TAB: Final = 1_000  # room in the numbering of events; no tab has so many

# Why: the routes raise it for an endpoint that does not exist, and Gradio answers with status 500.
# Where: gradio/route_utils.py, get_fn.
UnknownEndpoint = FnIndexInferError


class CheckedBlocks(gr.Blocks):
    """Blocks that refuse a call of a public endpoint before it is run.

    `refusal` takes the endpoint's name and the number of inputs that were sent, and returns a sentence, or None.

    Why: with too few inputs Gradio's message is about a page's own scripts, and it ignores inputs that are too many.
    Where: gradio/blocks.py, Blocks.validate_inputs, which every way of calling an endpoint goes through.
    """

    def __init__(self, refusal: Callable[[str, int], str | None], **options: Any) -> None:
        self.refusal = refusal
        super().__init__(**options)

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """As Gradio's, after the check of ours. Raises gr.Error."""
        sentence = self.refusal(block_fn.api_name, len(inputs)) if block_fn.api_visibility == "public" else None
        if sentence is not None:
            raise gr.Error(sentence, print_exception=False)
        super().validate_inputs(block_fn, inputs)


def _config() -> BlocksConfig:
    """Of the Blocks, or of the tab, that are being built. Where: gradio/context.py."""
    config = get_blocks_context()
    if config is None:
        raise RuntimeError("tabs and endpoints are added while Blocks are being built")
    return config


def with_own_event_numbers(build: Callable[..., None]) -> Callable[..., None]:
    """What `gr.render` is given for a tab: its events get the same numbers whichever tabs were built before it.

    Why: Gradio counts on from the last event of the session. Once it has dropped a session, the next tab that is opened
    would get numbers that the browser still uses for another tab, and each would get the answers of the other's events.
    Where: gradio/blocks.py, BlocksConfig.fn_id, and gradio/renderable.py.
    """
    first = EVENTS_OF_A_TAB * (1 + len(_config().renderables))

    @wraps(build)
    def numbered(*values: Any, **more: Any) -> None:
        _config().fn_id = first
        build(*values, **more)

    return numbered


def describe_last_endpoint(inputs: Sequence[str], answer: str) -> None:
    """Put words for its inputs and its answer into the schemas of the endpoint that was added last.

    Why: `gr.api` makes the schemas from type hints, and takes no words for them.
    Where: gradio/blocks.py, BlocksConfig.fns; `_api_info` of a component is what /gradio_api/info shows.
    """
    added = list(_config().fns.values())[-1]
    for component, words in zip(added.inputs, inputs, strict=True):
        component._api_info = {**component._api_info, "description": words}  # type: ignore[union-attr]
    for component in added.outputs:
        component._api_info = {**component._api_info, "description": answer}  # type: ignore[union-attr]


def make_room_for_a_session(app: Any) -> None:
    """Drop a session whose page is closed, if Gradio is about to drop the session that was used least recently.

    Why: the page of that one may be open, and its tabs would stop working.
    Where: gradio/state_holder.py, StateHolder; Gradio only offers `launch(state_session_capacity=...)`.
    """
    holder = app.get_blocks().state_holder
    if len(holder.session_data) < holder.capacity:
        return
    with holder.lock:
        closed = next((name for name, session in holder.session_data.items() if session.is_closed), None)
    if closed is not None:
        drop_session(app, closed)


def drop_session(app: Any, session: str) -> None:
    """Free what Gradio keeps of a session, unless one of its events is still running.

    Why: a call over HTTP that names no session gets one of its own, under the name of its event, and Gradio keeps the
    last answer of each session. Its own clean-up (gradio-app/gradio, pull request 13756) leaves sessions alone.
    Where: gradio/state_holder.py, StateHolder; gradio/queueing.py, the two `pending_...` of Queue.
    """
    blocks = app.get_blocks()
    queue = blocks._queue
    if queue.pending_event_ids_session.get(session):  # the caller hung up; Gradio removes the event when it ends
        return
    blocks.state_holder.session_data.pop(session, None)
    blocks.state_holder.time_last_used.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)
    if session in queue.pending_messages_per_session:
        del queue.pending_messages_per_session[session]


def answer_tools_in_json() -> None:
    """Let the tools of the MCP server return JSON. Raises ImportError without the packages of `gradio[mcp]`.

    Why: Gradio returns Python's notation (`str` of the answer), which a client cannot parse. Its method is replaced,
    because `launch(mcp_server=True)` makes the server itself. None of our answers is a file, its method's other case.
    Where: gradio/mcp.py, GradioMCPServer.postprocess_output_data.
    """
    import mcp.server.lowlevel.helper_types  # noqa: F401
    from gradio.mcp import GradioMCPServer
    from mcp.types import TextContent

    def in_json(self: Any, data: Any, root_url: str) -> list[Any]:
        return [TextContent(type="text", text=json.dumps(output)) for output in data]

    GradioMCPServer.postprocess_output_data = in_json  # type: ignore[method-assign]


# From here on: which files of Gradio's frontend a page needs.
#
# Why: Gradio's page names one script at its end, below half a megabyte of settings. That one names others, those more,
# so that the browser learns at the fourth round trip what components need.
# Where: gradio/templates/frontend, by the form that Vite gives to dynamic imports. Where a version of Gradio has
# another form, fewer files or none are named, and the page loads as Gradio makes it.
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
_BASE: Final = re.compile(rb"<base [^>]*>")


def component_types(demo: gr.Blocks) -> set[str]:
    """The types of an app's components, as the frontend calls them. Where: gradio/blocks.py, Block."""
    return {block.get_block_name() for block in demo.blocks.values()}


def frontend_files(types: Collection[str]) -> list[str]:
    """Files of the frontend's assets for a page with components of these types, in the order of their round trips."""
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


def after_base(page: bytes, html: bytes) -> bytes:
    """Gradio's page with `html` at its top, after `<base>` so that relative addresses work; another page as it is.

    Why: `launch(head=...)` is part of the settings, and is put in by the frontend's last script.
    Where: gradio/templates/frontend/index.html.
    """
    return _BASE.sub(lambda base: base[0] + html, page, count=1)
