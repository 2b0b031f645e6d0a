"""Alignment of two embeddings: known rotations, and a few lines of numpy of their own."""

import numpy as np
import pytest
from embeddings import ball_side, flat, nested, noisy, tree

from tvae.analysis import alignment
from tvae.models.embedding import EncoderEmbedding, side_of_points
from tvae.operations import ternary


def orthogonal(seed: int, reflected: bool = False) -> np.ndarray:
    """A random orthogonal matrix (16, 16) with determinant 1, or -1 if `reflected`."""
    matrix: np.ndarray = np.linalg.qr(np.random.default_rng(seed).normal(size=(16, 16)))[0]
    if (np.linalg.det(matrix) < 0) != reflected:
        matrix[:, 0] *= -1
    return matrix


def aligned(first: EncoderEmbedding, second: EncoderEmbedding) -> alignment.Alignment:
    found = alignment.align(first, second)
    assert found is not None
    return found


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("side", [nested(), tree()], ids=["nested", "tree"])
def test_a_rotated_copy_is_the_same(side: EncoderEmbedding, reflected: bool) -> None:
    assert side.point is not None
    found = aligned(side, ball_side(side.point @ orthogonal(1, reflected)))
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert found.distances.max() < 1e-4
    assert found.moved_most.shape == (20,)


def test_one_operation_that_moved_is_found() -> None:
    """By how far, too: it is moved along a geodesic through the centre, by 0.5."""
    side = nested()
    assert side.point is not None
    operation, point = 4_711, side.point.astype(np.float64)
    norm = np.linalg.norm(point[operation])
    point[operation] *= np.tanh(np.arctanh(norm) - 0.25) / norm
    found = aligned(side, ball_side(point @ orthogonal(2)))
    assert found.moved_most[0] == operation
    assert found.distances[operation] == pytest.approx(0.5, abs=0.01)
    assert np.delete(found.distances, operation).max() < 0.01


def numpys(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Residual and distances by the singular value decomposition, and the ball's distance by its arcosh."""
    left, values, right = np.linalg.svd(y.T @ x)
    rotated = y @ left @ right
    squares = (x**2).sum() + (y**2).sum()
    inside = (1 - (x**2).sum(1)) * (1 - (rotated**2).sum(1))
    far = np.arccosh(1 + 2 * ((rotated - x) ** 2).sum(1) / inside)
    return float(np.sqrt(1 - 2 * values.sum() / squares)), far


@pytest.mark.parametrize(("first", "second"), [(nested(), tree()), (noisy(1), nested()), (tree(0.9), noisy(3))])
def test_numpy_gives_the_same(first: EncoderEmbedding, second: EncoderEmbedding) -> None:
    assert first.point is not None
    assert second.point is not None
    residual, distances = numpys(first.point.astype(np.float64), second.point.astype(np.float64))
    there, back = aligned(first, second), aligned(second, first)
    assert there.residual == pytest.approx(residual, abs=1e-12)
    assert 0 < there.residual < 1
    np.testing.assert_allclose(there.distances, distances, rtol=1e-6, atol=1e-6)
    order = sorted(range(ternary.N), key=lambda n: (-there.distances[n], n))
    assert there.moved_most.tolist() == order[:20]
    assert back.residual == pytest.approx(there.residual, abs=1e-12)
    np.testing.assert_allclose(back.distances, there.distances, atol=1e-9)


def test_balls_of_different_curvature_have_one_scale() -> None:
    side = tree()
    assert side.point is not None
    other = side_of_points(side.point.astype(np.float64) @ orthogonal(3) / 2, curvature=4.0)
    found = aligned(side, other)
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert found.distances.max() < 1e-4


def test_uncorrelated_coordinates_have_the_residual_1() -> None:
    """Two points that have only one coordinate each, of another sign in one of them, cancel in Y^T X."""
    first, second = np.zeros((2, ternary.N, 16))
    first[[0, 1], 0] = 0.5
    second[[0, 1], 0] = 0.5, -0.5
    assert aligned(ball_side(first), ball_side(second)).residual == pytest.approx(1, abs=1e-12)


def test_all_at_the_centre_are_the_same() -> None:
    nowhere = ball_side(np.zeros((ternary.N, 16)))
    found = aligned(nowhere, nowhere)
    assert (found.residual, found.distances.max(), found.moved_most.tolist()) == (0, 0, list(range(20)))


def test_a_euclidean_checkpoint_is_not_aligned() -> None:
    assert alignment.align(flat(0), nested()) is alignment.align(nested(), flat(0)) is None
