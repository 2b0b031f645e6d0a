"""The exact tree: the claims of its module, and the metrics, all of which are at their limits."""

import numpy as np
import pytest
import torch

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.distances import tree_metrics
from tvae.analysis.metrics.levels import level_ranges
from tvae.analysis.metrics.metrics import encoder_metrics
from tvae.geometry import poincare_ball
from tvae.geometry.exact_tree import RichTree, Tree
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary
from tvae.training.recipes.table import recipe

PLAN = recipe("tree")
assert isinstance(PLAN.tree, Tree)
TREES = [PLAN.tree, Tree(0.6, 0.4, 0.5), Tree(0.65, 0.4, 0.5)]
RICH = recipe("rich_tree").tree
assert isinstance(RICH, RichTree)
RICH_TREES = [RICH, RichTree(0.62, 0.4, 0.10, 0.20, 0.985)]
LEVELS = ternary.VALUATIONS.astype(int)


def side_of(points: np.ndarray) -> EncoderEmbedding:
    norm = np.linalg.norm(points, axis=1)
    return EncoderEmbedding(points.astype(np.float32), points.astype(np.float32), norm, 2 * np.arctanh(norm), 1.0)


@pytest.mark.parametrize("tree", TREES)
def test_points_by_the_definition(tree: Tree) -> None:
    points = tree.points()
    weights = [tree.ratio**k for k in range(7)]
    weights += [tree.share * weights[6], tree.share**2 * weights[6]]
    corners = ((0.0, 0.0), (1.0, 0.0), (0.5, 3**0.5 / 2))
    assert points.shape == (ternary.N, 16)
    assert np.linalg.norm(points, axis=1).max() == pytest.approx(tree.norm)
    unit = points[1, 0]  # operation 1 has the digits 1, 0, 0, ..
    for index in range(0, ternary.N, 131):
        digits = [int(trit) + 1 for trit in ternary.ALL_TRITS[index]]
        expected = [weights[k] * value for k in range(7) for value in corners[digits[k]]]
        expected += [weights[k] * digits[k] for k in (7, 8)]
        assert points[index] == pytest.approx(unit * np.array(expected), abs=1e-12)
    each = [*(weight for weight in weights[:7] for _ in "xy"), *weights[7:]]
    assert tree.scales() == pytest.approx(unit * np.array(each), abs=1e-12)


@pytest.mark.parametrize("tree", TREES)
def test_gaps_between_the_values_of_a_digit(tree: Tree) -> None:
    points, scales = tree.points(), tree.scales()
    for digit in range(9):
        zero, one, two = (points[value * 3**digit] / scales[min(2 * digit, digit + 7)] for value in range(3))
        gaps = [np.linalg.norm(a - b) for a, b in ((zero, one), (one, two), (zero, two))]
        assert gaps == pytest.approx([1, 1, 1] if digit < 7 else [1, 1, 2])


def pairs_that_differ_first_in(v: int) -> tuple[np.ndarray, np.ndarray]:
    """20,000 pairs of operations with equal digits below v and different digits v."""
    random = np.random.default_rng(v)
    i = random.integers(ternary.N, size=20_000)
    digit = (i // 3**v + random.integers(1, 3, size=i.size)) % 3
    above = random.integers(3 ** (8 - v), size=i.size)
    return i, i % 3**v + digit * 3**v + above * 3 ** (v + 1)


@pytest.mark.parametrize("tree", TREES)
def test_distances_of_different_valuation_are_disjoint(tree: Tree) -> None:
    points, nearer = tree.points(), float("inf")
    for v in range(9):
        i, j = pairs_that_differ_first_in(v)
        assert set(ternary.VALUATIONS[np.abs(i - j)].tolist()) == {v}
        distances = np.linalg.norm(points[i] - points[j], axis=1)
        assert distances.max() < nearer
        nearer = distances.min()
        assert nearer > 0


@pytest.mark.parametrize("tree", TREES)
def test_shells_are_disjoint_and_hold_their_own_points(tree: Tree) -> None:
    low, high = tree.shells().T
    assert np.all(low[:-1] > 1.04 * high[1:])
    assert (low[9], high[0]) == (0.0, 1.0)
    norm = np.linalg.norm(tree.points(), axis=1)
    assert np.all((low[LEVELS] <= norm) & (norm <= high[LEVELS]))
    assert norm[0] == 0.0


def test_the_exact_tree_reaches_every_limit() -> None:
    assert PLAN.tree
    side = side_of(PLAN.tree.points())
    found = tree_metrics(side)
    assert found.fidelity == pytest.approx(CEILINGS.tree_fidelity, abs=5e-4)
    assert found.triplets == 1.0
    low, high = level_ranges(side.norm)
    assert np.all(low[:-2] / high[1:-1] > 1.16)


def test_a_larger_tree_is_distorted() -> None:
    large = tree_metrics(side_of(Tree(0.62, 0.4, 0.65).points()))
    assert large.fidelity == pytest.approx(0.8269, abs=5e-4)
    assert large.triplets < 1.0


def moved(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    result: np.ndarray = poincare_ball.mobius_add(torch.from_numpy(first), torch.from_numpy(second)).numpy()
    return result


def distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """By the formula with arcosh, in float64."""
    gap, x, y = (np.sum(part**2, axis=1) for part in (first - second, first, second))
    result: np.ndarray = np.arccosh(1 + 2 * gap / ((1 - x) * (1 - y)))
    return result


@pytest.mark.parametrize("tree", RICH_TREES)
def test_the_branches_of_a_rich_tree_lie_at_three_norms(tree: RichTree) -> None:
    centres, offsets, points = tree.centres(), tree.offsets(), tree.points()
    assert points == pytest.approx(moved(centres, offsets))
    assert np.all(offsets[:, :2] == 0.0)  # the plane of the first digit
    assert np.linalg.norm(offsets, axis=1).max() == pytest.approx(tree.norm)
    for digit, norm in enumerate((0.0, tree.first, tree.second)):
        branch = np.arange(digit, ternary.N, 3)
        assert np.linalg.norm(centres[branch], axis=1) == pytest.approx(norm)
        assert np.ptp(centres[branch], axis=0).max() == 0.0
        assert points[digit] == pytest.approx(centres[digit])  # all other digits are 0
    cosine = centres[1] @ centres[2] / (tree.first * tree.second)
    assert cosine == pytest.approx(0.5)


@pytest.mark.parametrize("tree", RICH_TREES)
def test_the_branches_of_a_rich_tree_are_isometric(tree: RichTree) -> None:
    points, random = tree.points(), np.random.default_rng(0)
    i, j = random.integers(ternary.N // 3, size=(2, 5000))
    expected = distance(points[3 * i], points[3 * j])
    for digit in (1, 2):
        assert distance(points[3 * i + digit], points[3 * j + digit]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("tree", RICH_TREES)
def test_the_shells_of_a_rich_tree_are_disjoint_and_hold_their_own_points(tree: RichTree) -> None:
    low, high = tree.shells().T
    norm = np.linalg.norm(tree.points(), axis=1)
    assert np.all(low[:-1] > high[1:])
    assert np.all((low[LEVELS] <= norm) & (norm <= high[LEVELS]))


def test_rich_trees_are_rich_and_reach_the_limits_of_the_tree() -> None:
    """The richness is that of the points; level 0 has nearly all of it, from the centres 1 and 2."""
    for tree, richness in zip(RICH_TREES, (0.0114, 0.0148), strict=True):
        found = encoder_metrics(side_of(tree.points()))
        assert found.tree_fidelity == pytest.approx(CEILINGS.tree_fidelity, abs=5e-4)
        assert found.triplet_agreement == 1.0
        assert found.overlaps == 0
        assert found.richness == pytest.approx(richness, abs=3e-4)
