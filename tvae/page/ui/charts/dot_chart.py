"""A scatter chart of named dots as inline SVG, with the front of the best: no other dot is as good in both measures.

Filled dots are measured, outlines are not; a disk and a diamond tell two kinds apart, such as encoders A and B. Faint
dots are not ranked, which the caption then explains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.charts import plotly_json
from tvae.page.ui.charts.axes import ticks
from tvae.page.ui.charts.plotly_json import Axis, Dot, Mark, dot_name, front_steps, span
from tvae.page.ui.charts.small_charts import WIDTH, figure, svg_path, svg_text
from tvae.page.ui.html import joined, tag

HEIGHT: Final = 180  # of the area of the dots, in units of the viewBox
NEAR: Final = 12  # nearer than this in both directions, only the first of two dots is named
LETTER: Final = 6.8  # width of a letter of a name, about; names have many wide ones
_LEFT: Final = 40
_RIGHT: Final = 308
_TOP: Final = 22
_RADIUS: Final = 4  # of a disk


@dataclass(frozen=True)
class Legend:
    """An entry of the legend."""

    mark: Mark
    filled: bool
    label: str


@dataclass(frozen=True)
class _Frame:
    """Where values lie in the picture."""

    across: tuple[float, float]  # the range of each axis
    up: tuple[float, float]
    x: Axis
    y: Axis
    height: int

    @property
    def bottom(self) -> int:
        """The lower edge of the area of the dots."""
        return _TOP + self.height

    def at(self, one: float, other: float) -> tuple[float, float]:
        """The place of a pair of values."""
        right = (one - self.across[0]) / (self.across[1] - self.across[0])
        up = (other - self.up[0]) / (self.up[1] - self.up[0])
        right, down = 1 - right if self.x.reversed else right, up if self.y.reversed else 1 - up
        return _LEFT + right * (_RIGHT - _LEFT), _TOP + down * self.height


def dots(
    rows: Sequence[Dot],
    words: str,
    name: str,
    x: Axis,
    y: Axis,
    legend: Sequence[Legend] = (),
    height: int = HEIGHT,
    all_named: bool = False,
) -> Markup:
    """The chart with its caption `words` and its short `name`. The front is a staircase with the names of its dots.

    `all_named`: the other dots have their names where there is room, outlines first.
    """
    words = f"{words} {texts.FAINT_DOTS}" if any(row.faint for row in rows) else words
    frame = _Frame(span([row.x for row in rows]), span([row.y for row in rows]), x, y, height)
    steps = " ".join(f"{a:.1f},{b:.1f}" for a, b in (frame.at(*step) for step in front_steps(rows, x.reversed)))
    places = [frame.at(row.x, row.y) for row in rows]
    both = list(zip(rows, places, strict=True))
    best = [(a, b, row.name) for row, (a, b) in both if row.front]
    others = [
        [(a, b, row.name) for row, (a, b) in both if not row.front and row.filled == filled] for filled in (False, True)
    ]
    marks = [(a - _RADIUS, b - _RADIUS, a + _RADIUS, b + _RADIUS) for a, b in places]
    title = (4, 3, 4 + LETTER * len(y.label), 14)  # of the vertical axis
    numbers = [(_LEFT - 5 - LETTER * len(tick), at - 9, _LEFT - 5, at + 2) for tick, at in _upwards(frame)]
    parts = [
        *_axes(frame),
        svg_path("front", f"M{steps}") if steps else Markup(""),
        *(_mark(row.mark, row.filled, *place, dot_name(row), row.faint) for row, place in both),
        _names([best, *others] if all_named else [best], marks, [title, *numbers], frame.bottom),
        *_legend(legend, frame.bottom + 46),
    ]
    values = "; ".join(f"{dot_name(row)}: {row.x:.4g}, {row.y:.4g}" for row in rows)
    described = f"{x.label}, {y.label}: {values}"
    return figure(
        words, name, described, frame.bottom + (52 if legend else 34), parts, plotly_json.dots(rows, words, x, y)
    )


def _axes(frame: _Frame) -> list[Markup]:
    """The grid with its numbers, and the titles of both axes."""
    parts = []
    for value in ticks(*frame.across, 5):
        place, _ = frame.at(value, frame.up[0])
        parts.append(svg_path("grid", f"M{place:.1f} {_TOP}V{frame.bottom}"))
        parts.append(svg_text(round(place, 1), frame.bottom + 14, _tick(value), "middle"))
    for tick, line in _upwards(frame):
        parts.append(svg_path("grid", f"M{_LEFT} {line - 4:.1f}H{_RIGHT}"))
        parts.append(svg_text(_LEFT - 5, round(line, 1), tick, "end"))
    parts.append(svg_text((_LEFT + _RIGHT) / 2, frame.bottom + 29, frame.x.label, "middle"))
    return [*parts, svg_text(4, 12, frame.y.label)]


def _upwards(frame: _Frame) -> list[tuple[str, float]]:
    """The numbers of the vertical axis, and the lines that they stand on."""
    return [(_tick(value), frame.at(frame.across[0], value)[1] + 4) for value in ticks(*frame.up, 5)]


def _tick(value: float) -> str:
    return f"{value:g}".replace("-", "\u2212")


def _mark(mark: Mark, filled: bool, x: float, y: float, name: str = "", faint: bool = False) -> Markup:
    kind = ("true" if filled else "ring") + (" faint" if faint else "")
    title = [tag("title", name)] if name else []
    if mark == "disk":
        return tag("circle", *title, class_=kind, cx=f"{x:.1f}", cy=f"{y:.1f}", r=_RADIUS)
    size = _RADIUS + 1
    corners = f"M{x:.1f} {y - size:.1f}l{size} {size}l-{size} {size}l-{size} -{size}z"
    return tag("path", *title, class_=f"{kind} {mark}", d=corners)


def _legend(legend: Sequence[Legend], y: float) -> list[Markup]:
    """The entries in one line, each as wide as its words."""
    parts, x = [], float(_LEFT)
    for entry in legend:
        parts += [_mark(entry.mark, entry.filled, x, y - 4), svg_text(x + 9, y, entry.label)]
        x += 28 + LETTER * len(entry.label)
    return parts


_Place = tuple[float, float, str]
_Box = tuple[float, float, float, float]  # left, top, right, bottom


def _names(groups: Sequence[Sequence[_Place]], marks: Sequence[_Box], taken: Sequence[_Box], bottom: float) -> Markup:
    """The names of dots, those of the first group before the others, and the lower ones of a group first.

    Each lies towards the middle, below its dot or above it, or else on its other side, where it meets no other name and
    no text in `taken`, and covers none of the `marks`. Where there is no such place it is left out; only a name of the
    first group may cover a mark. Of dots that nearly coincide, the first is named.
    """
    named: list[_Place] = []
    drawn, boxes = [], list(taken)
    for group in groups:
        new = []
        for place in group:
            if all(max(abs(place[0] - x), abs(place[1] - y)) >= NEAR for x, y, _ in named):
                named.append(place)
                new.append(place)
        for place in sorted(new, key=lambda one: (-one[1], one[2])):
            free = [spot for spot in _spots(place, bottom) if not any(_meet(spot.box, box) for box in boxes)]
            clear = [spot for spot in free if not any(_meet(spot.box, mark) for mark in marks)]
            for spot in (clear or (free if group is groups[0] else []))[:1]:
                boxes.append(spot.box)
                drawn.append(svg_text(round(spot.x, 1), round(spot.y, 1), place[2], "end" if spot.ends else None))
    return joined(drawn)


@dataclass(frozen=True)
class _Spot:
    """A place for a name: where its text begins or ends, and the space that it takes."""

    x: float
    y: float
    ends: bool
    box: _Box


def _spots(place: _Place, bottom: float) -> list[_Spot]:
    """The places for a dot's name that lie within the picture, the best first."""
    x, y, name = place
    wide, inwards = LETTER * len(name), x > (_LEFT + _RIGHT) / 2
    spots = []
    for ends in (inwards, not inwards):
        edge = x - 6 if ends else x + 6
        begin = edge - wide if ends else edge
        lines = (min(y + 13, bottom - 4), y - 6)
        spots += [_Spot(edge, line, ends, (begin, line - 9, begin + wide, line + 2)) for line in lines]
    return [spot for spot in spots if spot.box[0] >= 0 and spot.box[2] <= WIDTH and spot.box[1] >= 0]


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
