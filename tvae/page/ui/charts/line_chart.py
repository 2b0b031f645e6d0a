"""Small line charts as inline SVG, made in Python without a library; colours are variables of the page.

    chart(Chart("q", "Q", "rank correlation", (500.0, 1000.0), (Line("A", (1.4, 2.1)), Line("B", (0.5, 2.0)))))

A chart fills the available width and is readable from 260 px on. Every line ends with its name and last value, so that
neither colour nor a legend is needed; screen readers get a description.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.html import joined, number, quiet, tag

WIDTH, HEIGHT = 320, 160  # of the viewBox; about the CSS pixels of a chart on a phone
LEFT, RIGHT, TOP, BOTTOM = 50, 92, 20, 32  # space for y values, names with last values, y label, x values
LINE_HEIGHT: Final = 13
BINS: Final = 150  # of x; a longer line is drawn by the minimum and maximum of each bin
COLOURS: Final = 4  # styles of lines, in charts.css


@dataclass(frozen=True)
class Line:
    """One line; None leaves a gap."""

    name: str  # short, such as A; empty if it is the only line
    values: tuple[float | None, ...]  # one for each x


@dataclass(frozen=True)
class Chart:
    """One small chart: lines over a common x."""

    key: str  # unique on the page, for ids
    title: str
    y_label: str
    x: tuple[float, ...]  # rising
    lines: tuple[Line, ...]
    digits: int = 3  # of the last values
    x_label: str = texts.STEP
    x_digits: int = 0  # of x values in the description
    limit: float | None = None  # drawn as a horizontal line, always in view
    reach: tuple[float, ...] = ()  # values that the y axis always includes
    marks: tuple[float, ...] = ()  # x where something begins, such as a phase


@dataclass(frozen=True)
class _Frame:
    """The ranges of the axes, which map values to places in the viewBox."""

    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.x, self.y
        across = LEFT + (x - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)
        return round(across, 1), round(TOP + (y1 - y) / (y1 - y0) * (HEIGHT - TOP - BOTTOM), 1)


def charts(drawn: Sequence[Chart]) -> Markup:
    """Charts side by side, as many in a row as fit."""
    return tag("div", *map(chart, drawn), class_="curves")


def chart(drawn: Chart) -> Markup:
    """One chart with its caption; without any value, a note instead of the picture."""
    values = [value for line in drawn.lines for value in line.values if value is not None]
    caption = tag("figcaption", drawn.title)
    if not values:
        return tag("figure", caption, quiet(texts.NOTHING_MEASURED), class_="curve")
    frame = _frame(drawn, values)
    key = f"curve-{drawn.key}"
    svg = tag(
        "svg",
        tag("title", drawn.title, id=f"{key}-title"),
        tag("desc", in_words(drawn), id=f"{key}-words"),
        _axes(drawn, frame),
        _lines(drawn, frame),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_labelledby=f"{key}-title",
        aria_describedby=f"{key}-words",
    )
    return tag("figure", caption, svg, save_buttons(drawn.title, plotly(drawn)), class_="curve")


def plotly(drawn: Chart) -> dict[str, Any]:
    """The chart as a Plotly figure, with the points that are drawn to six digits; null is a gap."""
    axes = {"xaxis": {"title": {"text": drawn.x_label}}, "yaxis": {"title": {"text": drawn.y_label}}}
    lines = [{"type": "scatter", "name": line.name} | _plotted(drawn.x, line.values) for line in drawn.lines]
    return {"data": lines, "layout": {"title": {"text": drawn.title}, **axes}}


def _plotted(xs: Sequence[float], values: Sequence[float | None]) -> dict[str, list[float | None]]:
    points: list[tuple[float | None, float | None]] = []
    for stroke in _strokes(xs, values):
        points += [(None, None), *stroke] if points else stroke
    return {name: [_six(point[axis]) for point in points] for axis, name in enumerate("xy")}


def _six(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def in_words(drawn: Chart) -> str:
    """The description of a chart: for each line its first, last, smallest and largest value, and where they are."""
    sentences = [texts.CURVE_BY.format(y=drawn.y_label[:1].upper() + drawn.y_label[1:], x=drawn.x_label)]

    def at(x: float) -> str:
        return number(x, drawn.x_digits)

    for line in drawn.lines:
        points = _points(drawn, line)
        if not points:
            sentences.append(texts.CURVE_EMPTY.format(name=line.name or texts.CURVE_UNNAMED))
            continue
        (first, begins), (last, ends) = points[0], points[-1]
        low, high = (pick(points, key=lambda point: point[1]) for pick in (min, max))
        words = (texts.CURVE_LEVEL if low[1] == high[1] else texts.CURVE_LINE).format(
            begins=number(begins, drawn.digits),
            first=at(first),
            ends=number(ends, drawn.digits),
            last=at(last),
            least=number(low[1], drawn.digits),
            least_at=at(low[0]),
            greatest=number(high[1], drawn.digits),
            greatest_at=at(high[0]),
        )
        sentences.append(f"{line.name or texts.CURVE_PRONOUN}: {words}")
    if drawn.marks:
        sentences.append(texts.CURVE_MARKED.format(places=", ".join(at(mark) for mark in drawn.marks)))
    if drawn.limit is not None:
        sentences.append(texts.CURVE_LIMIT.format(limit=number(drawn.limit, drawn.digits)))
    return " ".join(sentences)


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers in [low, high], with low < high, spaced by 1, 2 or 5 times a power of ten."""
    size = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (size * factor for factor in (1, 2, 5, 10, 20, 50)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [place * step for place in range(first, last + 1)]
    raise AssertionError("50 times a tenth of the range always fits")


def _digits(marks: list[float], single: int) -> int:
    """The decimals that distinguish neighbouring ticks; `single` if there is only one tick."""
    return max(0, -math.floor(math.log10(marks[1] - marks[0]) + 1e-9)) if len(marks) > 1 else single


def _points(drawn: Chart, line: Line) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(drawn.x, line.values, strict=True) if y is not None]


def _frame(drawn: Chart, values: list[float]) -> _Frame:
    held = [*values, *drawn.reach, *([] if drawn.limit is None else [drawn.limit])]
    low, high = min(held), max(held)
    level = high - low <= 1e-9 * abs(high)  # closer values have the same label at every tick
    room = (abs(high) if level else high - low) * 0.05 or 1.0
    x0, x1 = drawn.x[0], drawn.x[-1]
    return _Frame((x0, x1) if x1 > x0 else (x0 - 1, x0 + 1), (low - room, high + room))


def _axes(drawn: Chart, frame: _Frame) -> Markup:
    """Grid, values of the axes, labels, limit and marks."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [tag("text", drawn.y_label, class_="label", x=2, y=11)]
    ys = ticks(*frame.y, 5)
    digits = _digits(ys, drawn.digits)
    for value in ys:
        y = frame.at(frame.x[0], value)[1]
        parts.append(_line("grid", f"M{LEFT} {y}H{right}"))
        parts.append(tag("text", number(value, digits), class_="end", x=LEFT - 4, y=f"{y + 4:.1f}"))
    xs = ticks(*frame.x, 4)
    for value in xs:
        x = frame.at(value, frame.y[0])[0]
        parts.append(tag("text", number(value, _digits(xs, 0)), class_="middle", x=x, y=bottom + 14))
    parts.append(tag("text", drawn.x_label, class_="middle label", x=(LEFT + right) / 2, y=HEIGHT - 3))
    for value in drawn.marks:
        if frame.x[0] < value < frame.x[1]:
            parts.append(_line("mark", f"M{frame.at(value, frame.y[0])[0]} {TOP}V{bottom}"))
    if drawn.limit is not None:
        parts.append(_line("limit", f"M{LEFT} {frame.at(frame.x[0], drawn.limit)[1]}H{right}"))
    return joined(parts)


def _lines(drawn: Chart, frame: _Frame) -> Markup:
    ends, parts = [], []
    for place, line in enumerate(drawn.lines):
        points = _points(drawn, line)
        if not points:
            continue
        colour = f"c{place % COLOURS}"
        parts.append(_line(f"line {colour}", _path(drawn.x, line.values, frame)))
        x, y = frame.at(*points[-1])
        parts.append(tag("circle", class_=f"dot {colour}", cx=x, cy=y, r=2.5))
        ends.append((y, x, colour, f"{line.name} {number(points[-1][1], drawn.digits)}".strip()))
    ends.sort()
    for y, (_, _, colour, text) in zip(_apart([end[0] for end in ends]), ends, strict=True):
        parts.append(tag("text", text, class_=f"last {colour}", x=WIDTH - RIGHT + 6, y=f"{y + 4:.1f}"))
    return joined(parts)


def _line(kind: str, d: str) -> Markup:
    return tag("path", class_=kind, d=d)


def _path(xs: Sequence[float], values: Sequence[float | None], frame: _Frame) -> str:
    """The line's `d`, with a new stroke after each gap. A single point is a stroke of length 0 with round caps."""
    parts = []
    for stroke in _strokes(xs, values):
        places = [frame.at(*point) for point in stroke]
        parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in places) + ("h0" if len(places) == 1 else ""))
    return "".join(parts)


def _strokes(xs: Sequence[float], values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """The non-empty strokes between the gaps, thinned."""
    strokes: list[list[tuple[float, float]]] = [[]]
    for x, value in zip(xs, values, strict=True):
        if value is None:
            strokes.append([])
        else:
            strokes[-1].append((x, value))
    return [_thinned(stroke) for stroke in strokes if stroke]


def _thinned(stroke: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep both ends and at most two points per bin, the minimum and the maximum, so that no spike is lost."""
    if len(stroke) <= 2 * BINS:
        return stroke
    kept = {0, len(stroke) - 1}
    for place in range(BINS):
        inside = range(len(stroke) * place // BINS, len(stroke) * (place + 1) // BINS)
        kept |= {min(inside, key=lambda i: stroke[i][1]), max(inside, key=lambda i: stroke[i][1])}
    return [stroke[i] for i in sorted(kept)]


def _apart(ys: list[float]) -> list[float]:
    """Move `ys` (rising) apart by at least a line of text, in one sweep down and one up."""
    placed: list[float] = []
    for y in ys:
        placed.append(max(y, placed[-1] + LINE_HEIGHT) if placed else max(y, TOP))
    limit = float(HEIGHT - BOTTOM + 4)
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = min(placed[place], limit)
        limit = placed[place] - LINE_HEIGHT
    return placed
