"""The tree with edges of one length: lengths and angles of its definition, and its radius."""

import itertools

import numpy as np
import pytest
import torch

from tvae.analysis.metrics import metrics
from tvae.analysis.tree_measures import tree_measures
from tvae.geometry import poincare_ball, sarkar_tree
from tvae.geometry.sarkar_tree import SarkarTree
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

RADII = [0.5, 5.293, 17.3]


def distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    found: np.ndarray = poincare_ball.distance(torch.from_numpy(first), torch.from_numpy(second)).numpy()
    return found


@pytest.mark.parametrize("radius", [0.001, 2.0, *RADII, 20.0])
def test_the_farthest_leaf_has_the_radius(radius: float) -> None:
    points = sarkar_tree.points(radius)
    assert (points.shape, points.dtype) == ((ternary.N, 16), np.float64)
    farthest = 2 * np.arctanh(np.sqrt((points**2).sum(1).max()))
    assert farthest == pytest.approx(radius, rel=1e-6)


@pytest.mark.parametrize("radius", [0.0, -1.0, 20.1, float("nan"), float("inf")])
def test_other_radii_are_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="above 0 and at most 20"):
        sarkar_tree.points(radius)


@pytest.mark.parametrize("edge", [0.1, 0.9, 2.2])
def test_siblings_have_the_distance_of_two_edges_at_the_angle(edge: float) -> None:
    """The hyperbolic law of cosines for all 19,683 pairs of siblings, which differ in digit 8 only."""
    points = sarkar_tree.with_edges(edge)
    expected = np.arccosh(np.cosh(edge) ** 2 + np.sinh(edge) ** 2 / 3)  # cos 109.47 degrees is -1/3
    families = points.reshape(3, -1, 16)
    for i, j in itertools.combinations(range(3), 2):
        np.testing.assert_allclose(distance(families[i], families[j]), expected, rtol=1e-6)


def lorentz(x: np.ndarray, y: np.ndarray) -> float:
    return float(x[1:] @ y[1:] - x[0] * y[0])


def moved(vector: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Parallel transport of a tangent vector of the hyperboloid along the geodesic from `start` to `end`."""
    result: np.ndarray = vector + lorentz(end, vector) / (1 - lorentz(start, end)) * (start + end)
    return result


def walk(operation: int, edge: float) -> np.ndarray:
    """The point of one operation, from edge to edge in the hyperboloid model."""
    origin, axes = np.eye(17)[0], np.eye(17)[1:]
    node, up = origin, np.zeros(17)
    for level in range(9):
        plane = level if level < 8 else 4
        p = axes[2 * plane] - axes[2 * plane] @ up * up
        p /= np.linalg.norm(p)
        q = axes[2 * plane + 1] - axes[2 * plane + 1] @ up * up - axes[2 * plane + 1] @ p * p
        q /= np.linalg.norm(q)
        angle = np.radians(120 * (operation // 3**level % 3))
        turned = np.cos(angle) * p + np.sin(angle) * q
        direction = -up / 3 + 8**0.5 / 3 * turned if level else turned
        below = np.cosh(edge) * node + np.sinh(edge) * moved(direction, origin, node)
        up = moved((node - np.cosh(edge) * below) / np.sinh(edge), below, origin)
        node = below
    point: np.ndarray = node[1:] / (1 + node[0])
    return point


@pytest.mark.parametrize("edge", [0.1, 0.9])
def test_the_points_are_those_of_a_walk_in_the_hyperboloid_model(edge: float) -> None:
    points = sarkar_tree.with_edges(edge)
    for operation in [*range(0, ternary.N, 411), ternary.N - 1]:
        assert points[operation] == pytest.approx(walk(operation, edge), abs=1e-9)


def side_of(points: torch.Tensor) -> EncoderEmbedding:
    """The points as an encoder's, in float64."""
    norm, radius = poincare_ball.norm(points).numpy(), poincare_ball.radius(points).numpy()
    return EncoderEmbedding(points.float().numpy(), points.numpy(), norm, radius, curvature=1.0)


@pytest.mark.parametrize(("radius", "hierarchy"), [(5.293, 0.0), (17.3, -0.2)])
def test_distances_are_ordered_and_radii_are_not(radius: float, hierarchy: float) -> None:
    found = metrics.encoder_metrics(side_of(torch.from_numpy(sarkar_tree.points(radius))))
    assert found.hierarchy == pytest.approx(hierarchy, abs=0.005)
    assert found.tree_fidelity == pytest.approx(0.8320, abs=0.0001)
    assert found.triplet_agreement == 1


@pytest.mark.parametrize(
    ("edge", "largest", "distortion", "fidelity", "hierarchy"),
    [(0.54275, 5.293, 0.035, 0.81, -0.81), (1.31447, 17.3, 0.0036, 0.832, -0.832)],
)
def test_operation_0_at_the_centre(
    edge: float, largest: float, distortion: float, fidelity: float, hierarchy: float
) -> None:
    """What docs/results.md says of it: ordered radii take room, so that the edges are shorter."""
    points = torch.from_numpy(sarkar_tree.with_edges(edge))
    side = side_of(poincare_ball.mobius_add(-points[0], points))
    found = metrics.encoder_metrics(side)
    assert side.radius.max() == pytest.approx(largest, rel=1e-4)
    assert tree_measures.measure(side).average_distortion == pytest.approx(distortion, abs=0.0005)
    assert (found.tree_fidelity, found.hierarchy) == pytest.approx((fidelity, hierarchy), abs=0.005)


def test_the_children_of_the_root_are_in_the_plane_of_digit_0() -> None:
    """By symmetry the three branches have their means at 120 degrees in the first plane; operation n is row n."""
    points = sarkar_tree.points(5.293)
    means = np.array([points[digit::3, :2].mean(0) for digit in range(3)])
    lengths = np.linalg.norm(means, axis=1)
    cosines = (means / lengths[:, None]) @ (means / lengths[:, None]).T
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-9)
    np.testing.assert_allclose(cosines, 1.5 * np.eye(3) - 0.5, atol=1e-9)


def test_as_targets_every_point_is_its_own_centre() -> None:
    tree = SarkarTree(radius=5.293, tolerance=0.3)
    points, centres = tree.points(), torch.from_numpy(tree.centres())
    np.testing.assert_array_equal(points, sarkar_tree.points(5.293))
    assert poincare_ball.mobius_add(centres, torch.from_numpy(tree.offsets())).numpy() == pytest.approx(points)
    assert poincare_ball.mobius_add(-centres, torch.from_numpy(points)).numpy() == pytest.approx(tree.offsets())
    assert tree.tolerances().tolist() == [0.3] * 16
    assert tree.digit_sizes().tolist() == [0.3] * 9
    assert tree.shells().tolist() == [[0.0, 1.0]] * 10
    points[:] = 0.0  # a caller's copy: the next points are whole
    assert np.linalg.norm(tree.points(), axis=1).max() == pytest.approx(0.99, abs=1e-4)
