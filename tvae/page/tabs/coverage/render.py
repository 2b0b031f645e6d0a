"""HTML of the Coverage tab, from the results of `robustness`: confusion, calibration, noise, decoder support.

Every verdict is computed from the numbers and from the recipe that the file names, never from the checkpoint's name.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from markupsafe import Markup

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
from tvae.page.selection.checkpoint.checkpoints import title_of
from tvae.page.tabs.coverage import sentences
from tvae.page.tabs.coverage.sentences import Taught
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.charts.small_charts import percent, reliability
from tvae.page.ui.html import (
    Cell,
    cell,
    details,
    entry_name,
    export_chips,
    exports,
    joined,
    metric_tile,
    number,
    origin,
    row,
    scrolling,
    table,
    tag,
    trit_tile,
)
from tvae.training.recipes.recipe import Recipe

TABLES: Final = ("confusion-by-position", "confusion-by-level", "calibration", "noise", "reach", "reach-by-level")
TRITS: Final = (-1, 0, 1)
SHOWN_LEVELS: Final = 4  # of the chart by level: 98.8 % of the operations


def page(evaluated: EvaluatedCheckpoint, found: Robustness) -> Markup:
    """All sections for one checkpoint."""
    reads = texts.table("DECODER_READS")[evaluated.embedding.decoder_input]
    notes = f". {reads} {texts.SEEDED.format(seed=found.seed)}"
    plan = sentences.recipe_of(evaluated)
    how = sentences.taught(evaluated, plan)
    parts = [
        origin(title_of(evaluated.location), evaluated.checkpoint.sha256, notes),
        tag("div", *_tiles(found), class_="tiles"),
        _section("confusion", _confusion(found.confusion), TABLES[:2]),
        _section("calibration", _calibration(found.calibration), TABLES[2:3]),
        _section("noise", _noise(found.noise, plan, how), TABLES[3:4]),
        _section("reach", _reach(found, plan, how), TABLES[4:]),
    ]
    return joined(parts)


def _section(key: str, inside: Markup, tables: Sequence[str]) -> Markup:
    """A section: heading, content, an explanation of its columns that opens, and exports."""
    title, columns = texts.pairs("COVERAGE_SECTIONS")[key]
    names = texts.table("COVERAGE_TABLES")
    files = [joined([tag("span", names[one]), *export_chips(one, names[one])]) for one in tables]
    return tag(
        "section",
        tag("h2", title, id=f"depth-{key}"),
        inside,
        details(texts.WHAT_NUMBERS, tag("p", columns)),
        exports(texts.EXPORT_WORD, *files),
        class_="depth",
        aria_labelledby=f"depth-{key}",
    )


def _tiles(found: Robustness) -> list[Markup]:
    """The summary numbers, each with its explanation."""
    calibration, noise = found.calibration, found.noise
    counts = found.confusion.by_position
    wrong, total = int(counts.sum() - np.trace(counts, axis1=1, axis2=2).sum()), int(counts.sum())
    at_one = noise.coverage[noise.deviations.index(1.0)]
    right = texts.ARE_RIGHT.format(percent=percent(1 - wrong / total, 4)) if wrong else texts.ALL_ARE_RIGHT
    accuracy = texts.RIGHT_SHARE.format(share=calibration.accuracy)
    rows = [
        ("wrong", _of(f"{wrong:,}", f"{total:,}"), right),
        ("confidence", number(calibration.confidence, 6), accuracy),
        ("ece", number(calibration.ece, 6), texts.ECE_BEST),
        ("one", percent(at_one), texts.AT_THE_MEAN.format(percent=percent(noise.coverage[0]))),
        ("sigma", _of(f"{noise.sigma:.3f}", f"{noise.spread:.3f}"), _times(noise)),
        ("prior", f"{found.prior.reached[-1]:,}", _of_ideal(found.prior)),
    ]
    if found.ball is not None:
        rows.append(("ball", f"{found.ball.reached[-1]:,}", _of_ideal(found.ball)))
    labels, explanations = texts.table("COVERAGE_TILE_LABELS"), texts.table("COVERAGE_TILES")
    return [metric_tile(key, labels[key], value, more, explanations[key]) for key, value, more in rows]


def _of(part: str, whole: str) -> Markup:
    return joined([part, tag("small", f" / {whole}")])


def _times(noise: Noise) -> str:
    return texts.SPREADS.format(ratio=noise.sigma / noise.spread) if noise.spread else texts.NO_SPREAD


def _of_ideal(reach: DecoderSupport) -> str:
    ideal = reach.uniform[-1]
    return texts.OF_THE_IDEAL.format(percent=percent(reach.reached[-1] / ideal), ideal=f"{ideal:,.0f}")


def _confusion(confusion: Confusion) -> Markup:
    """Nine tables of counts arranged like the truth table, and a table with one row per level."""
    nine = [_counts(position, counts) for position, counts in enumerate(confusion.by_position)]
    grid = scrolling(texts.CONFUSION_BY_POSITION, tag("div", *nine, class_="confusion"))
    columns = tag("div", grid, tag("div", _levels(confusion)), class_="columns")
    return tag("p", sentences.worst(confusion)) + columns


def _counts(position: int, counts: Integers) -> Markup:
    """Rows: true trit, columns: decoded."""
    tiles = [trit_tile(trit) for trit in TRITS]
    rows = [
        row(*(_count(int(count), i == j) for j, count in enumerate(counts[i])), head=tile)
        for i, tile in enumerate(tiles)
    ]
    return table([cell(), *tiles], rows, kind=None, caption=entry_name(position))


def _count(count: int, right: bool) -> Cell:
    return cell(f"{count:,}", class_="right" if right else "err" if count else "none")


def _levels(confusion: Confusion) -> Markup:
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    head = (joined([trit_tile(i - 1), " \u2192 ", trit_tile(j - 1)]) for i, j in pairs)
    rows = []
    for v, counts in enumerate(confusion.by_valuation):
        total, right = int(counts.sum()), int(np.trace(counts)) / int(counts.sum())
        cells = (_count(int(counts[i, j]), False) for i, j in pairs)
        rows.append(row(f"{total:,}", percent(right, 2), *cells, head=f"v = {v}"))
    listed = table([*texts.row("LEVELS_COLUMNS"), *head], rows, kind="numbers levels")
    return scrolling(texts.CONFUSION_BY_LEVEL, listed)


def _calibration(calibration: Calibration) -> Markup:
    rows = [
        row(
            f"{one.count:,}",
            *(number(value, 6) for value in (one.confidence, one.accuracy, _gap(one))),
            head=texts.FROM_TO.format(low=f"{one.low:.6g}", high=f"{one.high:.6g}"),
        )
        for one in calibration.bins
    ]
    listed = scrolling(texts.CALIBRATION_TABLE, table(texts.row("CALIBRATION_COLUMNS"), rows))
    drawn = reliability(calibration.bins, texts.RELIABILITY, texts.RELIABILITY_NAME)
    return tag("p", sentences.doubt(calibration)) + tag("div", drawn, tag("div", listed), class_="columns")


def _gap(one: Bin) -> float | None:
    return None if one.accuracy is None or one.confidence is None else one.accuracy - one.confidence


def _noise(noise: Noise, plan: Recipe | None, how: Taught) -> Markup:
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
        lines=tuple(Line(f"v = {v}", tuple(shares[v] for shares in noise.by_valuation)) for v in range(SHOWN_LEVELS)),
        **common,
    )
    return tag("p", " ".join(sentences.noise_words(noise, plan, how))) + charts((whole, levels))


def _reach(found: Robustness, plan: Recipe | None, how: Taught) -> Markup:
    names = texts.table("COVERAGE_SERIES")
    drawn = [(names["prior"], found.prior), *([(names["ball"], found.ball)] if found.ball else [])]
    lines = [Line(name, (0.0, *map(float, reach.reached))) for name, reach in drawn]
    chart = Chart(
        "reach",
        *texts.pairs("COVERAGE_CHARTS")["reach"],
        (0.0, *map(float, found.prior.samples)),
        (*lines, Line(names["ideal"], (0.0, *found.prior.uniform))),
        digits=0,
        x_label=texts.POINTS_DRAWN,
        limit=float(ternary.N),
    )
    columns = tag("div", charts((chart,)), tag("div", _reached_table(drawn)), class_="columns")
    return joined([tag("p", sentences.reach_words(found, plan, how)), columns, _reached_levels(drawn)])


def _reached_table(drawn: Sequence[tuple[str, DecoderSupport]]) -> Markup:
    names = texts.table("COVERAGE_SERIES")
    first = drawn[0][1]
    rows = [
        row(*(f"{reach.reached[k]:,}" for _, reach in drawn), f"{first.uniform[k]:,.0f}", head=f"{m:,}")
        for k, m in enumerate(first.samples)
    ]
    head = [names["points"], *(name for name, _ in drawn), names["ideal"]]
    return scrolling(texts.REACHED_TABLE, table(head, rows))


def _reached_levels(drawn: Sequence[tuple[str, DecoderSupport]]) -> Markup:
    head = [cell(), *(f"v = {v}" for v in range(len(ternary.LEVEL_SIZES)))]
    rows = [row(*map(percent, reach.by_valuation), head=name) for name, reach in drawn]
    return scrolling(texts.REACHED_BY_LEVEL, table(head, rows))
