"""A minimal app for comparison with ours: one button, with torch imported. Its page is the empty page of browser.py."""

import gradio as gr
import torch  # noqa: F401  (imported by our app as well)

with gr.Blocks(analytics_enabled=False) as demo:
    button = gr.Button("hello", elem_id="hello")
    button.click(lambda: "hello", None, button)

if __name__ == "__main__":  # system fonts like ours; the default theme loads fonts from another origin
    demo.launch(theme=gr.themes.Default(font=["sans-serif"], font_mono=["monospace"]))
