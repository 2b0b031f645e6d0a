"""The report about a repository, as a page that stands alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from tvae.analysis.comparison import best as comparison
from tvae.reports.publishing.model_card import PICTURE_SIZE
from tvae.reports.surveys.cells import NEAR, NO_VALUE, RADIUS_PLOT, SHOWN, label, minus, value
from tvae.reports.surveys.repository.files import MAX_FILES
from tvae.reports.surveys.repository.rows import Document, Statement, statements
from tvae.reports.surveys.stand_alone import Cell, document, heading, paragraph, picture, table

MAX_STATEMENTS: Final = 5_000  # in the report; the table has all


def html(about: Mapping[str, str], rows: Sequence[Document], left_out: int, best: Document | None, plot: str) -> str:
    """The text of the page. `plot` is the radius plot of the best file: a PNG in base64, or empty."""
    read = [row for row in rows if row["outcome"] == "measured"]
    unread = [row for row in rows if row["outcome"] != "measured"]
    body = [
        *(_section("Measured", _measured(read)) if read else ()),
        *_said([one for row in read for one in statements(row)]),
        *_plot(best, plot),
        *(_section("Not measured", _unread(unread)) if unread else ()),
    ]
    return document(f"Checkpoints of {about['repository']}", _lines(about, rows, left_out), body)


def _lines(about: Mapping[str, str], rows: Sequence[Document], left_out: int) -> list[str]:
    where = f"Revision {about['revision']}, measured" if about["revision"] else "A folder, measured"
    counted = Counter(row["outcome"] for row in rows)
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in counted.items())
    lines = [f"{where} with tvae {about['tvae']}.", f"{len(rows):,} checkpoint files: {counts or 'none'}."]
    if left_out:
        lines.append(f"{left_out:,} more are not in this report: it has the first {MAX_FILES:,} by path.")
    return lines


def _section(name: str, content: Markup) -> tuple[Markup, ...]:
    return heading(name), content


def _measured(rows: Sequence[Document]) -> Markup:
    near = any(row[f"{name}_{side}"] is not None for row in rows for name in NEAR for side in "ab")
    measures = [f"{name}_{side}" for name in (*SHOWN, *(NEAR if near else ())) for side in "ab"]
    columns = ("file", *(("status",) if near else ()), "bytes", "architecture", "coverage", *map(label, measures))
    lines = [
        (
            row["path"],
            *((row["status"] or NO_VALUE,) if near else ()),
            Cell(f"{row['bytes']:,}", row["bytes"]),
            row["architecture"],
            *(value(name, row[name]) for name in ("coverage", *measures)),
        )
        for row in rows
    ]
    return table("Measured", columns, lines)


def _said(said: Sequence[Statement]) -> list[Markup]:
    """What was claimed or stored, next to what is measured."""
    if not said:
        return [heading("Claimed and measured"), paragraph("Neither a card nor a file claims a number.")]
    lines = [
        (
            one.path,
            label(one.measure),
            one.source,
            Cell(minus(f"{one.said:.10g}"), one.said),
            value(one.measure, one.measured),
            value(one.measure, None if one.measured is None else one.measured - one.said),
        )
        for one in said[:MAX_STATEMENTS]
    ]
    words = (
        "Claimed: by the card, or published for this file. Stored: recorded in the file by its training, which often "
        "measures a sample. A number that names no encoder is compared with both."
    )
    more = len(said) - len(lines)
    rest = [paragraph(f"{more:,} more are in files.parquet.")] if more > 0 else []
    columns = ("file", "number", "source", "said", "measured", "difference")
    return [heading("Claimed and measured"), paragraph(words), table("Claimed and measured", columns, lines), *rest]


def _plot(best: Document | None, plot: str) -> list[Markup]:
    if best is None or not plot:
        return []
    line = f"{best['path']} reconstructs {best['reconstructed']:,} operations. The best file is {comparison.RULE}."
    shown = picture(plot, f"{RADIUS_PLOT}: {best['path']}", *PICTURE_SIZE)
    return [heading("The best file"), paragraph(line), shown]


def _unread(rows: Sequence[Document]) -> Markup:
    lines = [
        (row["path"], Cell(f"{row['bytes']:,}", row["bytes"]), row["outcome"], row["error"] or NO_VALUE) for row in rows
    ]
    return table("Not measured", ("file", "bytes", "outcome", "why"), lines)
