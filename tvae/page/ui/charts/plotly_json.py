"""The small charts and the disk of codons as Plotly figures, which their JSON button saves.

They are plain JSON, made without Plotly, whose import would cost the page half a second. Colours that depend on the
page's light or dark mode are left to Plotly.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tvae.analysis.robustness import Bin
from tvae.page.ui import texts
from tvae.reports.leaderboard import Pair
from tvae.reports.plots.palette import TRIT_COLOURS, TRIT_SIGNS

ACCENT: Final = "var(--color-accent)"
FAINT: Final = 0.35  # opacity of a dot that is not ranked, as in charts.css

Figure = dict[str, Any]  # data, layout
Mark = Literal["disk", "diamond"]
ENCODER_MARKS: Final[dict[str, Mark]] = {"A": "disk", "B": "diamond"}
_SYMBOLS: Final[dict[Mark, str]] = {"disk": "circle", "diamond": "diamond"}  # Plotly's names


@dataclass(frozen=True)
class Bar:
    """One horizontal bar."""

    label: str
    share: float  # of the full width, 0..1
    text: str  # at its end
    colour: str = ACCENT
    limit: float | None = None  # share at which a mark is drawn


@dataclass(frozen=True)
class Range:
    """The range of a level's values."""

    label: str
    low: float
    high: float
    mean: float
    colour: str
    note: str = ""  # at the end, in the colour of errors


@dataclass(frozen=True)
class Dot:
    """One point of a scatter chart."""

    x: float
    y: float
    name: str
    filled: bool  # or only an outline
    front: bool  # whether no other dot is as good in both, and better in one
    mark: Mark = "disk"
    faint: bool = False  # its values look better than they are, so it is never on the front


def measured_dot(pair: Pair, title: str) -> Dot:
    """The dot of an encoder, with the title of its checkpoint."""
    mark, name = ENCODER_MARKS[pair.encoder], f"{title} {pair.encoder}"
    return Dot(pair.x, pair.y, name, filled=True, front=pair.front, mark=mark, faint=not pair.counts)


@dataclass(frozen=True)
class Axis:
    """An axis that contains the values of its dots."""

    label: str
    reversed: bool = False  # low is good, and stands where high would


def span(values: Sequence[float]) -> tuple[float, float]:
    """The range of an axis: from 0 to the largest value, or around the values if they lie far from 0 or below it."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low >= 0 and low <= high / 2:
        return 0.0, high or 1.0
    room = (high - low) / 20 or abs(high) / 20
    return low - room, high + room


def dots(rows: Sequence[Dot], words: str, x: Axis, y: Axis) -> Figure:
    """Points with their names, those of the front joined by a staircase."""
    drawn = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [row.x for row in rows],
        "y": [row.y for row in rows],
        "text": [row.name if row.front else "" for row in rows],
        "hovertext": [dot_name(row) for row in rows],
        "textposition": "top center",
        "marker": {
            "symbol": [_SYMBOLS[row.mark] + ("" if row.filled else "-open") for row in rows],
            "opacity": [FAINT if row.faint else 1.0 for row in rows],
        },
    }
    steps = front_steps(rows, x.reversed)
    line = {"type": "scatter", "mode": "lines", "x": [a for a, _ in steps], "y": [b for _, b in steps]}
    axes = {
        f"{name}axis": {
            "title": {"text": axis.label},
            "autorange": "reversed" if axis.reversed else True,
            "rangemode": "normal" if span([getattr(row, name) for row in rows])[0] else "tozero",
        }
        for name, axis in (("x", x), ("y", y))
    }
    return _figure(words, [drawn, line | {"hoverinfo": "skip"}], **axes)


def dot_name(row: Dot) -> str:
    """The name of a dot, and whether it is ranked."""
    return texts.DOT_UNRANKED.format(name=row.name) if row.faint else row.name


def front_steps(rows: Sequence[Dot], low_x: bool = False) -> list[tuple[float, float]]:
    """The corners of the staircase through the front, from its worst x on; beyond it lie only outlines and faint dots.

    `low_x`: low is good on the horizontal axis.
    """
    front = sorted({(row.x, row.y) for row in rows if row.front}, reverse=low_x)
    steps = front[:1]
    for before, after in itertools.pairwise(front):
        steps += [(before[0], after[1]), after]
    return steps


def bars(rows: Sequence[Bar], words: str) -> Figure:
    """Horizontal bars from the top down, with a mark at each limit."""
    places = list(range(len(rows)))
    drawn = [
        {
            "type": "bar",
            "orientation": "h",
            "x": [row.share for row in rows],
            "y": places,
            "text": [row.text for row in rows],
            "marker": _coloured([row.colour for row in rows]),
        }
    ]
    limits = [(row.limit, place) for place, row in enumerate(rows) if row.limit is not None]
    marked = [_marks(limits, texts.table("PLOTLY_NAMES")["limit"])] if limits else []
    return _figure(words, [*drawn, *marked], yaxis=_rows([row.label for row in rows]))


def ranges(rows: Sequence[Range], words: str, label: str) -> Figure:
    """Ranges as bars that start at their minimum, with a mark at each mean."""
    places = list(range(len(rows)))
    drawn = {
        "type": "bar",
        "orientation": "h",
        "base": [row.low for row in rows],
        "x": [row.high - row.low for row in rows],
        "y": places,
        "text": [row.note for row in rows],
        "marker": _coloured([row.colour for row in rows]),
    }
    means = _marks([(row.mean, place) for place, row in enumerate(rows)], texts.table("PLOTLY_NAMES")["mean"])
    axes = {"xaxis": {"title": {"text": label}}, "yaxis": _rows([row.label for row in rows])}
    return _figure(words, [drawn, means], **axes)


def histogram(counts: Sequence[int], wide: float, words: str, label: str) -> Figure:
    """Counts of bins of width `wide` from 0 on."""
    middles = [(place + 0.5) * wide for place in range(len(counts))]
    drawn = {"type": "bar", "x": middles, "y": list(counts), "width": wide}
    axes = {"xaxis": {"title": {"text": label}}, "yaxis": {"title": {"text": texts.table("PLOTLY_NAMES")["count"]}}}
    return _figure(words, [drawn], **axes)


def digits(trits: Sequence[int], leaves: int, other: int, name: str, words: str) -> Figure:
    """The path down the tree at height 0, with the other trits above and below it, and `name` where it leaves."""
    steps = list(range(1, len(trits) + 1))
    aside = [
        (step, side, one)
        for step, trit in zip(steps, trits, strict=True)
        for side, one in zip((1, -1), (one for one in (1, 0, -1) if one != trit), strict=True)
    ]
    path = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": steps,
        "y": [0] * len(steps),
        "text": [TRIT_SIGNS[trit] for trit in trits],
        "textposition": "top center",
        "marker": {"color": [TRIT_COLOURS[trit] for trit in trits], "size": 16, "symbol": "square"},
    }
    taken = [name if (step, one) == (leaves + 1, other) else TRIT_SIGNS[one] for step, _, one in aside]
    others = {
        "type": "scatter",
        "mode": "text",
        "x": [step for step, _, _ in aside],
        "y": [side for _, side, _ in aside],
        "text": taken,
    }
    axes = {"xaxis": {"title": {"text": texts.table("PLOTLY_NAMES")["entry"]}, "dtick": 1}, "yaxis": {"visible": False}}
    return _figure(words, [path, others], **axes)


def reliability(bins: Sequence[Bin], words: str) -> Figure:
    """Accuracy against mean confidence, and the counts of the bins on a second axis."""
    filled = [one for one in bins if one.accuracy is not None]
    right = {
        "type": "scatter",
        "mode": "markers",
        "name": texts.table("PLOTLY_NAMES")["right"],
        "x": [one.confidence for one in filled],
        "y": [one.accuracy for one in filled],
    }
    counted = {
        "type": "bar",
        "name": texts.table("PLOTLY_NAMES")["count"],
        "x": [(one.low + one.high) / 2 for one in bins],
        "width": [one.high - one.low for one in bins],
        "y": [one.count for one in bins],
        "yaxis": "y2",
        "opacity": 0.4,
    }
    axes = {
        "xaxis": {"title": {"text": texts.CONFIDENCE_AXIS}},
        "yaxis": {"title": {"text": texts.table("PLOTLY_NAMES")["right"]}, "range": [0, 1.02]},
        "yaxis2": {"title": {"text": texts.table("PLOTLY_NAMES")["count"]}, "overlaying": "y", "side": "right"},
    }
    return _figure(words, [counted, right], **axes)


def disk(
    radii: Sequence[float],
    degrees: Sequence[float],
    letters: str,
    labels: Sequence[str],
    colours: Sequence[str],
    families: Sequence[tuple[Sequence[int], str]],
    title: str,
) -> Figure:
    """Codons by radius and angle, each with its letter; the members of each of `families` are joined in its colour."""
    joined = [
        {
            "type": "scatterpolar",
            "mode": "lines",
            "r": [radii[one] for one in members],
            "theta": [degrees[one] for one in members],
            "line": {"color": colour},
            "hoverinfo": "skip",
        }
        for members, colour in families
    ]
    dots = {
        "type": "scatterpolar",
        "mode": "markers+text",
        "r": list(radii),
        "theta": list(degrees),
        "text": list(letters),
        "hovertext": list(labels),
        "marker": {"color": list(colours), "size": 15},
    }
    return _figure(title, [*joined, dots], polar={"angularaxis": {"showticklabels": False}})


def _rows(labels: Sequence[str]) -> dict[str, Any]:
    """An axis of rows from the top down; labels may repeat."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "autorange": "reversed",
    }


def _marks(at: Sequence[tuple[float, int]], name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [x for x, _ in at],
        "y": [y for _, y in at],
        "marker": {"symbol": "line-ns-open", "size": 16, "line": {"width": 2}, "color": "#444444"},
    }


def _coloured(colours: Sequence[str]) -> dict[str, Any]:
    return {"color": list(colours)} if all(colour.startswith("#") for colour in colours) else {}


def _figure(title: str, data: Sequence[dict[str, Any]], **layout: Any) -> Figure:
    return {"data": list(data), "layout": {"title": {"text": title}, "showlegend": False, **layout}}
