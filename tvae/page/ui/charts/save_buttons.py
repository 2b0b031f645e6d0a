"""The button that opens the export menu of a figure of inline SVG: PNG, SVG, HTML, and JSON for Plotly.

It is part of the figure's HTML; `save_figure.js` has the menu and makes the files.
"""

import json
from typing import Any

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.html import tag


def save_buttons(title: str, figure: dict[str, Any] | None = None) -> Markup:
    """The button for the figure that contains it; `title` names the file, `figure` is its JSON, if it has one."""
    button = tag(
        "button",
        texts.EXPORT_BUTTON,
        type="button",
        data_export_menu="",
        data_name=title,
        data_figure=None if figure is None else json.dumps(figure, separators=(",", ":")),
        aria_expanded="false",
        aria_label=texts.EXPORT.format(kind=title),
    )
    return tag("span", button, class_="save")
