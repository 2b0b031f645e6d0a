"""The bar of the page that says that the server is away."""

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.html import tag
from tvae.page.ui.scripts.modules import mounted


def bar() -> Markup:
    """The bar, which is empty while the server answers; a `gr.HTML` with it runs `bar_script`."""
    bar = tag("div", tag("span", role="status"), tag("button", type="button", hidden=""), class_="connection")
    return tag("div", bar, id="connection")


def bar_script() -> str:
    """What a `gr.HTML` with the bar runs when it is on the page."""
    return mounted("ui/scripts/connection/bar.js", {"words": texts.table("CONNECTION")})
