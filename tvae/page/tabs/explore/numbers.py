"""The numbers above the plot as HTML: four in plain words, and more of them as tiles."""

from markupsafe import Markup

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import Coverage, EncoderMetrics, Metrics
from tvae.page.ui import texts
from tvae.page.ui.html import joined, metric_tile, number, tag


def numbers(metrics: Metrics) -> Markup:
    """How to read the plot, and what decides whether a checkpoint is good: four numbers of four digits."""
    a, b = metrics.a, metrics.b
    own, lost = _own(metrics), _lost(metrics)
    flat = a.richness is None and b.richness is None  # no ball: neither order nor tree is judged
    returned = texts.SOME_RETURNED.format(count=lost) if lost else texts.ALL_RETURNED
    order = texts.table("NUMBER_MEANINGS")["order_flat"] if flat else _limit("order", CEILINGS.hierarchy)
    shown = [
        _number("coverage", f"{own.reconstructed:,} / {own.total:,}", returned),
        _number("order", _pair(a.hierarchy, b.hierarchy), order),
        _number("spread", _pair(a.richness, b.richness), _limit("spread", CEILINGS.richness)),
        _number("tree", _pair(a.tree_fidelity, b.tree_fidelity), _limit("tree", CEILINGS.tree_fidelity)),
    ]
    reading = texts.READING_FLAT if flat else texts.READING
    return tag("p", reading, class_="reading") + tag("dl", *shown, class_="headline")


def _number(key: str, value: str, meaning: str) -> Markup:
    """One number under its name; without a value, for example without a ball, it is not defined."""
    meant = meaning if value else texts.NOT_DEFINED
    words = (tag("dt", texts.table("NUMBERS")[key]), tag("dd", value or "\u2013"), tag("dd", meant, class_="meaning"))
    return tag("div", *words, data_number=key)


def _pair(a: float | None, b: float | None) -> str:
    """A number of both encoders; empty if it is undefined for both."""
    return "" if a is None and b is None else texts.A_AND_B.format(a=number(a, 4), b=number(b, 4))


def _limit(key: str, limit: float) -> str:
    return texts.table("NUMBER_MEANINGS")[key].format(limit=number(limit, 4))


def _own(metrics: Metrics) -> Coverage:
    """The coverage from what the decoder reads of encoder A."""
    return metrics.at_ball or metrics.at_mu


def _lost(metrics: Metrics) -> int:
    """The operations that are not reconstructed from there."""
    own = _own(metrics)
    return own.total - own.reconstructed


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
    cells.append(_tile("q", names["q"], number(best, 4), _pair(a.q, b.q) or texts.NOT_DEFINED, q_share))
    tree = max((f for f in (a.tree_fidelity, b.tree_fidelity) if f is not None), default=None)
    tree_share = None if tree is None else tree / CEILINGS.tree_fidelity
    both = _pair(a.tree_fidelity, b.tree_fidelity) or texts.NOT_DEFINED
    cells.append(_tile("tree", names["tree"], number(tree, 4), both, tree_share))
    return tag("div", *cells, class_="tiles")


def _tile(name: str, label: str, value: object, more: str, share: float | None = None, good: bool = True) -> Markup:
    return metric_tile(name, label, value, more, texts.table("TILE_EXPLANATIONS")[name], share, good)


def _coverage_tile(metrics: Metrics) -> Markup:
    own = _own(metrics)
    label = texts.table("TILES")["ball_coverage" if metrics.at_ball else "coverage"]
    lost = _lost(metrics)
    more = texts.SOME_WRONG.format(count=lost) if lost else texts.ALL_RECONSTRUCTED
    if metrics.at_ball:
        more = texts.ALSO_AT_MU.format(found=more, count=metrics.at_mu.reconstructed)
    if metrics.at_mu_b:
        found = more if lost else texts.ALL_OF_THEM
        more = texts.ALSO_DECODER_B.format(found=found, count=metrics.at_mu_b.reconstructed)
    value = joined([f"{own.reconstructed:,}", tag("small", f" / {own.total:,}")])
    return _tile("coverage", label, value, more, own.coverage)


def _hierarchy_tile(name: str, encoder: EncoderMetrics) -> Markup:
    label = texts.table("TILES")["hierarchy"].format(encoder=name)
    if encoder.hierarchy is None:
        return _tile("hierarchy", label, texts.UNDEFINED, texts.CONSTANT_RADIUS)
    if encoder.richness is None:  # no ball
        return _tile("hierarchy", label, number(encoder.hierarchy, 10), texts.NOT_JUDGED)
    share = encoder.hierarchy / CEILINGS.hierarchy
    beyond = share > 1 + 1e-9
    more = texts.BEYOND_LIMIT if beyond else texts.OF_LIMIT.format(percent=number(share * 100, 5))
    return _tile("hierarchy", label, number(encoder.hierarchy, 10), more, share, not beyond)
