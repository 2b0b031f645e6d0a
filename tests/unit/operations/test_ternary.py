"""The 19,683 operations: numbering, valuation and 3-adic distance, for all of them at once."""

import itertools

import numpy as np
import pytest

from tvae.operations import ternary
from tvae.operations.ternary import (
    ALL_TRITS,
    LEVEL_SIZES,
    VALUATIONS,
    N,
    T,
    distance_3adic,
    index_of,
    trit_string,
    trits_of,
)

EVERY = np.arange(N)


def valuation_by_division(number: int) -> int:
    """Directly by the definition."""
    if number == 0:
        return 9
    k = 0
    while number % 3 == 0:
        number, k = number // 3, k + 1
    return k


def test_indices_and_tables_are_one_to_one() -> None:
    assert (T, N) == (9, 19_683)
    assert np.array_equal(index_of(trits_of(EVERY)), EVERY)
    assert len({tuple(row) for row in ALL_TRITS.tolist()}) == N
    assert set(np.unique(ALL_TRITS)) == {-1, 0, 1}


def test_position_0_is_the_least_significant_digit() -> None:
    assert trits_of(0).tolist() == [-1] * 9
    assert trits_of(1).tolist() == [0] + [-1] * 8
    assert trits_of(3**8 * 2).tolist() == [-1] * 8 + [1]
    assert trits_of(N - 1).tolist() == [1] * 9
    for n in range(0, N, 101):
        assert n == sum((int(x) + 1) * 3**i for i, x in enumerate(ALL_TRITS[n]))


def test_arrays_of_any_shape_are_accepted() -> None:
    grid = EVERY.reshape(27, 729)
    assert trits_of(grid).shape == (27, 729, 9)
    assert np.array_equal(index_of(trits_of(grid)), grid)
    assert index_of([-1, -1, -1, 0, 0, 0, 1, 1, 1]) == 27 + 81 + 243 + 2 * (729 + 2187 + 6561)


def test_valuation_counts_leading_minus_ones() -> None:
    assert VALUATIONS.tolist() == [valuation_by_division(n) for n in range(N)]
    leading = (np.cumprod(ALL_TRITS == -1, axis=1)).sum(1)
    assert np.array_equal(VALUATIONS, leading)
    assert VALUATIONS[0] == 9
    assert LEVEL_SIZES == (13122, 4374, 1458, 486, 162, 54, 18, 6, 2, 1)
    assert np.bincount(VALUATIONS).tolist() == list(LEVEL_SIZES)


def test_valuation_of_differences() -> None:
    numbers = np.arange(-N + 1, N)
    assert ternary.valuation_of(numbers).tolist() == [valuation_by_division(abs(int(n))) for n in numbers]


def test_distance_is_an_ultrametric() -> None:
    rng = np.random.default_rng(0)
    i, j, k = rng.integers(N, size=(3, 100_000))
    assert np.array_equal(distance_3adic(i, j), distance_3adic(j, i))
    assert (distance_3adic(i, k) <= np.maximum(distance_3adic(i, j), distance_3adic(j, k))).all()
    assert (distance_3adic(EVERY, EVERY) == 0).all()
    assert ((distance_3adic(i, j) == 0) == (i == j)).all()
    for few in itertools.combinations(range(0, N, 1093), 2):
        assert distance_3adic(*few) == 3.0 ** -valuation_by_division(few[1] - few[0])


def test_the_first_trit_that_differs_determines_the_distance() -> None:
    rng = np.random.default_rng(1)
    i, j = rng.integers(N, size=(2, 20_000))
    i, j = i[i != j], j[i != j]
    first = (ALL_TRITS[i] != ALL_TRITS[j]).argmax(1)
    assert np.array_equal(distance_3adic(i, j), 3.0**-first)


def test_tables_as_text() -> None:
    assert trit_string([-1, 0, 1] * 3) == "-0+-0+-0+"
    assert trit_string(ALL_TRITS[0]) == "---------"
    assert len({trit_string(row) for row in ALL_TRITS[:500]}) == 500


@pytest.mark.parametrize("array", [ALL_TRITS, VALUATIONS])
def test_the_tables_are_read_only(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_hamming_distance_counts_the_trits_that_differ() -> None:
    rng = np.random.default_rng(0)
    i, j, k = rng.integers(ternary.N, size=(3, 1_000))
    differ = (ternary.trits_of(i) != ternary.trits_of(j)).sum(1)
    assert np.array_equal(ternary.distance_hamming(i, j), differ)
    assert np.array_equal(ternary.distance_hamming(j, i), differ)
    assert (differ <= ternary.distance_hamming(i, k) + ternary.distance_hamming(k, j)).all()
    assert ternary.distance_hamming(7, 7) == 0
