"""HTML of all checkpoints: the table of one encoder, and the chart of two measures of both."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from tvae.analysis.comparison.rules import DIRECTION, low_is_good
from tvae.page.ui import texts
from tvae.page.ui.charts.dot_chart import Legend, dots
from tvae.page.ui.charts.plotly_json import ENCODER_MARKS, Axis, Dot, measured_dot
from tvae.page.ui.html import Cell, cell, chip, joined, number, quiet, row, scrolling, table, table_exports, tag
from tvae.reports import leaderboard
from tvae.reports.checkpoints import Document

MEASURES: Final = tuple(DIRECTION)  # that a column or an axis can have
USUAL: Final = (
    *("coverage", "hierarchy", "overlaps", "richness"),
    *("q", "tree_fidelity", "map_27", "average_distortion"),
)  # columns until the visitor chooses others
HEIGHT: Final = 240  # of the chart's area
MAX_NAMED: Final = 100  # dots; of more, only those of the front have names

Titles = Mapping[str, str]  # name of a checkpoint -> as the page shows it


def labels() -> dict[str, str]:
    """The name of each measure on the page."""
    return {**texts.table("METRICS"), "coverage_b": texts.BOARD_COVERAGE_B, **texts.table("TREE_MEASURES")}


def board(rows: Sequence[Document], titles: Titles, encoder: str, columns: Sequence[str]) -> Markup:
    """The table of one encoder, with a column for each of these measures, and the buttons that export all of them."""
    named = labels()
    best = {name: "low" if low_is_good(name) else "high" for name in columns}
    head = [
        *(
            _heading(key, words, "low", kind="word")
            for key, words in (
                ("checkpoint", texts.BOARD_CHECKPOINT),
                ("status", texts.BOARD_STATUS),
                ("source", texts.BOARD_ORIGIN),
            )
        ),
        *(_heading(name, named[name], best[name]) for name in columns),
    ]
    body = [_row(one, titles.get(one["checkpoint"], one["checkpoint"]), encoder, columns) for one in rows]
    exported = table_exports(texts.BOARD_COUNT.format(count=len(rows), encoder=encoder))
    return joined([exported, scrolling(texts.BOARD_TITLE, table(head, body))])


def _heading(key: str, words: str, best: str, kind: str | None = None) -> Cell:
    """A heading that sorts; `best`: whether low or high is good, which comes first."""
    label = texts.BOARD_SORT.format(name=words)
    button = tag("button", words, type="button", data_sort=key, data_best=best, aria_label=label)
    return cell(button, scope="col", class_=kind)


def _row(one: Document, title: str, encoder: str, columns: Sequence[str]) -> Markup:
    name = one["checkpoint"]
    opened = tag(
        "button", title, type="button", class_="open", data_open=name, title=texts.BOARD_OPEN.format(name=title)
    )
    words = texts.BOARD_COMPARE.format(name=title)
    compared = chip("\u21c4", data_compare=name, aria_label=words, title=words)
    return row(
        cell(one["status"], class_="word"),
        cell(texts.table("BOARD_SOURCES")[one["source"]], class_="word"),
        *(_cell(one, encoder, column) for column in columns),
        head=cell(tag("span", opened, compared, class_="named"), scope="row"),
        data_row=name,
    )


def _cell(one: Document, encoder: str, name: str) -> Cell:
    """What was measured, and below it what was claimed."""
    measured, claimed = leaderboard.value(one, encoder, name), leaderboard.claim(one, encoder, name)
    inside: list[object] = [] if measured is None else [number(measured, leaderboard.DIGITS[name])]
    if claimed is not None:
        words = texts.BOARD_CLAIMED.format(value=f"{claimed:g}".replace("-", "\u2212"))
        inside.append(tag("span", words, class_="claim"))
    gain = None if measured is None else leaderboard.gain(one, encoder, name)
    return cell(*(inside or [number(None, 0)]), data_gain=gain, data_claim=claimed)


def chart(rows: Sequence[Document], titles: Titles, x: str, y: str) -> Markup:
    """A dot for each encoder that has both measures, and an outline for each pair that was claimed; with the front."""
    drawn = [
        measured_dot(one, titles.get(one.row["checkpoint"], one.row["checkpoint"]))
        for one in leaderboard.pairs(rows, x, y)
    ]
    claimed = _claimed(rows, x, y)
    if not drawn and not claimed:
        return quiet(texts.BOARD_NO_DOTS)
    pair = texts.PAIR.format(x=labels()[x], y=labels()[y])
    words = f"{texts.BOARD_CHART.format(pair=pair)} {texts.BOARD_CHART_WORDS}"
    named = texts.table("BOARD_LEGEND")
    legend = [Legend(mark, True, named[encoder]) for encoder, mark in ENCODER_MARKS.items()]
    legend.append(Legend("disk", False, named["claimed"]))
    return dots([*claimed, *drawn], words, pair, _axis(x), _axis(y), legend, HEIGHT, len(drawn) <= MAX_NAMED)


def _claimed(rows: Sequence[Document], x: str, y: str) -> list[Dot]:
    """What was claimed: a pair for each encoder, or one if the claim does not name the encoder."""
    found: dict[tuple[str, float, float], Dot] = {}
    for one in rows:
        for encoder in "AB":
            a, b = leaderboard.claim(one, encoder, x), leaderboard.claim(one, encoder, y)
            if a is not None and b is not None:
                name = texts.BOARD_DOT_CLAIMED.format(name=one["checkpoint"])
                found.setdefault((name, a, b), Dot(a, b, name, filled=False, front=False, mark=ENCODER_MARKS[encoder]))
    return list(found.values())


def _axis(name: str) -> Axis:
    low = low_is_good(name)
    return Axis((texts.BOARD_LOW if low else texts.BOARD_HIGH).format(name=labels()[name]), reversed=low)
