"""Every figure of inline SVG as a file: buttons for pixels, vectors, and the figure as JSON.

The buttons are part of the figure's HTML; the browser makes the files, by `save_figure.js` in the page's head.
"""

import json
from html import escape
from typing import Any, Final

from tvae.page.ui import texts
from tvae.page.ui.scripts import in_head

HEAD: Final = in_head("ui/charts/head.js")


def save_buttons(title: str, figure: dict[str, Any] | None = None) -> str:
    """The buttons of the figure that they are put into; `title` is the file's name, `figure` what JSON says of it."""
    whole = {"png": "", "svg": ""}
    if figure is not None:
        whole["json"] = f' data-figure="{escape(json.dumps(figure, separators=(",", ":")))}"'
    buttons = (
        f'<button type="button" data-save="{kind}" data-name="{escape(title)}"{data} '
        f'aria-label="{escape(texts.AS_FILE.format(title=title, kind=kind.upper()))}">{kind.upper()}</button>'
        for kind, data in whole.items()
    )
    return f'<span class="save">{"".join(buttons)}</span>'
