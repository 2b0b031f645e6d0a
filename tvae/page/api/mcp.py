"""The endpoints as tools of an MCP server: Gradio's, with answers in JSON."""

from typing import Final

from tvae.errors import McpMissing
from tvae.page.gradio_internals import answer_tools_in_json

INSTALL: Final = (
    "The MCP server needs gradio's extra mcp, which is not installed. Install it: pip install 'gradio[mcp]>=6.31,<6.32'"
)


def prepare() -> None:
    """Before `launch(mcp_server=True)`. Raises McpMissing with the command that installs what is needed."""
    try:
        answer_tools_in_json()
    except ImportError as error:
        raise McpMissing(INSTALL) from error
