"""What the page says of chosen operations as HTML: truth table, facts, result table, examples."""

from collections.abc import Sequence
from html import escape
from typing import Any

from tvae.models.embedding import EncodedOperation
from tvae.page.ui import texts
from tvae.page.ui.html import (
    chips,
    number,
    scrolling,
    table_export_buttons,
    trit_class,
    trit_row,
    trit_tile,
)
from tvae.reports.palette import TRIT_SIGNS

MAX_ROWS = 100  # of the result table on the page; the exports have all


def examples() -> str:
    """Example texts as buttons."""
    buttons = "".join(
        f'<button type="button" class="chip" data-text="{escape(text)}">{escape(text)}</button>'
        for text in texts.row("EXAMPLES")
    )
    return f'<p class="chips" aria-label="{texts.EXAMPLES_LABEL}">{buttons}</p>'


def truth_editor(row: EncodedOperation, around: Sequence[tuple[int, float]], chosen: bool) -> str:
    """The 3x3 truth table that is clicked, and beside it what the checkpoint makes of it."""
    hint = "" if chosen else f'<p class="quiet">{escape(texts.NOTHING_SELECTED)}</p>'
    tables = _table("edit", row["trits"], None) + _table("decoded", row["reconstruction"], row["trits"])
    return f'<div class="truth"><div class="tables">{tables}</div>{_facts(row, around)}{hint}</div>'


def _table(kind: str, trits: Sequence[int], right: Sequence[int] | None) -> str:
    caption = texts.TRUTH_TABLE if kind == "edit" else texts.DECODED_TABLE
    head = "".join(f'<th scope="col">{TRIT_SIGNS[b]}</th>' for b in (-1, 0, 1))
    body = ""
    for a in range(3):
        cells = "".join(_cell(kind, 3 * a + b, trits, right) for b in range(3))
        body += f'<tr><th scope="row">{TRIT_SIGNS[a - 1]}</th>{cells}</tr>'
    return (
        f'<table class="op {kind}"><caption>{caption}</caption><thead><tr><td class="corner">a\\b</td>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def _cell(kind: str, position: int, trits: Sequence[int], right: Sequence[int] | None) -> str:
    trit = trits[position]
    if kind != "edit":
        return f"<td>{trit_tile(trit, right[position] if right else None)}</td>"
    where = f"f({TRIT_SIGNS[position // 3 - 1]}, {TRIT_SIGNS[position % 3 - 1]})"
    return (
        f'<td><button type="button" class="trit {trit_class(trit)}" data-position="{position}" data-trit="{trit}" '
        f'aria-label="{texts.CHANGE_TRIT.format(place=where, sign=TRIT_SIGNS[trit])}">{TRIT_SIGNS[trit]}</button></td>'
    )


def _facts(row: EncodedOperation, around: Sequence[tuple[int, float]]) -> str:
    facts = texts.table("FACTS")
    name = f" <em>{escape(row['name'])}</em>" if row["name"] else ""
    exact = texts.IS_EXACT if row["exact"] else texts.IS_NOT_EXACT
    unit = facts["radius" if row["norm_a"] is not None else "length"]
    near = " ".join(
        f'<button type="button" class="chip" data-index="{i}" title="{texts.AT_DISTANCE.format(distance=distance)}">'
        f"{i}</button>"
        for i, distance in around
    )
    norms = ""
    if row["norm_a"] is not None:
        norms = f"<dt>{facts['norm']}</dt><dd>{number(row['norm_a'], 4)}, {number(row['norm_b'], 4)}</dd>"
    return (
        f'<dl class="facts"><dt>{facts["operation"]}</dt><dd><strong>{row["index"]}</strong>{name}</dd>'
        f"<dt>{facts['valuation']}</dt><dd>{row['valuation']}</dd>"
        f"<dt>{unit}</dt><dd>{number(row['radius_a'], 4)}, {number(row['radius_b'], 4)}</dd>{norms}"
        f'<dt>{facts["decoder"]}</dt><dd><span class="{"good" if row["exact"] else "bad"}">{exact}</span>, '
        f"{texts.LEAST_CONFIDENCE.format(confidence=number(row['confidence'], 4))}</dd>"
        f"<dt>{facts['nearest']}</dt><dd>{near}</dd></dl>"
    )


def results(rows: Sequence[EncodedOperation], near: Sequence[Sequence[int]], total: int) -> str:
    """The result table of the chosen operations, at most `MAX_ROWS` of them; nothing where none is chosen."""
    if not rows:
        return ""
    more = f" {texts.FIRST_ARE_SHOWN.format(count=len(rows))}" if total > len(rows) else ""
    head = "".join(f'<th scope="col">{name}</th>' for name in texts.row("SELECTED_COLUMNS"))
    body = "".join(_row(row, around) for row, around in zip(rows, near, strict=True))
    table = f'<table class="numbers results"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    count = texts.SELECTED_COUNT.format(count=total)
    return f'<div class="exports"><span>{count}{more}</span>{table_export_buttons()}</div>' + scrolling(
        texts.SELECTED_TABLE, table
    )


def _row(row: EncodedOperation, around: Sequence[int]) -> str:
    decoded = (
        f'<span class="good">{texts.EXACT}</span>' if row["exact"] else trit_row(row["reconstruction"], row["trits"])
    )
    cells: list[Any] = [
        f'<button type="button" class="chip" data-show="{row["index"]}">{row["index"]}</button>',
        trit_row(row["trits"]),
        escape(row["name"] or ""),
        row["valuation"],
        *(number(row[key], 6) for key in ("norm_a", "norm_b", "radius_a", "radius_b")),
        decoded,
        number(row["confidence"], 4),
        chips(around),
    ]
    return f'<tr data-row="{row["index"]}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
