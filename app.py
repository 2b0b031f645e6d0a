"""Entry of the Space and of `python app.py`: builds the page and serves it, as `tvae page` does."""

import argparse
import contextlib
import os
import sys

with contextlib.suppress(ImportError):  # installed on a Space; ZeroGPU requires that it is imported before torch
    import spaces  # noqa: F401

# Gradio reads this when it is imported: neither this app nor Gradio sends usage data.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tvae.__main__ import page_args
from tvae.page.build import build
from tvae.page.serve import serve

demo = build()


def main() -> int:
    """Serve until interrupted; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address."""
    parser = argparse.ArgumentParser(description="Serve the explorer of the Ternary VAE, its page and its API.")
    page_args(parser)
    return serve(demo, with_tools=parser.parse_args().mcp)


if __name__ == "__main__":
    sys.exit(main())
