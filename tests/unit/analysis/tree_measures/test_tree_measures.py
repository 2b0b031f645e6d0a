"""Tree measures: plain loops and scipy on small trees, and the bundled checkpoints against published values."""

import itertools
from dataclasses import asdict, fields
from functools import lru_cache

import numpy as np
import pytest
import torch
from embeddings import ball_side, collapsed, flat, nested, tree
from scipy import stats
from scipy.spatial.distance import squareform

from tvae.analysis import neighbours
from tvae.analysis.metrics import metrics
from tvae.analysis.tree_measures import formulas, tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS, CONSTRUCTIONS, Construction
from tvae.analysis.tree_measures.formulas import SIZES, path_lengths
from tvae.analysis.tree_measures.tree_measures import OPERATIONS, QUERIES, TreeMeasures
from tvae.checkpoints import checkpoint_file, loading
from tvae.geometry import poincare_ball, sarkar_tree
from tvae.models.embedding import Embedding, EncoderEmbedding, embed
from tvae.operations import ternary
from tvae.training.recipes import exact_tree

NAMES = [field.name for field in fields(TreeMeasures) if not field.name.endswith("_error")]
EXTREMES = {"worst_distortion", "relative_hyperbolicity"}
# Published for encoder A of the files that are still the same, of 1,500 operations and of 200 queries:
# Davg, Dwc, cophenetic, relative hyperbolicity, MAP of 27, MAP of 3.
PUBLISHED = {
    "homeostatic_rich": (0.533, 576, 0.097, 0.172, 0.167, 0.292),
    "max_hierarchy": (0.599, 279, 0.454, 0.037, 0.076, 0.138),
    "ball": (0.147, 30.9, 0.203, 0.216, 0.231, 0.621),
}


def branches(leaf: int, depth: int) -> list[int]:
    """The digits of a leaf from the root down."""
    return [leaf // 3**level % 3 for level in range(depth)]


def shared(i: int, j: int, depth: int) -> int:
    """How many edges from the root the two leaves share."""
    pairs = zip(branches(i, depth), branches(j, depth), strict=True)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def random_pairs(depth: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Path lengths (P,) of all leaves of a tree, and distances that follow them roughly."""
    lengths = path_lengths(np.arange(3**depth), depth)
    return lengths, lengths * np.random.default_rng(seed).uniform(0.5, 2.0, len(lengths))


@lru_cache(None)
def bundled(name: str) -> Embedding:
    return embed(checkpoint_file.build(loading.open_located(loading.locate(name))))


@lru_cache(None)
def measured(name: str) -> TreeMeasures:
    return tree_measures.measure(bundled(name).a)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_path_lengths_are_those_of_the_tree(depth: int) -> None:
    pairs = itertools.combinations(range(3**depth), 2)
    expected = [2 * (depth - shared(i, j, depth)) for i, j in pairs]
    assert path_lengths(np.arange(3**depth), depth).tolist() == expected


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_the_average_distortion_is_the_least_of_all_scales(depth: int, seed: int) -> None:
    """The mean is piecewise linear in s with corners at the t / d, so the least of the corners is the minimum."""
    lengths, distances = random_pairs(depth, seed)
    ratios = (distances / lengths).tolist()
    corners = [sum(abs(ratio / other - 1) for ratio in ratios) / len(ratios) for other in ratios]
    assert formulas.average_distortion(distances, lengths) == pytest.approx(min(corners), rel=1e-12)
    assert formulas.average_distortion(7 * distances, lengths) == pytest.approx(min(corners), rel=1e-12)


def test_distortion_of_the_tree_itself_and_of_coincident_leaves() -> None:
    lengths = path_lengths(np.arange(27), 3)
    assert formulas.average_distortion(0.3 * lengths, lengths) == pytest.approx(0, abs=1e-15)
    assert formulas.worst_distortion(0.3 * lengths, lengths) == pytest.approx(1, rel=1e-15)
    distances = 0.3 * lengths
    distances[5] = 0
    assert formulas.average_distortion(distances, lengths) == pytest.approx(1 / len(lengths), rel=1e-12)
    assert formulas.worst_distortion(distances, lengths) is None
    assert formulas.average_distortion(0 * distances, lengths) is None
    assert formulas.relative_hyperbolicity(np.zeros((4, 4))) is None


@pytest.mark.parametrize("seed", range(3))
def test_the_worst_distortion_by_a_loop(seed: int) -> None:
    lengths, distances = random_pairs(2, seed)
    worst = max(
        (d / t) / (e / u)
        for d, t in zip(distances, lengths, strict=True)
        for e, u in zip(distances, lengths, strict=True)
    )
    assert formulas.worst_distortion(distances, lengths) == pytest.approx(worst, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_correlation_is_scipys(seed: int) -> None:
    lengths, distances = random_pairs(3, seed)
    assert formulas.correlation(distances, lengths) == pytest.approx(stats.pearsonr(distances, lengths)[0], rel=1e-12)
    assert formulas.correlation(np.ones(len(lengths)), lengths) is None


def average_linkage(distances: np.ndarray) -> np.ndarray:
    """The heights (n, n) at which pairs of n leaves are merged, by merging the two nearest clusters again and again."""
    clusters = [[leaf] for leaf in range(len(distances))]
    heights = np.zeros(distances.shape)
    while len(clusters) > 1:
        height, one, other = min(
            (distances[np.ix_(one, other)].mean(), one, other) for one, other in itertools.combinations(clusters, 2)
        )
        heights[np.ix_(one, other)] = heights[np.ix_(other, one)] = height
        clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [one + other]
    return heights


@pytest.mark.parametrize("seed", range(3))
def test_the_dendrogram_by_a_loop(seed: int) -> None:
    _, distances = random_pairs(2, seed)
    expected = squareform(average_linkage(squareform(distances)))
    np.testing.assert_allclose(formulas.dendrogram_distances(distances), expected, rtol=1e-12)


def test_the_dendrogram_of_the_tree_is_the_tree() -> None:
    lengths = path_lengths(np.arange(81), 4)
    np.testing.assert_allclose(formulas.dendrogram_distances(lengths.astype(np.float64)), lengths)


@pytest.mark.parametrize("seed", range(3))
def test_the_hyperbolicity_by_four_points(seed: int) -> None:
    """The largest sum of opposite distances of a quadruple exceeds the second largest by at most 2 delta."""
    square = squareform(random_pairs(2, seed)[1] + 2)
    delta = 0.0
    for i, j, k in itertools.product(range(9), repeat=3):
        sums = square[i, j] + square[0, k], square[i, k] + square[0, j], square[j, k] + square[0, i]
        delta = max(delta, (sums[0] - max(sums[1:])) / 2)
    assert formulas.relative_hyperbolicity(square) == pytest.approx(2 * delta / square.max(), rel=1e-12)


def test_the_hyperbolicity_of_a_tree_and_of_a_cycle() -> None:
    assert formulas.relative_hyperbolicity(squareform(path_lengths(np.arange(27), 3)).astype(np.float64)) == 0
    cycle = np.array([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]], np.float64)
    assert formulas.relative_hyperbolicity(cycle) == 1


def precision_of(keys: list[float], query: int, size: int, depth: int) -> float:
    """Average precision by its definition, in plain Python."""
    digits = depth - round(np.log(size) / np.log(3))
    relevant = [j for j in range(3**depth) if j != query and shared(query, j, depth) >= digits]
    assert len(relevant) == size - 1
    total = 0.0
    for j in relevant:
        nearer = [k for k in range(3**depth) if k != query and keys[k] <= keys[j]]
        total += len(set(nearer) & set(relevant)) / len(nearer)
    return total / len(relevant)


@pytest.mark.parametrize("depth", [3, 4])
@pytest.mark.parametrize("tied", [False, True])
def test_the_average_precision_by_its_definition(depth: int, tied: bool) -> None:
    leaves = 3**depth
    lengths = squareform(path_lengths(np.arange(leaves), depth)).astype(np.float64)
    keys = lengths * np.random.default_rng(depth).uniform(0.3, 1, lengths.shape)
    keys = keys.round() if tied else keys
    queries = np.random.default_rng(1).permutation(leaves)[:12]
    found = formulas.average_precision(keys[queries], queries)
    expected = [[precision_of(keys[q].tolist(), q, size, depth) for size in SIZES] for q in queries.tolist()]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_average_precision_of_the_tree_is_one_and_that_of_equal_keys_is_the_share() -> None:
    queries = np.arange(81)
    lengths = squareform(path_lengths(queries, 4)).astype(np.float64)
    assert (formulas.average_precision(lengths, queries) == 1).all()
    equal = formulas.average_precision(np.zeros((81, 81)), queries)
    np.testing.assert_allclose(equal, np.tile([2 / 80, 8 / 80, 26 / 80], (81, 1)), rtol=1e-12)


def test_the_sample_is_fixed() -> None:
    sample = tree_measures._sample()
    assert sample.operations.tolist() == np.random.default_rng(0).permutation(ternary.N)[:2_000].tolist()
    pairs = np.array(list(itertools.combinations(range(OPERATIONS), 2)))
    assert sample.batches.shape == (20, 4_950)
    for number, batch in enumerate(sample.batches):
        assert set(pairs[batch].ravel() // 100) == {number}
        assert len(np.unique(batch)) == len(batch)


@pytest.mark.parametrize("side", [flat(0), collapsed()], ids=["Euclidean", "collapsed"])
def test_without_distances_nothing_is_defined(side: EncoderEmbedding) -> None:
    assert tree_measures.measure(side) == TreeMeasures()
    assert set(asdict(TreeMeasures()).values()) == {None}


def test_a_single_operation_away_from_the_others_gives_defined_numbers() -> None:
    """All batches but one are a single point, and so are the 500 operations of the four-point constant."""
    point = collapsed().point
    assert point is not None
    point[tree_measures._sample().operations[-1]] *= 2
    found = asdict(tree_measures.measure(ball_side(point)))
    undefined = {"average_distortion_error", "worst_distortion", "cophenetic_error", "relative_hyperbolicity"}
    assert {name for name, value in found.items() if value is None} == undefined | {"dendrogram_correlation_error"}
    assert np.isfinite([value for value in found.values() if value is not None]).all()


def test_the_fields() -> None:
    """Every mean and correlation has an error, the extremes of the sample have none, and all have a bound."""
    with_error = {field.name.removesuffix("_error") for field in fields(TreeMeasures) if field.name.endswith("_error")}
    assert with_error == set(NAMES) - EXTREMES
    assert set(NAMES) == set(asdict(BOUNDS))
    for name in EXTREMES:
        assert "without a standard error" in " ".join((getattr(tree_measures, name).__doc__ or "").split())


@pytest.mark.parametrize("side", [nested(), tree()], ids=["nested", "tree"])
def test_the_bounds_hold(side: EncoderEmbedding) -> None:
    found = asdict(tree_measures.measure(side))
    for name, bound in asdict(BOUNDS).items():
        lower = name in ("average_distortion", "worst_distortion", "relative_hyperbolicity")
        assert (found[name] >= bound) if lower else (found[name] <= bound), name
    for construction in CONSTRUCTIONS:
        assert BOUNDS.average_distortion < construction.average_distortion < found["average_distortion"]
        assert BOUNDS.worst_distortion < construction.worst_distortion < found["worst_distortion"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_bundled_checkpoints_have_the_published_values(name: str) -> None:
    """Within three standard errors of the difference of the two samples. Extremes have none: a factor and a margin."""
    average, worst, cophenetic, hyperbolicity, map_27, map_3 = PUBLISHED[name]
    found = asdict(measured(name))
    for key, value, size, other in (
        ("average_distortion", average, OPERATIONS, 1_500),
        ("cophenetic", cophenetic, OPERATIONS, 1_500),
        ("map_27", map_27, QUERIES, 200),
        ("map_3", map_3, QUERIES, 200),
    ):
        error = found[f"{key}_error"] * (1 + size / other) ** 0.5
        assert found[key] == pytest.approx(value, abs=3 * error + 0.0005), key  # published with three decimals
    assert 1 / 1.5 < found["worst_distortion"] / worst < 1.5
    assert found["relative_hyperbolicity"] == pytest.approx(hyperbolicity, abs=0.03)


@pytest.mark.parametrize("construction", CONSTRUCTIONS, ids=["norm 0.99", "float32"])
def test_the_constructions_are_those_measured(construction: Construction) -> None:
    point = torch.from_numpy(sarkar_tree.points(construction.radius))
    norm, radius = poincare_ball.norm(point).numpy(), poincare_ball.radius(point).numpy()
    found = asdict(tree_measures.measure(EncoderEmbedding(point.float().numpy(), point.numpy(), norm, radius, 1.0)))
    for name in NAMES:
        digits = 2 if name == "worst_distortion" else 4
        assert round(found[name], digits) == getattr(construction, name), name
    assert norm.max() == pytest.approx(0.99 if construction is CONSTRUCTIONS[0] else 1 - 6.2e-8, abs=1e-5)
    if construction is CONSTRUCTIONS[1]:
        assert norm.astype(np.float32).max() == np.nextafter(np.float32(1), np.float32(0))


def test_the_exact_tree_has_the_published_values() -> None:
    found = exact_tree.exact_tree_measures()
    assert found.average_distortion == pytest.approx(0.165, abs=0.001)
    assert found.worst_distortion == pytest.approx(19.5, rel=0.1)
    assert found.cophenetic == pytest.approx(0.922, abs=0.001)
    assert (found.map_3, found.map_9, found.map_27) == (1, 1, 1)


@pytest.mark.parametrize("name", ["ball", "v5_11"])
def test_the_sample_of_queries_agrees_with_all(name: str) -> None:
    sampled, exact = asdict(measured(name)), asdict(tree_measures.measure(bundled(name).a, np.arange(ternary.N)))
    for size in SIZES:
        key = f"map_{size}"
        assert sampled[key] == pytest.approx(exact[key], abs=3 * sampled[f"{key}_error"])
        assert (0 < sampled[f"{key}_error"] < 0.02, exact[f"{key}_error"]) == (True, 0)
    rest = [name for name in sampled if not name.startswith("map_")]
    assert [sampled[name] for name in rest] == [exact[name] for name in rest]


def test_both_encoders_and_their_queries() -> None:
    found = tree_measures.evaluate(bundled("tree"))
    assert (found.a, found.b, found.queries) == (measured("tree"), tree_measures.measure(bundled("tree").b), QUERIES)
    assert found.a != found.b


@pytest.mark.parametrize("name", ["tree", "max_hierarchy"])
def test_the_ranking_is_that_of_the_distances(name: str) -> None:
    side, queries, others = bundled(name).a, np.arange(0, ternary.N, 997), np.arange(ternary.N)
    distances = neighbours.model_distances(side, queries, np.tile(others, (len(queries), 1)))
    found = formulas.average_precision(neighbours.ranking_keys(side, queries), queries)
    np.testing.assert_allclose(found, formulas.average_precision(distances, queries), atol=1e-6)


def test_the_usual_metrics_do_not_pay_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_measures, "_sample", lambda: pytest.fail("tree measures were computed"))
    assert metrics.evaluate(bundled("tree")).a.overlaps == 0
