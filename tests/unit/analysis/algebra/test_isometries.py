"""The relabellings are those that keep the Hamming and the 3-adic distance, and no others."""

import itertools

import numpy as np
import pytest

from tvae.analysis.algebra import isometries
from tvae.analysis.algebra.questions import QUESTIONS
from tvae.operations import ternary
from tvae.operations.atlas import classes
from tvae.operations.atlas.properties import flags

SOME = np.random.default_rng(0).choice(ternary.N, 200, replace=False)
COPIES = {question.name: isometries.count_images(question.members(), 300) for question in QUESTIONS}


def test_they_are_permutations_that_keep_both_distances() -> None:
    for one in isometries.draw(20, 3):
        to = isometries.images(one)
        assert (np.sort(to) == np.arange(ternary.N)).all()
        for distance in (ternary.distance_hamming, ternary.distance_3adic):
            assert (distance(to[SOME][:, None], to[SOME]) == distance(SOME[:, None], SOME)).all()


def test_a_relabelling_acts_on_each_trit_alone() -> None:
    (one,) = isometries.draw(1, 7)
    digits = ternary.ALL_TRITS + 1
    wanted = np.stack([one[place][digits[:, place]] for place in range(ternary.T)], axis=1)
    assert (isometries.images(one) == ternary.index_of(wanted - 1)).all()


def test_on_two_trits_no_other_map_keeps_both_distances() -> None:
    """By trying all 9! maps of the nine pairs of trits: 6^2 are left, the products of two permutations of digits."""
    pairs = list(itertools.product(range(3), repeat=2))
    first = np.array([[2 if a[0] != b[0] else int(a[1] != b[1]) for b in pairs] for a in pairs])  # 3-adic, by rank
    differ = np.array([[sum(x != y for x, y in zip(a, b, strict=True)) for b in pairs] for a in pairs])
    both = 10 * first + differ
    kept: list[tuple[int, ...]] = [()]
    for _ in pairs:  # each map, extended by one pair at a time as long as it keeps the distances
        kept = [
            (*begun, new)
            for begun in kept
            for new in range(9)
            if new not in begun and all(both[new, to] == both[len(begun), k] for k, to in enumerate(begun))
        ]
    products = {tuple(3 * p[a] + q[b] for a, b in pairs) for p in classes.S3 for q in classes.S3}
    assert set(kept) == products
    assert len(kept) == 36


def test_the_draws_are_uniform_and_seeded() -> None:
    drawn = isometries.draw(6_000, 1)
    for place in range(ternary.T):
        _, often = np.unique(drawn[:, place], axis=0, return_counts=True)
        assert len(often) == 6
        assert often.min() > 850
    assert (drawn == isometries.draw(6_000, 1)).all()
    assert not (drawn == isometries.draw(6_000, 2)).all()


def test_the_number_of_copies() -> None:
    """Commutative fixes a bijection between three pairs of positions, 6^3; idempotent fixes three trits, 3^3."""
    assert COPIES["commutative"] == 6**3
    assert COPIES["idempotent"] == COPIES["closed_value"] == 3**3
    assert isometries.count_images(flags("keeps(-)"), 100) == 3
    assert isometries.count_images(flags("keeps(-, 0)"), 100) == 3**4
    assert isometries.count_images(np.ones(ternary.N, bool), 100) == 1
    assert [name for name, copies in COPIES.items() if copies < 100] == ["idempotent", "closed_value"]


@pytest.mark.parametrize("name", ["commutative", "idempotent"])
def test_the_copies_are_those_that_are_drawn(name: str) -> None:
    members = flags(name)
    drawn = {members[isometries.images(one)].tobytes() for one in isometries.draw(3_000, 0)}
    assert len(drawn) == COPIES[name]
