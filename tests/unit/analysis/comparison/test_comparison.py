"""Comparison of two checkpoints: which is better by each rule, what moved, and what only one reconstructs."""

import itertools
from dataclasses import asdict, fields, replace

import numpy as np
import pytest
from embeddings import collapsed, flat, nested, noisy, side_of

from tvae.analysis.comparison import comparison
from tvae.analysis.comparison.rules import MEASURE_DIRECTION, METRIC_DIRECTION
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import EncoderMetrics, Metrics, evaluate
from tvae.analysis.tree_measures.bounds import BOUNDS
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations import ternary

RIGHT = np.eye(3, dtype=np.float32)[ternary.ALL_TRITS + 1]  # (N, 9, 3) logits that decode every operation


def embedding_of(side: EncoderEmbedding, wrong: tuple[int, ...] = ()) -> Embedding:
    logits = RIGHT.copy()
    logits[list(wrong)] = 0  # decodes to operation 0
    exact = np.ones(ternary.N, bool)
    exact[[index for index in wrong if index]] = False
    return Embedding(side, side, logits, logits, (logits.argmax(-1) - 1).astype(np.int8), exact, "mu")


def measured(side: EncoderEmbedding, wrong: tuple[int, ...] = ()) -> tuple[Embedding, Metrics]:
    embedding = embedding_of(side, wrong)
    return embedding, evaluate(embedding, tree=False)


def values(**changed: float | None) -> dict[str, float | None]:
    return dict.fromkeys(METRIC_DIRECTION, 0) | changed


def test_every_metric_with_one_value_is_judged() -> None:
    """A new metric needs a rule, and every rule a metric."""
    of_encoder = {field.name for field in fields(EncoderMetrics) if "tuple" not in str(field.type)}
    assert set(METRIC_DIRECTION) == (of_encoder - {"tree_fidelity_error"}) | {
        "coverage", "reconstructed", "trit_accuracy", "ball_coverage"
    }  # fmt: skip


@pytest.mark.parametrize("name", comparison.DIRECTION)
def test_the_better_of_two_has_more_gain(name: str) -> None:
    """Also beyond the limit of a metric that has one."""
    for left, right in itertools.permutations((-0.9, -0.8, 0.1, 0.5, 0.9), 2):
        a, b = (dict.fromkeys(comparison.DIRECTION, 0) | {name: value} for value in (left, right))
        found = comparison.better(name, a, b)
        assert (found == "a") == (comparison.gain(name, left) > comparison.gain(name, right))


def test_every_tree_measure_is_judged() -> None:
    """Low is good where the bound is the least value, high where it is the largest."""
    assert MEASURE_DIRECTION.keys() == asdict(BOUNDS).keys()
    assert not MEASURE_DIRECTION.keys() & METRIC_DIRECTION.keys()
    for name, bound in asdict(BOUNDS).items():
        worse = bound - 0.5 if MEASURE_DIRECTION[name] == "high" else bound + 0.5
        found = comparison.compare_measures(TreeMeasures(**{name: bound}), TreeMeasures(**{name: worse}))
        assert (found.better[name], found.differences[name]) == ("a", worse - bound)
        assert [key for key, value in found.better.items() if value] == [name]


@pytest.mark.parametrize(
    ("name", "worse", "good"),
    [
        ("coverage", 0.5, 1.0),
        ("overlaps", 3, 0),
        ("hierarchy", -0.8, -0.83),
        ("hierarchy", -0.95, -0.83),  # beyond the limit: the shells have collapsed
        ("hierarchy", 0.8, -0.1),
        ("tree_fidelity", 0.5, 0.83),
        ("tree_fidelity", 0.95, 0.83),
        ("triplet_agreement", 0.5, 0.6),
        ("q", 1.9, 2.1),
        ("richness", 0.001, 0.002),
        ("ordering_accuracy", 0.5, 0.9),
    ],
)
def test_better_by_the_rule_of_each_metric(name: str, worse: float, good: float) -> None:
    assert comparison.better(name, values(**{name: worse}), values(**{name: good})) == "b"
    assert comparison.better(name, values(**{name: good}), values(**{name: worse})) == "a"
    assert comparison.better(name, values(**{name: good}), values(**{name: good * (1 + 1e-12)})) == "equal"
    assert comparison.better(name, values(**{name: None}), values(**{name: good})) is None


def test_the_limit_itself_is_best() -> None:
    for name in ("hierarchy", "tree_fidelity"):
        limit = getattr(CEILINGS, name)
        for other in (limit - 0.01, limit + 0.01, 0.0):
            assert comparison.better(name, values(**{name: limit}), values(**{name: other})) == "a"


def test_richness_is_not_compared_if_levels_overlap() -> None:
    for name in ("richness", "hyperbolic_richness"):
        for a, b in ((0, 1), (1, 0), (2, 2)):
            first, second = values(**{name: 0.1, "overlaps": a}), values(**{name: 0.2, "overlaps": b})
            assert comparison.better(name, first, second) is None


def test_comparing_in_the_other_order_gives_the_same_result() -> None:
    one, other = measured(nested(), (5, 7)), measured(noisy(1), (7, 11, 12))
    there, back = comparison.compare(one, other), comparison.compare(other, one)
    turned = {"a": "b", "b": "a", "equal": "equal", None: None}
    assert (there.metrics.a, there.metrics.b) == (back.metrics.b, back.metrics.a)
    assert there.metrics.better == {name: turned[value] for name, value in back.metrics.better.items()}
    for name, difference in there.metrics.differences.items():
        assert difference == (None if back.metrics.differences[name] is None else -back.metrics.differences[name])
        if difference is not None:
            assert difference == there.metrics.b[name] - there.metrics.a[name]
    assert (there.only_a.tolist(), there.only_b.tolist()) == ([11, 12], [5])
    assert (back.only_a.tolist(), back.only_b.tolist()) == ([5], [11, 12])
    assert there.moved_most.tolist() == back.moved_most.tolist()
    assert (there.metrics.better["hierarchy"], there.metrics.better["overlaps"], there.metrics.better["coverage"]) == (
        "a",
        "a",
        "a",
    )


def test_a_checkpoint_equals_itself() -> None:
    one = measured(nested())
    same = comparison.compare(one, one)
    assert set(same.metrics.better.values()) == {"equal", None}
    assert all(not difference for difference in same.metrics.differences.values())
    assert same.only_a.size == same.only_b.size == 0


def test_moved_most_finds_the_operations_that_were_moved() -> None:
    norms = np.full(ternary.N, 0.5)
    moved = norms.copy()
    places = np.arange(100, 100 + comparison.MOVED)
    moved[places] += np.linspace(0.4, 0.1, comparison.MOVED)
    assert comparison.moved_most(side_of(norms), side_of(moved)).tolist() == places.tolist()
    assert comparison.moved_most(side_of(norms), side_of(norms)).tolist() == list(range(comparison.MOVED))


def test_the_encoder_chooses_the_side() -> None:
    one, other = embedding_of(nested()), replace(embedding_of(nested()), b=noisy(2))
    assert (other.side("A"), other.side("B")) == (other.a, other.b)
    pairs = (one, evaluate(one, tree=False)), (other, evaluate(other, tree=False))
    assert comparison.compare(*pairs, "A").metrics.better["overlaps"] == "equal"
    assert comparison.compare(*pairs, "B").metrics.better["overlaps"] == "a"


def test_undefined_metrics_are_not_compared() -> None:
    flat_one, ball_one, still = measured(flat(0)), measured(nested()), measured(collapsed())
    found = comparison.compare(flat_one, ball_one)
    assert found.moved_most is None
    for name in ("richness", "q", "distance_correlation", "ball_coverage"):
        assert (found.metrics.differences[name], found.metrics.better[name]) == (None, None)
    assert found.metrics.differences["hierarchy"] is not None
    assert comparison.compare(flat_one, measured(flat(1))).moved_most is not None
    assert comparison.compare(still, ball_one).metrics.better["hierarchy"] is None
