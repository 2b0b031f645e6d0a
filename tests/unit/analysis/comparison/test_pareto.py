"""The Pareto front: small cases, and its definition on random gains."""

import numpy as np

from tvae.analysis.comparison.pareto import on_front


def test_small_cases() -> None:
    assert on_front([]) == []
    assert on_front([(1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0), (0.5, 0.5)]) == [True, True, False, True, True]
    assert on_front([(float("-inf"), 1.0), (0.0, 1.0)]) == [False, True]
    assert on_front([(float("-inf"), 2.0), (0.0, 1.0)]) == [True, True]


def test_no_one_beats_the_front_and_someone_beats_each_of_the_others() -> None:
    gains = np.random.default_rng(0).integers(0, 5, (60, 3)).astype(float)  # with ties
    for one, front in zip(gains, on_front(gains.tolist()), strict=True):
        beaten = any((other >= one).all() and (other > one).any() for other in gains)
        assert front != beaten
