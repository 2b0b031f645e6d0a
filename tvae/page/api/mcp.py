"""The endpoints as tools of Gradio's MCP server, with answers in JSON."""

from typing import Final

from tvae.errors import McpMissing
from tvae.page.gradio_internals import VERSION
from tvae.page.gradio_internals.endpoints import answer_tools_in_json

INSTALL: Final = (
    "The MCP server needs gradio's extra mcp, which is not installed. Install it: "
    f"pip install 'gradio[mcp]=={VERSION}.*'"
)


def prepare() -> None:
    """Prepare Gradio for `launch(mcp_server=True)`. Raises McpMissing if the extra `mcp` is not installed."""
    try:
        answer_tools_in_json()
    except ImportError as error:
        raise McpMissing(INSTALL) from error
