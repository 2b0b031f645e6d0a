"""Robustness: counts that must add up, calibration with a known answer, and reproducible draws."""

from typing import Any

import numpy as np
import pytest
import torch

from tvae.analysis import evaluation, robustness
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.robustness import DEVIATIONS, EDGES, SAMPLES
from tvae.checkpoints import checkpoint_file, loading
from tvae.errors import EmbeddingError, InputError
from tvae.models.embedding import confidence_of, decoded_trits
from tvae.operations import ternary

EVERY = np.arange(ternary.N)
CLASSES = ternary.ALL_TRITS.astype(np.int64) + 1  # (N, 9)
RIGHT = np.eye(3, dtype=np.float32)[CLASSES]  # (N, 9, 3)


@pytest.fixture(scope="module", params=["homeostatic_rich", "ball"])
def trained(request: pytest.FixtureRequest) -> EvaluatedCheckpoint:
    """A checkpoint whose decoder reads the mean, and one whose decoder reads the ball."""
    location = loading.locate(request.param)
    return evaluation.measure(location, loading.open_located(location), tree=False)


def noisy_logits(seed: int, strength: float) -> np.ndarray:
    return (strength * RIGHT + np.random.default_rng(seed).normal(size=RIGHT.shape)).astype(np.float32)


class TestConfusion:
    def test_everything_is_counted_once(self, rich: EvaluatedCheckpoint) -> None:
        embedding = rich.embedding
        found = robustness.confusion(embedding.logits)
        assert found.by_position.sum(2).tolist() == [[ternary.N // 3] * 3] * 9
        assert found.by_valuation.sum((1, 2)).tolist() == [9 * size for size in ternary.LEVEL_SIZES]
        assert np.array_equal(found.by_position.sum(0), found.by_valuation.sum(0))
        right = decoded_trits(embedding.logits) == ternary.ALL_TRITS
        assert np.array_equal(np.trace(found.by_position, axis1=1, axis2=2), right.sum(0))

    def test_one_wrong_trit_is_one_count(self) -> None:
        logits = RIGHT.copy()
        logits[27, 4] = [0, 0, 1]  # operation 27 has v = 3, and -1 at position 4
        found = robustness.confusion(logits)
        wrong = [table * (1 - np.eye(3, dtype=int)) for table in (found.by_position, found.by_valuation)]
        assert [np.argwhere(table).tolist() for table in wrong] == [[[4, 0, 2]], [[3, 0, 2]]]
        assert [table.sum() for table in wrong] == [1, 1]


class TestCalibration:
    @pytest.mark.parametrize("strength", [0.0, 2.0, 30.0])
    def test_bins_contain_all_trits_and_reproduce_the_means(self, strength: float) -> None:
        logits = noisy_logits(0, strength)
        found = robustness.calibration(logits)
        confidence = confidence_of(logits)
        right = decoded_trits(logits) == ternary.ALL_TRITS
        assert [one.low for one in found.bins] + [1.0] == list(EDGES)
        assert sum(one.count for one in found.bins) == 9 * ternary.N
        for one in found.bins:
            inside = (confidence >= one.low) & ((confidence < one.high) | (one.high == 1))
            inside |= (one is found.bins[0]) & (confidence < one.low)  # rounding below 1 / 3
            assert one.count == inside.sum()
            assert (one.confidence is None) == (one.accuracy is None) == (one.count == 0)
            if one.count:
                assert one.confidence == pytest.approx(confidence[inside].mean())
                assert one.accuracy == pytest.approx(right[inside].mean())
        assert found.accuracy == pytest.approx(right.mean())
        assert found.confidence == pytest.approx(confidence.mean())

    def test_the_error_of_a_perfect_decoder_is_1_minus_its_confidence(self) -> None:
        found = robustness.calibration(5 * RIGHT)
        assert found.accuracy == 1
        assert found.ece == pytest.approx(1 - np.exp(5) / (np.exp(5) + 2), rel=1e-6)

    def test_the_error_of_a_decoder_that_is_never_right_is_its_confidence(self) -> None:
        found = robustness.calibration(5 * np.roll(RIGHT, 1, axis=-1))
        assert found.accuracy == 0
        assert found.ece == pytest.approx(found.confidence)

    def test_a_calibrated_decoder_has_nearly_no_error(self) -> None:
        """Logits that say p for one trit, drawn to be the true one with probability p."""
        rng = np.random.default_rng(1)
        p = rng.uniform(0.4, 0.999, CLASSES.shape)
        said = np.where(rng.random(p.shape) < p, CLASSES, (CLASSES + 1 + rng.integers(2, size=p.shape)) % 3)
        logits = np.log(np.where(np.eye(3, dtype=bool)[said], p[..., None], (1 - p[..., None]) / 2)).astype(np.float32)
        assert robustness.calibration(logits).ece < 0.005
        assert robustness.calibration(3 * logits).ece > 0.05


class TestNoise:
    def test_without_noise_it_is_the_coverage(self, trained: EvaluatedCheckpoint) -> None:
        embedding = trained.embedding
        found = robustness.noise(checkpoint_file.build(trained.checkpoint), embedding)
        assert found.deviations == DEVIATIONS == tuple(np.linspace(0, 3, 13))
        assert found.coverage[0] == embedding.exact.mean()
        assert found.by_valuation[0] == (1.0,) * 10
        assert found.spread == pytest.approx(np.std(embedding.a.mu, axis=0).mean(), rel=1e-5)

    def test_more_noise_is_never_better(self, trained: EvaluatedCheckpoint) -> None:
        found = robustness.noise(checkpoint_file.build(trained.checkpoint), trained.embedding)
        for curve in (found.coverage, found.trit_accuracy):
            assert (np.diff(curve) <= 0.001).all()
            assert curve[-1] < 0.9
        for coverage, accuracy, levels in zip(found.coverage, found.trit_accuracy, found.by_valuation, strict=True):
            assert coverage == pytest.approx(np.dot(levels, ternary.LEVEL_SIZES) / ternary.N)
            assert coverage <= accuracy

    def test_the_posterior_is_the_encoders(self, trained: EvaluatedCheckpoint) -> None:
        """No sigma, no noise."""
        model = checkpoint_file.build(trained.checkpoint)
        with torch.no_grad():
            model.encoder_A.fc_logvar.weight.zero_()
            model.encoder_A.fc_logvar.bias.fill_(-40)
        found = robustness.noise(model, trained.embedding)
        assert set(found.coverage) == {1.0}
        assert found.sigma == pytest.approx(np.exp(-20))

    @pytest.mark.parametrize("bias", [1e3, float("nan")])
    def test_a_deviation_that_overflows_is_an_error(self, bias: float, trained: EvaluatedCheckpoint) -> None:
        model = checkpoint_file.build(trained.checkpoint)
        torch.nn.init.constant_(model.encoder_A.fc_logvar.bias, bias)
        with pytest.raises(EmbeddingError, match="A standard deviation of encoder A is not finite"):
            robustness.noise(model, trained.embedding)


class TestReach:
    @pytest.mark.parametrize("seed", [0, 1])
    def test_equally_likely_operations_follow_the_formula(self, seed: int) -> None:
        found = robustness.decoder_support(np.random.default_rng(seed).integers(ternary.N, size=SAMPLES[-1]))
        for m, reached, uniform in zip(SAMPLES, found.reached, found.uniform, strict=True):
            load = m / ternary.N  # balls a box; the variance of the boxes that are hit is N e^-a (1 - (1 + a) e^-a)
            deviation = (ternary.N * np.exp(-load) * (1 - (1 + load) * np.exp(-load))) ** 0.5
            assert abs(reached - uniform) < 4 * deviation + 1
        assert found.uniform[0] == pytest.approx(ternary.N * (1 - (1 - 1 / ternary.N) ** 100))

    def test_counts_are_of_the_first_samples(self) -> None:
        drawn = np.concatenate([np.zeros(500, int), np.arange(SAMPLES[-1] - 500) % ternary.N])
        found = robustness.decoder_support(drawn)
        assert found.reached == tuple(len(set(drawn[:m].tolist())) for m in SAMPLES)
        assert found.by_valuation == (1.0,) * 10

    def test_a_constant_decoder_reaches_one_operation(self, rich: EvaluatedCheckpoint) -> None:
        model = checkpoint_file.build(rich.checkpoint)
        with torch.no_grad():
            model.decoder_A.decoder[-1].weight.zero_()
        found = robustness.prior_reach(model)
        assert set(found.reached) == {1}
        assert sum(share > 0 for share in found.by_valuation) == 1

    def test_the_ball_is_sampled_where_the_decoder_reads_it(self, trained: EvaluatedCheckpoint) -> None:
        model = checkpoint_file.build(trained.checkpoint)
        found = robustness.evaluate(model, trained.embedding, seed=2)
        assert (found.ball is None) == (trained.embedding.decoder_input == "mu")
        for curve in filter(None, (found.prior, found.ball)):
            assert (np.diff(curve.reached) > 0).all()
            assert all(reached <= min(m, ternary.N) for m, reached in zip(curve.samples, curve.reached, strict=True))
            assert curve.reached[-1] == round(np.dot(curve.by_valuation, ternary.LEVEL_SIZES))

    def test_a_flat_model_has_a_prior_and_no_ball(self, euclidean: EvaluatedCheckpoint) -> None:
        found = robustness.evaluate(checkpoint_file.build(euclidean.checkpoint), euclidean.embedding)
        assert found.ball is None
        with pytest.raises(TypeError):
            robustness.ball_reach(checkpoint_file.build(euclidean.checkpoint), euclidean.embedding.a)


def test_a_seed_is_reproducible_and_another_differs(
    trained: EvaluatedCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robustness, "DEVIATIONS", (0.0, 1.0))
    monkeypatch.setattr(robustness, "SAMPLES", (100, 5_000))
    model = checkpoint_file.build(trained.checkpoint)
    once, again, other = (robustness.evaluate(model, trained.embedding, seed) for seed in (5, 5, 6))
    assert (once.noise, once.prior, once.ball) == (again.noise, again.prior, again.ball)
    assert once.noise.coverage[1:] != other.noise.coverage[1:]
    assert once.prior.reached != other.prior.reached
    assert once.calibration == other.calibration


@pytest.mark.parametrize(("given", "seed"), [(0, 0), (7.0, 7), (robustness.MAX_SEED, 2**31 - 1)])
def test_a_seed_is_a_whole_number(given: Any, seed: int) -> None:
    assert robustness.seed_of(given) == seed


@pytest.mark.parametrize("given", [-1, 2**31, 0.5, "0", None, True])
def test_a_wrong_seed(given: Any) -> None:
    with pytest.raises(InputError, match=r"^The seed is .*; it must be a whole number from 0 to 2,147,483,647"):
        robustness.seed_of(given)
