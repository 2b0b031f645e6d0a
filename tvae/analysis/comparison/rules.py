"""The rules for every measure of a checkpoint: which values are good, which count, and with how many digits they show.

A measure is a metric (`tvae.analysis.metrics`) or a tree measure (`tvae.analysis.tree_measures`) that is one number.
"""

from typing import Final, Literal

from tvae.analysis.metrics.ceilings import CEILINGS

RELATIVE_TOLERANCE: Final = 1e-9  # of values that count as equal; another order of summation changes them by less

Rule = Literal["high", "low", "near the limit", "high at no overlap"]
Value = float | int | None

# What is better. Hierarchy and tree fidelity have a limit that only tied values pass, that is, collapsed shells, so the
# value closer to the limit is better. Variance within the levels is good only if no levels overlap. The standard error
# of the fidelity is not judged.
METRIC_DIRECTION: Final[dict[str, Rule]] = {
    "coverage": "high",
    "reconstructed": "high",
    "trit_accuracy": "high",
    "ball_coverage": "high",
    "hierarchy": "near the limit",
    "overlaps": "low",
    "ordering_accuracy": "high",
    "richness": "high at no overlap",
    "hyperbolic_richness": "high at no overlap",
    "distance_correlation": "high",
    "q": "high",
    "tree_fidelity": "near the limit",
    "triplet_agreement": "high",
}
MEASURE_DIRECTION: Final[dict[str, Rule]] = {  # of `TreeMeasures`
    "average_distortion": "low",
    "worst_distortion": "low",
    "map_3": "high",
    "map_9": "high",
    "map_27": "high",
    "cophenetic": "high",
    "relative_hyperbolicity": "low",
    "dendrogram_correlation": "high",
}
DIRECTION: Final[dict[str, Rule]] = {
    **METRIC_DIRECTION,
    "coverage_b": "high",  # of decoder B, which few checkpoints have
    **MEASURE_DIRECTION,
}
# Decimals that mean something: those of a hierarchy at its limit distinguish collapsed shells from a perfect order. A
# standard error has those of its measure.
DIGITS: Final = {
    **dict.fromkeys(DIRECTION, 4),
    **dict.fromkeys(("coverage", "trit_accuracy", "ball_coverage", "coverage_b", "ordering_accuracy"), 6),
    **dict.fromkeys(("richness", "hyperbolic_richness"), 6),
    **dict.fromkeys(("reconstructed", "overlaps"), 0),
    "hierarchy": 10,
    "worst_distortion": 2,
}


def gain(name: str, value: float) -> float:
    """A value of the measure `name` turned so that more is better, by `DIRECTION`.

    Richness counts for an encoder only if none of its levels overlap, which this number alone does not tell: see
    `counts`.
    """
    rule = DIRECTION[name]
    if rule == "near the limit":
        return -abs(value - _limit(name))
    return -value if rule == "low" else value


def counts(name: str, value: Value, overlaps: int | None) -> bool:
    """Whether a better value of the measure `name` means a better encoder, of which `overlaps` pairs of levels overlap.

    It does not if the value is undefined, for richness with overlapping levels, and beyond a limit that only tied
    values pass: such a value looks better than it is.
    """
    rule = DIRECTION[name]
    if value is None or (rule == "high at no overlap" and overlaps):
        return False
    limit = _limit(name) if rule == "near the limit" else 0.0
    return not limit or value / limit <= 1 + RELATIVE_TOLERANCE


def low_is_good(name: str) -> bool:
    """Whether the better values of the measure `name` are the lower ones, up to its limit if it has one."""
    return DIRECTION[name] == "low" or (DIRECTION[name] == "near the limit" and _limit(name) < 0)


def _limit(name: str) -> float:
    limit: float = getattr(CEILINGS, name)
    return limit
