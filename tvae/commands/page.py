"""The page and its API."""

import argparse
import sys
from pathlib import Path
from typing import Final

from tvae.commands.command import Command


def page_args(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tvae page` and `python app.py`."""
    parser.add_argument(
        "--mcp", action="store_true", help="also serve the endpoints as tools of an MCP server, at /gradio_api/mcp/"
    )
    parser.add_argument(
        "--use-my-token",
        action="store_true",
        help="use this machine's Hub token (HF_TOKEN, or hf auth login) for private repositories and uploads; the page "
        "then answers this machine alone",
    )
    parser.add_argument(
        "--runs", metavar="DIR", type=Path, help="also show the finished runs in DIR, the directory of a sweep"
    )


def _page(options: argparse.Namespace) -> None:
    from tvae.page.startup import environment

    address = environment.prepare()  # before Gradio is imported
    from tvae.page.build import build
    from tvae.page.serve import serve
    from tvae.page.startup.runs import open_runs

    open_runs(options.runs)
    sys.exit(serve(build(), address, with_tools=options.mcp, use_my_token=options.use_my_token))


COMMANDS: Final = (Command("page", "serve the page and its API", page_args, _page),)
