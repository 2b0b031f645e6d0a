"""Compare two checkpoints, a and b: their metrics, which one is better, and which operations differ.

a and b are not the encoders A and B: the same encoder of both checkpoints is compared. Embeddings are equivalent up to
rotation, so only radii are compared here; `alignment` compares points.
"""

from dataclasses import asdict, dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.comparison.rules import (
    DIRECTION,
    MEASURE_DIRECTION,
    METRIC_DIRECTION,
    RELATIVE_TOLERANCE,
    Value,
    gain,
)
from tvae.analysis.metrics.metrics import Metrics
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations.validation import Encoder

MOVED: Final = 20  # operations listed, with the largest differences

Better = Literal["a", "b", "equal"]
Integers = NDArray[np.int64]


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


def moved_most(first: EncoderEmbedding, second: EncoderEmbedding) -> Integers | None:
    """The operations (20,) with the largest differences of radius, largest first, ties by index.

    None if only one of the two has a ball: a hyperbolic radius and the norm of a mean are not comparable.
    """
    if (first.point is None) != (second.point is None):
        return None
    return np.argsort(-np.abs(second.radius - first.radius), kind="stable")[:MOVED]


def _difference(left: Value, right: Value) -> Value:
    return None if left is None or right is None else right - left
