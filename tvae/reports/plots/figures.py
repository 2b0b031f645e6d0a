"""Plotly figures of an embedding, for the API, notebooks and exports; no Hub, no Gradio.

The page draws the same picture of radius against valuation on a canvas (`page/ui/scatter`), which appears within
half a second; `radius_plot` has what both share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from tvae.analysis.linear_regions.counting import Regions, Slice
from tvae.analysis.metrics.levels import LEVELS
from tvae.analysis.metrics.ranks import spearman
from tvae.errors import InputError
from tvae.models.embedding import Embedding
from tvae.operations import ternary
from tvae.operations.named import name_of
from tvae.operations.validation import Encoder
from tvae.reports.plots.palette import (
    LEVEL_COLOURS,
    REGION_COLOURS,
    SELECTED_COLOUR,
    UNSELECTED_COLOUR,
)
from tvae.reports.plots.radius_plot import (
    ZERO,
    Levels,
    Scale,
    ScaleChoice,
    axis_of,
    horizontal_places,
    levels_of,
    logarithmic,
    own_shares,
    shares,
)

Measure = Literal["radius", "norm"]
MEASURES: Final[tuple[Measure, ...]] = ("radius", "norm")
MAX_LABELS: Final = 12  # more chosen points than this are marked but not labelled
MAX_MARKED: Final = 500  # more than this are coloured inside the cloud, so that the figure stays under 300 KB


def measured_side(embedding: Embedding, encoder: Encoder, measure: Measure) -> tuple[NDArray[np.float64], str]:
    """The heights (N,) in a radius plot, and their description."""
    side = embedding.side(encoder)
    if side.norm is None:
        if measure == "norm":
            raise InputError("This checkpoint is Euclidean and has no norm in the ball. Choose the measure radius.")
        return side.radius, f"Euclidean norm of the latent mean, encoder {encoder}"
    if measure == "norm":
        return side.norm, f"Euclidean norm, encoder {encoder}"
    return side.radius, f"hyperbolic radius, encoder {encoder}"


def radius_by_valuation(
    embedding: Embedding,
    operations: Sequence[int] = (),
    encoder: Encoder = "A",
    measure: Measure = "radius",
    scale: ScaleChoice = "auto",
) -> go.Figure:
    """Radius (or norm) of all operations against valuation, with level means and highlighted operations.

    `scale` is that of the heights; `axis_of` in `radius_plot` says which one "auto" is. Heights that have no logarithm
    lie on a line below the logarithmic axis, and on "levels" the least and the largest height stand at each column.
    """
    heights, words = measured_side(embedding, encoder, measure)
    places, levels = horizontal_places().astype(np.float32), levels_of(heights)
    drawn = _drawn(axis_of(levels).scale if scale == "auto" else scale, heights, levels)
    chosen = np.asarray(sorted(set(operations)), np.int64)
    figure = go.Figure(
        [
            go.Scattergl(
                x=places,
                y=drawn.y,
                mode="markers",
                name="all operations",
                marker={"size": 3, **_colours(chosen)},
                **drawn.hover("operation %{pointNumber}", heights.astype(np.float32)),
            ),
            go.Scatter(
                x=list(range(10)),
                y=drawn.means,
                mode="markers",
                name="level mean",
                marker={"symbol": "line-ew-open", "size": 26, "line": {"width": 2}, "color": "#888888"},
                **drawn.hover("mean of valuation %{x}", levels.mean),
            ),
        ]
    )
    if 0 < len(chosen) <= MAX_MARKED:
        figure.add_trace(_chosen(chosen, places, drawn, heights))
    figure.update_layout(
        title=_title(heights, levels),
        xaxis={"title": "3-adic valuation", "dtick": 1, "range": [-0.6, 9.6]},
        yaxis={"title": words, **drawn.axis},
        annotations=drawn.notes,
        template="none",
        margin={"l": 60, "r": 20, "t": 50, "b": 50},
        showlegend=False,
    )
    return figure


@dataclass(frozen=True)
class _Drawn:
    """Heights on a scale of the figure."""

    y: NDArray[np.float32]  # (N,) in the units of the axis
    means: tuple[float, ...]  # (10,)
    axis: dict[str, object]  # settings of the axis
    notes: list[dict[str, object]]  # words in the figure
    moved: bool  # whether some y is not the height itself

    def hover(self, name: str, heights: NDArray[np.float32] | Sequence[float]) -> dict[str, object]:
        """The words that appear under the pointer, and the heights where y does not have them."""
        value = "%{customdata:.4f}" if self.moved else "%{y:.4f}"
        return {"hovertemplate": f"{name}<br>{value}<extra></extra>"} | ({"customdata": heights} if self.moved else {})


def _drawn(kind: Scale, heights: NDArray[np.float64], levels: Levels) -> _Drawn:
    """The heights on one of the scales."""
    plain = heights.astype(np.float32)
    if kind == "linear":
        return _Drawn(plain, levels.mean, {"rangemode": "tozero"}, [], moved=False)
    if kind == "log":
        if min(levels.low) > ZERO:
            return _Drawn(plain, levels.mean, {"type": "log"}, [], moved=False)
        parts = (heights, np.asarray(levels.mean), np.zeros(1))
        y, centres, floor = (logarithmic(part, levels.positive, max(levels.high)) for part in parts)
        notes = [_note("0", -0.5, float(floor[0]))]  # Plotly takes the logarithm for the place of a note
        return _Drawn((10**y).astype(np.float32), tuple((10**centres).tolist()), {"type": "log"}, notes, moved=True)
    notes = [
        _note(f"{ends[v]:.4f}", v, place)
        for v in range(LEVELS)
        for place, ends in ((-0.05, levels.low), (1.05, levels.high))
    ]
    low, mean, high = map(np.asarray, (levels.low, levels.mean, levels.high))
    means = tuple(shares(mean, low, high).tolist())
    axis: dict[str, object] = {"range": [-0.1, 1.1], "showticklabels": False, "showgrid": False, "zeroline": False}
    return _Drawn(own_shares(heights, levels).astype(np.float32), means, axis, notes, moved=True)


def _note(words: str, x: float, y: float) -> dict[str, object]:
    return {"text": words, "x": x, "y": y, "showarrow": False, "font": {"size": 10}}


def _chosen(
    chosen: NDArray[np.int64], places: NDArray[np.float32], drawn: _Drawn, heights: NDArray[np.float64]
) -> go.Scatter:
    labelled = len(chosen) <= MAX_LABELS
    numbers: NDArray[np.generic] = chosen.astype(np.uint16)
    words = "operation %{customdata}<br>%{y:.4f}"
    if drawn.moved:
        numbers = np.stack([chosen, heights[chosen]], axis=1)
        words = "operation %{customdata[0]}<br>%{customdata[1]:.4f}"
    return go.Scatter(
        x=places[chosen],
        y=drawn.y[chosen],
        customdata=numbers,
        text=[name_of(index) or str(index) for index in chosen.tolist()] if labelled else None,
        textposition="top center",
        mode="markers+text" if labelled else "markers",
        name="chosen",
        marker={"size": 8, "color": SELECTED_COLOUR, "line": {"width": 1, "color": "white"}},
        hovertemplate=f"{words}<extra></extra>",
    )


def _title(heights: NDArray[np.float64], levels: Levels) -> str:
    overlaps = len(levels.overlaps)
    hierarchy = spearman(heights, ternary.VALUATIONS)
    word = "no level overlaps" if not overlaps else f"{overlaps} of 9 neighbouring levels overlap"
    return word if hierarchy is None else f"{word}, hierarchy {hierarchy:.10f}"


def _colours(chosen: NDArray[np.int64]) -> dict[str, object]:
    """Colours of the cloud: by level, grey behind a few chosen points, or two colours if many are chosen (smaller)."""
    if not len(chosen):
        scale = [[level / 9, colour] for level, colour in enumerate(LEVEL_COLOURS)]
        return {"color": ternary.VALUATIONS.astype(np.uint8), "colorscale": scale}
    if len(chosen) <= MAX_MARKED:
        return {"color": UNSELECTED_COLOUR}
    flags = np.zeros(ternary.N, np.uint8)
    flags[chosen] = 1
    return {"color": flags, "cmin": 0, "cmax": 1, "colorscale": [[0, UNSELECTED_COLOUR], [1, SELECTED_COLOUR]]}


def regions_by_depth(counted: Regions) -> go.Figure:
    """Number of regions against depth on a log scale: occupied, sampled and upper bound; one column for each part."""
    parts = counted.parts
    if not parts:
        return go.Figure(layout={"title": "no part of this checkpoint is piecewise linear", "template": "none"})
    figure = make_subplots(1, len(parts), shared_yaxes=True, subplot_titles=[part.name for part in parts])
    for column, part in enumerate(parts, 1):
        depths = list(range(1, len(part.layers) + 1))
        lines = {
            "operations": ([layer.occupied for layer in part.layers], SELECTED_COLOUR, "solid"),
            "random points": ([layer.sampled for layer in part.layers], LEVEL_COLOURS[2], "dash"),
            "at most": ([float(layer.upper) for layer in part.layers], UNSELECTED_COLOUR, "dot"),
        }
        for name, (heights, colour, dash) in lines.items():
            figure.add_scatter(
                x=depths,
                y=heights,
                name=name,
                mode="lines+markers",
                line={"color": colour, "dash": dash},
                showlegend=column == 1,
                hovertemplate=f"{part.name}, %{{x}} layers<br>{name}: %{{y:.4s}}<extra></extra>",
                row=1,
                col=column,
            )
    figure.update_xaxes(dtick=1, title="ReLU layers")
    figure.update_yaxes(type="log", exponentformat="power")
    figure.update_yaxes(title="linear regions", col=1)
    figure.update_layout(
        title=f"linear regions by depth, {counted.samples:,} random points, seed {counted.seed}",
        template="none",
        legend={"orientation": "h", "y": -0.25},
        margin={"l": 70, "r": 20, "t": 80, "b": 50},
    )
    return figure


def regions_slice(cut: Slice) -> go.Figure:
    """The plane through three operations; the colour of a pixel identifies its region and has no other meaning."""
    colours = len(REGION_COLOURS)
    size = cut.region.shape[0]
    scale = [[k / (colours - 1), colour] for k, colour in enumerate(REGION_COLOURS)]
    names = [name_of(corner) or str(corner) for corner in cut.corners]
    half = cut.side / 2
    figure = go.Figure(
        [
            go.Heatmap(
                z=(cut.region % colours).astype(np.uint8),
                x0=-half * (1 - 1 / size),
                y0=half * (1 - 1 / size),
                dx=cut.side / size,
                dy=-cut.side / size,
                zmin=0,
                zmax=colours - 1,
                colorscale=scale,
                showscale=False,
                hoverinfo="skip",
            ),
            go.Scatter(
                x=(cut.places[:, 0] - 0.5) * cut.side,
                y=(0.5 - cut.places[:, 1]) * cut.side,
                text=names,
                textposition="top center",
                textfont={"color": "black", "size": 14},
                mode="markers+text",
                marker={"size": 10, "color": SELECTED_COLOUR, "line": {"width": 2, "color": "white"}},
                hovertemplate="%{text}<extra></extra>",
            ),
        ]
    )
    figure.update_layout(
        title=f"at least {cut.count:,} linear regions of {cut.part} in the plane through {', '.join(names)}",
        template="none",
        xaxis={"constrain": "domain"},
        yaxis={"scaleanchor": "x", "constrain": "domain"},
        showlegend=False,
        margin={"l": 40, "r": 20, "t": 50, "b": 40},
    )
    return figure
