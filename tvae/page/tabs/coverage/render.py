"""Coverage in depth as HTML, from what `robustness` found: confusion, calibration, noise, reach.

Every sentence that judges is computed from the numbers, and from the recipe that the file names; none from a name.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.robustness import (
    Bin,
    Calibration,
    Confusion,
    DecoderSupport,
    Integers,
    Noise,
    Robustness,
)
from tvae.operations import ternary
from tvae.page.tabs.coverage import sentences as depth_words
from tvae.page.tabs.coverage.sentences import Taught
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.charts.small_charts import percent, reliability
from tvae.page.ui.html import metric_tile, number, scrolling, trit_tile
from tvae.training.recipes.recipe import Recipe

TABLES: Final = ("confusion-by-position", "confusion-by-level", "calibration", "noise", "reach", "reach-by-level")
TRITS: Final = (-1, 0, 1)
SHOWN_LEVELS: Final = 4  # of the chart by level: 98.8 % of the operations


def page(evaluated: EvaluatedCheckpoint, found: Robustness) -> str:
    """All sections for one checkpoint."""
    reads = texts.table("DECODER_READS")[evaluated.embedding.decoder_input]
    head = (
        f'<p class="origin">{escape(evaluated.location.name)}, sha256 <code>{evaluated.checkpoint.sha256[:16]}</code>. '
        f"{escape(reads)} {escape(texts.SEEDED.format(seed=found.seed))}</p>"
    )
    plan = depth_words.recipe_of(evaluated)
    how = depth_words.taught(evaluated, plan)
    return (
        head
        + f'<div class="tiles">{"".join(_tiles(found))}</div>'
        + _section("confusion", _confusion(found.confusion), TABLES[:2])
        + _section("calibration", _calibration(found.calibration), TABLES[2:3])
        + _section("noise", _noise(found.noise, plan, how), TABLES[3:4])
        + _section("reach", _reach(found, plan, how), TABLES[4:])
    )


def _section(key: str, inside: str, tables: Sequence[str]) -> str:
    """A heading, its content, what its columns mean on demand, and its exports."""
    files = "".join(map(_files, tables))
    title, columns = texts.pairs("COVERAGE_SECTIONS")[key]
    return (
        f'<section class="depth" aria-labelledby="depth-{key}"><h2 id="depth-{key}">{escape(title)}</h2>{inside}'
        f'<details class="why"><summary>{escape(texts.WHAT_NUMBERS)}</summary><p>{escape(columns)}</p></details>'
        f'<div class="exports"><span>{texts.EXPORT_WORD}</span>{files}<span class="status" role="status"></span></div>'
        "</section>"
    )


def _files(table: str) -> str:
    """The buttons that save one table."""
    words = texts.table("COVERAGE_TABLES")[table]
    buttons = "".join(
        f'<button type="button" class="chip" data-export="{kind}" data-table="{table}" '
        f'aria-label="{texts.AS_FILE.format(title=words, kind=name)}">{name}</button>'
        for kind, name in (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))
    )
    return f"<span>{words}</span>{buttons}"


def _tiles(found: Robustness) -> list[str]:
    """The numbers that sum it up, each with its sentence."""
    calibration, noise = found.calibration, found.noise
    table = found.confusion.by_position
    wrong, total = int(table.sum() - np.trace(table, axis1=1, axis2=2).sum()), int(table.sum())
    at_one = noise.coverage[noise.deviations.index(1.0)]
    right = texts.ARE_RIGHT.format(percent=percent(1 - wrong / total, 4)) if wrong else texts.ALL_ARE_RIGHT
    accuracy = texts.RIGHT_SHARE.format(share=calibration.accuracy)
    rows = [
        ("wrong", f"{wrong:,}<small> / {total:,}</small>", right),
        ("confidence", number(calibration.confidence, 6), accuracy),
        ("ece", number(calibration.ece, 6), texts.ECE_BEST),
        ("one", percent(at_one), texts.AT_THE_MEAN.format(percent=percent(noise.coverage[0]))),
        ("sigma", f"{noise.sigma:.3f}<small> / {noise.spread:.3f}</small>", _times(noise)),
        ("prior", f"{found.prior.reached[-1]:,}", _of_ideal(found.prior)),
    ]
    if found.ball is not None:
        rows.append(("ball", f"{found.ball.reached[-1]:,}", _of_ideal(found.ball)))
    return [
        metric_tile(key, texts.table("COVERAGE_TILE_LABELS")[key], value, more, texts.table("COVERAGE_TILES")[key])
        for key, value, more in rows
    ]


def _times(noise: Noise) -> str:
    return texts.SPREADS.format(ratio=noise.sigma / noise.spread) if noise.spread else texts.NO_SPREAD


def _of_ideal(reach: DecoderSupport) -> str:
    return texts.OF_THE_IDEAL.format(percent=percent(reach.reached[-1] / reach.uniform[-1]))


def _confusion(confusion: Confusion) -> str:
    """Nine tables of counts in the shape of the truth table, and one row a level."""
    cells = "".join(_counts(position, table) for position, table in enumerate(confusion.by_position))
    grid = scrolling(texts.CONFUSION_BY_POSITION, f'<div class="confusion">{cells}</div>')
    return f'<p>{depth_words.worst(confusion)}</p><div class="columns">{grid}<div>{_levels(confusion)}</div></div>'


def _counts(position: int, table: Integers) -> str:
    """Rows: true trit, columns: decoded."""
    head = "".join(f'<th scope="col">{trit_tile(trit)}</th>' for trit in TRITS)
    body = ""
    for i, trit in enumerate(TRITS):
        cells = "".join(_count(int(count), i == j) for j, count in enumerate(table[i]))
        body += f'<tr><th scope="row">{trit_tile(trit)}</th>{cells}</tr>'
    caption = f"<caption>{depth_words.place(position)}</caption>"
    return f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"


def _count(count: int, right: bool) -> str:
    kind = "right" if right else "err" if count else "none"
    return f'<td class="{kind}">{count:,}</td>'


def _levels(confusion: Confusion) -> str:
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    head = "".join(f'<th scope="col">{trit_tile(i - 1)} \u2192 {trit_tile(j - 1)}</th>' for i, j in pairs)
    body = ""
    for v, table in enumerate(confusion.by_valuation):
        cells = "".join(_count(int(table[i, j]), False) for i, j in pairs)
        right = int(np.trace(table)) / int(table.sum())
        body += f'<tr><th scope="row">v = {v}</th><td>{int(table.sum()):,}</td><td>{percent(right, 2)}</td>{cells}</tr>'
    first = "".join(f'<th scope="col">{name}</th>' for name in texts.row("LEVELS_COLUMNS"))
    table = f'<table class="numbers levels"><thead><tr>{first}{head}</tr></thead><tbody>{body}</tbody></table>'
    return scrolling(texts.CONFUSION_BY_LEVEL, table)


def _calibration(calibration: Calibration) -> str:
    rows = "".join(
        f'<tr><th scope="row">{texts.FROM_TO.format(low=f"{one.low:.6g}", high=f"{one.high:.6g}")}</th>'
        f"<td>{one.count:,}</td>"
        f"<td>{number(one.confidence, 6)}</td><td>{number(one.accuracy, 6)}</td><td>{number(_gap(one), 6)}</td></tr>"
        for one in calibration.bins
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in texts.row("CALIBRATION_COLUMNS"))
    table = scrolling(
        texts.CALIBRATION_TABLE,
        f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )
    drawn = reliability(calibration.bins, texts.RELIABILITY)
    return f'<p>{escape(depth_words.doubt(calibration))}</p><div class="columns">{drawn}<div>{table}</div></div>'


def _gap(one: Bin) -> float | None:
    return None if one.accuracy is None or one.confidence is None else one.accuracy - one.confidence


def _noise(noise: Noise, plan: Recipe | None, how: Taught) -> str:
    common: dict[str, Any] = {
        "x": noise.deviations,
        "x_label": texts.DEVIATIONS,
        "x_digits": 2,
        "reach": (0.0, 1.0),
    }
    whole = Chart(
        "noise",
        *texts.pairs("COVERAGE_CHARTS")["noise"],
        lines=(Line(texts.EXACT, noise.coverage), Line(texts.TRITS, noise.trit_accuracy)),
        **common,
    )
    levels = Chart(
        "noise-levels",
        *texts.pairs("COVERAGE_CHARTS")["levels"],
        lines=tuple(Line(f"v = {v}", tuple(row[v] for row in noise.by_valuation)) for v in range(SHOWN_LEVELS)),
        **common,
    )
    sentences = " ".join(depth_words.noise_words(noise, plan, how))
    return f"<p>{escape(sentences)}</p>{charts((whole, levels))}"


def _reach(found: Robustness, plan: Recipe | None, how: Taught) -> str:
    drawn = [(texts.table("COVERAGE_SERIES")["prior"], found.prior)] + (
        [(texts.table("COVERAGE_SERIES")["ball"], found.ball)] if found.ball else []
    )
    lines = [Line(name, (0.0, *map(float, reach.reached))) for name, reach in drawn]
    chart = Chart(
        "reach",
        *texts.pairs("COVERAGE_CHARTS")["reach"],
        (0.0, *map(float, found.prior.samples)),
        (*lines, Line(texts.table("COVERAGE_SERIES")["ideal"], (0.0, *found.prior.uniform))),
        digits=0,
        x_label=texts.POINTS_DRAWN,
        limit=float(ternary.N),
    )
    first = _reached_table(drawn)
    return (
        f"<p>{escape(depth_words.reach_words(found, plan, how))}</p>"
        f'<div class="columns">{charts((chart,))}<div>{first}</div></div>'
        f"{_reached_levels(drawn)}"
    )


def _reached_table(drawn: Sequence[tuple[str, DecoderSupport]]) -> str:
    names = (
        texts.table("COVERAGE_SERIES")["points"],
        *(name for name, _ in drawn),
        texts.table("COVERAGE_SERIES")["ideal"],
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    first = drawn[0][1]
    rows = "".join(
        f'<tr><th scope="row">{m:,}</th>'
        + "".join(f"<td>{reach.reached[k]:,}</td>" for _, reach in drawn)
        + f"<td>{first.uniform[k]:,.0f}</td></tr>"
        for k, m in enumerate(first.samples)
    )
    return scrolling(
        texts.REACHED_TABLE,
        f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )


def _reached_levels(drawn: Sequence[tuple[str, DecoderSupport]]) -> str:
    head = "".join(f'<th scope="col">v = {v}</th>' for v in range(len(ternary.LEVEL_SIZES)))
    rows = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{percent(share)}</td>" for share in reach.by_valuation)
        + "</tr>"
        for name, reach in drawn
    )
    return scrolling(
        texts.REACHED_BY_LEVEL,
        f'<table class="numbers"><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )
