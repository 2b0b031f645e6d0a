"""Buttons that save a figure of inline SVG as PNG, SVG or Plotly JSON.

They are part of the figure's HTML; `save_figure.js` makes the files.
"""

import json
from typing import Any

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.html import tag


def save_buttons(title: str, figure: dict[str, Any] | None = None) -> Markup:
    """The buttons for the figure that contains them; `title` names the file, `figure` is its JSON, if it has one."""
    whole = None if figure is None else json.dumps(figure, separators=(",", ":"))
    buttons = (
        tag(
            "button",
            kind.upper(),
            type="button",
            data_save=kind,
            data_name=title,
            data_figure=whole if kind == "json" else None,
            aria_label=texts.AS_FILE.format(title=title, kind=kind.upper()),
        )
        for kind in ("png", "svg", *(["json"] if whole else []))
    )
    return tag("span", *buttons, class_="save")
