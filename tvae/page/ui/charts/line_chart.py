"""Small line charts as inline SVG, made in Python without a library; colours are variables of the page.

    chart(Chart("q", "Q", "rank correlation", (500.0, 1000.0), (Line("A", (1.4, 2.1)), Line("B", (0.5, 2.0)))))

A chart fills the available width and is readable from 260 px on. Every line ends with its name and last value, so that
neither colour nor a legend is needed; screen readers get a description. `axes` has the ranges and the tick labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.charts.axes import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Frame,
    digits_of,
    frame_of,
    power_of_ten,
    ticks,
    value_label,
    y_labels,
)
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.html import joined, number, quiet, tag

LINE_HEIGHT: Final = 14
LOWEST: Final = float(HEIGHT - BOTTOM - 2)  # of a name at the end of a line, above the values of the x axis
BOLD_LETTER: Final = 7.6  # its mean width in a wide font; names and values at the ends of lines are bold
GAP: Final = 6  # between a line and its name
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
    reach: tuple[float, ...] = ()  # values that a linear y axis always includes
    x_reach: tuple[float, ...] = ()  # values that the x axis always includes
    may_be_log: bool = False  # the y axis is logarithmic if the values are positive and span a decade
    waiting: str = ""  # what an empty chart says, which then has axes
    marks: tuple[float, ...] = ()  # x where something begins, such as a phase


def charts(drawn: Sequence[Chart]) -> Markup:
    """Charts side by side, as many in a row as fit."""
    return tag("div", *map(chart, drawn), class_="curves")


def chart(drawn: Chart) -> Markup:
    """One chart with its caption; without any value, a note instead of the picture."""
    frame = _frame(drawn)
    caption = tag("figcaption", drawn.title)
    if frame is None:
        return tag("figure", caption, quiet(texts.NOTHING_MEASURED), class_="curve")
    key = f"curve-{drawn.key}"
    is_empty = not any(_points(drawn, line) for line in drawn.lines)
    has_range = len({*drawn.reach, *(() if drawn.limit is None else (drawn.limit,))}) > 1
    svg = tag(
        "svg",
        tag("title", drawn.title, id=f"{key}-title"),
        tag("desc", drawn.waiting if is_empty else in_words(drawn), id=f"{key}-words"),
        _axes(drawn, frame, y_values=has_range or not is_empty),
        _waiting(drawn.waiting) if is_empty else _lines(drawn, frame),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_labelledby=f"{key}-title",
        aria_describedby=f"{key}-words",
    )
    save = "" if is_empty else save_buttons(drawn.title, plotly(drawn))
    return tag("figure", caption, svg, save, class_="curve")


def plotly(drawn: Chart) -> dict[str, Any]:
    """The chart as a Plotly figure, with the points that are drawn to six digits; null is a gap."""
    frame = _frame(drawn)
    scale = {"type": "log"} if frame and frame.log else {}
    axes = {"xaxis": {"title": {"text": drawn.x_label}}, "yaxis": {"title": {"text": drawn.y_label}} | scale}
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
    frame = _frame(drawn) or Frame((0.0, 1.0), (0.0, 1.0))
    y_label = _y_label(drawn, frame)
    sentences = [texts.CURVE_BY.format(y=y_label[:1].upper() + y_label[1:], x=drawn.x_label)]

    def shown(value: float) -> str:
        return value_label(value, frame, drawn.digits)

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
            begins=shown(begins),
            first=at(first),
            ends=shown(ends),
            last=at(last),
            least=shown(low[1]),
            least_at=at(low[0]),
            greatest=shown(high[1]),
            greatest_at=at(high[0]),
        )
        sentences.append(f"{line.name or texts.CURVE_PRONOUN}: {words}")
    if drawn.marks:
        sentences.append(texts.CURVE_MARKED.format(places=", ".join(at(mark) for mark in drawn.marks)))
    if drawn.limit is not None:
        sentences.append(texts.CURVE_LIMIT.format(limit=shown(drawn.limit)))
    return " ".join(sentences)


def _points(drawn: Chart, line: Line) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(drawn.x, line.values, strict=True) if y is not None]


def _frame(drawn: Chart) -> Frame | None:
    """The frame of a chart; None without anything to be in view."""
    values = [value for line in drawn.lines for value in line.values if value is not None]
    xs = [*(drawn.x if values else ()), *drawn.x_reach]
    if not xs or not (values or drawn.waiting):
        return None
    held = [*drawn.reach, *([] if drawn.limit is None else [drawn.limit])]
    frame = frame_of(xs, values, held if values or held else [0.0, 1.0], drawn.may_be_log)
    longest = max((len(text) for text in _names(drawn, frame)), default=0)
    return replace(frame, right=max(RIGHT, GAP + BOLD_LETTER * longest))


def _names(drawn: Chart, frame: Frame) -> list[str]:
    """What stands at the end of each line: its name and last value; empty without a value."""
    last = [_points(drawn, line)[-1:] for line in drawn.lines]
    return [
        f"{line.name} {value_label(points[0][1], frame, drawn.digits)}".strip() if points else ""
        for line, points in zip(drawn.lines, last, strict=True)
    ]


def _y_label(drawn: Chart, frame: Frame) -> str:
    """The label of the y axis, with its scale if that is not plain."""
    if frame.log:
        return texts.CURVE_LOG.format(label=drawn.y_label)
    return f"{drawn.y_label} (\u00d7 {power_of_ten(frame.power)})" if frame.power else drawn.y_label


def _axes(drawn: Chart, frame: Frame, y_values: bool) -> Markup:
    """Grid, values of the axes (of y if there are any), labels, limit and marks."""
    right, bottom = round(WIDTH - frame.right, 1), HEIGHT - BOTTOM
    label = _y_label(drawn, frame)
    is_said = label.casefold() == drawn.title.casefold()  # by the caption, just above
    parts = [] if is_said else [tag("text", label, class_="label", x=2, y=11)]
    for value, words in y_labels(frame, drawn.digits) if y_values else ():
        y = frame.at(frame.x[0], value)[1]
        parts.append(_line("grid", f"M{LEFT} {y}H{right}"))
        parts.append(tag("text", words, class_="end", x=LEFT - 4, y=f"{y + 4:.1f}"))
    xs = ticks(*frame.x, 4)
    for value in xs:
        words = number(value, digits_of(xs, 0))
        parts.append(tag("text", words, class_="middle", x=frame.across(value), y=bottom + 14))
    parts.append(tag("text", drawn.x_label, class_="middle label", x=(LEFT + right) / 2, y=HEIGHT - 3))
    for value in drawn.marks:
        if frame.x[0] < value < frame.x[1]:
            parts.append(_line("mark", f"M{frame.across(value)} {TOP}V{bottom}"))
    if drawn.limit is not None and not frame.log:
        parts.append(_line("limit", f"M{LEFT} {frame.at(frame.x[0], drawn.limit)[1]}H{right}"))
    if not y_values:
        parts.append(_line("grid", f"M{LEFT} {TOP}V{bottom}H{right}"))
    return joined(parts)


def _waiting(words: str) -> Markup:
    """A sentence in the middle of an empty chart."""
    return tag("text", words, class_="middle", x=(LEFT + WIDTH - RIGHT) / 2, y=(TOP + HEIGHT - BOTTOM) / 2 + 4)


def _lines(drawn: Chart, frame: Frame) -> Markup:
    ends, parts = [], []
    for place, (line, name) in enumerate(zip(drawn.lines, _names(drawn, frame), strict=True)):
        points = _points(drawn, line)
        if not points:
            continue
        colour = f"c{place % COLOURS}"
        parts.append(_line(f"line {colour}", _path(drawn.x, line.values, frame)))
        x, y = frame.at(*points[-1])
        parts.append(tag("circle", class_=f"dot {colour}", cx=x, cy=y, r=2.5))
        ends.append((y, x, colour, name))
    ends.sort()
    for y, (_, _, colour, text) in zip(_apart([end[0] for end in ends]), ends, strict=True):
        parts.append(
            tag("text", text, class_=f"last {colour}", x=round(WIDTH - frame.right + GAP, 1), y=f"{y + 4:.1f}")
        )
    return joined(parts)


def _line(kind: str, d: str) -> Markup:
    return tag("path", class_=kind, d=d)


def _path(xs: Sequence[float], values: Sequence[float | None], frame: Frame) -> str:
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
    limit = LOWEST
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = min(placed[place], limit)
        limit = placed[place] - LINE_HEIGHT
    return placed
