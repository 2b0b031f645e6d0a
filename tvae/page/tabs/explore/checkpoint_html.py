"""HTML of the Explore tab about one checkpoint: claimed and measured numbers, limits, coverage."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from markupsafe import Markup

from tvae.analysis.comparison.claims import measured_numbers, stored_numbers
from tvae.analysis.comparison.rules import DIGITS
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import Coverage, Metrics
from tvae.checkpoints.catalogue.catalogue import published
from tvae.checkpoints.catalogue.entry import Entry, Numbers
from tvae.page.ui import texts
from tvae.page.ui.html import (
    bar,
    cell,
    details,
    entry_name,
    joined,
    markup,
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


@dataclass(frozen=True)
class Compared:
    """One number as it was claimed, stored and measured; None where it was not.

    The last two are of the published file of the same recipe, if this one was trained for this app.
    """

    name: str
    claimed: float | None
    stored: float | None
    measured: float | None
    published_claimed: float | None
    published_stored: float | None


def claim_rows(evaluated: EvaluatedCheckpoint) -> list[Compared]:
    """The numbers of which any was claimed, stored or measured."""
    entry, other = evaluated.location.entry, published_of(evaluated)
    columns = (
        entry.claimed if entry else Numbers(),
        stored_numbers(evaluated),
        measured_numbers(evaluated.metrics),
        other.claimed if other else Numbers(),
        other.stored if other else Numbers(),
    )
    names = texts.table("CLAIMS")
    rows = [Compared(names[name], *(getattr(column, name) for column in columns)) for name in _DIGITS]
    return [row for row in rows if any(value is not None for value in astuple(row)[1:])]


def published_of(evaluated: EvaluatedCheckpoint) -> Entry | None:
    """The published checkpoint of the recipe of a bundled one."""
    entry = evaluated.location.entry
    return published(entry.name) if entry and entry.source == "bundled" else None


def comparison(evaluated: EvaluatedCheckpoint) -> Markup:
    """The table claimed / stored in the file / measured here; for a bundled file with the published one beside it."""
    other = published_of(evaluated)
    columns: tuple[str, ...] = ("claimed", "stored", "measured")
    if other:
        columns = ("published_claimed", "published_stored", "stored", "measured")
    digits = {texts.table("CLAIMS")[name]: count for name, count in _DIGITS.items()}
    rows = [
        row(*(_shown(getattr(one, column), digits[one.name], column) for column in columns), head=one.name)
        for one in claim_rows(evaluated)
    ]
    listed = table([cell(), *(texts.table("CLAIM_COLUMNS")[column] for column in columns)], rows)
    whose = quiet(texts.PUBLISHED_FILE.format(name=other.name)) if other else ""
    why = details(texts.WHY_THEY_DIFFER, tag("p", texts.WHY_DIFFERENT))
    return joined([scrolling(texts.COMPARISON_TABLE, listed), _no_claims(evaluated), whose, why])


def _no_claims(evaluated: EvaluatedCheckpoint) -> Markup:
    """Why the column of claims is empty, if it is."""
    entry, other = evaluated.location.entry, published_of(evaluated)
    about = other or (entry if entry and entry.source == "hub" else None)
    if about is None:
        return quiet(texts.NOTHING_PUBLISHED)
    return Markup("") if about.claimed != Numbers() else quiet(texts.NO_CLAIMS.format(name=about.name))


_DIGITS = {  # fields of `Numbers`, in the order of the table, with the decimals shown
    "coverage": DIGITS["coverage"],
    **dict.fromkeys(("hierarchy_a", "hierarchy_b", "hierarchy"), DIGITS["hierarchy"]),
    **dict.fromkeys(("richness", "richness_b"), DIGITS["richness"]),
    "norm_v0": 4,
    "norm_v9": 4,
}


def _shown(value: float | None, digits: int, column: str) -> str:
    """A measured number with all its decimals, any other with those it was given with, at most `digits`."""
    if column == "measured":
        return number(value, digits)
    return "\u2013" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".").replace("-", "\u2212")


def limit_rows(metrics: Metrics) -> list[tuple[str, tuple[float | None, ...], int]]:
    """Rows of (metric, (encoder A, encoder B, exact tree, limit), digits shown)."""
    columns = (metrics.a, metrics.b, exact_tree(), CEILINGS)
    return [
        (texts.table("METRICS")[name], tuple(getattr(column, name) for column in columns), DIGITS[name])
        for name in _LIMITED
    ]


def limits(metrics: Metrics) -> Markup:
    """Both encoders next to the exact tree and the mathematical limit."""
    rows = [
        row(*(number(value, digits) for value in values), head=label) for label, values, digits in limit_rows(metrics)
    ]
    listed = table([cell(), *texts.row("LIMITS_COLUMNS")], rows)
    return scrolling(texts.AGAINST_LIMITS, listed) + details(texts.WHAT_EXACT_TREE, tag("p", texts.EXACT_TREE))


_LIMITED = ("hierarchy", "overlaps", "q", "tree_fidelity", "triplet_agreement", "richness")


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
    shown = tag("span", f"{share * 100:.2f}%", class_="share")
    return tag("div", tag("span", label), bar(share), shown, class_="meter")
