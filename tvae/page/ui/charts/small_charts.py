"""Small charts other than of lines and dots, as inline SVG: bars, ranges, a histogram, digits, reliability.

Each is a figure with a caption, a short name for its file, a label for screen readers that has the values, and the
button that saves it; its JSON is the figure of `plotly_json`. Colours are variables of the page.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from tvae.analysis.robustness import Bin
from tvae.page.ui import texts
from tvae.page.ui.charts import plotly_json
from tvae.page.ui.charts.axes import ticks
from tvae.page.ui.charts.plotly_json import ACCENT, Bar, Range
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.html import number, tag, trit_class
from tvae.reports.plots.palette import TRIT_SIGNS

WIDTH: Final = 320  # of the viewBox; about the CSS pixels of a picture on a phone
ROW: Final = 17
LABEL: Final = 70  # where bars and ranges begin, unless a label of bars is longer
CHARACTER: Final = 8  # of a label, with the gap after it
END: Final = 214  # where a full bar ends; its text follows


def figure(
    words: str, name: str, described: str, height: float, inside: Iterable[Markup], data: plotly_json.Figure
) -> Markup:
    """A picture with its caption `words`, its values `described` to screen readers, and its Plotly figure `data`.

    `name` is short: it names the file, and the picture in the label of its button.
    """
    svg = tag("svg", *inside, viewBox=f"0 0 {WIDTH} {height:g}", role="img", aria_label=described)
    buttons = save_buttons(name, data)
    return tag("figure", svg, tag("figcaption", words), buttons, class_="sketch")


def bars(rows: Sequence[Bar], words: str, name: str) -> Markup:
    """Horizontal bars, one per line."""
    parts = []
    left = max(LABEL, CHARACTER * max(len(row.label) for row in rows))
    for place, row in enumerate(rows):
        y, wide = place * ROW, max(0.0, min(1.0, row.share)) * (END - left)
        parts.append(svg_text(left - 6, y + 13, row.label, "end"))
        parts.append(_rect(left, y + 4, END - left, 11, class_="back", rx=2))
        parts.append(_rect(left, y + 4, f"{wide:.2f}", 11, rx=2, style=f"fill:{row.colour}"))
        if row.limit is not None:
            parts.append(svg_path("limit", f"M{left + row.limit * (END - left):.2f} {y + 1}v17"))
        parts.append(svg_text(END + 6, y + 13, row.text))
    described = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return figure(words, name, described, len(rows) * ROW + 4, parts, plotly_json.bars(rows, words))


def ranges(rows: Sequence[Range], words: str, name: str, label: str) -> Markup:
    """Ranges over an axis from 0, one per line, each with a mark at its mean."""
    right, bottom = 290, len(rows) * ROW + 2
    most = max(row.high for row in rows) or 1.0
    scale = (right - 40) / most
    parts = []
    for value in ticks(0.0, most, 5):
        x = 40 + value * scale
        parts.append(svg_path("grid", f"M{x:.1f} 0V{bottom}"))
        parts.append(svg_text(x, bottom + 13, f"{value:g}", "middle"))
    for place, row in enumerate(rows):
        y = place * ROW + 3
        wide = max((row.high - row.low) * scale, 1.5)
        parts.append(svg_text(34, y + 10, row.label, "end"))
        kind, fill = "wrong" if row.note else None, f"fill:{row.colour}"
        parts.append(_rect(f"{40 + row.low * scale:.1f}", y, f"{wide:.1f}", 11, class_=kind, rx=2, style=fill))
        if wide > 6:  # a mark would hide a narrower range
            parts.append(svg_path("mean", f"M{40 + row.mean * scale:.1f} {y - 1}v13"))
        parts.append(svg_text(296, y + 10, row.note, "note"))
    parts.append(svg_text((40 + right) / 2, bottom + 28, label, "middle"))
    described = "; ".join(
        (texts.RANGE_OVERLAPS if row.note else texts.RANGE).format(
            label=row.label, low=row.low, high=row.high, mean=row.mean
        )
        for row in rows
    )
    return figure(words, name, f"{label}. {described}", bottom + 32, parts, plotly_json.ranges(rows, words, label))


def histogram(counts: Sequence[int], most: float, words: str, name: str, label: str) -> Markup:
    """Counts in equal bins of [0, most]; heights are square roots, so that small counts remain visible."""
    left, right, bottom = 10, 310, 90
    wide, top = (right - left) / len(counts), max(counts) ** 0.5
    parts = []
    for place, count in enumerate(counts):
        high, x = 80 * count**0.5 / top, left + place * wide
        if count:
            size = f"{wide - 0.5:.2f}", f"{high:.1f}"
            parts.append(_rect(f"{x:.1f}", f"{bottom - high:.1f}", *size, style=f"fill:{ACCENT}"))
    parts.append(svg_path("grid", f"M{left} {bottom}H{right}"))
    for value in ticks(0.0, most, 6):
        parts.append(svg_text(left + value / most * (right - left), bottom + 14, f"{value:g}", "middle"))
    parts.append(svg_text((left + right) / 2, bottom + 29, label, "middle"))
    wide_bin = most / len(counts)
    described = ", ".join(
        texts.COUNT_FROM.format(count=count, low=place * wide_bin) for place, count in enumerate(counts) if count
    )
    said = texts.COUNTS.format(label=label, counts=described)
    return figure(words, name, said, bottom + 34, parts, plotly_json.histogram(counts, wide_bin, words, label))


def digits(trits: Sequence[int], leaves: int, other: int, leaf: str, words: str, name: str) -> Markup:
    """The path of an operation down the tree of digits, which `leaf` leaves at entry `leaves` by the trit `other`.

    The numbers below some of the forks count the operations that share the path so far.
    """
    step, y = 33, 56
    parts = []
    for place, trit in enumerate(trits):
        x = 10 + place * step
        up, down = (one for one in (1, 0, -1) if one != trit)
        for side, branch in ((-1, up), (1, down)):
            taken = place == leaves and branch == other
            parts.append(svg_path("taken" if taken else "branch", f"M{x} {y}l14 {side * 20}"))
            parts.append(svg_text(x + 19, y + side * 26 + 4, TRIT_SIGNS[branch], "middle"))
            parts += [svg_text(min(max(x + 19, 24), 296), y + side * 42 + 4, leaf, "middle name")] if taken else []
        parts.append(svg_path("way", f"M{x} {y}h{step}"))
        parts.append(_rect(x + 13, y - 8, 15, 16, class_=trit_class(trit), rx=3))
        parts.append(svg_text(x + 20.5, y + 4, TRIT_SIGNS[trit], "middle sign"))
    parts += [tag("circle", class_="fork", cx=10 + place * step, cy=y, r=2.5) for place in range(len(trits) + 1)]
    for place in (0, 2, 4, 6, len(trits)):
        parts.append(svg_text(max(10 + place * step, 20), y + 66, f"{3 ** (len(trits) - place):,}", "middle"))
    way = " ".join(TRIT_SIGNS[trit] for trit in trits)
    described = texts.LEAVES_AT.format(way=way, entry=leaves + 1, name=leaf, sign=TRIT_SIGNS[other])
    return figure(words, name, described, y + 72, parts, plotly_json.digits(trits, leaves, other, leaf, words))


def reliability(bins: Sequence[Bin], words: str, name: str) -> Markup:
    """Accuracy and mean confidence of each bin, above its count.

    The grey box is the range of confidences of the bin, in which the accuracy of a calibrated decoder lies.
    """
    left, wide, bottom, high = 34, 35.5, 112, 100
    most = max((one.count for one in bins), default=0) or 1

    def at(share: float) -> float:
        return bottom - (share - 0.3) / 0.7 * high

    parts = []
    for value in (0.4, 0.6, 0.8, 1.0):
        parts.append(svg_path("grid", f"M{left} {at(value):.1f}H{left + wide * len(bins)}"))
        parts.append(svg_text(left - 4, at(value) + 4, f"{value:g}", "end"))
    for place, one in enumerate(bins):
        x = left + place * wide
        box = max(at(one.low) - at(one.high), 1.5)
        parts.append(_rect(f"{x + 2:.1f}", f"{at(one.high):.1f}", wide - 4, f"{box:.1f}", class_="back"))
        if one.accuracy is not None and one.confidence is not None:
            said, true = at(one.confidence), at(max(one.accuracy, 0.3))
            parts.append(svg_path("said", f"M{x + 8:.1f} {said:.1f}h{wide - 16}"))
            parts.append(tag("circle", class_="true", cx=f"{x + wide / 2:.1f}", cy=f"{true:.1f}", r=3.5))
        tall = 40 * one.count / most
        count = f"{x + 4:.1f}", f"{bottom + 60 - tall:.1f}", wide - 8, f"{tall:.1f}"
        parts.append(_rect(*count, style=f"fill:{ACCENT}"))
        parts.append(svg_text(x + wide / 2, bottom + 56 - tall, _short(one.count), "middle small"))
        parts.append(svg_text(x, bottom + 73, _edge(one.low), "middle small"))
    parts.append(svg_text(left + wide * len(bins) - 2, bottom + 73, "1", "middle small"))
    parts.append(svg_text(left + wide * len(bins) / 2, bottom + 88, texts.CONFIDENCE_AXIS, "middle"))
    described = "; ".join(
        texts.BIN.format(
            low=one.low,
            high=one.high,
            count=one.count,
            confidence=number(one.confidence, 6),
            right=number(one.accuracy, 6),
        )
        for one in bins
    )
    return figure(words, name, described, bottom + 92, parts, plotly_json.reliability(bins, words))


def _short(count: int) -> str:
    return str(count) if count < 1_000 else f"{count / 1_000:.0f}k"


def _edge(value: float) -> str:
    return "\u2153" if value < 0.34 else f"{value:g}".lstrip("0")


def svg_text(x: float, y: float, words: str, kind: str | None = None) -> Markup:
    """A text in a picture; `kind` is its CSS class."""
    return tag("text", words, class_=kind, x=f"{x:g}", y=f"{y:g}") if words else Markup("")


def _rect(x: object, y: object, width: object, height: object, **attributes: object) -> Markup:
    return tag("rect", x=x, y=y, width=width, height=height, **attributes)


def svg_path(kind: str, d: str) -> Markup:
    """A line or an area in a picture; `kind` is its CSS class."""
    return tag("path", class_=kind, d=d)


def percent(share: float, places: int = 1) -> str:
    """A share as a percentage."""
    return f"{number(100 * share, places)}%"
