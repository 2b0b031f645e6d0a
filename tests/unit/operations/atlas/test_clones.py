"""The maximal clones: counts, the definition by relations, and an independent test by closure under composition."""

import itertools

import numpy as np
import pytest

from tvae.operations import ternary
from tvae.operations.atlas import clones
from tvae.operations.named import INDEX_OF

PAIRS = tuple(itertools.product(range(3), repeat=2))


@pytest.mark.parametrize("clone", clones.CLONES, ids=lambda clone: clone.name)
def test_count_of_each_maximal_clone(clone: clones.Clone) -> None:
    assert int(clones.memberships()[clone.name].sum()) == clone.count


def test_there_are_18_and_3774_operations_are_in_none() -> None:
    assert len(clones.CLONES) == 18
    assert int(clones.sheffer().sum()) == 3774


def test_no_maximal_clone_is_in_another() -> None:
    for (name, one), (other, two) in itertools.permutations(clones.memberships().items(), 2):
        assert (one & ~two).any(), f"{name} is in {other}"


def test_relations_against_a_loop_over_single_operations() -> None:
    digits = (ternary.ALL_TRITS + 1).reshape(-1, 3, 3).tolist()
    for clone in clones.CLONES:
        if clone.relation:
            pairs = list(itertools.product(clone.relation, repeat=2))
            expected = [all((f[a][b], f[c][d]) in clone.relation for (a, c), (b, d) in pairs) for f in digits]
            assert clones.memberships()[clone.name].tolist() == expected


def test_affine_operations_are_the_27_formulas() -> None:
    formulas = {
        int(ternary.index_of([(x * a + y * b + z + 1) % 3 - 1 for a, b in itertools.product((-1, 0, 1), repeat=2)]))
        for x, y, z in itertools.product(range(3), repeat=3)
    }
    assert {*np.flatnonzero(clones.affine()).tolist()} == formulas


def generated(index: int) -> int:
    """How many operations of two arguments f gives, composed with the projections and with itself in every way.

    Independent of the clones: starts with the projections, and adds f(g, h) for all g and h that are there until
    nothing new comes.
    """
    f = (ternary.ALL_TRITS[index] + 1).reshape(3, 3).astype(np.int64)
    rows = np.array([[a for a, _ in PAIRS], [b for _, b in PAIRS]])  # (found, 9) digits
    there = np.zeros(ternary.N, bool)
    there[rows @ ternary.POWERS] = True
    done = 0
    while done < len(rows) and not there.all():
        with_all = [f[rows[done], rows] @ ternary.POWERS, f[rows, rows[done]] @ ternary.POWERS]
        fresh = np.setdiff1d(np.concatenate(with_all), np.flatnonzero(there))
        there[fresh] = True
        rows = np.concatenate([rows, ternary.ALL_TRITS[fresh] + 1])
        done += 1
    return int(there.sum())


NAMES = ("min", "sum", "product", "webb", "nand", "left", "not_right", "true", "consensus", "comparison", "equals")


@pytest.mark.parametrize("name", NAMES)
def test_closure_under_composition_gives_everything_for_sheffer_operations_alone(name: str) -> None:
    index = INDEX_OF[name]
    found = generated(index)
    assert (found == ternary.N) == bool(clones.sheffer()[index])
    for clone in clones.CLONES:
        if clones.memberships()[clone.name][index]:
            assert found <= clone.count, clone.name


def test_sheffer_operations_are_those_that_satisfy_slupeckis_criterion() -> None:
    """Slupecki (1939): an operation that takes all values and depends on both arguments is complete exactly when it
    gives all 27 functions of one argument. A second definition, for all operations and without the 18 clones."""
    found = []
    for row in (ternary.ALL_TRITS + 1).tolist():
        unary = {(0, 1, 2)}
        queue = [(0, 1, 2)]
        while queue:
            g = queue.pop()
            for h in tuple(unary):
                for one, two in ((g, h), (h, g)):
                    fresh = tuple(row[3 * a + b] for a, b in zip(one, two, strict=True))
                    if fresh not in unary:
                        unary.add(fresh)
                        queue.append(fresh)
        depends = row[:3] == row[3:6] == row[6:] or row[::3] == row[1::3] == row[2::3]
        found.append(len(unary) == 27 and not depends and len(set(row)) == 3)
    assert found == clones.sheffer().tolist()
