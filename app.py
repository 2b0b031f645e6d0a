"""Entry of the Space and of `python app.py`: builds the page and serves it."""

import argparse
import contextlib
import os
import signal
import sys

with contextlib.suppress(ImportError):  # there on a Space; ZeroGPU wants to be imported before torch
    import spaces  # noqa: F401

# Gradio reads this when it is imported. Nothing of ours reports home, and neither shall it.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tvae.errors import TvaeError
from tvae.page.api import mcp
from tvae.page.build import build, launch_arguments

demo = build()


def main() -> int:
    """Serve until interrupted; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address."""
    parser = argparse.ArgumentParser(description="Serve the explorer of the Ternary VAE, its page and its API.")
    parser.add_argument("--mcp", action="store_true", help="also as tools of an MCP server, at /gradio_api/mcp/")
    with_tools = parser.parse_args().mcp
    # As Ctrl+C: a container that is stopped, too, ends runs and deletes what visitors brought.
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


if __name__ == "__main__":
    sys.exit(main())
