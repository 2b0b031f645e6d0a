"""Places and nearest sequences, against a plain eigendecomposition and distances."""

import numpy as np
import pytest

from tvae.sequences.map.projection import NEAREST, project

EMPTY = np.empty((0, 16))


@pytest.fixture(scope="module")
def means() -> np.ndarray:
    scale = np.linspace(3, 0.1, 16)
    return np.random.default_rng(0).normal(size=(40, 16)) * scale + 2


def test_places_are_principal_components_of_the_training_sequences(means: np.ndarray) -> None:
    training, own = means[:30], means[30:]
    found = project(training, own)
    values, vectors = np.linalg.eigh(np.cov(training.T))
    largest = vectors[:, ::-1][:, :2]
    wanted = (means - training.mean(0)) @ largest
    np.testing.assert_allclose(np.abs(found.places), np.abs(wanted), atol=1e-9)
    assert found.shares == pytest.approx(tuple(values[::-1][:2] / values.sum()))
    np.testing.assert_allclose(found.places[:30].mean(0), 0, atol=1e-9)
    # Own sequences change nothing.
    alone = project(training, EMPTY)
    np.testing.assert_array_equal(alone.places, found.places[:30])
    assert alone.nearest == found.nearest[:30]


def test_the_nearest_are_training_sequences_in_all_dimensions(means: np.ndarray) -> None:
    training, own = means[:30], means[30:]
    found = project(training, own)
    for point, mean in enumerate(means):
        lengths = {other: float(np.linalg.norm(mean - training[other])) for other in range(30) if other != point}
        nearest = sorted(lengths, key=lambda other: lengths[other])[:NEAREST]
        assert list(found.nearest[point]) == nearest
        assert found.distances[point] == pytest.approx([lengths[other] for other in nearest])


@pytest.mark.parametrize(("training", "own"), [(0, 1), (0, 2), (1, 0), (1, 1), (2, 0), (2, 3), (0, 5)])
def test_few_points(training: int, own: int, means: np.ndarray) -> None:
    found = project(means[:training], means[20 : 20 + own])
    count = training + own
    assert found.places.shape == (count, 2)
    assert np.isfinite(found.places).all()
    assert sum(found.shares) == pytest.approx(0 if count < 2 else sum(found.shares))
    assert max(found.shares) <= 1
    assert all(
        len(near) == min(NEAREST, (training or count) - (point < (training or count)))
        for point, near in enumerate(found.nearest)
    )
    if count == 2:
        assert found.shares == pytest.approx((1, 0))
        assert np.hypot(*(found.places[0] - found.places[1])) == pytest.approx(
            np.linalg.norm(means[0 if training else 20] - means[1 if training == 2 else 21 - training])
        )


def test_equal_points_share_a_place() -> None:
    found = project(np.ones((3, 16)), np.ones((1, 16)))
    assert not found.places.any()
    assert found.shares == (0, 0)
    assert found.nearest[3] == (0, 1, 2)
