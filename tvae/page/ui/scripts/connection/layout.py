"""The bar of the page that says that the server is away."""

import gradio as gr

from tvae.page.ui import texts
from tvae.page.ui.html import tag
from tvae.page.ui.scripts.modules import mounted


def add_bar() -> None:
    """Add the bar, which is empty while the server answers."""
    gr.HTML(
        tag("div", tag("span", role="status"), tag("button", type="button", hidden=""), class_="connection"),
        js_on_load=mounted("ui/scripts/connection/bar.js", {"words": texts.table("CONNECTION")}),
        apply_default_css=False,
        elem_id="connection",
    )
