"""Mantel's test against all permutations of a tiny case, and against scipy's correlation."""

import itertools

import numpy as np
import pytest
from scipy.stats import spearmanr

from tvae.errors import InputError, SequenceError
from tvae.sequences.trees.mantel import Mantel, check, mantel


def distances(size: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    points = np.random.default_rng(seed).normal(size=(size, 3))
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_r_and_p_are_those_of_all_permutations(seed: int) -> None:
    one, other = distances(5, seed), distances(5, seed + 10) + 2 * distances(5, seed)
    upper = np.triu_indices(5, 1)
    r = spearmanr(one[upper], other[upper]).statistic
    orders = [list(order) for order in itertools.permutations(range(5))]
    high = [spearmanr(one[upper], other[np.ix_(order, order)][upper]).statistic >= r - 1e-9 for order in orders]
    found = mantel(one, other, permutations=20_000)
    assert found.r == pytest.approx(r)
    assert found.p == pytest.approx(np.mean(high), abs=0.01)


def test_ties_have_the_mean_rank() -> None:
    steps = np.abs(np.subtract.outer(np.arange(8), np.arange(8))).astype(float)
    other = distances(8, 3)
    upper = np.triu_indices(8, 1)
    assert mantel(steps, other, 9).r == pytest.approx(spearmanr(steps[upper], other[upper]).statistic)
    assert mantel(steps, steps**3, 99).r == pytest.approx(1.0)
    assert mantel(steps, steps**3, 99).p == pytest.approx(1 / 100)


def test_the_same_seed_gives_the_same_p() -> None:
    one, other = distances(9, 4), distances(9, 5)
    assert mantel(one, other, 99, seed=1) == mantel(one, other, 99, seed=1)
    assert len({mantel(one, other, 99, seed=seed).p for seed in range(6)}) > 1


def test_equal_distances_have_no_correlation_and_few_things_no_test() -> None:
    assert mantel(np.ones((5, 5)), distances(5, 0), 9) == Mantel(None, None)
    with pytest.raises(SequenceError, match="3 sequences are compared with the tree; at least 4 are needed"):
        mantel(distances(3, 0), distances(3, 1))


def test_settings_are_checked() -> None:
    assert check(10, 3) == (10, 3)
    for wrong in ((0, 0), (100_001, 0), (9, -1), ("x", 0)):
        with pytest.raises(InputError):
            check(*wrong)
