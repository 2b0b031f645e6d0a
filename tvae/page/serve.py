"""Serve the page until it is interrupted: what `python app.py` and `tvae page` both call."""

import signal
import sys

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.api import mcp
from tvae.page.build import launch_arguments


def serve(demo: gr.Blocks, with_tools: bool) -> int:
    """Serve the page and its API, and `with_tools` also as tools of an MCP server; returns the exit status.

    GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address.
    """
    # Treat SIGTERM like Ctrl-C, so that a stopped container ends training jobs and deletes uploads.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if with_tools:
            mcp.prepare()
        demo.launch(**launch_arguments(demo), mcp_server=with_tools)
    except KeyboardInterrupt:  # while it starts; later Gradio ends by itself
        return 0
    except TvaeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"The page could not be served: {error}. Set GRADIO_SERVER_PORT to a free port.\n")
        return 2
    return 0
