"""Association of the 64 codons with the genetic code, compared with direct definitions."""

import itertools
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from tvae.analysis import genetic_code
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.genetic_code import (
    Association,
    association,
    examine,
    label_permutations,
    tree_automorphisms,
)
from tvae.checkpoints import loading
from tvae.errors import InputError
from tvae.models import embedding
from tvae.operations import codons, ternary
from tvae.operations.codons import CODONS, OPERATIONS, TABLE
from tvae.operations.genetic_codes import CODES

ADIC = ternary.distance_3adic(OPERATIONS[:, None], OPERATIONS[None])
FEW = 400


def some(distances: np.ndarray, stops: bool = False, seed: int = 0, permutations: int = FEW) -> Association:
    return association(distances, label_permutations(permutations, seed), tree_automorphisms(permutations, seed), stops)


def random_distances(seed: int) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(64, 3))
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def by_hand(distances: np.ndarray, table: str, stops: bool) -> tuple[list[float], list[float]]:
    """Distances of synonymous pairs, and of the others."""
    counted = [i for i in range(64) if stops or table[i] != "*"]
    pairs = list(itertools.combinations(counted, 2))
    return (
        [distances[i, j] for i, j in pairs if table[i] == table[j]],
        [distances[i, j] for i, j in pairs if table[i] != table[j]],
    )


@pytest.mark.parametrize("stops", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_are_those_of_the_definition(seed: int, stops: bool) -> None:
    distances = random_distances(seed)
    within, between = by_hand(distances, TABLE, stops)
    found = some(distances, stops)
    assert (found.pairs_within, found.pairs_between) == (len(within), len(between))
    assert len(within) == (90 if stops else 87)
    assert len(within) + len(between) == (2016 if stops else 61 * 60 // 2)
    assert found.within == pytest.approx(np.mean(within))
    assert found.between == pytest.approx(np.mean(between))
    assert found.ratio == pytest.approx(np.mean(within) / np.mean(between))
    area = mannwhitneyu(between, within).statistic / (len(within) * len(between))
    assert found.nearer == pytest.approx(area)


@pytest.mark.parametrize("stops", [False, True])
def test_where_all_codons_are_one_point_none_are_nearer(stops: bool) -> None:
    found = some(np.zeros((64, 64)), stops)
    assert (found.ratio, found.p_chance, found.p_mapping) == (1.0, 1.0, 1.0)


def test_ties_count_half() -> None:
    for distances in (ADIC, np.ones((64, 64))):
        within, between = by_hand(distances, TABLE, False)
        area = mannwhitneyu(between, within).statistic / (len(within) * len(between))
        assert some(distances).nearer == pytest.approx(area)
    assert some(np.ones((64, 64))).nearer == 0.5


@pytest.mark.parametrize("stops", [False, True])
@pytest.mark.parametrize("draw", [label_permutations, tree_automorphisms])
def test_p_values_by_hand(draw: Any, stops: bool) -> None:
    """Each permutation is measured like the real code."""
    distances, places = random_distances(5), draw(60, 1)

    def ratio(table: str) -> float:
        within, between = by_hand(distances, table, stops)
        return float(np.mean(within) / np.mean(between))

    def moved(to: np.ndarray) -> str:
        letters = [""] * 64
        for codon, place in enumerate(to):
            letters[place] = TABLE[codon]
        return "".join(letters)

    at_most = sum(ratio(moved(to)) <= ratio(TABLE) + 1e-12 for to in places)
    found = association(distances, places, places, stops)
    assert found.p_chance == found.p_mapping == pytest.approx((at_most + 1) / 61)


def test_shuffling_keeps_the_families_and_reaches_every_codon() -> None:
    places = label_permutations(FEW, 3)
    assert (np.sort(places, axis=1) == np.arange(64)).all()
    assert all(len(set(column)) > 50 for column in places.T)
    assert (places == label_permutations(FEW, 3)).all()
    assert not (places == label_permutations(FEW, 4)).all()


def test_automorphisms_preserve_3adic_distances_and_have_the_right_number() -> None:
    places = tree_automorphisms(FEW, 3)
    assert (np.sort(places, axis=1) == np.arange(64)).all()
    for to in places[:50]:
        assert (ADIC[np.ix_(to, to)] == ADIC).all()
    assert (places == tree_automorphisms(FEW, 3)).all()
    # uniform: each codon goes anywhere, and two codons of one box stay together
    assert all(len(set(column)) == 64 for column in tree_automorphisms(4_000, 0).T)
    assert (places[:, 0] // 4 == places[:, 3] // 4).all()


def test_the_tree_of_codons_has_only_these_automorphisms() -> None:
    """On eight leaves: 2^7 of the 8! permutations keep the distances; the draws are among them, and all are drawn."""
    corner = ADIC[:8, :8]
    kept = {to for to in itertools.permutations(range(8)) if (corner[np.ix_(to, to)] == corner).all()}
    assert len(kept) == 2**7
    places = tree_automorphisms(20_000, 0)
    still = places[(places[:, :8] < 8).all(1)][:, :8]
    assert {tuple(to) for to in still.tolist()} == kept


def test_the_3adic_distance_has_no_more_information_than_the_mapping() -> None:
    """The 3-adic distance, and every function of it, is the same for every such code."""
    for distances in (ADIC, np.sqrt(ADIC), 5 * ADIC):
        found = some(distances)
        assert found.p_mapping == 1.0
        assert found.p_chance == pytest.approx(1 / (FEW + 1))  # yet synonyms are near


def test_a_distance_made_from_the_code_is_detected() -> None:
    """Synonyms at distance 1, all others at 2: only the real code has all synonymous pairs close."""
    knows = np.where(genetic_code.synonymous(), 1.0, 2.0)
    np.fill_diagonal(knows, 0.0)
    found = some(knows)
    assert (found.within, found.between, found.ratio, found.nearer) == (1.0, 2.0, 0.5, 1.0)
    assert found.p_chance == pytest.approx(1 / (FEW + 1))
    assert found.p_mapping < 0.1  # an automorphism may keep the code: exchanged third bases of a box of four, say
    assert some(knows + 1e-3 * random_distances(0)).nearer == 1.0


def test_random_distances_have_uniform_p_values() -> None:
    """One in a hundred p-values of random distances is below 0.01, and their mean is 0.5."""
    found = [some(random_distances(seed), permutations=99) for seed in range(60)]
    for name in ("p_chance", "p_mapping"):
        values = [getattr(one, name) for one in found]
        assert 0.3 < np.mean(values) < 0.7
        assert sum(value <= 0.05 for value in values) <= 9


def test_the_codons_of_a_checkpoint(rich: EvaluatedCheckpoint) -> None:
    embedded = rich.embedding
    found = examine(embedded, permutations=FEW)
    for geometry, side in ((found.a, embedded.a), (found.b, embedded.b)):
        assert (geometry.radius == side.radius[OPERATIONS]).all()
        assert (geometry.distances == geometry.distances.T).all()
        assert (np.diag(geometry.distances) == 0).all()
        assert side.point is not None
        one, other = (side.point[OPERATIONS[k]].astype(float) for k in (5, 40))
        conformal = (1 - one @ one) * (1 - other @ other)
        assert geometry.distances[5, 40] == pytest.approx(np.arccosh(1 + 2 * ((one - other) ** 2).sum() / conformal))
        assert geometry.association == some(geometry.distances)
        for codon in ("ATG", "TGG"):
            assert np.isnan(geometry.synonyms[CODONS.index(codon)])
        row = geometry.distances[0]  # TTT has one synonym, TTC
        assert geometry.synonyms[0] == row[1]
        assert geometry.others[0] == pytest.approx(row[2:].mean())
    assert found.curved
    assert (found.permutations, found.seed, found.stops) == (FEW, 0, False)
    assert found.adic == some(ADIC)
    assert found.hamming.within == pytest.approx(1.65517, abs=1e-5)


def test_without_a_ball_distances_are_euclidean(euclidean: EvaluatedCheckpoint) -> None:
    embedded = euclidean.embedding
    found = examine(embedded, permutations=50)
    mu = embedded.b.mu[OPERATIONS].astype(float)
    assert found.b.distances[3, 9] == pytest.approx(np.linalg.norm(mu[3] - mu[9]))
    assert not found.curved


def test_the_same_seed_gives_the_same_numbers(rich: EvaluatedCheckpoint) -> None:
    one, same, other = (examine(rich.embedding, permutations=FEW, seed=seed) for seed in (1, 1, 2))
    assert asdict(one.a.association) == asdict(same.a.association)
    assert one.a.association.p_mapping != other.a.association.p_mapping
    assert one.a.association.ratio == other.a.association.ratio


def test_stop_codons_count_only_on_request(rich: EvaluatedCheckpoint) -> None:
    without, counted = (examine(rich.embedding, stops, FEW) for stops in (False, True))
    assert counted.a.association.pairs_within - without.a.association.pairs_within == 3
    assert (counted.a.distances == without.a.distances).all()  # they are encoded in any case


@pytest.mark.parametrize("code", [2, 11, 27])
def test_another_code(rich: EvaluatedCheckpoint, code: int) -> None:
    standard, other = (examine(rich.embedding, True, FEW, code=number) for number in (1, code))
    letters = CODES[code].letters
    pairs = [(i, j) for i in range(64) for j in range(i) if letters[i] == letters[j]]
    assert other.a.association.pairs_within == len(pairs)
    assert other.a.association.within == pytest.approx(np.mean([other.a.distances[i, j] for i, j in pairs]))
    assert (other.a.distances == standard.a.distances).all()
    assert (other.a.association == standard.a.association) == (code == 11)  # whose amino acids are those of code 1
    left_out = examine(rich.embedding, False, FEW, code=code)
    assert left_out.a.association.pairs_between <= other.a.association.pairs_between
    assert (left_out.a.association == other.a.association) == ("*" not in letters)


def test_beating_the_controls_takes_all_three_conditions(rich: EvaluatedCheckpoint) -> None:
    found = examine(rich.embedding, permutations=50)
    good = Association(1.0, 2.0, 0.5, 0.99, 0.001, 0.001, 87, 1743)
    assert found.beats_controls(good)
    for name, value in (("nearer", found.best_control), ("p_chance", 0.02), ("p_mapping", 0.02)):
        assert not found.beats_controls(Association(**{**asdict(good), name: value}))


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"permutations": 0}, "permutations is 0; it must be a whole number from 1 to 100,000, for example 10000"),
        ({"permutations": 100_001}, "permutations is 100001"),
        ({"permutations": "many"}, "permutations is 'many'"),
        ({"seed": -1}, "The seed is -1; it must be a whole number from 0"),
        ({"seed": 2**32}, "The seed is 4294967296"),
        ({"seed": 0.5}, "The seed is 0.5"),
        ({"code": 7}, "The genetic code is 7"),
        ({"stops": "no"}, "stops is 'no'; it must be true or false"),
    ],
)
def test_invalid_arguments_are_rejected(rich: EvaluatedCheckpoint, inputs: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        examine(rich.embedding, **inputs)


def test_the_best_bundled_checkpoint_has_no_information_on_the_code() -> None:
    found = examine(embedding.embed(loading.load("tree")), permutations=1_000)
    for geometry in (found.a, found.b):
        assert geometry.association.p_chance < 0.01
        assert geometry.association.p_mapping > 0.1
    assert codons.C == 64
