"""HTML of the Explore tab about one checkpoint: tiles, claimed and measured numbers, limits, coverage."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics import (
    CEILINGS,
    Coverage,
    EncoderMetrics,
    Metrics,
)
from tvae.checkpoints.catalogue import Numbers
from tvae.page.ui import texts
from tvae.page.ui.html import (
    bar,
    cell,
    details,
    entry_name,
    joined,
    markup,
    metric_tile,
    number,
    operation_chips,
    quiet,
    row,
    scrolling,
    table,
    tag,
)
from tvae.training.recipes.exact_tree import exact_tree

MAX_FAILING = 200  # of the list of failing operations on the page


def _tile(name: str, label: str, value: object, more: str, share: float | None = None, good: bool = True) -> Markup:
    return metric_tile(name, label, value, more, texts.table("TILE_EXPLANATIONS")[name], share, good)


def tile_row(metrics: Metrics) -> Markup:
    """The tiles; each opens to show an explanation."""
    a, b = metrics.a, metrics.b
    names = texts.table("TILES")
    cells = [_coverage_tile(metrics), _hierarchy_tile("A", a), _hierarchy_tile("B", b)]
    cells.append(_tile("overlaps", names["overlaps"], f"{a.overlaps} / {b.overlaps}", texts.OVERLAPS_OF))
    richness_share = None if a.richness is None else a.richness / CEILINGS.richness
    of_b = texts.RICHNESS_OF_B.format(b=number(b.richness, 5))
    cells.append(_tile("richness", names["richness"], number(a.richness, 5), of_b, richness_share))
    best = max((q for q in (a.q, b.q) if q is not None), default=None)
    q_share = None if best is None else best / CEILINGS.q
    both = texts.A_AND_B.format(a=number(a.q, 4), b=number(b.q, 4))
    cells.append(_tile("q", names["q"], number(best, 4), both, q_share))
    tree = max((f for f in (a.tree_fidelity, b.tree_fidelity) if f is not None), default=None)
    tree_share = None if tree is None else tree / CEILINGS.tree_fidelity
    both = texts.A_AND_B.format(a=number(a.tree_fidelity, 4), b=number(b.tree_fidelity, 4))
    cells.append(_tile("tree", names["tree"], number(tree, 4), both, tree_share))
    return tag("div", *cells, class_="tiles")


def _coverage_tile(metrics: Metrics) -> Markup:
    own = metrics.at_ball or metrics.at_mu
    label = texts.table("TILES")["ball_coverage" if metrics.at_ball else "coverage"]
    wrong = own.total - own.reconstructed
    more = texts.ALL_RECONSTRUCTED if not wrong else texts.SOME_WRONG.format(count=wrong)
    if metrics.at_ball:
        more = texts.ALSO_AT_MU.format(found=more, count=metrics.at_mu.reconstructed)
    if metrics.at_mu_b:
        found = more if wrong else texts.ALL_OF_THEM
        more = texts.ALSO_DECODER_B.format(found=found, count=metrics.at_mu_b.reconstructed)
    value = joined([f"{own.reconstructed:,}", tag("small", f" / {own.total:,}")])
    return _tile("coverage", label, value, more, own.coverage)


def _hierarchy_tile(name: str, encoder: EncoderMetrics) -> Markup:
    label = texts.table("TILES")["hierarchy"].format(encoder=name)
    if encoder.hierarchy is None:
        return _tile("hierarchy", label, texts.UNDEFINED, texts.CONSTANT_RADIUS)
    share = encoder.hierarchy / CEILINGS.hierarchy
    beyond = share > 1 + 1e-9
    more = texts.BEYOND_LIMIT if beyond else texts.OF_LIMIT.format(percent=number(share * 100, 5))
    return _tile("hierarchy", label, number(encoder.hierarchy, 10), more, share, not beyond)


Compared = tuple[str, float | None, float | None, float | None, int]


def claim_rows(evaluated: EvaluatedCheckpoint) -> list[Compared]:
    """Rows of (what, claimed, stored in the file, measured here, digits shown); rows without any number are omitted."""
    entry, metrics = evaluated.location.entry, evaluated.metrics
    claimed = entry.claimed if entry else Numbers()
    stored = stored_numbers(evaluated)
    a, b = metrics.a, metrics.b
    norms = a.level_mean_norm or (None,)
    names = texts.table("CLAIMS")
    rows: list[Compared] = [
        (names["coverage"], claimed.coverage, stored.coverage, metrics.at_mu.coverage, 5),
        (names["hierarchy_a"], claimed.hierarchy_a, stored.hierarchy_a, a.hierarchy, 10),
        (names["hierarchy_b"], claimed.hierarchy_b, stored.hierarchy_b, b.hierarchy, 10),
        (names["hierarchy"], claimed.hierarchy, stored.hierarchy, None, 10),
        (names["richness"], claimed.richness, stored.richness, a.richness, 6),
        (names["richness_b"], claimed.richness_b, stored.richness_b, b.richness, 6),
        (names["norm_v0"], claimed.norm_v0, stored.norm_v0, norms[0], 4),
        (names["norm_v9"], claimed.norm_v9, stored.norm_v9, norms[-1], 4),
    ]
    return [row for row in rows if any(value is not None for value in row[1:4])]


def comparison(evaluated: EvaluatedCheckpoint) -> Markup:
    """The table claimed / stored in the file / measured here."""
    rows = [
        row(_given(claimed, digits), _given(stored, digits), number(measured, digits), head=label)
        for label, claimed, stored, measured, digits in claim_rows(evaluated)
    ]
    listed = table([cell(), *texts.row("CLAIMED_COLUMNS")], rows)
    why = details(texts.WHY_THEY_DIFFER, tag("p", texts.WHY_DIFFERENT))
    return scrolling(texts.COMPARISON_TABLE, listed) + why


def stored_numbers(evaluated: EvaluatedCheckpoint) -> Numbers:
    """The numbers that the file records, under our names; if it has none, those that the catalogue gives for it."""
    raw = {key: value for key, value in evaluated.checkpoint.stored.items() if isinstance(value, int | float)}
    if not raw:
        entry = evaluated.location.entry
        return entry.stored if entry else Numbers()

    def first(*names: str) -> float | None:
        return next((float(raw[name]) for name in names if name in raw), None)

    return Numbers(
        coverage=first("coverage", "coverage_A"),
        hierarchy_a=first("hierarchy_A", "hierarchy_a", "radial_corr_A"),
        hierarchy_b=first("hierarchy_B", "hierarchy_b", "radial_corr_B"),
        hierarchy=first("hierarchy"),
        richness=first("richness", "richness_A", "richness_a"),
        richness_b=first("richness_B", "richness_b"),
        norm_v0=first("radius_v0", "r_v0"),
        norm_v9=first("radius_v9", "r_v9"),
    )


def _given(value: float | None, digits: int) -> str:
    """A number with the digits it was given with, at most `digits` decimals."""
    return "\u2013" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".").replace("-", "\u2212")


def limit_rows(metrics: Metrics) -> list[tuple[str, tuple[float | None, ...], int]]:
    """Rows of (metric, (encoder A, encoder B, exact tree, limit), digits shown)."""
    columns = (metrics.a, metrics.b, exact_tree(), CEILINGS)
    return [
        (texts.table("METRICS")[name], tuple(getattr(column, name) for column in columns), digits)
        for name, digits in _LIMITED
    ]


def limits(metrics: Metrics) -> Markup:
    """Both encoders next to the exact tree and the mathematical limit."""
    rows = [
        row(*(number(value, digits) for value in values), head=label) for label, values, digits in limit_rows(metrics)
    ]
    listed = table([cell(), *texts.row("LIMITS_COLUMNS")], rows)
    return scrolling(texts.AGAINST_LIMITS, listed) + details(texts.WHAT_EXACT_TREE, tag("p", texts.EXACT_TREE))


_LIMITED = (
    ("hierarchy", 10),
    ("overlaps", 0),
    ("q", 4),
    ("tree_fidelity", 5),
    ("triplet_agreement", 4),
    ("richness", 6),
)


def coverage_panel(coverage: Coverage, second: Coverage | None = None) -> Markup:
    """Counts, accuracy by position and by level, and buttons for failing operations; `second` is of decoder B."""
    levels = [_meter(f"v = {v}", share) for v, share in enumerate(coverage.by_valuation)]
    positions = [_meter(entry_name(position), share) for position, share in enumerate(coverage.by_position)]
    meters = tag(
        "div",
        tag("section", tag("h3", texts.BY_VALUATION), *levels),
        tag("section", tag("h3", texts.BY_POSITION), *positions),
        class_="meters",
    )
    failing = tag("h3", texts.FAILING_COUNT.format(count=len(coverage.failing))) + _failing(coverage.failing)
    of_b = tag("p", markup(texts.COVERED_B).format(**_counts(second)), class_="second") if second else ""
    covered = tag("p", markup(texts.COVERED).format(**_counts(coverage)))
    return joined([covered, of_b, meters, failing])


def _counts(coverage: Coverage) -> dict[str, Any]:
    share = f"{coverage.trit_accuracy * 100:.4f}"
    return {"count": coverage.reconstructed, "total": coverage.total, "percent": share}


def _failing(indices: Sequence[int]) -> Markup:
    if not indices:
        return quiet(texts.NONE)
    left = len(indices) - MAX_FAILING
    more = f" {texts.MORE_FAILING.format(count=left)}" if left > 0 else ""
    return tag("p", operation_chips(indices[:MAX_FAILING]), more, class_="chips")


def _meter(label: str, share: float) -> Markup:
    shown = tag("span", f"{share * 100:.2f} %", class_="share")
    return tag("div", tag("span", label), bar(share), shown, class_="meter")
