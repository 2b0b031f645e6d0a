"""The endpoints as tools of an MCP server: Gradio's, with answers in JSON instead of Python's notation."""

import json
from typing import Any, Final

from tvae.errors import McpMissing

INSTALL: Final = (
    "The MCP server needs gradio's extra mcp, which is not installed. Install it: pip install 'gradio[mcp]>=6.31,<7'"
)


def prepare() -> None:
    """Before `launch(mcp_server=True)`. Raises McpMissing with the command that installs what is needed."""
    try:
        import mcp.server.lowlevel.helper_types  # noqa: F401
        from gradio.mcp import GradioMCPServer
        from mcp.types import TextContent
    except ImportError as error:
        raise McpMissing(INSTALL) from error

    def in_json(self: Any, data: Any, root_url: str) -> list[Any]:
        """None of our answers is a file, which is what Gradio's own method is for."""
        return [TextContent(type="text", text=json.dumps(output)) for output in data]

    GradioMCPServer.postprocess_output_data = in_json  # type: ignore[method-assign]
