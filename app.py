"""Entry of the Space and of `python app.py`: builds the page and serves it."""

import contextlib
import os
import sys

with contextlib.suppress(ImportError):  # there on a Space; ZeroGPU wants to be imported before torch
    import spaces  # noqa: F401

# Gradio reads this when it is imported. Nothing of ours reports home, and neither shall it.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tvae.page.build import build, launch_arguments

demo = build()


def main() -> int:
    """Serve until interrupted; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address."""
    try:
        demo.launch(**launch_arguments())
    except OSError as error:
        sys.stderr.write(f"The page could not be served: {error}. Set GRADIO_SERVER_PORT to a free port.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
