"""Serve the page until it is interrupted, for `python app.py` and `tvae page`."""

import gc
import os
import signal
import sys

import gradio as gr

from tvae.checkpoints.terminal import escape_missing_letters, printable
from tvae.errors import TvaeError
from tvae.page.api import mcp
from tvae.page.build import launch_arguments
from tvae.page.server import memory
from tvae.page.startup import own_token


def _prefer_short_waits() -> None:
    """Keep Python's interpreter lock and garbage collector from delaying visitors while others' calculations run.

    A thread that waits for the lock gets it after 0.5 ms in place of 5: a short calculation waits hundreds of times for
    it. A run of the collector stops all threads, so it ignores what lasts as long as the server, and comes less often.
    With two calls for all operations at a time, it took half of the server's time.
    """
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def serve(demo: gr.Blocks, address: str, *, with_tools: bool, use_my_token: bool) -> int:
    """Serve the page and its API at `address`, of `startup.environment`. Returns the exit status.

    With `with_tools`, or GRADIO_MCP_SERVER, there is an MCP server too. `use_my_token`: see `startup.own_token`.
    """
    escape_missing_letters()
    # Treat SIGTERM like Ctrl-C, so that a stopped container ends training jobs and deletes uploads.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tools = with_tools or os.environ.get("GRADIO_MCP_SERVER", "").lower() == "true"
    host = f"[{address}]" if ":" in address else address
    try:
        guards = own_token.guards(address) if use_my_token else []
        if tools:
            mcp.prepare()
        share = False if use_my_token else None  # None: GRADIO_SHARE decides
        _prefer_short_waits()
        memory.share_arenas()
        demo.launch(server_name=host, share=share, mcp_server=tools, **launch_arguments(demo, guards=guards))
    except KeyboardInterrupt:  # during start-up; later Gradio handles it
        return 0
    except TvaeError as error:
        sys.stderr.write(f"{printable(error)}\n")
        return 2
    except (OSError, OverflowError) as error:  # the latter after the last port
        sys.stderr.write(
            f"The page could not be served at {host}: {printable(error)}. Set GRADIO_SERVER_PORT to a free port.\n"
        )
        return 2
    return 0
