"""Every use of undocumented parts of Gradio, which may change in any release.

Written from the source of Gradio 6.31.0; requirements.txt and pyproject.toml pin that minor version. Each function
states why it is needed and where in Gradio to look. No other file imports Gradio's modules, reads its private
attributes or parses its files; `tests/unit/page/test_gradio_internals.py` checks that, and names what to review when
the pin moves. Documented parts (components, `gr.api`, `gr.render`, the arguments of `launch`) are used directly.
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

VERSION: Final = "6.31"  # the minor version that this file was written for
EVENTS_OF_A_TAB: Final = 1_000  # event numbers reserved for each tab, more than any tab has

# Why: the routes raise it for an endpoint that does not exist, and Gradio answers with status 500.
# Where: gradio/route_utils.py, get_fn.
UnknownEndpoint = FnIndexInferError


class CheckedBlocks(gr.Blocks):
    """Blocks that check the number of inputs before a public endpoint is run.

    `refusal` takes the endpoint's name and the number of inputs that were sent, and returns an error or None.

    Why: with too few inputs Gradio's error is about the page's own scripts, and surplus inputs are ignored.
    Where: gradio/blocks.py, Blocks.validate_inputs, which runs for every kind of call.
    """

    def __init__(self, refusal: Callable[[str, int], str | None], **options: Any) -> None:
        self.refusal = refusal
        super().__init__(**options)

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Apply `refusal`, then Gradio's own check. Raises gr.Error."""
        sentence = self.refusal(block_fn.api_name, len(inputs)) if block_fn.api_visibility == "public" else None
        if sentence is not None:
            raise gr.Error(sentence, print_exception=False)
        super().validate_inputs(block_fn, inputs)


def _config() -> BlocksConfig:
    """Configuration of the Blocks or the tab that is being built. Where: gradio/context.py."""
    config = get_blocks_context()
    if config is None:
        raise RuntimeError("tabs and endpoints are added while Blocks are being built")
    return config


def with_own_event_numbers(build: Callable[..., None]) -> Callable[..., None]:
    """Wrap the function that `gr.render` calls for a tab, so that the tab's events have fixed numbers.

    Why: Gradio numbers events from the last one of the session. After Gradio drops a session, the next tab to be opened
    would reuse numbers that the browser still has for another tab, and the two would receive each other's answers.
    Where: gradio/blocks.py, BlocksConfig.fn_id, and gradio/renderable.py.
    """
    first = EVENTS_OF_A_TAB * (1 + len(_config().renderables))

    @wraps(build)
    def numbered(*values: Any, **more: Any) -> None:
        _config().fn_id = first
        build(*values, **more)

    return numbered


def describe_last_endpoint(inputs: Sequence[str], answer: str) -> None:
    """Add descriptions of inputs and answer to the schemas of the last added endpoint.

    Why: `gr.api` makes the schemas from type hints, and accepts no descriptions.
    Where: gradio/blocks.py, BlocksConfig.fns; `_api_info` of a component is what /gradio_api/info shows.
    """
    added = list(_config().fns.values())[-1]
    for component, description in zip(added.inputs, inputs, strict=True):
        component._api_info = {**component._api_info, "description": description}  # type: ignore[union-attr]
    for component in added.outputs:
        component._api_info = {**component._api_info, "description": answer}  # type: ignore[union-attr]


def make_room_for_a_session(app: Any) -> None:
    """If Gradio is at its capacity, drop a session whose page is closed.

    Why: Gradio would drop the least recently used session, whose page may be open and would stop working.
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
    """Free what Gradio stores for a session, unless one of its events is still running.

    Why: an HTTP call without a session gets a new one, named after its event, and Gradio stores the last answer of each
    session. Gradio's own clean-up (gradio-app/gradio, pull request 13756) does not remove sessions.
    Where: gradio/state_holder.py, StateHolder; gradio/queueing.py, the two `pending_...` of Queue.
    """
    blocks = app.get_blocks()
    queue = blocks._queue
    if queue.pending_event_ids_session.get(session):  # the caller disconnected; Gradio removes the event when it ends
        return
    blocks.state_holder.session_data.pop(session, None)
    blocks.state_holder.time_last_used.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)
    if session in queue.pending_messages_per_session:
        del queue.pending_messages_per_session[session]


def answer_tools_in_json() -> None:
    """Let the tools of the MCP server return JSON. Raises ImportError without the packages of `gradio[mcp]`.

    Why: Gradio returns Python's notation (`str` of the answer), which a client cannot parse. Its method is replaced,
    because `launch(mcp_server=True)` creates the server. None of our answers is a file, the other case of its method.
    Where: gradio/mcp.py, GradioMCPServer.postprocess_output_data.
    """
    import mcp.server.lowlevel.helper_types  # noqa: F401
    from gradio.mcp import GradioMCPServer
    from mcp.types import TextContent

    def in_json(self: Any, data: Any, root_url: str) -> list[Any]:
        return [TextContent(type="text", text=json.dumps(output)) for output in data]

    GradioMCPServer.postprocess_output_data = in_json  # type: ignore[method-assign]


# The rest of this file finds the files of Gradio's frontend that a page needs.
#
# Why: Gradio's page names one script at its end, after half a megabyte of settings. That script imports others, and
# those import more, so the browser learns only at the fourth round trip which files the components need.
# Where: gradio/templates/frontend, from the form of Vite's dynamic imports. If another version of Gradio uses another
# form, fewer files or none are found, and the page loads as Gradio built it.
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
