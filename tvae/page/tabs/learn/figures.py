"""The small figures of the cards of the Learn tab, each of one checkpoint.

Only the distances of one operation and the neighbourhoods of a small sample are computed here.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from markupsafe import Markup

from tvae.analysis import neighbours
from tvae.analysis.comparison.rules import low_is_good
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.levels import LEVELS, level_ranges
from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.analysis.tree_measures import tree_measures
from tvae.operations import ternary
from tvae.operations.atlas import properties
from tvae.operations.parsing import parse_operations
from tvae.page.ui import texts
from tvae.page.ui.charts.dot_chart import dots
from tvae.page.ui.charts.plotly_json import Axis, Bar, Range, measured_dot
from tvae.page.ui.charts.small_charts import bars, digits, histogram, ranges
from tvae.page.ui.html import number, quiet, tag, trit_tile, truth_table
from tvae.reports import leaderboard
from tvae.reports.plots.palette import LEVEL_COLOURS

START: Final = parse_operations("min")[0]
BINS: Final = 40  # of the histogram of norms
SHOWN: Final = ("sheffer", "commutative", "idempotent", "identity", "associative", "semilattice", "quasigroup")
QUERIES: Final = 200  # operations whose neighbourhoods are ranked: 20 ms


def limit_of(largest: float) -> float:
    """The limit of richness without overlaps, R^2 / 40 for norms in [0, R]; see `metrics.richness`."""
    return largest**2 / (4 * LEVELS)


def _operation(evaluated: EvaluatedCheckpoint) -> Markup:
    """Two truth tables: min, and the table that is decoded for it."""
    decoded = evaluated.embedding.reconstruction[START].tolist()
    right = ternary.ALL_TRITS[START].tolist()
    wrong = int(sum(np.not_equal(decoded, right)))
    said = texts.TRITS_WRONG.format(count=wrong) if wrong else texts.EVERY_TRIT_RIGHT
    shown = (("min(a, b)", right), (texts.DECODED_TABLE, decoded))
    tables = (truth_table(list(map(trit_tile, trits, right)), caption, kind="op") for caption, trits in shown)
    caption = tag("figcaption", texts.OPERATION_FIGURE.format(verdict=said))
    return tag("figure", tag("div", *tables, class_="tables"), caption, class_="sketch")


def _algebra(_evaluated: EvaluatedCheckpoint) -> Markup:
    """How many operations have each of some properties, on the scale of the levels."""
    known = sorted((properties.BY_NAME[name] for name in SHOWN), key=lambda one: -one.count)
    rows = [Bar(one.name, _logarithmic(one.count), f"{one.count:,}") for one in known]
    return bars(rows, texts.ALGEBRA_FIGURE, _named("algebra"))


def _logarithmic(count: int) -> float:
    """The length of a bar for a number of operations; the bar of a single one is still seen."""
    return math.log(count * 1.5) / math.log(ternary.N * 1.5)


def _valuation(evaluated: EvaluatedCheckpoint) -> Markup:
    unit = texts.table("RADIUS_NAMES")["hyperbolic" if evaluated.embedding.has_ball else "length"]
    rows = [
        Bar(
            f"v = {v}",
            _logarithmic(size),
            f"{size:,}, {number(radius, 2)}",
            LEVEL_COLOURS[v],
        )
        for v, (size, radius) in enumerate(zip(ternary.LEVEL_SIZES, evaluated.metrics.a.level_mean_radius, strict=True))
    ]
    return bars(rows, texts.LEVELS_FIGURE.format(unit=unit), _named("valuation"))


def _distance(evaluated: EvaluatedCheckpoint) -> Markup:
    nearest, distances = neighbours.nearest(evaluated.embedding.a, np.array([START]), 1)
    other = int(nearest[0, 0])
    agree = int(ternary.valuation_of(START - other))
    words = texts.PATH_FIGURE.format(
        other=f"{other:,}",
        agree=agree,
        adic=f"1/{3**agree:,}" if agree else "1",
        measure=_measure(evaluated),
        far=number(float(distances[0, 0]), 4),
    )
    trits, leaving = ternary.ALL_TRITS[START].tolist(), int(ternary.ALL_TRITS[other, agree])
    return digits(trits, agree, leaving, f"{other:,}", words, _named("distance"))


def _named(lesson: str) -> str:
    """The short name of a lesson's figure."""
    return texts.table("FIGURE_NAMES")[lesson]


def _measure(evaluated: EvaluatedCheckpoint) -> str:
    return texts.table("MEASURE_NAMES")["hyperbolic" if evaluated.embedding.has_ball else "euclidean"]


def _ball(evaluated: EvaluatedCheckpoint) -> Markup:
    side = evaluated.embedding.a
    if side.norm is None or side.curvature is None:
        return _nothing()
    edge = side.curvature**-0.5
    counts = np.histogram(side.norm, BINS, (0.0, edge))[0]
    words = texts.BALL_FIGURE.format(
        least=number(float(side.norm.min()), 3),
        most=number(float(side.norm.max()), 3),
        inner=number(float(side.radius.min()), 2),
        outer=number(float(side.radius.max()), 2),
    )
    return histogram(counts.tolist(), edge, words, _named("ball"), texts.NORM)


def _nothing() -> Markup:
    return quiet(texts.NO_BALL)


def _coverage(evaluated: EvaluatedCheckpoint) -> Markup:
    rows = [
        Bar(f"v = {v}", share, texts.SO_MANY_OF.format(count=round(share * size), total=size), LEVEL_COLOURS[v])
        for v, (share, size) in enumerate(zip(evaluated.metrics.at_mu.by_valuation, ternary.LEVEL_SIZES, strict=True))
    ]
    return bars(rows, texts.COVERAGE_FIGURE, _named("coverage"))


def _both(evaluated: EvaluatedCheckpoint) -> tuple[tuple[str, EncoderMetrics], ...]:
    return ("A", evaluated.metrics.a), ("B", evaluated.metrics.b)


def _hierarchy(evaluated: EvaluatedCheckpoint) -> Markup:
    rows = [
        Bar(
            texts.ENCODER_NAMED.format(name=name),
            abs(one.hierarchy or 0.0),
            number(one.hierarchy, 10),
            limit=-CEILINGS.hierarchy,
        )
        for name, one in _both(evaluated)
    ]
    return bars(rows, texts.HIERARCHY_FIGURE, _named("hierarchy"))


def _overlaps(evaluated: EvaluatedCheckpoint) -> Markup:
    metrics, radius = evaluated.metrics.a, evaluated.embedding.a.radius
    low, high = level_ranges(radius)
    pairs = ", ".join(texts.OVERLAP_PAIR.format(lower=v, higher=v + 1) for v in metrics.overlapping)
    verdict = texts.OVERLAP.format(count=metrics.overlaps, pairs=pairs) if metrics.overlaps else texts.NO_OVERLAP
    rows = [
        Range(
            f"v = {v}",
            float(low[v]),
            float(high[v]),
            metrics.level_mean_radius[v],
            LEVEL_COLOURS[v],
            "\u00d7" if v in metrics.overlapping else "",
        )
        for v in range(LEVELS)
    ]
    label = texts.table("RADIUS_NAMES")["hyperbolic" if evaluated.embedding.has_ball else "length"]
    return ranges(rows, texts.RANGES_FIGURE.format(verdict=verdict), _named("overlaps"), label)


def _richness(evaluated: EvaluatedCheckpoint) -> Markup:
    side, metrics = evaluated.embedding.a, evaluated.metrics.a
    if side.norm is None or metrics.richness is None:
        return _nothing()
    limit = limit_of(evaluated.checkpoint.config.max_radius)
    adds = [float(side.norm[v == ternary.VALUATIONS].var()) / LEVELS for v in range(LEVELS)]
    verdict = texts.RICHNESS_WITH_OVERLAP if metrics.overlaps else texts.RICHNESS_WITHOUT_OVERLAP
    rows = [Bar(texts.table("METRICS")["richness"], metrics.richness / limit, number(metrics.richness, 6), limit=1.0)]
    rows += [Bar(f"v = {v}", value / limit, number(value, 6), LEVEL_COLOURS[v]) for v, value in enumerate(adds)]
    words = texts.RICHNESS_FIGURE.format(limit=number(limit, 6), verdict=verdict)
    return bars(rows, words, _named("richness"))


def _q(evaluated: EvaluatedCheckpoint) -> Markup:
    rows = []
    for name, one in _both(evaluated):
        if one.q is None or one.distance_correlation is None or one.hierarchy is None:
            return _nothing()
        parts = [
            (texts.Q_OF.format(name=name), one.q, CEILINGS.q),
            (texts.Q_DISTANCES, one.distance_correlation, CEILINGS.distance_correlation),
            (texts.table("METRICS")["hierarchy"], 1.5 * abs(one.hierarchy), -1.5 * CEILINGS.hierarchy),
        ]
        rows += [
            Bar(label, value / CEILINGS.q, number(value, 4), limit=min(1.0, limit / CEILINGS.q))
            for label, value, limit in parts
        ]
    return bars(rows, texts.Q_FIGURE, _named("q"))


def _fidelity(evaluated: EvaluatedCheckpoint) -> Markup:
    """Distances from one operation to all others, by the number of first entries that agree."""
    nearest, distances = neighbours.nearest(evaluated.embedding.a, np.array([START]), ternary.N - 1)
    agree = ternary.valuation_of(nearest[0] - START)
    rows = []
    for depth in range(ternary.T):
        in_range = distances[0][agree == depth]
        rows.append(
            Range(
                f"{depth}",
                float(in_range.min()),
                float(in_range.max()),
                float(in_range.mean()),
                LEVEL_COLOURS[depth],
            )
        )
    measure = _measure(evaluated)
    words = texts.FIDELITY_FIGURE.format(measure=measure[:1].upper() + measure[1:])
    return ranges(rows, words, _named("fidelity"), texts.DISTANCE_FROM_MIN.format(measure=measure))


def _near(evaluated: EvaluatedCheckpoint) -> Markup:
    """Fidelity, triplets and map side by side, from far to near."""
    metrics = evaluated.metrics.a
    if metrics.tree_fidelity is None or metrics.triplet_agreement is None:
        return _nothing()
    near = tree_measures.neighbourhoods(evaluated.embedding.a, tree_measures.sampled_queries()[:QUERIES])
    share = metrics.tree_fidelity / CEILINGS.tree_fidelity
    rows = [
        Bar(texts.NEAR_FIDELITY, max(0.0, share), number(metrics.tree_fidelity, 4), limit=1.0),
        Bar(texts.NEAR_TRIPLETS, metrics.triplet_agreement, number(metrics.triplet_agreement, 4), limit=1.0),
    ]
    labels = texts.table("TREE_MEASURES")
    rows += [Bar(labels[key], near[key], number(near[key], 3), limit=1.0) for key in ("map_27", "map_9", "map_3")]
    words = texts.NEAR_FIGURE.format(queries=QUERIES, of_explore=tree_measures.QUERIES)
    return bars(rows, words, _named("near"))


def _corners(_evaluated: EvaluatedCheckpoint) -> Markup:
    """Pairs of measures that pull against each other, with a dot for each encoder of the bundled checkpoints."""
    drawn = (_pair(x, y) for x, y in (("richness", "map_27"), ("q", "map_27"), ("richness", "average_distortion")))
    return tag("div", *drawn, class_="pairs")


def _pair(x: str, y: str) -> Markup:
    drawn = [measured_dot(one, one.row["checkpoint"]) for one in leaderboard.pairs(leaderboard.bundled(), x, y)]
    names = {**texts.table("METRICS"), **texts.table("TREE_MEASURES")}
    pair = texts.PAIR.format(x=names[x], y=names[y])
    return dots(
        drawn, texts.CORNERS_FIGURE.format(pair=pair), pair, Axis(names[x]), Axis(names[y], reversed=low_is_good(y))
    )


FIGURES: Final[dict[str, Callable[[EvaluatedCheckpoint], Markup]]] = {
    "operation": _operation,
    "algebra": _algebra,
    "valuation": _valuation,
    "distance": _distance,
    "ball": _ball,
    "coverage": _coverage,
    "hierarchy": _hierarchy,
    "overlaps": _overlaps,
    "richness": _richness,
    "q": _q,
    "fidelity": _fidelity,
    "near": _near,
    "corners": _corners,
}
