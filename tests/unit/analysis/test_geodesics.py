"""Decoding of points and paths: identities of geodesics, and what each kind of model decodes along a path."""

import numpy as np
import pytest
import torch

from tvae.analysis import evaluation, geodesics
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import checkpoint_file, loading
from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.config import ModelConfig
from tvae.models.embedding import EncoderEmbedding
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary

KINDS = ("rich", "euclidean", "ball_reader")
PAIRS = ((0, 13), (6_561, 2), (19_682, 1), (243, 486))


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest) -> EvaluatedCheckpoint:
    """A model whose decoder reads the mean, one without a ball, and one whose decoder reads the ball."""
    evaluated: EvaluatedCheckpoint = request.getfixturevalue(request.param)
    return evaluated


@pytest.fixture(scope="module")
def tree() -> EvaluatedCheckpoint:
    """A trained checkpoint whose decoder reads the ball, on both encoders."""
    location = loading.locate("tree")
    return evaluation.measure(location, loading.open_located(location), tree=False)


def model_of(evaluated: EvaluatedCheckpoint) -> TernaryVAE:
    return checkpoint_file.build(evaluated.checkpoint)


def distances(side: EncoderEmbedding, points: np.ndarray, index: int) -> np.ndarray:
    """Hyperbolic distance (P,) of points (P, D) from an operation's point."""
    wide = torch.from_numpy(side.point[index].astype(np.float64))
    return poincare_ball.distance(torch.from_numpy(points), wide, side.curvature).numpy()


class TestDecode:
    def test_an_operations_point_decodes_as_in_the_embedding(self, opened: EvaluatedCheckpoint) -> None:
        embedding, some = opened.embedding, np.arange(0, ternary.N, 97)
        place = embedding.a.point if embedding.decoder_input == "log0" else embedding.a.mu
        found = geodesics.decode(model_of(opened), place[some].astype(np.float64))
        np.testing.assert_allclose(found.decoded.logits, embedding.logits[some], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(found.radius, embedding.a.radius[some], rtol=1e-5)
        if embedding.has_ball:
            np.testing.assert_allclose(found.point, embedding.a.point[some], atol=1e-6)
        else:
            assert found.point is None

    def test_decoded_trits_index_and_valuation_agree(self, opened: EvaluatedCheckpoint) -> None:
        points = 0.02 * np.random.default_rng(0).normal(size=(300, 16))
        found = geodesics.decode(model_of(opened), points).decoded
        assert np.array_equal(found.trits, found.logits.argmax(-1) - 1)
        assert np.array_equal(ternary.trits_of(found.index), found.trits)
        assert np.array_equal(found.valuation, ternary.VALUATIONS[found.index])
        shares = np.exp(found.logits) / np.exp(found.logits).sum(-1, keepdims=True)
        np.testing.assert_allclose(found.confidence, shares.max(-1).min(-1), rtol=1e-5)

    def test_points_up_to_the_models_largest_norm_are_decoded(self, ball_reader: EvaluatedCheckpoint) -> None:
        model = model_of(ball_reader)
        largest, root = model.config.max_radius, ball_reader.embedding.a.curvature**0.5
        axis = np.eye(16)[:1]
        expected = 2 / root * np.arctanh(root * largest)
        assert geodesics.decode(model, largest * axis).radius[0] == pytest.approx(expected)
        geodesics.decode(model, (largest + 0.9 * geodesics.ROUNDING) * axis)
        beyond = {
            largest + 0.001: "larger than any that this model produces",
            1 / root: "outside the ball",
            7: "outside the ball",
        }
        for norm, where in beyond.items():
            sentence = (
                rf"^Point 2 has the Euclidean norm {norm:.6f}, {where}\. Norms up to {largest} are accepted; scale it"
            )
            with pytest.raises(InputError, match=sentence):
                geodesics.decode(model, np.concatenate([0 * axis, norm * axis]))

    def test_the_suggested_factor_leads_into_a_ball_smaller_than_max_radius(self) -> None:
        config = ModelConfig(learnable_curvature=True, curvature=2.0, max_radius=0.95, decoder_input="log0")
        model = TernaryVAE(config).eval()
        assert geodesics.largest_norm(model) == pytest.approx(0.5**0.5, abs=1e-6)
        for norm in (0.8, 1.05, 6.7):
            point = norm * np.eye(16)[:1]
            with pytest.raises(InputError, match=r"Norms up to 0\.707107 are accepted") as caught:
                geodesics.decode(model, point)
            factor = float(str(caught.value).split()[-1].rstrip("."))
            assert 0.98 * 0.5**0.5 < factor * norm < 0.5**0.5
            geodesics.decode(model, factor * point)

    def test_a_mean_can_be_anywhere_unless_it_overflows(self, rich: EvaluatedCheckpoint) -> None:
        model = model_of(rich)
        assert geodesics.decode(model, np.full((1, 16), 50.0)).radius < 2 * np.arctanh(model.config.max_radius) + 1e-3
        with torch.no_grad():
            model.decoder_A.decoder[-1].weight.mul_(1e38)
        with pytest.raises(InputError, match="overflows at point 1"):
            geodesics.decode(model, np.full((1, 16), 1e6))


class TestWalk:
    @pytest.mark.parametrize("encoder", ["A", "B"])
    @pytest.mark.parametrize(("start", "end"), PAIRS)
    @pytest.mark.parametrize("kind", ["rich", "ball_reader"])
    def test_the_points_are_the_geodesic(
        self, kind: str, start: int, end: int, encoder: str, request: pytest.FixtureRequest
    ) -> None:
        """Constant speed, both ends, no detour, and the same path in reverse."""
        evaluated: EvaluatedCheckpoint = request.getfixturevalue(kind)
        side = evaluated.embedding.a if encoder == "A" else evaluated.embedding.b
        found = geodesics.geodesic(model_of(evaluated), evaluated.embedding, start, end, 8, encoder)
        assert found.t.tolist() == [k / 8 for k in range(9)]
        before, after = distances(side, found.point, start), distances(side, found.point, end)
        assert found.length == pytest.approx(before[-1], abs=1e-9)
        np.testing.assert_allclose(before, found.t * found.length, atol=1e-8)
        np.testing.assert_allclose(before + after, found.length, atol=1e-8)
        np.testing.assert_allclose(found.point[[0, -1]], side.point[[start, end]], atol=1e-9)
        np.testing.assert_allclose(
            found.radius,
            2 / side.curvature**0.5 * np.arctanh(side.curvature**0.5 * np.linalg.norm(found.point, axis=1)),
            rtol=1e-9,
        )
        back = geodesics.geodesic(model_of(evaluated), evaluated.embedding, end, start, 8, encoder)
        np.testing.assert_allclose(back.point[::-1], found.point, atol=1e-9)

    def test_the_ends_decode_as_the_embedding_does(self, opened: EvaluatedCheckpoint) -> None:
        embedding = opened.embedding
        found = geodesics.geodesic(model_of(opened), embedding, 13, 6_561, 5)
        assert found.decoded_from == ("ball" if embedding.decoder_input == "log0" else "mu")
        assert (found.mu is None) == (found.decoded_from == "ball")
        np.testing.assert_allclose(found.decoded.logits[[0, -1]], embedding.logits[[13, 6_561]], rtol=1e-4, atol=1e-5)
        if found.mu is not None:
            np.testing.assert_allclose(found.mu, np.linspace(embedding.a.mu[13], embedding.a.mu[6_561], 6), atol=1e-6)

    def test_the_gap_is_0_at_the_ends_and_in_the_ball(
        self, rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint
    ) -> None:
        found = geodesics.geodesic(model_of(rich), rich.embedding, 13, 6_561, 10)
        assert found.projection_gap[[0, -1]] == pytest.approx(0, abs=1e-4)
        own = geodesics.decode(model_of(rich), found.mu).point
        expected = poincare_ball.distance(
            torch.from_numpy(own), torch.from_numpy(found.point), rich.embedding.a.curvature
        )
        np.testing.assert_allclose(found.projection_gap, expected, rtol=1e-6, atol=1e-9)
        assert (
            geodesics.geodesic(model_of(ball_reader), ball_reader.embedding, 13, 6_561, 10).projection_gap.tolist()
            == [0] * 11
        )

    def test_encoder_b_is_decoded_only_by_a_decoder_that_reads_it(
        self, rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint
    ) -> None:
        found = geodesics.geodesic(model_of(rich), rich.embedding, 13, 5, 3, "B")
        assert (found.decoded_from, found.decoded, found.mu, found.projection_gap) == (None, None, None, None)
        assert found.point is not None
        flat = geodesics.geodesic(model_of(euclidean), euclidean.embedding, 13, 5, 3, "B")
        assert (flat.decoded_from, flat.point, flat.projection_gap) == ("mu", None, None)
        np.testing.assert_allclose(
            flat.decoded.logits[[0, -1]], euclidean.embedding.logits_b[[13, 5]], rtol=1e-4, atol=1e-5
        )

    def test_without_a_ball_the_line_is_straight(self, euclidean: EvaluatedCheckpoint) -> None:
        embedding = euclidean.embedding
        found = geodesics.geodesic(model_of(euclidean), embedding, 13, 5, 4)
        assert found.length == pytest.approx(float(np.linalg.norm(embedding.a.mu[13] - embedding.a.mu[5])), rel=1e-5)
        np.testing.assert_allclose(found.radius[[0, -1]], embedding.a.radius[[13, 5]], rtol=1e-6)

    @pytest.mark.parametrize("encoder", ["A", "B"])
    def test_the_trained_tree_is_decoded_at_the_ends_and_between_them(
        self, tree: EvaluatedCheckpoint, encoder: str
    ) -> None:
        """Two operations that share their first digits: every step decodes to one that shares them too."""
        start, end = 5 * 3**4 + 40, 11 * 3**4 + 40
        found = geodesics.geodesic(model_of(tree), tree.embedding, start, end, 20, encoder)
        assert found.decoded.index[[0, -1]].tolist() == [start, end]
        assert (found.decoded.index % 3**4 == 40).all()

    def test_paths_of_one_step_and_of_length_0(self, opened: EvaluatedCheckpoint) -> None:
        assert len(geodesics.geodesic(model_of(opened), opened.embedding, 13, 5, 1).t) == 2
        stays = geodesics.geodesic(model_of(opened), opened.embedding, 13, 13, 3)
        assert stays.length == 0
        assert len(set(stays.decoded.index.tolist())) == 1
        np.testing.assert_allclose(stays.radius, opened.embedding.a.radius[13], rtol=1e-6)
