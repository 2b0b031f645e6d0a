"""The test of a geometry: p-values by direct counting, on geometries that know algebra and on some that do not."""

from typing import Any

import numpy as np
import pytest

from tvae.analysis import neighbours
from tvae.analysis.algebra import association, isometries, shares
from tvae.analysis.algebra.association import ALPHA, Algebra, K, examine, p_values
from tvae.analysis.algebra.questions import QUESTIONS
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import InputError
from tvae.operations import ternary
from tvae.operations.atlas.identities import Flags
from tvae.operations.atlas.properties import flags

FEW = 149
SETS = [question.members() for question in QUESTIONS]


def digits_alone(seed: int) -> np.ndarray:
    """(N, K) neighbours at Hamming distance 1, K of the 18 at random."""
    random = np.random.default_rng(seed)
    cube = np.arange(ternary.N).reshape((3,) * ternary.T)
    around = [np.roll(cube, step, axis).ravel() for axis in range(ternary.T) for step in (1, 2)]
    chosen = random.permuted(np.tile(np.arange(18), (ternary.N, 1)), axis=1)[:, :K]
    return np.take_along_axis(np.stack(around, axis=1), chosen, 1)


def knowing(members: Flags, seed: int) -> np.ndarray:
    """The same, but the neighbours of the members are others of the members."""
    nearest = digits_alone(seed)
    inside = np.flatnonzero(members)
    nearest[inside] = np.random.default_rng(seed).choice(inside, (len(inside), K))
    return nearest


@pytest.fixture(scope="module")
def graphs(rich: EvaluatedCheckpoint) -> dict[int, np.ndarray]:
    """The neighbours by each encoder of the golden file, found once; keys are identities of the sides."""
    return {id(side): neighbours.graph(side, K) for side in (rich.embedding.a, rich.embedding.b)}


@pytest.fixture
def found_once(graphs: dict[int, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "graph", lambda side, k: graphs[id(side)])


@pytest.fixture
def found(rich: EvaluatedCheckpoint, found_once: None) -> Algebra:
    return examine(rich.embedding, FEW, 3)


def test_hits_of_copies_by_hand() -> None:
    """A copy of a set is measured like the set; (1 + R, encoders, Q)."""
    nearest = [digits_alone(0), digits_alone(1)]
    measured = association.hits(nearest, SETS, 3, 5)
    copies = [np.arange(ternary.N), *map(isometries.images, isometries.draw(3, 5))]
    for row, to in zip(measured, copies, strict=True):
        for side, near in zip(row, nearest, strict=True):
            moved = [members[to] for members in SETS]
            assert side.tolist() == [(one[near] & one[:, None]).sum() for one in moved]


def test_p_values_by_hand() -> None:
    measured = np.random.default_rng(0).integers(0, 9, (40, 2, 3))
    measured[:, 1, 2] = 4  # the same for all copies
    p, corrected = p_values(measured)
    z = (measured - measured.mean(0)) / np.where(measured.std(0) > 0, measured.std(0), 1)
    for side in range(2):
        for question in range(3):
            column = measured[:, side, question]
            assert p[side, question] == pytest.approx((1 + sum(column[1:] >= column[0])) / 40)
            larger = sum(z[k].max() >= z[0, side, question] for k in range(1, 40))
            assert corrected[side, question] == pytest.approx((1 + larger) / 40)
    assert p[1, 2] == 1.0
    assert (corrected >= p).all()


@pytest.mark.parametrize("name", ["commutative", "associative"])
def test_a_geometry_that_knows_a_property_is_found(name: str, monkeypatch: pytest.MonkeyPatch, rich: Any) -> None:
    members = {question.name: question.members() for question in QUESTIONS}[name]
    nearest = knowing(members, 0)
    monkeypatch.setattr(neighbours, "graph", lambda side, k: nearest)  # for both encoders
    rows = examine(rich.embedding).rows
    known = {(row.asked.question.name, row.encoder) for row in rows if row.known}
    assert {(name, "A"), (name, "B")} <= known
    for row in rows:
        if row.asked.question.name == name:
            assert row.share == 1.0
            assert row.expected < 0.9


def test_digits_alone_are_not_found() -> None:
    """No false yes in 20 geometries of digits, and p-values that are spread over 0 to 1."""
    least, all_p = [], []
    for seed in range(20):
        p, corrected = p_values(association.hits([digits_alone(seed)], SETS, 99, seed))
        least.append(corrected.min())
        all_p.append(p)
    assert sum(one <= 0.01 for one in least) <= 2
    assert 0.3 < np.mean(all_p) < 0.75


def test_a_significant_share_below_a_control_is_not_known(found: Algebra) -> None:
    (row, *_) = found.rows
    for share, corrected, known in ((0.9, 0.001, True), (0.9, 0.02, False), (0.3, 0.001, False)):
        one = association.Row(row.asked, "A", share, 0.1, 0.001, corrected)
        assert one.known == known
        assert one.significant == (corrected <= ALPHA)


def test_a_checkpoint(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    assert [(row.asked.question.name, row.encoder) for row in found.rows] == [
        (question.name, encoder) for question in QUESTIONS for encoder in "AB"
    ]
    assert (found.permutations, found.seed) == (FEW, 3)
    for encoder in "AB":
        members = flags("associative")
        near, _ = neighbours.nearest(rich.embedding.side(encoder), np.flatnonzero(members), K)
        (row,) = (row for row in found.rows if (row.asked.question.name, row.encoder) == ("associative", encoder))
        assert row.share == pytest.approx(members[near].mean())
        assert row.asked.hamming == shares.hamming(members)
        assert 1 / (FEW + 1) <= row.p <= row.p_corrected <= 1
    assert [row.asked.question.name for row in found.rows[::2] if not row.decidable] == ["idempotent", "closed_value"]


def test_the_same_seed_gives_the_same_numbers(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    assert examine(rich.embedding, FEW, 3) == found
    other = examine(rich.embedding, FEW, 4)
    assert [row.share for row in other.rows] == [row.share for row in found.rows]
    assert [row.p for row in other.rows] != [row.p for row in found.rows]


def test_all_neighbours_at_once_are_those_of_each(
    rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint, graphs: dict[int, np.ndarray]
) -> None:
    chosen = np.random.default_rng(1).integers(0, ternary.N, 300)
    for side in (rich.embedding.a, rich.embedding.b, euclidean.embedding.a):
        graph = graphs.get(id(side))
        wanted, _ = neighbours.nearest(side, chosen, K)
        assert ((neighbours.graph(side, K) if graph is None else graph)[chosen] == wanted).all()


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"permutations": 0}, "permutations is 0; it must be a whole number from 1 to 5,000, for example 1999"),
        ({"permutations": 5_001}, "permutations is 5001"),
        ({"permutations": "many"}, "permutations is 'many'"),
        ({"seed": -1}, "The seed is -1; it must be a whole number from 0"),
        ({"seed": 2**32}, "The seed is 4294967296"),
    ],
)
def test_invalid_arguments_are_rejected(rich: EvaluatedCheckpoint, inputs: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        examine(rich.embedding, **inputs)
