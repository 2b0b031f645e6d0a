"""Embeddings: deterministic, read-only, and an error if a model has none."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from layouts import BY_NAME, state_of

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.checkpoint_file import build
from tvae.errors import EmbeddingError, OperationsError
from tvae.models import embedding as module
from tvae.models.config import ModelConfig
from tvae.models.embedding import (
    Embedding,
    EncoderEmbedding,
    decoded_trits,
    embed,
    encode,
)
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary
from tvae.operations.parsing import parse_operations


@pytest.mark.parametrize("model", ["tree", None, torch.zeros(3)])
def test_only_a_model_is_embedded(model: Any) -> None:
    for call in (lambda: embed(model), lambda: encode(model, "min")):
        with pytest.raises(
            TypeError, match=rf"embed takes a TernaryVAE, not {type(model).__name__}. Load one: tvae.load"
        ):
            call()


def arrays_of(embedding: Embedding) -> dict[str, np.ndarray]:
    sides = {f"{name}.{part.name}": getattr(side, part.name) for name, side in (("a", embedding.a), ("b", embedding.b))
             for part in fields(EncoderEmbedding)}  # fmt: skip
    whole = {part.name: getattr(embedding, part.name) for part in fields(Embedding)}
    return {name: value for name, value in {**sides, **whole}.items() if isinstance(value, np.ndarray)}


def test_two_passes_agree_bit_for_bit(rich: EvaluatedCheckpoint) -> None:
    first = arrays_of(rich.embedding)
    second = arrays_of(embed(build(rich.checkpoint)))
    assert first.keys() == second.keys()
    assert len(first) == 12
    for name, array in first.items():
        assert np.array_equal(array, second[name]), name


def test_every_array_is_read_only(
    rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint
) -> None:
    for evaluated in (rich, euclidean, ball_reader):
        for name, array in arrays_of(evaluated.embedding).items():
            assert len(array) == ternary.N
            with pytest.raises(ValueError, match="read-only"):
                array[0] = array[1]
            assert not array.flags.writeable, name


def test_embedding_changes_neither_the_model_nor_the_random_state() -> None:
    model = TernaryVAE(ModelConfig(dropout=0.5)).train()
    before = torch.get_rng_state()
    first, second = embed(model), embed(model)
    assert model.training
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(first.a.point, second.a.point)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_same_point_has_the_same_radius_everywhere() -> None:
    model = TernaryVAE(ModelConfig())
    for parameter in model.parameters():
        torch.nn.init.constant_(parameter, 0.1)
    for part in (model.encoder_A, model.encoder_B):
        torch.nn.init.zeros_(part.encoder[0].weight)
    embedding = embed(model)
    assert len(np.unique(embedding.a.radius)) == len(np.unique(embedding.a.norm)) == 1


def test_points_outside_the_ball_are_an_error() -> None:
    model = TernaryVAE(ModelConfig(curvature=2.0, max_radius=0.95))
    torch.nn.init.constant_(model.projection.proj_B.radius_net[-1].bias, 20.0)
    torch.nn.init.constant_(model.projection.proj_A.radius_net[-1].bias, -5.0)
    with pytest.raises(EmbeddingError, match=r"Encoder B puts a point at norm 0\.9500.*radius 0\.7071.*max_radius"):
        embed(model)


@pytest.mark.parametrize("parameter", [-200.0, 1e8])  # softplus of it is the curvature
def test_an_extreme_learned_curvature_is_an_error(parameter: float) -> None:
    model = TernaryVAE(ModelConfig(learnable_curvature=True, max_radius=1e-6))
    torch.nn.init.constant_(model.projection.proj_B.manifold.isp_c, parameter)
    with pytest.raises(EmbeddingError, match=r"The ball of encoder B has curvature .*, and not one from 1e-07 to 1e"):
        embed(model)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("encoder_B.fc_mu.bias", "latent mean of encoder B of operation 0"),
        ("decoder_A.decoder.4.bias", "logit of operation 0"),
    ],
)
def test_overflowing_weights_are_an_error(name: str, words: str) -> None:
    model = TernaryVAE(ModelConfig())
    with torch.no_grad():
        dict(model.named_parameters())[name][3] = torch.inf
    with pytest.raises(EmbeddingError, match=words):
        embed(model)
    assert model.training


def test_a_euclidean_checkpoint_has_no_ball(euclidean: EvaluatedCheckpoint) -> None:
    found = euclidean.embedding
    assert not found.has_ball
    assert (found.a.point, found.a.norm, found.a.curvature) == (None, None, None)
    np.testing.assert_allclose(found.a.radius, np.linalg.norm(found.a.mu.astype(np.float64), axis=1), rtol=1e-12)


def test_logits_at_both_decoder_inputs(rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint) -> None:
    at_mu, at_ball = rich.embedding, ball_reader.embedding
    assert at_mu.logits is at_mu.mu_logits
    assert not np.allclose(at_ball.logits, at_ball.mu_logits)
    assert np.array_equal(at_ball.reconstruction, at_ball.logits.argmax(-1) - 1)


def test_decoding_breaks_ties_as_argmax_does() -> None:
    logits = np.random.default_rng(0).integers(0, 3, (500, 9, 3)).astype(np.float32)
    assert np.array_equal(decoded_trits(logits), logits.argmax(-1) - 1)


def test_confidence_is_the_softmax_of_the_decoded_trit() -> None:
    logits = torch.randn(100, 9, 3, generator=torch.Generator().manual_seed(0)) * 50
    expected = torch.softmax(logits.double(), -1).amax(-1).numpy()
    np.testing.assert_allclose(module.confidence_of(logits.numpy()), expected, rtol=1e-12)
    assert module.confidence_of(np.zeros((1, 9, 3), np.float32)) == pytest.approx(1 / 3)


def test_encode_gives_one_row_for_each_operation_in_order(rich: EvaluatedCheckpoint) -> None:
    embedding = rich.embedding
    rows = encode(embedding, "13, min, v=8, 13")
    indices = parse_operations("13, min, v=8, 13")
    assert [row["index"] for row in rows] == list(indices)
    for row, index in zip(rows, indices, strict=True):
        assert row["trits"] == ternary.ALL_TRITS[index].tolist()
        assert row["valuation"] == ternary.VALUATIONS[index]
        assert row["norm_a"] == embedding.a.norm[index]
        assert row["radius_b"] == embedding.b.radius[index]
        assert row["reconstruction"] == embedding.reconstruction[index].tolist()
        assert row["exact"] == (row["reconstruction"] == row["trits"])
        np.testing.assert_allclose(row["mu_a"], embedding.a.mu[index], rtol=0, atol=10.0**-module.DECIMALS)
        np.testing.assert_allclose(row["point_b"], embedding.b.point[index], rtol=0, atol=10.0**-module.DECIMALS)
        np.testing.assert_allclose(row["logits"], embedding.logits[index], rtol=0, atol=10.0**-module.DECIMALS)
    assert [row["name"] for row in rows] == [None, "min", None, None, None]


def test_encode_accepts_a_model_and_can_omit_vectors(rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint) -> None:
    full = encode(rich.embedding, [5, 6])
    assert encode(build(rich.checkpoint), [5, 6]) == full
    vectors = {"mu_a", "mu_b", "point_a", "point_b", "logits"}
    for long, short in zip(full, encode(rich.embedding, [5, 6], vectors=False), strict=True):
        assert short == {name: value for name, value in long.items() if name not in vectors}
        assert long.keys() - short.keys() == vectors
    (flat,) = encode(euclidean.embedding, "7")
    assert (flat["norm_a"], flat["point_a"], flat["point_b"]) == (None, None, None)
    assert len(encode(rich.embedding, "all", vectors=False)) == ternary.N


def test_encode_parses_the_operations_before_it_embeds() -> None:
    with pytest.raises(OperationsError, match="'nonsense' at character 1"):
        encode(None, "nonsense")  # type: ignore[arg-type]  # there is no model to embed


def test_rows_are_plain_json_values(rich: EvaluatedCheckpoint) -> None:
    def plain(value: Any) -> bool:
        if isinstance(value, list):
            return all(plain(item) for item in value)
        return type(value) in (int, float, bool, str, type(None))

    for row in encode(rich.embedding, "0-3"):
        assert all(plain(value) for value in row.values())


def test_embedding_a_loaded_state_dict_needs_no_file() -> None:
    layout = BY_NAME["v5_11"]
    model = TernaryVAE(ModelConfig(max_radius=layout.max_radius))
    model.load_state_dict(state_of(layout))
    assert replace(embed(model), decoder_input="mu").has_ball
