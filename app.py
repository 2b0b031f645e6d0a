"""Entry of the Space and of `python app.py`: builds the page and serves it, as `tvae page` does."""

import argparse
import contextlib
import sys

with contextlib.suppress(ImportError):  # installed on a Space; ZeroGPU requires that it is imported before torch
    import spaces  # noqa: F401

from tvae.commands.page import page_args
from tvae.page.startup import environment

parser = argparse.ArgumentParser(description="Serve the explorer of the Ternary VAE, its page and its API.")
page_args(parser)
options = parser.parse_args(None if __name__ == "__main__" else [])  # whoever imports this has other arguments
address = environment.prepared()

# Gradio reads the environment when it is imported.
from tvae.page.build import build  # noqa: E402
from tvae.page.serve import serve  # noqa: E402
from tvae.page.startup.runs import open_runs  # noqa: E402

environment.or_exit(lambda: open_runs(options.runs))
demo = build()


def main() -> int:
    """Serve until interrupted; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address."""
    return serve(demo, address, with_tools=options.mcp, use_my_token=options.use_my_token)


if __name__ == "__main__":
    sys.exit(main())
