"""Bounds on the number of linear regions: against brute force, each other, and networks that reach them."""

from itertools import product
from math import comb, prod

import pytest

from tvae.analysis.linear_regions.bounds import (
    chao1,
    montufar_lower,
    serra_upper,
    zaslavsky,
)

SHAPES = [(1, (3,)), (2, (4, 4)), (2, (5, 2, 3)), (3, (3, 6, 4)), (9, (256, 128, 64)), (16, (32, 64)), (4, (2, 9, 9))]


def montufar_2017(inputs: int, widths: tuple[int, ...]) -> int:
    """Montufar, Notes on the number of linear regions of deep neural networks (2017), proposition 3."""
    return prod(zaslavsky(width, min(inputs, *widths[: k + 1])) for k, width in enumerate(widths))


def serra_by_hand(inputs: int, widths: tuple[int, ...]) -> int:
    """The sum over the set J as the theorem writes it."""
    total = 0
    for drawn in product(*(range(width + 1) for width in widths)):
        limits = [min(inputs, *(w - j for w, j in zip(widths[:k], drawn[:k], strict=True)), widths[k])
                  if k else min(inputs, widths[0]) for k in range(len(widths))]  # fmt: skip
        if all(j <= limit for j, limit in zip(drawn, limits, strict=True)):
            total += prod(comb(width, j) for width, j in zip(widths, drawn, strict=True))
    return total


def test_hyperplanes_on_the_line_in_the_plane_and_in_space() -> None:
    for n in range(9):
        assert zaslavsky(n, 1) == n + 1
        assert zaslavsky(n, 2) == 1 + n + n * (n - 1) // 2
        assert zaslavsky(n, n) == zaslavsky(n, n + 5) == 2**n
        # one hyperplane more adds as many regions as the others cut out of it
        assert zaslavsky(n + 1, 3) == zaslavsky(n, 3) + zaslavsky(n, 2)


@pytest.mark.parametrize(("inputs", "widths"), SHAPES)
def test_the_bounds_are_in_order(inputs: int, widths: tuple[int, ...]) -> None:
    upper = serra_upper(inputs, widths)
    lower = montufar_lower(inputs, widths)
    assert (lower is None) == (min(widths) < inputs)
    assert (lower or 0) <= upper <= montufar_2017(inputs, widths) <= 2 ** sum(widths)
    assert serra_upper(inputs, widths[:1]) == zaslavsky(widths[0], inputs)


@pytest.mark.parametrize(("inputs", "widths"), SHAPES[:4])
def test_the_upper_bound_is_the_sum_of_the_theorem(inputs: int, widths: tuple[int, ...]) -> None:
    assert serra_upper(inputs, widths) == serra_by_hand(inputs, widths)


def test_the_upper_bound_is_reached_on_the_line() -> None:
    """Serra et al. 2018, theorem 5: with one input and widths of at least 3 it is the product of n + 1."""
    assert serra_upper(1, (3, 4, 5)) == 4 * 5 * 6


def test_a_layer_that_keeps_its_input_loses_no_dimension() -> None:
    assert serra_upper(2, (2, 5)) < serra_upper(2, (2, 5), (True, False)) == zaslavsky(2, 2) * zaslavsky(5, 2)
    assert serra_upper(2, (2, 5), (False, False)) == serra_upper(2, (2, 5))


def test_the_lower_bound_of_folds() -> None:
    assert [montufar_lower(1, (2,) * depth) for depth in (1, 2, 3, 4)] == [3, 6, 12, 24]
    assert montufar_lower(2, (5, 4)) == 2**2 * zaslavsky(4, 2)


def test_an_estimate_from_a_sample() -> None:
    assert chao1(0, 5, 40) == 40  # none was met only once: all are known
    assert chao1(4, 1, 10) == 10 + 4 * 3 / 4
    assert chao1(10, 0, 10) == 10 + 45
