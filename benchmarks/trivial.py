"""Our app with an additional endpoint `/trivial` that does nothing, to measure the overhead of a call."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import gradio as gr

import app


def trivial() -> int:
    return 1


with app.demo:
    gr.api(trivial, api_name="trivial", concurrency_limit=None)

if __name__ == "__main__":
    sys.exit(app.main())
