"""The map of sequences: how its points are coloured, and the Plotly figure for notebooks and exports.

`document` is that of /sequence_map, see `tvae.sequences.map.documents`. The page draws the same picture on a canvas.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tvae.errors import InputError
from tvae.operations.validation import quoted
from tvae.reports.plots.palette import GROUP_COLOURS, OTHERS_COLOUR, SELECTED_COLOUR

if TYPE_CHECKING:
    import plotly.graph_objects as go

Document = Mapping[str, Any]

OTHERS: Final = "others"
NO_VALUE: Final = "no value"
MAX_LABELS: Final = 60  # with more training sequences, their names are only under the pointer


@dataclass(frozen=True)
class Groups:
    """The points by their value in a column; the most frequent values have a colour of their own."""

    labels: tuple[str, ...]
    colours: tuple[str, ...]  # of the labels
    of: tuple[int, ...]  # the label of each point


def columns_of(document: Document) -> list[str]:
    """The columns by which points can be coloured: those with a value that two training sequences share.

    If there are no training sequences, two of the given ones.
    """
    points = _counted(document)
    names = points[0]["columns"] if points else {}
    return [name for name in names if Counter(_values(points, name)).most_common(1)[0][1] > 1]


def _values(points: list[Any], name: str) -> list[str]:
    return [point["columns"][name] for point in points if point["columns"][name]] or [""]


def _counted(document: Document) -> list[Any]:
    """The points whose values determine the groups."""
    return [point for point in document["points"] if point["training"]] or list(document["points"])


def groups_of(document: Document, column: str) -> Groups:
    """The points by a column. Raises InputError for a column by which they cannot be coloured."""
    if column not in columns_of(document):
        names = ", ".join(columns_of(document)) or "none"
        raise InputError(f"The points cannot be coloured by {quoted(column)}. Columns with shared values: {names}.")
    counts = Counter(value for value in _values(_counted(document), column) if value)
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[: len(GROUP_COLOURS)]
    values = [point["columns"][column] for point in document["points"]]
    named = [value if value in ranked else OTHERS if value else NO_VALUE for value in values]
    rest = [label for label in (OTHERS, NO_VALUE) if label in named and label not in ranked]
    labels = (*ranked, *rest)
    colours = (*GROUP_COLOURS[: len(ranked)], *[OTHERS_COLOUR] * len(rest))
    return Groups(labels, colours, tuple(map(labels.index, named)))


def figure(document: Document, column: str = "") -> "go.Figure":
    """The points, coloured by a column if one is named; the caller's own are labelled diamonds.

    Raises InputError for a column by which they cannot be coloured.
    """
    import plotly.graph_objects as go  # takes 0.5 s

    points = list(document["points"])
    groups = (
        groups_of(document, column)
        if column
        else Groups(("training sequences",), GROUP_COLOURS[:1], (0,) * len(points))
    )
    labelled = sum(point["training"] for point in points) <= MAX_LABELS
    traces = []
    for number, (label, colour) in enumerate(zip(groups.labels, groups.colours, strict=True)):
        members = [point for point, of in zip(points, groups.of, strict=True) if of == number and point["training"]]
        if members:
            traces.append(_trace(go, members, label, {"color": colour, "size": 8}, labelled))
    own = [point for point in points if not point["training"]]
    if own:
        look = {"color": SELECTED_COLOUR, "size": 12, "symbol": "diamond", "line": {"width": 1, "color": "white"}}
        traces.append(_trace(go, own, "your sequences", look, len(own) <= MAX_LABELS))
    first, second = (
        f"principal component {k} ({share:.1%} of the variance)" for k, share in enumerate(document["shares"], 1)
    )
    return go.Figure(
        traces,
        layout={
            "title": f"{document['checkpoint']}: latent means of {len(points):,} sequences",
            "xaxis": {"title": first, "zeroline": False},
            "yaxis": {"title": second, "zeroline": False, "scaleanchor": "x"},
            "template": "none",
            "margin": {"l": 60, "r": 20, "t": 50, "b": 50},
        },
    )


def _trace(go: Any, points: list[Any], name: str, marker: dict[str, Any], labelled: bool) -> Any:
    near = [", ".join(f"{one['id']} {one['distance']:.3f}" for one in point["nearest"]) for point in points]
    return go.Scatter(
        x=[point["x"] for point in points],
        y=[point["y"] for point in points],
        text=[point["id"] for point in points],
        customdata=near,
        mode="markers+text" if labelled else "markers",
        textposition="top center",
        textfont={"size": 10},
        name=name,
        marker=marker,
        hovertemplate="%{text}<br>nearest: %{customdata}<extra></extra>",
    )
