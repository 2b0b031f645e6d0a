"""What the ball's tab shows as HTML: neighbours, the steps of a way, a decoded point."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np

from tvae.explorer_reports import Document
from tvae.page import texts
from tvae.page.curves import Chart, Line, charts
from tvae.page.html import number, prose, scrolling, tile, tiles
from tvae.palette import TRIT_SIGNS
from tvae.walk import Decoded

_EXPORTS: Final = (
    '<button type="button" class="chip" data-export="csv">Export CSV</button>'
    '<button type="button" class="chip" data-export="json">Export JSON</button>'
    '<button type="button" class="chip" data-export="parquet">Export Parquet</button>'
    '<span class="status" role="status"></span>'
)


def explanation() -> str:
    """How to use the disk; what is exact on demand."""
    more = f"<details class='why'><summary>{texts.BALL_MORE_TITLE}</summary>{prose(texts.BALL_MORE)}</details>"
    return f'<p class="quiet">{escape(texts.BALL_KEYS)}</p>{more}'


def neighbours(document: Document, by: str) -> str:
    """The table of the k nearest by one distance, with all three distances, and how they agree."""
    operation, k = document["operation"], document["k"]
    said = "".join(_agreement(document, words, name) for words, name in _DISTANCES)
    head = "".join(
        f'<th scope="col">{escape(name)}</th>'
        for name in ("index", "trits", "v", document["measure"], "3-adic", "Hamming")
    )
    body = "".join(
        f'<tr data-row="{row["index"]}"><td><button type="button" class="chip" data-index="{row["index"]}">'
        f"{row['index']}</button></td><td>{tiles(row['trits'])}</td><td>{row['valuation']}</td>"
        f"<td>{number(row['distance'], 4)}</td><td>{adic(row['distance_3adic'])}</td><td>{row['hamming']}</td></tr>"
        for row in document[by]
    )
    table = f'<table class="numbers near"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return (
        f"<p>The {k} nearest of operation <strong>{operation}</strong> by {texts.BALL_BY[by]}. Of those by the model, "
        f"{said}.</p><div class='exports'>{_EXPORTS}</div>" + scrolling(f"Neighbours of operation {operation}", table)
    )


_DISTANCES: Final = (("3-adic", "with_3adic"), ("Hamming", "with_hamming"))


def _agreement(document: Document, words: str, name: str) -> str:
    found = document["agreement"][name]
    within = adic(found["within"]) if name == "with_3adic" else f"{found['within']:g}"
    count = round(found["share"] * document["k"])
    return (
        f"{', ' if name == 'with_hamming' else ''}{count} lie within {words} distance {within} "
        f"(by chance {number(100 * found['chance'], 2)} %)"
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
    passes = f" The decoder names {met} operations on it." if decoded else ""
    slider = (
        f'<div class="walk-look"><label>Step <input type="range" min="0" max="{len(points) - 1}" value="0" step="1">'
        "</label>"
        '<span class="walk-now" role="status"></span></div>'
    )
    angle = f" {texts.BALL_ANGLE}" if document["measure"] == "hyperbolic" else ""
    return (
        f"<p>From operation <strong>{document['start']}</strong> to <strong>{document['end']}</strong>: "
        f"{document['measure']} length {length}, {len(points) - 1} steps.{passes}</p>"
        f'<p class="quiet">{escape(document["note"] + angle)}</p>{slider}{_way_charts(points, decoded)}'
        f"<div class='exports'>{_EXPORTS}</div>{_way_table(points, document['measure'])}"
    )


def _way_charts(points: Sequence[dict[str, Any]], decoded: bool) -> str:
    x = tuple(float(k) for k in range(len(points)))
    drawn = [Chart("walk-radius", "Radius", "radius", x, (Line("", tuple(row["radius"] for row in points)),))]
    if decoded:
        sure = Line("", tuple(row["confidence"] for row in points))
        drawn.append(Chart("walk-confidence", "Confidence", "least confidence", x, (sure,), reach=(0.0, 1.0)))
        deep = Line("", tuple(float(row["valuation"]) for row in points))
        drawn.append(Chart("walk-valuation", "Valuation decoded", "valuation", x, (deep,), 0, reach=(0.0, 9.0)))
    return charts(drawn)


def _way_table(points: Sequence[dict[str, Any]], measure: str) -> str:
    gaps = any(row["gap"] for row in points)
    names = ["step", "t", f"radius ({measure})", "decoded", "trits", "confidence", "v", *(["gap"] if gaps else [])]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(_way_row(k, row, gaps) for k, row in enumerate(points))
    return scrolling(
        "Steps of the way", f'<table class="numbers walk"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _way_row(k: int, row: dict[str, Any], gaps: bool) -> str:
    index, dash = row["index"], "\u2013"
    said = f"{k}: t {number(row['t'], 2)}, radius {number(row['radius'], 4)}"
    if index is not None:
        said += f", operation {index}, confidence {number(row['confidence'], 4)}, valuation {row['valuation']}"
    cells = [
        str(k),
        number(row["t"], 2),
        number(row["radius"], 4),
        dash if index is None else f'<button type="button" class="chip" data-index="{index}">{index}</button>',
        dash if index is None else tiles(row["trits"]),
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
    return (
        f'<p role="status">Radius {number(radius, 3)}, angle {number(degrees, 2)}\u00b0 is decoded as operation '
        f'<button type="button" class="chip" data-index="{index}">{index}</button>, valuation {decoded.valuation[0]}, '
        f"least confidence {number(float(decoded.confidence[0]), 4)}.</p>"
        f'<table class="logits"><caption>trit and its probability; logits of \u2212, 0, +</caption><thead><tr>'
        f'<td>a\\b</td>{head}</tr></thead><tbody>{body}</tbody></table><p class="quiet">{escape(note)}</p>'
    )


def _logits(trit: int, shares: Sequence[float], logits: Sequence[float]) -> str:
    values = " ".join(number(float(value), 1) for value in logits)
    return f"<td>{tile(int(trit))} {number(float(shares[int(trit) + 1]), 3)}<small>{values}</small></td>"
