"""The best reconstructs the most operations; among equals, it has the highest Q of an encoder."""

from tvae.analysis.comparison.best import best_q, merit


def test_the_best_of_several() -> None:
    falling = [(6, None, None), (5, 0.0, 1.5), (5, 1.0, -1.0), (5, None, None)]
    assert sorted(falling, key=lambda one: merit(*one)) == falling[::-1]


def test_the_higher_q() -> None:
    assert (best_q(1.0, 2.0), best_q(0.5, None), best_q(None, None)) == (2.0, 0.5, None)
