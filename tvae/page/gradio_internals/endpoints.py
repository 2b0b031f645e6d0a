"""Endpoints with descriptions, tools that answer in JSON, and all that the browser sent with an event."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.route_utils import FnIndexInferError

from tvae.page.gradio_internals.blocks import config_being_built

# Why: the routes raise it for an endpoint that does not exist, and Gradio answers with status 500.
# Where: gradio/route_utils.py, get_fn.
UnknownEndpoint = FnIndexInferError


def data_of_event(event: gr.EventData) -> object:
    """What the browser sent with an event, as any JSON.

    Why: an attribute of EventData that was not sent is an AttributeError, and one of data of another kind a TypeError.
    Where: gradio/events.py, EventData.
    """
    return event._data


def describe_last_endpoint(inputs: Sequence[str], answer: str) -> None:
    """Add descriptions of inputs and answer to the schemas of the last added endpoint.

    Why: `gr.api` makes the schemas from type hints, and accepts no descriptions.
    Where: gradio/blocks.py, BlocksConfig.fns; `_api_info` of a component is what /gradio_api/info shows.
    """
    added = list(config_being_built().fns.values())[-1]
    for component, description in zip(added.inputs, inputs, strict=True):
        component._api_info = {**component._api_info, "description": description}  # type: ignore[union-attr]
    for component in added.outputs:
        component._api_info = {**component._api_info, "description": answer}  # type: ignore[union-attr]


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
