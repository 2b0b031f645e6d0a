"""Compare two checkpoints, a and b: their metrics, which one is better, and which operations differ.

a and b are not the encoders A and B: the same encoder of both checkpoints is compared. Embeddings are equivalent up to
rotation, so only radii are compared here; `alignment` compares points.
"""

from dataclasses import asdict, dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import Metrics
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations.validation import Encoder

MOVED: Final = 20  # operations listed, with the largest differences
RELATIVE_TOLERANCE: Final = 1e-9  # of metrics that count as equal; another order of summation changes them by less

Rule = Literal["high", "low", "near the limit", "high at no overlap"]
Better = Literal["a", "b", "equal"]
Value = float | int | None
Integers = NDArray[np.int64]

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


@dataclass(frozen=True)
class Judged:
    """Numbers of two checkpoints; every dictionary has the same keys, those of one of the tables of rules."""

    a: dict[str, Value]
    b: dict[str, Value]
    differences: dict[str, Value]  # b - a; None if either is undefined
    better: dict[str, Better | None]  # None if undefined


@dataclass(frozen=True)
class Comparison:
    """Two checkpoints compared by one encoder."""

    metrics: Judged  # those of `METRIC_DIRECTION`
    moved_most: Integers | None  # (20,) by |radius in b - radius in a|, largest first; None: not comparable
    only_a: Integers  # operations that a reconstructs and b does not, in order
    only_b: Integers


def compare(first: tuple[Embedding, Metrics], second: tuple[Embedding, Metrics], encoder: Encoder = "A") -> Comparison:
    """The second checkpoint compared with the first."""
    a, b = (scalars(metrics, encoder) for _, metrics in (first, second))
    exact_a, exact_b = first[0].exact, second[0].exact
    return Comparison(
        metrics=_judge(a, b),
        moved_most=moved_most(first[0].side(encoder), second[0].side(encoder)),
        only_a=np.flatnonzero(exact_a & ~exact_b),
        only_b=np.flatnonzero(exact_b & ~exact_a),
    )


def compare_measures(a: TreeMeasures, b: TreeMeasures) -> Judged:
    """The tree measures of one encoder of two checkpoints, by `MEASURE_DIRECTION`."""
    first, second = ({name: getattr(one, name) for name in MEASURE_DIRECTION} for one in (a, b))
    return _judge(first, second)


def _judge(a: dict[str, Value], b: dict[str, Value]) -> Judged:
    differences = {name: _difference(a[name], b[name]) for name in a}
    return Judged(a, b, differences, {name: better(name, a, b) for name in a})


def scalars(metrics: Metrics, encoder: Encoder) -> dict[str, Value]:
    """The metrics in `METRIC_DIRECTION`: coverage is that of the checkpoint, the others are those of one encoder."""
    whole: dict[str, Value] = {
        "coverage": metrics.at_mu.coverage,
        "reconstructed": metrics.at_mu.reconstructed,
        "trit_accuracy": metrics.at_mu.trit_accuracy,
        "ball_coverage": None if metrics.at_ball is None else metrics.at_ball.coverage,
    }
    of_encoder = asdict(metrics.b if encoder == "B" else metrics.a)
    return {name: whole[name] if name in whole else of_encoder[name] for name in METRIC_DIRECTION}


def better(name: str, a: dict[str, Value], b: dict[str, Value]) -> Better | None:
    """Which of two checkpoints has the better metric `name`, by `DIRECTION`; None if that is undefined.

    For richness it is undefined unless neither checkpoint has overlapping levels.
    """
    left, right = a[name], b[name]
    if left is None or right is None:
        return None
    rule = DIRECTION[name]
    if rule == "high at no overlap" and (a["overlaps"] or b["overlaps"]):
        return None
    if abs(left - right) <= RELATIVE_TOLERANCE * max(abs(left), abs(right)):
        return "equal"
    return "a" if gain(name, left) > gain(name, right) else "b"


def gain(name: str, value: float) -> float:
    """A value of the metric `name` turned so that more is better, by `DIRECTION`.

    Richness counts for an encoder only if none of its levels overlap, which this number alone does not tell.
    """
    rule = DIRECTION[name]
    if rule == "near the limit":
        limit: float = getattr(CEILINGS, name)
        return -abs(value - limit)
    return -value if rule == "low" else value


def moved_most(first: EncoderEmbedding, second: EncoderEmbedding) -> Integers | None:
    """The operations (20,) with the largest differences of radius, largest first, ties by index.

    None if only one of the two has a ball: a hyperbolic radius and the norm of a mean are not comparable.
    """
    if (first.point is None) != (second.point is None):
        return None
    return np.argsort(-np.abs(second.radius - first.radius), kind="stable")[:MOVED]


def _difference(left: Value, right: Value) -> Value:
    return None if left is None or right is None else right - left
