"""The report on linear regions: counts of whole models, and planes through operations."""

from dataclasses import asdict

import numpy as np
import pytest
import torch

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.linear_regions import counting
from tvae.analysis.linear_regions.activation_patterns import networks, patterns
from tvae.analysis.linear_regions.counting import Regions, one_trit_apart, slice_regions
from tvae.checkpoints import checkpoint_file, loading
from tvae.errors import RegionsError
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary
from tvae.operations.parsing import parse_operations

SAMPLES = 500


@pytest.fixture(scope="module")
def bundled() -> TernaryVAE:
    return checkpoint_file.build(loading.open_located(loading.locate("homeostatic_rich")))


@pytest.fixture(scope="module")
def counted(bundled: TernaryVAE) -> Regions:
    return counting.count(bundled, SAMPLES, seed=1)


@pytest.fixture(scope="module")
def counted_euclidean(euclidean: EvaluatedCheckpoint) -> Regions:
    return counting.count(checkpoint_file.build(euclidean.checkpoint), SAMPLES)


class TestCount:
    def test_counts_stay_inside_their_bounds(self, counted: Regions, counted_euclidean: Regions) -> None:
        assert [part.name for part in counted_euclidean.parts][3] == "decoder B"
        for part in (*counted.parts, *counted_euclidean.parts):
            assert part.undecided == 0
            assert 1 <= part.largest <= ternary.N
            assert part.occupied <= part.layers[-1].upper
            assert part.alone <= part.occupied <= part.alone + (ternary.N - part.alone) // 2
            assert (part.largest == 1) == (part.occupied == ternary.N == part.alone)
            assert part.met_once + part.met_twice <= part.sampled
            assert part.met_once + 2 * part.met_twice <= SAMPLES
            assert (part.estimate or part.sampled) >= part.sampled
            assert 1 <= part.steps_fewest <= part.steps_mean <= part.steps_most
            before = 1
            for layer in part.layers:
                assert before <= layer.occupied <= ternary.N
                assert layer.own <= layer.occupied
                assert layer.sampled <= SAMPLES
                assert layer.sampled <= layer.upper
                assert layer.lower is None or layer.lower <= layer.upper
                assert 0 <= layer.dead + layer.always_on <= layer.units
                before = layer.occupied
            # the theorem speaks of plain layers, and decoder B's first alone is one
            assert [layer.lower is None for layer in part.layers[1:]] == [part.name == "decoder B"] * (
                len(part.layers) - 1
            )

    def test_every_operation_lies_alone_in_the_encoders_of_a_good_checkpoint(self, counted: Regions) -> None:
        """As the decoder needs: it is told the nine trits of each. The decoder itself may share its regions."""
        encoder_a, encoder_b, decoder, both = counted.parts
        assert encoder_a.occupied == encoder_b.occupied == both.occupied == ternary.N
        assert 1 < decoder.occupied < ternary.N
        assert encoder_a.steps_fewest > 1
        assert both.steps_mean > encoder_a.steps_mean

    def test_a_seed_is_reproducible_and_another_differs(self, bundled: TernaryVAE, counted: Regions) -> None:
        assert counting.count(bundled, SAMPLES, seed=1) == counted
        other = counting.count(bundled, SAMPLES, seed=2)
        assert [asdict(part)["steps_mean"] for part in other.parts] != [part.steps_mean for part in counted.parts]
        assert [part.occupied for part in other.parts] == [part.occupied for part in counted.parts]

    def test_one_point_meets_one_region(self, bundled: TernaryVAE) -> None:
        for part in counting.count(bundled, 1).parts:
            assert (part.sampled, part.met_once, part.met_twice, part.estimate) == (1, 1, 0, None)

    def test_a_model_without_regions(self) -> None:
        counted = counting.count(TernaryVAE(ModelConfig(encoder="improved", decoder="improved")).eval())
        assert counted.parts == ()
        assert len(counted.not_counted) == 5

    def test_the_model_is_left_as_it_was(self, bundled: TernaryVAE, counted: Regions) -> None:
        assert all(parameter.dtype == torch.float32 for parameter in bundled.parameters())

    @pytest.mark.parametrize("samples", [0, -1, 100_001, True, 5.0, "5", None, [5]])
    def test_samples_outside_the_limits_are_refused(self, bundled: TernaryVAE, samples: object) -> None:
        with pytest.raises(RegionsError, match=r"samples is .*; it must be a whole number from 1 to 100,000\."):
            counting.count(bundled, samples)  # type: ignore[arg-type]

    @pytest.mark.parametrize("seed", [-1, 2**32, False, "x"])
    def test_a_seed_outside_the_limits_is_refused(self, bundled: TernaryVAE, seed: object) -> None:
        with pytest.raises(RegionsError, match=r"seed is .*; it must be a whole number from 0 to 4,294,967,295\."):
            counting.count(bundled, 5, seed)  # type: ignore[arg-type]

    def test_steps_go_to_neighbours_on_the_grid(self) -> None:
        pairs = one_trit_apart(np.random.default_rng(0), 3_000)
        difference = np.abs(ternary.trits_of(pairs[:, 0]) - ternary.trits_of(pairs[:, 1]))
        assert (difference.sum(1) == 1).all()
        assert len(np.unique(difference.argmax(1))) == ternary.T


class TestPlane:
    def test_pixels_have_the_region_of_their_middle(self, bundled: TernaryVAE) -> None:
        corners = parse_operations("min, max, 0")
        cut = slice_regions(bundled, "encoder A", corners, pixels=60)
        assert cut.region.shape == (60, 60)
        assert sorted(np.unique(cut.region)) == list(range(cut.count))
        points = ternary.trits_of(corners).astype(np.float64)
        # affine coordinates of a pixel's middle give its point back
        middles = np.stack(np.meshgrid(*[(np.arange(60) + 0.5) / 60] * 2), -1).reshape(-1, 2)
        weights = np.linalg.solve(np.vstack([cut.places.T, np.ones(3)]), np.vstack([middles.T, np.ones(3_600)])).T
        bits = np.hstack(patterns(networks(bundled)[0][0], weights @ points).packed)
        theirs = np.unique(bits, axis=0, return_inverse=True)[1].ravel()
        pairs = set(zip(theirs.tolist(), cut.region.ravel().tolist(), strict=True))
        assert len(pairs) == cut.count == theirs.max() + 1

    def test_distances_in_the_picture_are_those_of_the_input(self, bundled: TernaryVAE) -> None:
        corners = parse_operations("13, 14, 16")
        cut = slice_regions(bundled, "encoder B", corners, pixels=8)
        points = ternary.trits_of(corners).astype(np.float64)
        for i, j in ((0, 1), (0, 2), (1, 2)):
            drawn = np.linalg.norm(cut.places[i] - cut.places[j]) * cut.side
            assert drawn == pytest.approx(np.linalg.norm(points[i] - points[j]))
        assert np.allclose(cut.places.mean(0), 0.5)
        assert ((cut.places > 0) & (cut.places < 1)).all()

    def test_corners_of_one_region_have_one_colour(self, bundled: TernaryVAE) -> None:
        cut = slice_regions(bundled, "decoder A", parse_operations("min, max, consensus"))
        column, row = np.floor(cut.places.T * len(cut.region)).astype(int)
        assert len(set(cut.region[row, column].tolist())) == 3
        assert cut.count < 1_000

    @pytest.mark.parametrize(
        ("part", "corners", "sentence"),
        [
            ("encoder C", (1, 2, 5), "The part is 'encoder C'; it must be one of these: 'encoder A', 'encoder B', "),
            (None, (1, 2, 5), "The part is empty; it must be one of these"),
            ("projection", (1, 2, 5), "'projection' has no linear regions: SiLU, sigmoid"),
            ("encoder A", (1, 2), "2 operations are given; a plane goes through 3"),
            ("encoder A", (0, 1, 2), "The operations 0, 1, 2 are on one line"),
            ("encoder A", (5, 5, 2), "The operations 5, 5, 2 are on one line"),
            ("decoder A", (5, 2, 5), "The operations 5, 2, 5 are on one line"),
        ],
    )
    def test_what_is_no_plane_is_refused(
        self, bundled: TernaryVAE, part: str, corners: tuple[int, ...], sentence: str
    ) -> None:
        with pytest.raises(RegionsError) as refused:
            slice_regions(bundled, part, corners)
        assert sentence in str(refused.value)
