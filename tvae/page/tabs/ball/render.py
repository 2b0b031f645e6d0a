"""What the ball's tab shows as HTML: neighbours, the steps of a way, a decoded point."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from tvae.analysis.geodesics import Decoded
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.html import (
    number,
    prose,
    scrolling,
    table_export_buttons,
    trit_row,
    trit_tile,
)
from tvae.reports.explorer import Document
from tvae.reports.palette import TRIT_SIGNS


def explanation() -> str:
    """How to use the disk; what is exact on demand."""
    more = f"<details class='why'><summary>{texts.BALL_DETAILS_TITLE}</summary>{prose(texts.BALL_DETAILS)}</details>"
    return f'<p class="quiet">{escape(texts.BALL_KEYS)}</p>{more}'


def neighbours(document: Document, by: str) -> str:
    """The table of the k nearest by one distance, with all three distances, and how they agree."""
    operation, k = document["operation"], document["k"]
    said = ", ".join(_agreement(document, name) for name in texts.table("NEIGHBOURS_AGREEMENT"))
    names = [
        name.format(measure=texts.table("MEASURE_NAMES")[document["measure"]])
        for name in texts.row("NEIGHBOURS_COLUMNS")
    ]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr data-row="{row["index"]}"><td><button type="button" class="chip" data-index="{row["index"]}">'
        f"{row['index']}</button></td><td>{number(row['distance'], 4)}</td><td>{adic(row['distance_3adic'])}</td>"
        f"<td>{row['hamming']}</td><td>{row['valuation']}</td><td>{trit_row(row['trits'])}</td></tr>"
        for row in document[by]
    )
    table = f'<table class="numbers near"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    words = texts.NEIGHBOURS_SUMMARY.format(
        count=k, operation=operation, by=texts.table("NEIGHBOURS_METHODS")[by], agreement=said
    )
    label = texts.NEIGHBOURS_TABLE.format(operation=operation)
    return f"<p>{words}</p><div class='exports'>{table_export_buttons()}</div>" + scrolling(label, table)


def _agreement(document: Document, name: str) -> str:
    found = document["agreement"][name]
    within = adic(found["within"]) if name == "with_3adic" else f"{found['within']:g}"
    count = round(found["share"] * document["k"])
    return texts.table("NEIGHBOURS_AGREEMENT")[name].format(
        count=count, within=within, percent=number(100 * found["chance"], 2)
    )


def adic(distance: float) -> str:
    """A 3-adic distance as the power of three that it is."""
    power = round(math.log(distance, 3)) if distance > 0 else None
    return "0" if power is None else f"3<sup>{str(power).replace('-', chr(0x2212))}</sup>" if power else "1"


def way(document: Document) -> str:
    """The steps between two operations: what is decoded from what, a slider, two charts, the table."""
    points: list[dict[str, Any]] = document["points"]
    length = number(document["length"], 4)
    decoded = points[0]["index"] is not None
    met = len({row["index"] for row in points})
    passes = f" {texts.GEODESIC_DECODED.format(count=met)}" if decoded else ""
    slider = (
        f'<div class="walk-look"><label>{texts.GEODESIC_STEP} '
        f'<input type="range" min="0" max="{len(points) - 1}" value="0" step="1"></label>'
        '<span class="walk-now" role="status"></span></div>'
    )
    angle = f" {texts.GEODESIC_ANGLE}" if document["measure"] == "hyperbolic" else ""
    words = texts.GEODESIC_SUMMARY.format(
        start=document["start"],
        end=document["end"],
        measure=texts.table("MEASURE_NAMES")[document["measure"]],
        length=length,
        steps=len(points) - 1,
    )
    return (
        f"<p>{words}{passes}</p>"
        f'<p class="quiet">{escape(document["note"] + angle)}</p>{slider}{_way_charts(points, decoded)}'
        f"<div class='exports'>{table_export_buttons()}</div>{_way_table(points, document['measure'])}"
    )


def _way_charts(points: Sequence[dict[str, Any]], decoded: bool) -> str:
    x = tuple(float(k) for k in range(len(points)))
    names = texts.pairs("GEODESIC_CHARTS")
    drawn = [Chart("walk-radius", *names["radius"], x, (Line("", tuple(row["radius"] for row in points)),))]
    if decoded:
        sure = Line("", tuple(row["confidence"] for row in points))
        drawn.append(Chart("walk-confidence", *names["confidence"], x, (sure,), reach=(0.0, 1.0)))
        deep = Line("", tuple(float(row["valuation"]) for row in points))
        drawn.append(Chart("walk-valuation", *names["valuation"], x, (deep,), 0, reach=(0.0, 9.0)))
    return charts(drawn)


def _way_table(points: Sequence[dict[str, Any]], measure: str) -> str:
    gaps = any(row["gap"] for row in points)
    names = [name.format(measure=texts.table("MEASURE_NAMES")[measure]) for name in texts.row("GEODESIC_COLUMNS")]
    names += [texts.GEODESIC_GAP] if gaps else []
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(_way_row(k, row, gaps) for k, row in enumerate(points))
    return scrolling(
        texts.GEODESIC_TABLE, f'<table class="numbers walk"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _way_row(k: int, row: dict[str, Any], gaps: bool) -> str:
    index, dash = row["index"], "\u2013"
    words = texts.GEODESIC_STEP_PLACE if index is None else texts.GEODESIC_STEP_DECODED
    said = words.format(
        step=k,
        t=number(row["t"], 2),
        radius=number(row["radius"], 4),
        operation=index,
        confidence=number(row["confidence"], 4),
        valuation=row["valuation"],
    )
    cells = [
        str(k),
        number(row["t"], 2),
        number(row["radius"], 4),
        dash if index is None else f'<button type="button" class="chip" data-index="{index}">{index}</button>',
        dash if index is None else trit_row(row["trits"]),
        number(row["confidence"], 4),
        dash if index is None else str(row["valuation"]),
        *([number(row["gap"], 4)] if gaps else []),
    ]
    return f'<tr data-step="{k}" data-say="{escape(said)}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def point(decoded: Decoded, radius: float, degrees: float, note: str) -> str:
    """One decoded point: the operation, and for each position the trit, its probability and the three logits."""
    logits = decoded.logits[0].astype(np.float64)  # (9, 3)
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    index = int(decoded.index[0])
    head = "".join(f'<th scope="col">{TRIT_SIGNS[b]}</th>' for b in (-1, 0, 1))
    body = ""
    for a in range(3):
        cells = "".join(_logits(decoded.trits[0, 3 * a + b], shares[3 * a + b], logits[3 * a + b]) for b in range(3))
        body += f'<tr><th scope="row">{TRIT_SIGNS[a - 1]}</th>{cells}</tr>'
    words = texts.POINT_DECODED.format(
        radius=number(radius, 3),
        degrees=number(degrees, 2),
        operation=f'<button type="button" class="chip" data-index="{index}">{index}</button>',
        valuation=decoded.valuation[0],
        confidence=number(float(decoded.confidence[0]), 4),
    )
    return (
        f'<p role="status">{words}</p>'
        f'<table class="logits"><caption>{texts.POINT_LOGITS}</caption><thead><tr>'
        f'<td>a\\b</td>{head}</tr></thead><tbody>{body}</tbody></table><p class="quiet">{escape(note)}</p>'
    )


def _logits(trit: int, shares: Sequence[float], logits: Sequence[float]) -> str:
    values = " ".join(number(float(value), 1) for value in logits)
    return f"<td>{trit_tile(int(trit))} {number(float(shares[int(trit) + 1]), 3)}<small>{values}</small></td>"
