"""Principal components as seen from a centre, and the faithfulness of pictures, against their definitions."""

import numpy as np
import pytest
import torch
from embeddings import D, collapsed, flat, nested, tree

from tvae.analysis import evaluation
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.views import directions
from tvae.analysis.views.directions import ORIGIN, Faithfulness
from tvae.checkpoints import loading
from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding, side_of_points
from tvae.operations import ternary

CENTRES = (ORIGIN, 0, 13, 19_682)


def few(count: int, curvature: float | None, seed: int = 0) -> EncoderEmbedding:
    """A few random points of a ball, or means without one."""
    vectors = np.random.default_rng(seed).normal(size=(count, D))
    if curvature is None:
        means = vectors.astype(np.float32)
        return EncoderEmbedding(means, None, None, np.linalg.norm(means.astype(np.float64), axis=1), None)
    lengths = np.random.default_rng(seed + 1).uniform(0.1, 0.95, (count, 1)) / curvature**0.5
    return side_of_points(vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * lengths, curvature)


def distances_between(side: EncoderEmbedding) -> np.ndarray:
    """All distances, by arcosh for a ball, as in the definition of the model's distance."""
    x = (side.mu if side.point is None else side.point).astype(np.float64)
    gaps = ((x[:, None] - x[None]) ** 2).sum(-1)
    if side.curvature is None:
        return np.sqrt(gaps)
    c = side.curvature
    conformal = 1 - c * (x**2).sum(1)
    return np.arccosh(1 + 2 * c * gaps / (conformal[:, None] * conformal[None])) / c**0.5


def by_definition(distances: np.ndarray, picture: np.ndarray) -> Faithfulness:
    """Venna and Kaski's M1 and the shared neighbours, operation by operation."""
    n, k, penalty, shared = len(picture), directions.K, 0, 0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        original = sorted(others, key=lambda j: distances[i, j])
        shown = sorted(others, key=lambda j: float(((picture[i] - picture[j]) ** 2).sum()))
        rank = {j: place for place, j in enumerate(original, 1)}
        penalty += sum(rank[j] - k for j in set(shown[:k]) - set(original[:k]))
        shared += len(set(shown[:k]) & set(original[:k]))
    return Faithfulness(1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty, shared / (n * k))


class TestTangents:
    @pytest.mark.parametrize("curvature", [0.5, 1.0, 2.0])
    @pytest.mark.parametrize("centre", [ORIGIN, 3])
    def test_lengths_are_distances_and_the_way_back_is_the_exponential_map(self, curvature: float, centre: int) -> None:
        side = few(50, curvature)
        vectors = directions.tangents(side, centre)
        points = torch.from_numpy(side.point.astype(np.float64))
        middle = torch.zeros(D, dtype=torch.float64) if centre == ORIGIN else points[centre]
        expected = poincare_ball.distance(points, middle, curvature).numpy()
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), expected, atol=1e-12)
        moved = poincare_ball.exp0(torch.from_numpy(vectors / 2), curvature)
        back = poincare_ball.mobius_add(middle.expand_as(moved), moved, curvature)
        np.testing.assert_allclose(back.numpy(), points.numpy(), atol=1e-12)

    def test_without_a_ball_they_are_differences_of_means(self) -> None:
        side = flat(0)
        np.testing.assert_array_equal(directions.tangents(side), side.mu)
        np.testing.assert_array_equal(directions.tangents(side, 5), side.mu.astype(float) - side.mu[5].astype(float))


class TestComponents:
    def test_they_are_the_eigenvectors_of_the_covariance(self) -> None:
        vectors = directions.tangents(tree(), 13)
        components, shares = directions.principal_components(vectors)
        covariance = np.cov(vectors.T)
        values, _ = np.linalg.eigh(covariance)
        np.testing.assert_allclose(shares, values[::-1] / values.sum(), atol=1e-12)
        np.testing.assert_allclose(components @ components.T, np.eye(D), atol=1e-12)
        np.testing.assert_allclose(components @ covariance @ components.T, np.diag(values[::-1]), atol=1e-10)
        assert shares.sum() == pytest.approx(1)

    def test_signs_are_fixed_and_the_mean_does_not_matter(self) -> None:
        vectors = directions.tangents(nested(), 0)
        components, _ = directions.principal_components(vectors)
        mirrored, _ = directions.principal_components(5 - vectors)
        np.testing.assert_allclose(mirrored, components, atol=1e-9)
        for row in components:
            assert row[np.abs(row).argmax()] > 0

    def test_a_direction_that_is_known_is_found(self) -> None:
        rng = np.random.default_rng(0)
        vectors = rng.normal(size=(1_000, D)) * [10, 5, *[0.1] * (D - 2)]
        components, shares = directions.principal_components(vectors)
        np.testing.assert_allclose(components[:2, :2], np.eye(2), atol=0.05)
        assert shares[0] == pytest.approx(0.8, abs=0.03)


class TestFaithfulness:
    @pytest.mark.parametrize("curvature", [None, 0.5, 1.0])
    def test_it_is_that_of_the_definition(self, curvature: float | None) -> None:
        side = few(40, curvature)
        vectors = directions.tangents(side)
        pictures = [vectors[:, :count] for count in (2, 3)]
        found = directions.faithfulness(side, pictures, np.arange(40))
        for one, picture in zip(found, pictures, strict=True):
            expected = by_definition(distances_between(side), picture)
            assert one.trustworthiness == pytest.approx(expected.trustworthiness, abs=1e-12)
            assert one.overlap == pytest.approx(expected.overlap, abs=1e-12)
            assert 0.3 < one.trustworthiness < 1

    def test_a_picture_with_all_dimensions_keeps_everything(self) -> None:
        side = flat(0)
        (found,) = directions.faithfulness(side, [side.mu.astype(float)], np.arange(50))
        assert found == Faithfulness(1, 1)

    def test_the_farthest_as_neighbours_are_the_worst(self) -> None:
        """Means on a line, of which the picture places the farthest next to the first."""
        line = np.zeros((40, D), np.float32)
        line[:, 0] = np.arange(40)
        side = EncoderEmbedding(line, None, None, line[:, 0].astype(float), None)
        picture = np.where(line[:, :1] >= 40 - directions.K, 1.0, 9.0)
        picture[0] = 0
        (found,) = directions.faithfulness(side, [picture], np.array([0]))
        assert found == Faithfulness(pytest.approx(0), 0)

    def test_a_random_picture_is_near_chance(self) -> None:
        side = flat(0)
        picture = np.random.default_rng(3).normal(size=(ternary.N, 2))
        (found,) = directions.faithfulness(side, [picture], tree_measures.sampled_queries()[: directions.QUERIES])
        assert found.trustworthiness == pytest.approx(0.5, abs=0.02)
        assert found.overlap < 0.005


class TestMeasure:
    @pytest.mark.parametrize("centre", CENTRES)
    def test_a_trained_checkpoint(self, centre: int) -> None:
        location = loading.locate("rich_tree")
        side = evaluation.measure(location, loading.open_located(location), tree=False).embedding.a
        found = directions.measure(side, centre)
        assert found is not None
        assert len(found.shares) == D
        assert list(found.shares) == sorted(found.shares, reverse=True)
        places = directions.tangents(side, centre) @ found.components.T
        parts = [directions.tangents(side, centre).var(0).sum(), *places.var(0)]
        np.testing.assert_allclose(np.array(parts[1:]) / parts[0], found.shares[:3], atol=1e-9)
        plane, space = found.faithfulness
        assert 0.5 < plane.trustworthiness < space.trustworthiness <= 1
        assert plane.overlap < space.overlap < 1

    def test_a_euclidean_checkpoint_has_directions(self) -> None:
        found = directions.measure(flat(0))
        assert found is not None
        assert found.components.shape == (3, D)

    @pytest.mark.parametrize("centre", [ORIGIN, 7])
    def test_a_collapsed_encoder_has_none(self, centre: int) -> None:
        assert directions.measure(collapsed(), centre) is None
