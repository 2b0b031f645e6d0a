"""Shares by direct counting, over all choices among ties."""

import itertools

import numpy as np
import pytest

from tvae.analysis.algebra import isometries, shares
from tvae.analysis.algebra.questions import QUESTIONS
from tvae.operations import ternary
from tvae.operations.atlas.properties import flags

NAMES = ("associative", "identity", "self_dual", "monotone(- < 0 < +)", "semilattice")


def by_hand(members: np.ndarray, distances: np.ndarray) -> float:
    """Mean share among the K nearest of the members; rows of `distances` (members, N). Ties share what room is left."""
    found = []
    for row in distances:
        index = int(np.flatnonzero(row == 0)[0])
        others = np.delete(np.arange(ternary.N), index)
        room, hits = shares.K, 0.0
        for value in np.unique(row[others]):
            tied = others[row[others] == value]
            taken = min(room, len(tied))
            hits += members[tied].mean() * taken
            room -= taken
            if not room:
                break
        found.append(hits / shares.K)
    return float(np.mean(found))


@pytest.mark.parametrize("name", NAMES)
def test_the_controls(name: str) -> None:
    members = flags(name)
    inside = np.flatnonzero(members)[:, None]
    everything = np.arange(ternary.N)
    assert shares.hamming(members) == pytest.approx(by_hand(members, ternary.distance_hamming(inside, everything)))
    assert shares.adic(members) == pytest.approx(by_hand(members, ternary.distance_3adic(inside, everything)))
    assert shares.base(members) == (members.sum() - 1) / 19_682


def test_a_tie_is_the_mean_of_all_choices() -> None:
    """The last two of the ten nearest of operation 0 by 3-adic distance are any two of eighteen."""
    members = np.zeros(ternary.N, bool)
    members[[0, 3**8, 3**7, 3**6, 2 * 3**6]] = True
    near = [3**8 * i + 3**7 * j for i in range(3) for j in range(3) if i or j]
    tied = [3**8 * i + 3**7 * j + 3**6 * k for i in range(3) for j in range(3) for k in (1, 2)]
    shared = [members[[*near, *choice]].mean() for choice in itertools.combinations(tied, 2)]
    alone = members & (np.arange(ternary.N) == 0)
    distances = ternary.distance_3adic(np.flatnonzero(alone)[:, None], np.arange(ternary.N))
    assert by_hand(members, distances) == pytest.approx(np.mean(shared))


@pytest.mark.parametrize("name", ["commutative", "sheffer", "monotone"])
def test_relabelling_changes_no_control(name: str) -> None:
    members = flags(name)
    for one in isometries.draw(5, 2):
        copy = members[isometries.images(one)]
        assert shares.base(copy) == shares.base(members)
        assert shares.hamming(copy) == pytest.approx(shares.hamming(members))
        assert shares.adic(copy) == pytest.approx(shares.adic(members))


def test_hits_are_counted_one_by_one() -> None:
    nearest = np.random.default_rng(0).integers(0, ternary.N, (ternary.N, shares.K)).astype(np.int16)
    sets = [question.members() for question in QUESTIONS]
    found = shares.hits(shares.words(sets), shares.by_rank(nearest))
    wanted = [sum(members[nearest[index]].sum() for index in np.flatnonzero(members)) for members in sets]
    assert found.tolist() == wanted + [0] * (32 - len(sets))


@pytest.mark.parametrize("many", [0, 1, 2, 3, 64, 65, 66, 67, 1_000])
def test_bits_are_added_up(many: int) -> None:
    words = np.random.default_rng(many).integers(0, 2**32, many, dtype=np.uint32)
    wanted = [sum(int(word) >> bit & 1 for word in words) for bit in range(32)]
    assert shares.bit_totals(words).tolist() == wanted
