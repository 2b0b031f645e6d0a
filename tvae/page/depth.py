"""Coverage in depth as HTML, from what `robustness` found: confusion, calibration, noise, reach.

Every sentence that judges is computed from the numbers, and from the recipe that the file names; none from a name.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np

from tvae import ternary
from tvae.loading import Located
from tvae.measuring import Measured
from tvae.page import depth_words, texts
from tvae.page.curves import Chart, Line, charts
from tvae.page.depth_words import Taught
from tvae.page.fragments import explained
from tvae.page.html import number, scrolling, tile
from tvae.page.sketches import percent, reliability
from tvae.plan import Recipe
from tvae.robustness import Bin, Calibration, Confusion, Integers, Noise, Reach, Robustness

TABLES: Final = ("confusion-by-position", "confusion-by-level", "calibration", "noise", "reach", "reach-by-level")
TRITS: Final = (-1, 0, 1)
SHOWN_LEVELS: Final = 4  # of the chart by level: 98.8 % of the operations


def page(located: Located, measured: Measured, found: Robustness) -> str:
    """All sections for one checkpoint."""
    reads = texts.READS[measured.embedding.decoder_input]
    head = (
        f'<p class="origin">{escape(located.name)}, sha256 <code>{measured.checkpoint.sha256[:16]}</code>. '
        f"{escape(reads)} {escape(texts.SEEDED.format(seed=found.seed))}</p>"
    )
    plan = depth_words.recipe_of(measured)
    how = depth_words.taught(measured, plan)
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
    title, columns = texts.DEPTH[key]
    return (
        f'<section class="depth" aria-labelledby="depth-{key}"><h2 id="depth-{key}">{escape(title)}</h2>{inside}'
        f'<details class="why"><summary>{escape(texts.WHAT_NUMBERS)}</summary><p>{escape(columns)}</p></details>'
        f'<div class="exports"><span>Export</span>{files}<span class="status" role="status"></span></div></section>'
    )


def _files(table: str) -> str:
    """The buttons that save one table."""
    words = table.replace("-", " ")
    buttons = "".join(
        f'<button type="button" class="chip" data-export="{kind}" data-table="{table}" '
        f'aria-label="{words} as {name}">{name}</button>'
        for kind, name in (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))
    )
    return f"<span>{words}</span>{buttons}"


def _tiles(found: Robustness) -> list[str]:
    """The numbers that sum it up, each with its sentence."""
    calibration, noise = found.calibration, found.noise
    table = found.confusion.by_position
    wrong, total = int(table.sum() - np.trace(table, axis1=1, axis2=2).sum()), int(table.sum())
    at_one = noise.coverage[noise.deviations.index(1.0)]
    rows = [
        (
            "wrong",
            "Wrong trits",
            f"{wrong:,}<small> / {total:,}</small>",
            f"{percent(1 - wrong / total, 4)} are right" if wrong else "all are right",
        ),
        ("confidence", "Mean confidence", number(calibration.confidence, 6), f"right: {calibration.accuracy:.6f}"),
        ("ece", "Calibration error", number(calibration.ece, 6), "ECE, 0 is best"),
        ("one", "Coverage at 1 \u03c3", percent(at_one), f"{percent(noise.coverage[0])} at the mean"),
        ("sigma", "\u03c3 beside spread", f"{noise.sigma:.3f}<small> / {noise.spread:.3f}</small>", _times(noise)),
        ("prior", "From the prior", f"{found.prior.reached[-1]:,}", _of_ideal(found.prior)),
    ]
    if found.ball is not None:
        rows.append(("ball", "From the ball", f"{found.ball.reached[-1]:,}", _of_ideal(found.ball)))
    return [explained(key, label, value, more, texts.DEPTH_TILES[key]) for key, label, value, more in rows]


def _times(noise: Noise) -> str:
    return "no spread" if not noise.spread else f"\u03c3 is {noise.sigma / noise.spread:.2f} of the spread"


def _of_ideal(reach: Reach) -> str:
    return f"{percent(reach.reached[-1] / reach.uniform[-1])} of the ideal"


def _confusion(confusion: Confusion) -> str:
    """Nine tables of counts in the shape of the truth table, and one row a level."""
    cells = "".join(_counts(position, table) for position, table in enumerate(confusion.by_position))
    grid = scrolling("Confusion by position", f'<div class="confusion">{cells}</div>')
    return f'<p>{depth_words.worst(confusion)}</p><div class="columns">{grid}<div>{_levels(confusion)}</div></div>'


def _counts(position: int, table: Integers) -> str:
    """Rows: true trit, columns: decoded."""
    head = "".join(f'<th scope="col">{tile(trit)}</th>' for trit in TRITS)
    body = ""
    for i, trit in enumerate(TRITS):
        cells = "".join(_count(int(count), i == j) for j, count in enumerate(table[i]))
        body += f'<tr><th scope="row">{tile(trit)}</th>{cells}</tr>'
    caption = f"<caption>{depth_words.place(position)}</caption>"
    return f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"


def _count(count: int, right: bool) -> str:
    kind = "right" if right else "err" if count else "none"
    return f'<td class="{kind}">{count:,}</td>'


def _levels(confusion: Confusion) -> str:
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    head = "".join(f'<th scope="col">{tile(i - 1)} \u2192 {tile(j - 1)}</th>' for i, j in pairs)
    body = ""
    for v, table in enumerate(confusion.by_valuation):
        cells = "".join(_count(int(table[i, j]), False) for i, j in pairs)
        right = int(np.trace(table)) / int(table.sum())
        body += f'<tr><th scope="row">v = {v}</th><td>{int(table.sum()):,}</td><td>{percent(right, 2)}</td>{cells}</tr>'
    table = (
        '<table class="numbers levels"><thead><tr><th scope="col">level</th><th scope="col">trits</th>'
        f'<th scope="col">right</th>{head}</tr></thead><tbody>{body}</tbody></table>'
    )
    return scrolling("Confusion by level", table)


def _calibration(calibration: Calibration) -> str:
    rows = "".join(
        f'<tr><th scope="row">{one.low:.6g} to {one.high:.6g}</th><td>{one.count:,}</td>'
        f"<td>{number(one.confidence, 6)}</td><td>{number(one.accuracy, 6)}</td><td>{number(_gap(one), 6)}</td></tr>"
        for one in calibration.bins
    )
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("confidence", "trits", "mean", "right", "right \u2212 mean")
    )
    table = scrolling(
        "Calibration",
        f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )
    drawn = reliability(calibration.bins, texts.RELIABILITY)
    return f'<p>{escape(depth_words.doubt(calibration))}</p><div class="columns">{drawn}<div>{table}</div></div>'


def _gap(one: Bin) -> float | None:
    return None if one.accuracy is None or one.confidence is None else one.accuracy - one.confidence


def _noise(noise: Noise, plan: Recipe | None, how: Taught) -> str:
    common: dict[str, Any] = {
        "x": noise.deviations,
        "x_label": "standard deviations",
        "x_digits": 2,
        "reach": (0.0, 1.0),
    }
    whole = Chart(
        "noise",
        "Coverage under noise",
        "share that is right",
        lines=(Line("exact", noise.coverage), Line("trits", noise.trit_accuracy)),
        **common,
    )
    levels = Chart(
        "noise-levels",
        "Coverage under noise, by level",
        "share of the level",
        lines=tuple(Line(f"v = {v}", tuple(row[v] for row in noise.by_valuation)) for v in range(SHOWN_LEVELS)),
        **common,
    )
    sentences = " ".join(depth_words.noise_words(noise, plan, how))
    return f"<p>{escape(sentences)}</p>{charts((whole, levels))}"


def _reach(found: Robustness, plan: Recipe | None, how: Taught) -> str:
    drawn = [("prior", found.prior)] + ([("ball", found.ball)] if found.ball else [])
    lines = [Line(name, (0.0, *map(float, reach.reached))) for name, reach in drawn]
    chart = Chart(
        "reach",
        "Different operations reached",
        "operations, of 19,683",
        (0.0, *map(float, found.prior.samples)),
        (*lines, Line("ideal", (0.0, *found.prior.uniform))),
        digits=0,
        x_label="points drawn",
        limit=float(ternary.N),
    )
    first = _reached_table(drawn)
    return (
        f"<p>{escape(depth_words.reach_words(found, plan, how))}</p>"
        f'<div class="columns">{charts((chart,))}<div>{first}</div></div>'
        f"{_reached_levels(drawn)}"
    )


def _reached_table(drawn: Sequence[tuple[str, Reach]]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("points", *(name for name, _ in drawn), "ideal"))
    first = drawn[0][1]
    rows = "".join(
        f'<tr><th scope="row">{m:,}</th>'
        + "".join(f"<td>{reach.reached[k]:,}</td>" for _, reach in drawn)
        + f"<td>{first.uniform[k]:,.0f}</td></tr>"
        for k, m in enumerate(first.samples)
    )
    return scrolling(
        "Operations reached",
        f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )


def _reached_levels(drawn: Sequence[tuple[str, Reach]]) -> str:
    head = "".join(f'<th scope="col">v = {v}</th>' for v in range(len(ternary.LEVEL_SIZES)))
    rows = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{percent(share)}</td>" for share in reach.by_valuation)
        + "</tr>"
        for name, reach in drawn
    )
    return scrolling(
        "Operations reached, by level",
        f'<table class="numbers"><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )
