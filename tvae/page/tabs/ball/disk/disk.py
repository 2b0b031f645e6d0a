"""The component of the disk, drawn by `disk.js`, and the properties that fill it."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.html import chip, tag
from tvae.page.ui.scatter.scatter import NAMES
from tvae.page.ui.scripts.modules import mounted
from tvae.reports.plots.palette import LEVEL_COLOURS, TRIT_COLOURS

RULES: Final = ("poincare", "even")
DIRECTIONS: Final = ("2d", "3d")  # the views that show measured directions
SCALES: Final = ("auto", "equal", "own")  # of the axes of directions
VIEWS: Final = ("digits", *DIRECTIONS)
ARROWS: Final = ("none", "next", "triple")  # which walk of the selected operations is drawn: n + 1 or 3n
_EVENTS: Final = ("pick", "clear", "recentre", "placed", "ready")
_turns = itertools.count(1)


def disk_plot(server_functions: list[Callable[..., Any]], elem_id: str) -> gr.HTML:
    """Build the empty disk; `source_of`, `show_selection` and `move_to` fill it.

    Events: `pick` {ids, add} and `clear` as in `scatter`; `ready` when the first points are loaded; `recentre` after
    the visitor moved the centre; `placed` {radius, angle in degrees} after the visitor moved the point to decode.
    `server_functions` are `points`, `decode` and `components` of `tabs/ball`.
    """
    return gr.HTML(
        "",
        html_template=_template(),
        js_on_load=mounted("tabs/ball/disk/disk.js", _data(), _EVENTS),
        apply_default_css=False,
        elem_id=elem_id,
        server_functions=server_functions,
        rule=RULES[0],
        view=VIEWS[0],
        scales=SCALES[0],
        arrows=ARROWS[0],
        source=None,
        selected=[],
        turn=0,
        move=None,
        mark=None,
        path=None,
    )


def source_of(checkpoint: str, title: str, sha256: str, encoder: str, has_ball: bool) -> dict[str, Any]:
    """The property that names the points to show; the browser fetches them once for each `key`.

    `title` is the checkpoint's name in pictures.
    """
    return {
        "checkpoint": checkpoint,
        "title": title,
        "sha256": sha256[:12],
        "encoder": encoder,
        "key": f"{checkpoint} {sha256[:12]} {encoder}",
        "ball": has_ball,
    }


def arrow_labels() -> dict[str, str]:
    """What `arrows` can be, with its words."""
    words = texts.table("DISK")
    return dict(zip(ARROWS, (words["rule_none"], words["rule_next"], words["rule_triple"]), strict=True))


def show_selection(ids: Sequence[int]) -> dict[str, Any]:
    """The properties that select `ids`, whatever was picked in the disk meanwhile."""
    return {"selected": [int(i) for i in ids], "turn": next(_turns)}


def move_to(centre: int) -> dict[str, Any]:
    """The property that makes an operation the centre, or the origin (-1), whatever the centre is by then."""
    return {"move": {"centre": int(centre), "turn": next(_turns)}}


def _data() -> dict[str, Any]:
    """Words and colours of the script.

    They are not properties, because Gradio drops the other properties if one changes before the component is mounted.
    """
    return {
        "names": NAMES,
        "words": {**texts.table("DISK"), **texts.table("EXPORT_MENU"), **texts.table("SAVE_STATUS")},
        "palette": {"levels": LEVEL_COLOURS, "trits": list(TRIT_COLOURS.values())},
    }


def _template() -> Markup:
    buttons = (
        chip(label, data_do=name, title=title, aria_pressed="false" if name == "decode" else None)
        for name, (label, title) in texts.pairs("DISK_BUTTONS").items()
    )
    tools = tag(
        "div",
        *buttons,
        tag("span", chip(texts.EXPORT_BUTTON, data_export_menu="", aria_expanded="false"), class_="disk-export"),
        class_="disk-tools",
        role="toolbar",
        aria_label=texts.DISK_TOOLS,
    )
    plot = tag(
        "div",
        tag("canvas") * 2,
        tag("div", class_="point-tip", aria_live="polite", hidden=""),
        class_="disk-plot",
        tabindex=0,
        role="application",
        aria_label=texts.table("DISK")["loading"],
    )
    status = tag("div", class_="disk-status", role="status")
    colour = tag("div", class_="disk-colour")
    decoded = tag("div", class_="disk-decoded", hidden="")
    faithful = tag("div", class_="disk-faithful", hidden="")
    return tag("div", tools, plot, status, colour, decoded, faithful, class_="disk", data_view=VIEWS[0])
