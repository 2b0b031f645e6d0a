"""The least app that is comparable with ours: one button, torch imported. Its page is browser.py's empty one."""

import gradio as gr
import torch  # noqa: F401  (ours needs it too)

with gr.Blocks(analytics_enabled=False) as demo:
    button = gr.Button("hello", elem_id="hello")
    button.click(lambda: "hello", None, button)

if __name__ == "__main__":  # system fonts, as ours: the default theme asks for some at another origin
    demo.launch(theme=gr.themes.Default(font=["sans-serif"], font_mono=["monospace"]))
