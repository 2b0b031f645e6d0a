"""Serve the page until it is interrupted, for `python app.py` and `tvae page`."""

import signal
import sys

import gradio as gr

from tvae.checkpoints.terminal import escape_missing_letters, printable
from tvae.errors import TvaeError
from tvae.page.api import mcp
from tvae.page.build import launch_arguments


def serve(demo: gr.Blocks, with_tools: bool) -> int:
    """Serve the page and its API; with `with_tools`, an MCP server too. Returns the exit status.

    GRADIO_SERVER_NAME and GRADIO_SERVER_PORT set the address.
    """
    escape_missing_letters()
    # Treat SIGTERM like Ctrl-C, so that a stopped container ends training jobs and deletes uploads.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if with_tools:
            mcp.prepare()
        demo.launch(**launch_arguments(demo), mcp_server=with_tools)
    except KeyboardInterrupt:  # during start-up; later Gradio handles it
        return 0
    except TvaeError as error:
        sys.stderr.write(f"{printable(error)}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"The page could not be served: {printable(error)}. Set GRADIO_SERVER_PORT to a free port.\n")
        return 2
    return 0
