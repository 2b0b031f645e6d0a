"""Mean, deviation and interval of a few values, against what follows from their definitions."""

import itertools

import numpy as np
import pytest

from tvae.analysis.comparison.spread import LEVEL, Spread, spread_of


def test_two_values_have_an_interval_from_one_to_the_other() -> None:
    """Of the four resamples of two values, a quarter has only the lower one."""
    (found,) = spread_of([[1.0], [3.0]])
    assert found == Spread(2, 2.0, pytest.approx(2**0.5), 1.0, 3.0)


def test_the_interval_holds_the_level_among_all_resamples() -> None:
    """Of five values there are 3,125 resamples, whose means are the distribution that is sampled."""
    values = [0.0, 1.0, 3.0, 7.0, 20.0]
    means = np.mean(list(itertools.product(values, repeat=5)), axis=1)
    (found,) = spread_of([[value] for value in values])
    assert found.low is not None
    assert found.high is not None
    for end, share in ((found.low, (1 - LEVEL) / 2), (found.high, (1 + LEVEL) / 2)):
        assert np.mean(means < end) == pytest.approx(share, abs=0.01)


def test_measures_are_apart_and_every_call_gives_the_same() -> None:
    values = [[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]]
    both = spread_of(values)
    assert both == spread_of(values)
    assert both[1] == Spread(3, 5.0, 0.0, 5.0, 5.0)
    assert [both[0]] == spread_of([row[:1] for row in values])


def test_one_value_has_no_interval() -> None:
    assert spread_of([[0.5, -1.0]]) == [Spread(1, 0.5, None, None, None), Spread(1, -1.0, None, None, None)]
