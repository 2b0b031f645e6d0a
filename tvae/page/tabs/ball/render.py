"""HTML of the Ball tab: neighbours, the steps of a geodesic, a decoded point."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from tvae.analysis.geodesics import Decoded
from tvae.operations.named import name_of
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.html import (
    details,
    joined,
    markup,
    number,
    operation_chip,
    prose,
    quiet,
    row,
    scrolling,
    table,
    table_exports,
    tag,
    trit_row,
    trit_tile,
    truth_table,
)
from tvae.reports.explorer import Document


def lead() -> Markup:
    """What each view shows; the style sheet shows the one of the current view."""
    digits = tag("p", texts.BALL_LEAD, class_="lead", data_for="digits")
    return digits + tag("p", texts.DIRECTIONS_LEAD, class_="lead", data_for="directions")


def explanation() -> Markup:
    """How to use each view, and what it shows exactly; as in `lead`."""
    hints = (tag("div", quiet(words), data_for=view) for view, words in texts.table("BALL_HINTS").items())
    exact = details(texts.BALL_DETAILS_TITLE, prose(texts.BALL_DETAILS))
    measured = details(texts.DIRECTIONS_DETAILS_TITLE, prose(texts.DIRECTIONS_DETAILS))
    return joined([*hints, tag("div", exact, data_for="digits"), tag("div", measured, data_for="directions")])


def neighbours(document: Document, by: str) -> Markup:
    """The k nearest operations by one of the three distances, with all three, and how the distances agree."""
    operation, k = document["operation"], document["k"]
    said = Markup(", ").join(_agreement(document, name) for name in texts.table("NEIGHBOURS_AGREEMENT"))
    measure = texts.table("MEASURE_NAMES")[document["measure"]]
    rows = [
        row(
            _with_name(one["index"]),
            number(one["distance"], 4),
            adic(one["distance_3adic"]),
            one["hamming"],
            one["valuation"],
            trit_row(one["trits"]),
            data_row=one["index"],
        )
        for one in document[by]
    ]
    head = (name.format(measure=measure) for name in texts.row("NEIGHBOURS_COLUMNS"))
    words = markup(texts.NEIGHBOURS_SUMMARY).format(
        count=k, operation=operation, name=_name(operation), by=texts.table("NEIGHBOURS_METHODS")[by], agreement=said
    )
    listed = scrolling(
        texts.NEIGHBOURS_TABLE.format(operation=f"{operation}{_name(operation)}"),
        table(head, rows, kind="numbers near"),
    )
    return tag("p", words) + table_exports() + listed


def _name(operation: int) -> str:
    """What follows an operation's number: its name in brackets, if it has one."""
    name = name_of(operation)
    return f" ({name})" if name else ""


def _with_name(operation: int) -> Markup:
    """A button that selects an operation, and its name if it has one."""
    name = name_of(operation)
    return operation_chip(operation) + (joined([" ", tag("em", name)]) if name else "")


def _agreement(document: Document, name: str) -> Markup:
    found = document["agreement"][name]
    within = adic(found["within"]) if name == "with_3adic" else f"{found['within']:g}"
    count = round(found["share"] * document["k"])
    return markup(texts.table("NEIGHBOURS_AGREEMENT")[name]).format(
        count=count, within=within, percent=number(100 * found["chance"], 2)
    )


def adic(distance: float) -> Markup:
    """A 3-adic distance as a power of three."""
    if distance == 0:
        return Markup("0")
    power = round(math.log(distance, 3))
    return joined(["3", tag("sup", number(power, 0))]) if power else Markup("1")


def geodesic(document: Document) -> Markup:
    """The steps between two operations: what is decoded, a slider, charts and a table."""
    points: list[dict[str, Any]] = document["points"]
    decoded = points[0]["index"] is not None
    met = len({one["index"] for one in points})
    passes = f" {texts.GEODESIC_DECODED.format(count=met)}" if decoded else ""
    slider = tag("input", type="range", min=0, max=len(points) - 1, value=0, step=1)
    shown = tag("span", class_="walk-now", role="status")
    angle = texts.GEODESIC_ANGLE if document["measure"] == "hyperbolic" else ""
    words = markup(texts.GEODESIC_SUMMARY).format(
        start=document["start"],
        start_name=_name(document["start"]),
        end=document["end"],
        end_name=_name(document["end"]),
        measure=texts.table("MEASURE_NAMES")[document["measure"]],
        length=number(document["length"], 4),
        steps=len(points) - 1,
    )
    parts = [
        tag("p", words, passes),
        quiet(f"{document['note']} ", tag("span", angle, data_for="digits")),
        tag("div", tag("label", f"{texts.GEODESIC_STEP} ", slider), shown, class_="walk-look"),
        _geodesic_charts(points, decoded),
        table_exports(),
        _geodesic_table(points, document["measure"]),
    ]
    return joined(parts)


def _geodesic_charts(points: Sequence[dict[str, Any]], decoded: bool) -> Markup:
    x = tuple(float(k) for k in range(len(points)))
    names = texts.pairs("GEODESIC_CHARTS")
    drawn = [Chart("walk-radius", *names["radius"], x, (Line("", tuple(one["radius"] for one in points)),))]
    if decoded:
        sure = Line("", tuple(one["confidence"] for one in points))
        drawn.append(Chart("walk-confidence", *names["confidence"], x, (sure,), reach=(0.0, 1.0)))
        deep = Line("", tuple(float(one["valuation"]) for one in points))
        drawn.append(Chart("walk-valuation", *names["valuation"], x, (deep,), 0, reach=(0.0, 9.0)))
    return charts(drawn)


def _geodesic_table(points: Sequence[dict[str, Any]], measure: str) -> Markup:
    gaps = any(one["gap"] for one in points)
    head = [name.format(measure=texts.table("MEASURE_NAMES")[measure]) for name in texts.row("GEODESIC_COLUMNS")]
    head += [texts.GEODESIC_GAP] if gaps else []
    rows = [_geodesic_row(k, one, gaps) for k, one in enumerate(points)]
    return scrolling(texts.GEODESIC_TABLE, table(head, rows, kind="numbers walk"))


def _geodesic_row(k: int, one: dict[str, Any], gaps: bool) -> Markup:
    index, dash = one["index"], "\u2013"
    words = texts.GEODESIC_STEP_PLACE if index is None else texts.GEODESIC_STEP_DECODED
    said = words.format(
        step=k,
        t=number(one["t"], 2),
        radius=number(one["radius"], 4),
        operation=index,
        confidence=number(one["confidence"], 4),
        valuation=one["valuation"],
    )
    return row(
        k,
        number(one["t"], 2),
        number(one["radius"], 4),
        dash if index is None else operation_chip(index),
        dash if index is None else trit_row(one["trits"]),
        number(one["confidence"], 4),
        dash if index is None else one["valuation"],
        *([number(one["gap"], 4)] if gaps else []),
        data_step=k,
        data_say=said,
    )


def point(decoded: Decoded, radius: float, degrees: float, note: str) -> Markup:
    """One decoded point: the operation, and for each position the trit, its probability and the three logits."""
    logits = decoded.logits[0].astype(np.float64)  # (9, 3)
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    cells = []
    for trit, probabilities, three in zip(decoded.trits[0].tolist(), shares, logits, strict=True):
        values = tag("small", " ".join(number(float(value), 1) for value in three))
        cells.append(joined([trit_tile(trit), f" {number(float(probabilities[trit + 1]), 3)}", values]))
    words = markup(texts.POINT_DECODED).format(
        radius=number(radius, 3),
        degrees=number(degrees, 2),
        operation=operation_chip(int(decoded.index[0])),
        valuation=decoded.valuation[0],
        confidence=number(float(decoded.confidence[0]), 4),
    )
    return tag("p", words, role="status") + truth_table(cells, texts.POINT_LOGITS, kind="logits") + quiet(note)
