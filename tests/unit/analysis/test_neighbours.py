"""Neighbours by three distances, compared with a full sort; agreement for embeddings with a known answer."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch
from embeddings import EVERY, ball_side, flat, nested, tree

from tvae.analysis import neighbours
from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

CHOSEN = np.array([0, 1, 13, 243, 6_561, 19_682])
SIDES = {"nested": nested(), "tree": tree(), "flat": flat(1)}


def every_distance(side: EncoderEmbedding, index: int) -> np.ndarray:
    """The model's distance (N,) of everything from one operation."""
    if side.point is None:
        return np.linalg.norm(side.mu.astype(np.float64) - side.mu[index].astype(np.float64), axis=1)
    wide = torch.from_numpy(side.point.astype(np.float64))
    return poincare_ball.distance(wide, wide[index], side.curvature).numpy()


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("k", [1, 10, 500])
def test_each_list_is_that_of_sorting_everything(name: str, k: int) -> None:
    side = SIDES[name]
    for found in neighbours.neighbourhood(side, CHOSEN, k):
        index = found.operation
        model_distance, others = every_distance(side, index), np.delete(EVERY, index)
        adic, hamming = ternary.distance_3adic(index, EVERY), ternary.distance_hamming(index, EVERY)
        for which, by_model, keys in (
            (found.nearest, found.distances, (model_distance,)),
            (found.nearest_3adic, found.distances_3adic, (model_distance, adic)),
            (found.nearest_hamming, found.distances_hamming, (model_distance, hamming)),
        ):
            sorted_keys = [key[others][np.lexsort([key[others] for key in keys])][:k] for key in keys]
            for key, expected in zip(keys, sorted_keys, strict=True):
                np.testing.assert_allclose(key[which], expected, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(by_model, model_distance[which], rtol=1e-9, atol=1e-12)
            assert len(set(which.tolist()) - {index}) == k


def test_the_curvature_of_the_ball_is_used() -> None:
    """A ball of curvature -4 with the same points: other distances, and so other neighbours."""
    side = replace(nested(), curvature=4.0, point=(nested().point / 2).astype(np.float32))
    (found,) = neighbours.neighbourhood(side, np.array([13]), 10)
    distances = every_distance(side, 13)
    others = np.delete(EVERY, 13)
    np.testing.assert_array_equal(found.nearest, others[np.argsort(distances[others], kind="stable")[:10]])
    np.testing.assert_allclose(found.distances, distances[found.nearest], rtol=1e-9)
    (flat_ball,) = neighbours.neighbourhood(replace(side, curvature=1.0), np.array([13]), 10)
    assert flat_ball.nearest.tolist() != found.nearest.tolist()


def test_all_other_operations_can_be_requested() -> None:
    (found,) = neighbours.neighbourhood(nested(), np.array([5]), ternary.N - 1)
    for which in (found.nearest, found.nearest_3adic, found.nearest_hamming):
        assert sorted(which.tolist()) == np.delete(EVERY, 5).tolist()
    assert (found.agreement_3adic.share, found.agreement_3adic.chance, found.agreement_3adic.within) == (1, 1, 1)


def test_results_cannot_be_changed() -> None:
    (found,) = neighbours.neighbourhood(nested(), np.array([5]), 1)
    for record, name in ((found, "operation"), (found.agreement_3adic, "share")):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, 0)


def test_no_operations_have_no_neighbours() -> None:
    assert neighbours.neighbourhood(nested(), np.empty(0, np.int64), 3) == []


@pytest.mark.parametrize(("k", "size"), [(1, 2), (2, 2), (3, 8), (8, 8), (9, 26), (26, 26), (27, 80), (800, 2_186)])
def test_the_tree_agrees_with_itself_and_its_balls_are_powers_of_three(k: int, size: int) -> None:
    """The exact tree keeps 3-adic order at small norms, so its nearest lie in the 3-adic ball, whatever the ties."""
    side = tree(0.3, 0.4)
    for found in neighbours.neighbourhood(side, CHOSEN, k):
        assert found.agreement_3adic.size == size
        assert found.agreement_3adic.share == 1
        assert found.agreement_3adic.chance == pytest.approx(size / 19_682)
        assert found.agreement_3adic.within == (size + 1) / 3**9


@pytest.mark.parametrize(
    ("k", "within", "size"), [(1, 1, 18), (18, 1, 18), (19, 2, 162), (200, 3, 834), (900, 4, 2850)]
)
def test_hamming_balls(k: int, within: int, size: int) -> None:
    """Within distance d there are sum over i = 1..d of C(9, i) 2^i others."""
    for found in neighbours.neighbourhood(nested(), CHOSEN, k):
        assert (found.agreement_hamming.within, found.agreement_hamming.size) == (within, size)


def test_random_directions_agree_as_often_as_chance() -> None:
    """With equal norms and random directions the mean share is the stated chance."""
    direction = np.random.default_rng(3).normal(size=(ternary.N, 16))
    side = ball_side(0.5 * direction / np.linalg.norm(direction, axis=1, keepdims=True))
    some = neighbours.neighbourhood(side, np.arange(0, ternary.N, 200), 50)
    for kind in ("agreement_3adic", "agreement_hamming"):
        agreements = [getattr(found, kind) for found in some]
        share, chance = np.mean([one.share for one in agreements]), agreements[0].chance
        error = np.sqrt(chance * (1 - chance) / (50 * len(agreements)))
        assert abs(share - chance) < 4 * error


@pytest.mark.parametrize("name", SIDES)
def test_those_of_all_at_once_are_those_of_each(name: str) -> None:
    others, distances = neighbours.nearest_of_all(SIDES[name], 10)
    wanted, apart = neighbours.nearest(SIDES[name], CHOSEN, 10)
    assert others.shape == distances.shape == (ternary.N, 10)
    assert others[CHOSEN].tolist() == wanted.tolist()
    assert distances[CHOSEN].tolist() == apart.tolist()
