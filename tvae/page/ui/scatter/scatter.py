"""The radius-against-valuation plot: every operation as a point, by level, on a canvas that `scatter.js` draws."""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Literal

import gradio as gr
import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from tvae.analysis.views.base64_text import in_base64
from tvae.operations.named import NAMED
from tvae.operations.ternary import VALUATIONS
from tvae.operations.validation import Encoder
from tvae.page.ui import texts
from tvae.page.ui.components import asset
from tvae.page.ui.html import markup
from tvae.page.ui.scripts.modules import mounted
from tvae.reports.plots import radius_plot
from tvae.reports.plots.palette import LEVEL_COLOURS
from tvae.reports.plots.radius_plot import Levels, ScaleChoice, axis_of, levels_of

Measure = Literal["radius", "norm"]

_turns = itertools.count(1)

# Of operations, as "index:name"; one text, because Gradio takes lone words for events.
NAMES: Final = " ".join(f"{one.index}:{one.name}" for one in NAMED)

_DATA = {
    "words": {**texts.table("SCATTER"), **texts.table("EXPORT_MENU"), **texts.table("SAVE_STATUS")},
    "jitter": {"width": radius_plot.WIDTH, "step": radius_plot.STEP},
    "floor": {"zero": radius_plot.ZERO, "below": radius_plot.BREAK},
    "names": NAMES,
}


def plot_area(name: str, words: Mapping[str, str]) -> Markup:
    """The HTML of a plot on a canvas: its tools, two canvases and the tooltip; `words` are those of the tools.

    `name` is a class of its own; plots of other rooms use the style sheet of this one.
    """
    return markup(f"""<div class="{name}">
<div class="scatter-tools" role="toolbar" aria-label="{words["tools"]}">
<button type="button" data-tool="lasso" aria-pressed="true" aria-label="{words["lasso"]}"
 title="{words["lasso_more"]}"><svg viewBox="0 0 20 20" aria-hidden="true"><path
 d="M10 3.5c4 0 7 1.9 7 4.6s-3 4.6-7 4.6-7-1.9-7-4.6 3-4.6 7-4.6zM6.5 12.4c-1.6 1-1.4 2.6 0 2.6s1.6 1.5.3 2.5"
 stroke-dasharray="2.6 1.8"/></svg></button>
<button type="button" data-tool="pan" aria-pressed="false" aria-label="{words["pan"]}"
 title="{words["pan"]}"><svg viewBox="0 0 20 20" aria-hidden="true"><path
 d="M10 2.500v15M2.5 10h15M8 4.500l2-2 2 2M8 15.500l2 2 2-2M4.5 8l-2 2 2 2M15.5 8l2 2-2 2"/></svg></button>
<span class="scatter-gap"></span>
<button type="button" data-tool="in" aria-label="{words["in"]}" title="{words["in_more"]}"><svg viewBox="0 0 20 20"
 aria-hidden="true"><path d="M10 4v12M4 10h12"/></svg></button>
<button type="button" data-tool="out" aria-label="{words["out"]}" title="{words["out_more"]}"><svg viewBox="0 0 20 20"
 aria-hidden="true"><path d="M4 10h12"/></svg></button>
<button type="button" data-tool="home" aria-label="{words["home"]}" title="{words["home_more"]}"><svg
 viewBox="0 0 20 20" aria-hidden="true"><path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"/></svg></button>
<span class="scatter-gap"></span>
<button type="button" class="export" data-export-menu aria-expanded="false">{texts.EXPORT_BUTTON}</button>
</div>
<div class="scatter-plot" tabindex="0" role="application" aria-label="{words["plot"]}">
<canvas></canvas><canvas></canvas><div class="point-tip" aria-live="polite" hidden></div></div>
</div>""")


def _fixed_point(values: NDArray[np.float64], levels: Levels) -> dict[str, Any]:
    """Encode each value in 16 bits on a grid of its level; it decodes to the same four decimals as the value itself.

    The grid divides the rounding bins of 0.0001 evenly, and a value decodes to the middle of its cell, so the number
    under the pointer always agrees with the tables. This holds for levels up to 6.5535 wide.
    """
    low = np.array(levels.low)
    span = np.array(levels.high) - low
    start = (np.floor(low * 1e4 + 0.5) - 0.5) / 1e4
    cells = np.clip(np.floor(6.5535 / np.maximum(span + 1e-4, 1e-9)), 1, 4096)
    step = np.maximum(1e-4 / cells, (span + 1e-4) / 65535)
    cell = np.floor((values - start[VALUATIONS]) / step[VALUATIONS])
    return {"q": in_base64(cell.clip(0, 65535).astype("<u2")), "start": start.tolist(), "step": step.tolist()}


def _series(values: NDArray[np.float64]) -> dict[str, Any]:
    levels = levels_of(values)
    stats = [list(row) for row in zip(levels.low, levels.mean, levels.high, strict=True)]
    shown = {"stats": stats, "overlaps": levels.overlaps, "axis": asdict(axis_of(levels))}
    return shown | _fixed_point(values, levels)


def pack_points(
    *,
    key: str,
    file: tuple[str, str],
    title: str,
    radius_a: NDArray[np.float64],
    radius_b: NDArray[np.float64],
    norm_a: NDArray[np.float64] | None,
    norm_b: NDArray[np.float64] | None,
    exact: NDArray[np.bool_],
) -> str:
    """Return the value of the plot for one checkpoint: the points, each level's range and mean, and the overlaps.

    Arrays are (N,), one value for each operation. `key` names the checkpoint: the view is kept until it changes.
    `file` is its name and sha256 ("": not a file yet), and `title` its name in pictures.
    Without norms there is no ball, and radius is the Euclidean norm of mu. `Levels` says what an overlap is, and
    `axis_of` how the scale is chosen.
    """
    encoders: dict[str, dict[str, Any]] = {}
    for name, radius, norm in (("A", radius_a, norm_a), ("B", radius_b, norm_b)):
        encoders[name] = {"radius": _series(radius)}
        if norm is not None:
            encoders[name]["norm"] = _series(norm)
    ball = norm_a is not None or norm_b is not None
    return json.dumps(
        {
            "key": key,
            "file": [file[0], file[1][:12]],
            "title": title,
            "colours": LEVEL_COLOURS,
            "titles": {
                "radius": texts.table("RADIUS_NAMES")["hyperbolic" if ball else "norm_of_mu"],
                "norm": texts.table("RADIUS_NAMES")["norm"],
            },
            "exact": in_base64(np.packbits(exact, bitorder="little")),
            "encoders": encoders,
        },
        separators=(",", ":"),
    )


def radius_scatter(
    value: str | None = None,
    *,
    encoder: Encoder = "A",
    measure: Measure = "radius",
    axis: ScaleChoice = "auto",
    empty: str = texts.NO_POINTS_YET,
    elem_id: str | None = None,
    figure: Callable[[dict[str, Any]], dict[str, str]] | None = None,
    partner: str = "",
    control: str = "",
    column: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    compared: bool = False,
) -> gr.HTML:
    """Build the plot. `value` comes from `pack_points`; `empty` is the sentence that is shown while there is no value.

    `encoder`, `measure` and `axis` (the scale of the heights) are properties that an event may change, and there are
    three more. `selected` lists the selected operations, and `current` is the one that the page shows, -1 for none; set
    both with `show_selection`. `axes`, {encoder: {measure: `Axis`
    as a dict}}, sets the axis of heights, so that plots can be compared; without an entry, it fits the points. Gradio
    does not accept None for a property that had a value.

    `figure` makes the Plotly figure as a file, {name, text} or {error}, from {checkpoint, operations, encoder, measure,
    scale}; without it the menu has no JSON. The script calls it by its name, which must be `figure`. `partner`
    is the id of a plot that zooms and moves together with this one while both have the same axes.

    One plot of the page leads: it has the checkpoint of the page, runs the script of the `control` by which all plots
    are coloured, see the room `columns`, and has the function `column`, which computes values and must have this name.
    The plot with the checkpoint that is `compared` with it says which one that is.

    Events: `pick` and `lasso`, with `ids` and `add` (whether a modifier key was held) in the event data, and `clear`.
    """
    data = _DATA | ({"compared": True} if compared else {}) | ({"leads": True} if control else {})
    attributes = f' data-partner="#{partner}"' if partner else ""
    attributes += " data-coloured" if control else ""
    return gr.HTML(
        value,
        # In the template, because Gradio drops the other properties if one is updated before the component is mounted.
        html_template=str(plot_area("scatter", texts.table("SCATTER_TOOLS"))).replace(
            'class="scatter"', f'class="scatter" data-empty="{escape(empty)}"{attributes}', 1
        ),
        css_template=asset("scatter.css"),
        js_on_load=mounted("ui/scatter/scatter.js", data, ("pick", "lasso", "clear")) + control,
        server_functions=[function for function in (figure, column) if function] or None,
        apply_default_css=False,
        elem_id=elem_id,
        encoder=encoder,
        measure=measure,
        axis=axis,
        selected=[],
        current=-1,
        axes={},
        turn=0,
    )


def show_selection(ids: Sequence[int], current: int | None = None) -> dict[str, Any]:
    """Return the update that selects `ids` in the plot, whatever was picked there meanwhile; it triggers no event.

    `current` is the one of them that the page shows.
    """
    return gr.update(selected=[int(i) for i in ids], turn=next(_turns), **show_current(current))


def show_current(current: int | None) -> dict[str, Any]:
    """Return the property that says which of the selected operations the page shows."""
    return {"current": -1 if current is None else int(current)}
