"""Every identity against its definition, written as a loop over all arguments, for all 19,683 operations."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tvae.operations import ternary
from tvae.operations.atlas import identities

VALUES = (-1, 0, 1)
PAIRS = tuple(itertools.product(VALUES, repeat=2))
TRIPLES = tuple(itertools.product(VALUES, repeat=3))
TABLES = [dict(zip(PAIRS, row, strict=True)) for row in ternary.ALL_TRITS.tolist()]
Table = dict[tuple[int, int], int]


def latin(f: Table) -> bool:
    lines = [[f[a, b] for b in VALUES] for a in VALUES] + [[f[a, b] for a in VALUES] for b in VALUES]
    return all(len(set(line)) == 3 for line in lines)


def is_permutation_of_one(f: Table) -> int:
    """Arguments that matter, found by changing one at a time."""
    first = any(f[a, b] != f[c, b] for a, b, c in TRIPLES)
    second = any(f[a, b] != f[a, c] for a, b, c in TRIPLES)
    return first + second


DEFINITIONS: dict[str, tuple[int | None, Callable[[], Any], Callable[[Table], Any]]] = {
    "commutative": (729, identities.commutative, lambda f: all(f[a, b] == f[b, a] for a, b in PAIRS)),
    "associative": (
        113,
        identities.associative,
        lambda f: all(f[f[a, b], c] == f[a, f[b, c]] for a, b, c in TRIPLES),
    ),
    "idempotent": (729, identities.idempotent, lambda f: all(f[a, a] == a for a in VALUES)),
    "identity": (
        243,
        identities.has_identity,
        lambda f: any(all(f[e, a] == f[a, e] == a for a in VALUES) for e in VALUES),
    ),
    "absorbing": (
        243,
        identities.has_absorbing,
        lambda f: any(all(f[z, a] == f[a, z] == z for a in VALUES) for z in VALUES),
    ),
    "quasigroup": (12, identities.quasigroup, latin),
    "self_dual": (81, identities.self_dual, lambda f: all(f[-a, -b] == -f[a, b] for a, b in PAIRS)),
    "image": (None, identities.image_size, lambda f: len(set(f.values()))),
    "arguments": (None, identities.essential_arguments, is_permutation_of_one),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definition_and_count(name: str) -> None:
    count, compute, definition = DEFINITIONS[name]
    found = compute()
    assert found.tolist() == [definition(f) for f in TABLES]
    if count is not None:
        assert int(found.sum()) == count


def test_multiplication_distributes_over_addition_modulo_3_and_minimum_over_maximum() -> None:
    index = {name: int(ternary.index_of([rule(a, b) for a, b in PAIRS])) for name, rule in {
        "sum": lambda a, b: (a + b + 1) % 3 - 1, "product": lambda a, b: a * b, "min": min, "max": max,
    }.items()}  # fmt: skip
    over_sum, over_max = identities.distributes_over(index["sum"]), identities.distributes_over(index["max"])
    assert over_sum[index["product"]]
    assert not over_sum[index["min"]]
    assert over_max[index["min"]]
    assert over_max[index["max"]]


def test_distributive_operations_against_the_definition() -> None:
    g = TABLES[5681]  # a + b modulo 3
    expected = [
        all(f[a, g[b, c]] == g[f[a, b], f[a, c]] and f[g[b, c], a] == g[f[b, a], f[c, a]] for a, b, c in TRIPLES)
        for f in TABLES
    ]
    assert identities.distributes_over(5681).tolist() == expected


def test_an_index_that_does_not_exist_is_refused() -> None:
    with pytest.raises(IndexError):
        identities.distributes_over(ternary.N)


def test_tables_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        identities.tables()[0, 0, 0] = np.int8(1)
