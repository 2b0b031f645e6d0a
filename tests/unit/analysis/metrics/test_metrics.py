"""Every metric compared with a slow definition, its ceiling, and cases in which it is undefined."""

import math
from dataclasses import FrozenInstanceError, asdict, replace

import numpy as np
import pytest
import torch
from embeddings import EVERY, collapsed, flat, nested, noisy, side_of, tree
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from tvae.analysis.metrics import ceilings, levels, metrics, ranks
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.distances import _sampled_tree
from tvae.analysis.metrics.metrics import encoder_metrics, evaluate
from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.config import ModelConfig
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary

LEVEL = ternary.VALUATIONS


@pytest.fixture(scope="module")
def seeded() -> EncoderEmbedding:
    """Radii that follow the valuation with much noise, many of them tied."""
    return noisy(seed=3, tied=True)


def test_only_an_embedding_is_evaluated() -> None:
    model = TernaryVAE(ModelConfig())
    with pytest.raises(TypeError, match=r"evaluate takes an Embedding, not TernaryVAE. Make one: tvae.embed\(model\)"):
        evaluate(model)  # type: ignore[arg-type]


def test_the_ceilings_are_those_of_the_level_sizes() -> None:
    assert -CEILINGS.hierarchy == pytest.approx(0.8320502954, abs=5e-11)
    assert ceilings.spearman_ceiling((13_122, ternary.N - 13_122)) == pytest.approx(0.8164, abs=1e-4)
    assert CEILINGS.q == pytest.approx(2.1627, abs=5e-5)
    assert CEILINGS.richness == pytest.approx(0.0245, abs=5e-5)
    assert CEILINGS.tree_fidelity == pytest.approx(0.8320221, abs=5e-8)
    assert (CEILINGS.overlaps, CEILINGS.triplet_agreement) == (0, 1.0)
    assert CEILINGS.distance_correlation == pytest.approx(0.9146, abs=5e-5)
    infinite = ceilings.spearman_ceiling((*(2 * 3 ** (29 - v) for v in range(30)), 1))
    assert infinite == pytest.approx(math.sqrt(9 / 13), abs=1e-10)


@pytest.mark.parametrize(("p", "depth"), [(2, 2), (2, 3), (2, 7), (3, 2), (3, 4), (4, 3), (5, 3), (7, 2), (11, 2)])
def test_the_ceiling_of_a_tree_is_reached_by_its_order_and_by_nothing_else(p: int, depth: int) -> None:
    rng = np.random.default_rng(p * depth)
    first, second = np.triu_indices(p**depth, 1)
    shared = np.zeros(len(first), np.int64)  # first digits that a pair of leaves shares
    for k in range(1, depth):
        shared += (first - second) % p**k == 0
    noise = rng.permutation(len(first)) / len(first)
    ceiling = ceilings.tree_ceiling(p, depth)
    assert spearmanr(noise - shared, -shared).statistic == pytest.approx(ceiling, abs=1e-12)
    assert spearmanr(3 * noise - shared, -shared).statistic < ceiling
    assert spearmanr(-shared, -shared).statistic == pytest.approx(1)  # tied distances pass it


@pytest.mark.parametrize(
    ("p", "limit"), [(2, 0.92582), (3, 0.83205), (5, 0.69561), (7, 0.60698), (11, 0.49812)]
)  # of the page of measures
def test_the_ceiling_of_a_tree_tends_to_its_limit(p: int, limit: float) -> None:
    assert ceilings.tree_ceiling(p, None) == pytest.approx(limit, abs=5e-6)
    shares = [(p - 1) * p ** (8 - k) / (p**9 - 1) for k in range(9)]
    assert ceilings.tree_ceiling(p, 9) == pytest.approx((1 - sum(f**3 for f in shares)) ** 0.5, abs=1e-4 / p**9)
    rising = [ceilings.tree_ceiling(p, depth) for depth in range(3, 20)]
    assert sorted(rising) == rising
    assert ceilings.tree_ceiling(p, 40) == pytest.approx(ceilings.tree_ceiling(p, None), abs=1e-11)


@pytest.mark.parametrize(("p", "depth"), [(1, 9), (0, None), (3, 1), (3, -2)])
def test_a_tree_without_branches_or_levels_has_no_ceiling(p: int, depth: int | None) -> None:
    with pytest.raises(InputError, match=f"Found {p} branches and the depth {depth}"):
        ceilings.tree_ceiling(p, depth)


def test_a_perfect_hierarchy_is_at_the_ceiling() -> None:
    found = encoder_metrics(nested(), tree=False)
    assert found.hierarchy == pytest.approx(-0.8320502954, abs=5e-11)
    assert (found.overlaps, found.overlapping, found.ordering_accuracy) == (0, (), 1.0)
    assert found.richness is not None
    assert 0 < found.richness < CEILINGS.richness


def test_separating_only_level_0_nearly_reaches_the_ceiling() -> None:
    rng = np.random.default_rng(0)
    norms = np.where(LEVEL == 0, 0.5, 0.1) + 0.3 * rng.random(ternary.N)
    found = encoder_metrics(side_of(norms), tree=False)
    assert found.hierarchy == pytest.approx(-(2 / 3) / (9 / 13) ** 0.5, abs=2e-3)
    assert set(range(1, 7)) <= set(found.overlapping)
    assert 0 not in found.overlapping


def test_an_inverted_hierarchy_is_the_opposite() -> None:
    norms = nested().norm
    assert norms is not None
    found = encoder_metrics(side_of(0.99 - norms), tree=False)
    assert found.hierarchy == pytest.approx(0.8320502954, abs=5e-11)
    assert (found.overlaps, found.ordering_accuracy) == (9, 0.0)


def test_tied_shells_go_beyond_the_ceiling() -> None:
    found = encoder_metrics(side_of(0.9 - 0.08 * LEVEL), tree=False)
    assert found.hierarchy == -1.0
    assert (found.overlaps, found.richness) == (0, pytest.approx(0.0, abs=1e-15))


def test_hierarchy_and_overlaps_by_their_definitions(seeded: EncoderEmbedding) -> None:
    found = encoder_metrics(seeded, tree=False)
    assert found.hierarchy == pytest.approx(spearmanr(LEVEL, seeded.radius).statistic, abs=1e-12)
    overlapping = tuple(v for v in range(9) if seeded.radius[v == LEVEL].min() <= seeded.radius[v + 1 == LEVEL].max())
    assert found.overlapping == overlapping
    assert found.overlaps == len(overlapping)
    touching = 0.9 - 0.08 * LEVEL.astype(float)
    touching[np.flatnonzero(LEVEL == 3)[0]] = touching[LEVEL == 4][0]
    assert levels.overlapping_levels(touching) == (3,)


def test_ordering_accuracy_counts_every_pair(seeded: EncoderEmbedding) -> None:
    right = pairs = 0
    for v in range(9):
        higher = np.sort(seeded.radius[v < LEVEL])
        below = np.searchsorted(higher, seeded.radius[v == LEVEL], "left")  # strictly smaller radii at higher levels
        right, pairs = right + int(below.sum()), pairs + len(higher) * int((v == LEVEL).sum())
    assert pairs == 96_855_122
    assert levels.concordance(seeded.radius) == right / pairs
    few = np.random.default_rng(1).choice(ternary.N, 300, replace=False)
    radius = np.zeros(ternary.N) + np.where(np.isin(EVERY, few), seeded.radius, 0)
    loop = sum(
        int((radius[v == LEVEL][:, None] > radius[w == LEVEL][None]).sum()) for v in range(9) for w in range(v + 1, 10)
    )
    assert levels.concordance(radius) == loop / 96_855_122


def test_richness_is_the_mean_variance_of_the_levels(seeded: EncoderEmbedding) -> None:
    found = encoder_metrics(seeded, tree=False)
    assert found.richness == pytest.approx(np.mean([seeded.norm[v == LEVEL].var() for v in range(10)]), rel=1e-12)
    assert found.hyperbolic_richness == pytest.approx(
        np.mean([seeded.radius[v == LEVEL].var() for v in range(10)]), rel=1e-12
    )
    assert found.level_mean_norm == pytest.approx([seeded.norm[v == LEVEL].mean() for v in range(10)], rel=1e-12)
    assert found.level_mean_radius == pytest.approx([seeded.radius[v == LEVEL].mean() for v in range(10)], rel=1e-12)


def test_distance_correlation_and_q(seeded: EncoderEmbedding) -> None:
    chosen = np.sort(np.random.default_rng(0).choice(ternary.N, 1_000, replace=False))
    gaps = pdist(LEVEL[chosen, None].astype(float), "cityblock")
    expected = spearmanr(pdist(seeded.point[chosen].astype(np.float64)), gaps).statistic
    found = encoder_metrics(seeded, tree=False)
    assert found.distance_correlation == pytest.approx(expected, abs=1e-7)
    assert found.q == pytest.approx(expected + 1.5 * abs(found.hierarchy), abs=1e-7)


def test_tree_metrics_by_their_definitions(seeded: EncoderEmbedding) -> None:
    pairs, rank, triplets = _sampled_tree()
    assert pairs.shape == (2, 400_000)
    assert (pairs[0] != pairs[1]).all()
    d3 = ternary.distance_3adic(pairs[0], pairs[1])
    assert spearmanr(rank, d3).statistic == pytest.approx(1.0)
    i, j, k = triplets
    assert (ternary.valuation_of(i - j) > ternary.valuation_of(i - k)).all()
    assert (i != j).all()
    assert (i != k).all()
    assert triplets.shape[1] > 100_000
    distances = distances_of(seeded, *pairs)
    found = encoder_metrics(seeded)
    assert found.tree_fidelity == pytest.approx(spearmanr(distances, d3).statistic, abs=1e-10)
    share = (distances_of(seeded, i, j) < distances_of(seeded, i, k)).mean()
    assert found.triplet_agreement == pytest.approx(share, abs=1e-12)
    batches = [spearmanr(*part).statistic for part in zip(np.split(distances, 20), np.split(d3, 20), strict=True)]
    assert found.tree_fidelity_error == pytest.approx(np.std(batches, ddof=1) / math.sqrt(20), abs=1e-10)


def distances_of(side: EncoderEmbedding, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """By arcosh, as the definition has it."""
    x, y, c = side.point[first].astype(np.float64), side.point[second].astype(np.float64), side.curvature
    gap = ((x - y) ** 2).sum(1)
    inner = 1 + 2 * c * gap / ((1 - c * (x**2).sum(1)) * (1 - c * (y**2).sum(1)))
    return np.arccosh(np.maximum(inner, 1)) / math.sqrt(c)


def test_the_analytic_tree_is_nearly_perfect() -> None:
    found = encoder_metrics(tree())
    assert found.tree_fidelity == pytest.approx(0.83, abs=0.005)
    assert found.tree_fidelity <= CEILINGS.tree_fidelity + 3 * found.tree_fidelity_error
    assert found.triplet_agreement == 1.0
    assert 0 < found.tree_fidelity_error < 0.002


def test_random_points_follow_no_tree() -> None:
    found = encoder_metrics(side_of(np.full(ternary.N, 0.5), seed=1))
    assert found.tree_fidelity == pytest.approx(0, abs=5 * found.tree_fidelity_error)
    assert found.triplet_agreement == pytest.approx(0.5, abs=0.01)


def test_ties_are_averaged() -> None:
    rng = np.random.default_rng(5)
    for values in (rng.integers(0, 4, 500).astype(float), np.round(rng.random(500), 1), rng.random(500)):
        groups = rng.integers(0, 5, 500).astype(np.int8)
        expected = spearmanr(values, groups).statistic
        assert ranks.spearman(values, groups) == pytest.approx(expected, abs=1e-12)


def test_undefined_metrics_are_none_and_never_zero() -> None:
    constant = encoder_metrics(collapsed())
    assert (constant.hierarchy, constant.q, constant.ordering_accuracy) == (None, None, None)
    assert (constant.distance_correlation, constant.tree_fidelity, constant.tree_fidelity_error) == (None, None, None)
    assert constant.overlaps == 9
    groups = np.zeros(10, np.int8)
    assert ranks.spearman(np.arange(10.0), groups) is None
    euclidean = encoder_metrics(flat(seed=1))
    without = {name for name, value in asdict(euclidean).items() if value is None}
    assert without == {
        "richness",
        "hyperbolic_richness",
        "distance_correlation",
        "q",
        "tree_fidelity",
        "tree_fidelity_error",
        "triplet_agreement",
        "level_mean_norm",
    }
    unasked = encoder_metrics(noisy(seed=1), tree=False)
    assert (unasked.tree_fidelity, unasked.triplet_agreement) == (None, None)


def test_results_cannot_be_changed() -> None:
    """They are shared by all threads that ask for the same checkpoint."""
    right = one_hot(ternary.ALL_TRITS)
    base = Embedding(nested(), nested(), right, right, ternary.ALL_TRITS, np.ones(ternary.N, bool), "mu")
    found = evaluate(base, tree=False)
    for record, name in ((CEILINGS, "q"), (found, "a"), (found.a, "q"), (found.at_mu, "coverage")):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, 0)


def one_hot(trits: np.ndarray) -> np.ndarray:
    return (trits[..., None] == np.array([-1, 0, 1])).astype(np.float32)


def test_coverage_counts_exactly() -> None:
    logits = one_hot(ternary.ALL_TRITS)
    full = metrics.coverage(logits)
    assert (full.coverage, full.reconstructed, full.total, full.trit_accuracy) == (1.0, ternary.N, ternary.N, 1.0)
    assert full.failing == ()
    assert full.by_position == (1.0,) * 9
    assert full.by_valuation == (1.0,) * 10
    wrong = {0: 4, 7: 0, 5_000: 8}  # operation -> position
    for operation, position in wrong.items():
        logits[operation, position] = np.roll(logits[operation, position], 1)
    logits[7, 1] = np.roll(logits[7, 1], 1)
    found = metrics.coverage(logits)
    assert found.failing == (0, 7, 5_000)
    assert found.reconstructed == ternary.N - 3
    assert found.coverage == (ternary.N - 3) / ternary.N
    assert found.trit_accuracy == pytest.approx(1 - 4 / (9 * ternary.N), rel=1e-12)
    assert found.by_position[8] == pytest.approx(1 - 1 / ternary.N, rel=1e-12)
    assert found.by_valuation[9] == 0.0
    assert found.by_valuation[0] == pytest.approx(1 - np.sum(LEVEL[[7, 5_000]] == 0) / 13_122)


def test_coverage_is_measured_at_mu_for_every_decoder_input() -> None:
    right, wrong = one_hot(ternary.ALL_TRITS), one_hot(-ternary.ALL_TRITS)
    base = Embedding(nested(), nested(), right, right, ternary.ALL_TRITS, np.ones(ternary.N, bool), "mu")
    assert evaluate(base, tree=False).at_ball is None
    other = evaluate(replace(base, logits=wrong, decoder_input="log0"), tree=False)
    assert other.at_mu.coverage == 1.0
    assert other.at_ball is not None
    assert other.at_ball.reconstructed == 1  # the table of nothing but 0


def test_evaluation_is_deterministic(seeded: EncoderEmbedding) -> None:
    first, second = encoder_metrics(seeded), encoder_metrics(replace(seeded))
    assert first == second
    shuffled = np.random.default_rng(0).permutation(ternary.N)
    assert ranks.spearman(seeded.radius[shuffled], LEVEL[shuffled]) == first.hierarchy


def test_curvature_scales_lengths_and_changes_no_rank() -> None:
    narrow, wide = noisy(seed=6), noisy(seed=6)
    scaled = (narrow.point / math.sqrt(0.5)).astype(np.float32)
    double = torch.from_numpy(scaled.astype(np.float64))
    norm, radius = poincare_ball.norm(double).numpy(), poincare_ball.radius(double, 0.5).numpy()
    wide = EncoderEmbedding(scaled, scaled, norm, radius, 0.5)
    first, second = encoder_metrics(narrow), encoder_metrics(wide)
    assert second.hierarchy == pytest.approx(first.hierarchy, abs=1e-6)
    assert second.richness == pytest.approx(2 * first.richness, rel=1e-5)
    assert second.hyperbolic_richness == pytest.approx(2 * first.hyperbolic_richness, rel=1e-5)
    assert second.tree_fidelity == pytest.approx(first.tree_fidelity, abs=1e-6)
