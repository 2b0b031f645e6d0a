"""Tensors that are not those of a Ternary VAE: the error names the first wrong one."""

from pathlib import Path
from typing import Any

import pytest
import torch
from archives import saved
from layouts import BY_NAME, Layout, file_of, state_of
from refusals import refusal

from tvae.checkpoints import architecture
from tvae.checkpoints.checkpoint_file import parse
from tvae.checkpoints.formats.tensor_spec import TensorSpec
from tvae.checkpoints.metadata import metadata as metadata_of_files
from tvae.models.config import ModelConfig

State = dict[str, torch.Tensor]
RICH = BY_NAME["homeostatic_rich"]


def changed(layout: Layout, **changes: torch.Tensor | None) -> bytes:
    """A file with tensors replaced, added, or (None) left out; two underscores stand for a dot."""
    weights: State = state_of(layout)
    for name, tensor in changes.items():
        name = name.replace("__", ".")
        if tensor is None:
            del weights[name]
        else:
            weights[name] = tensor
    return saved(file_of(layout, weights))


@pytest.mark.parametrize("layout", [BY_NAME["v5_5"], RICH, BY_NAME["shared direction"]], ids=lambda layout: layout.name)
def test_every_missing_tensor_is_named(layout: Layout) -> None:
    weights = state_of(layout)
    optional = (*architecture.IGNORED, "projection.proj_A.manifold")  # one curvature fewer is another layout
    needed = [name for name in weights if not name.startswith(optional)]
    for name in needed:
        claims = {other: TensorSpec(t.dtype, tuple(t.shape)) for other, t in weights.items() if other != name}
        with pytest.raises(architecture.CheckpointFileError) as caught:
            architecture.check(Path("best.pt"), claims, architecture.infer(Path("best.pt"), claims))
        error = caught.value
        part = name.rpartition(".")[0]
        # What is missing may change what the other keys describe; then the sentence is about these.
        assert any(word in error.found for word in (name, part, part.rpartition(".")[0], "tensors (", "1 tensor (")), (
            error
        )


@pytest.mark.parametrize("name", ["surplus__weight", "projection__proj_A__radius_net__3__weight", "encoder_A__extra"])
def test_an_unexpected_tensor_is_named(name: str) -> None:
    error = refusal(changed(RICH, **{name: torch.zeros(2)}))
    assert error.found == f"weights with the unexpected tensor {name.replace('__', '.')}"
    assert "dual projection, H64 L1, controller, learnable curvature" in error.expected


def test_missing_tensors_are_counted() -> None:
    assert refusal(changed(RICH, decoder_A__decoder__0__bias=None, encoder_B__fc_mu__bias=None)).found == (
        "weights without the tensor decoder_A.decoder.0.bias and 1 more"
    )


@pytest.mark.parametrize(
    ("name", "tensor", "found"),
    [
        ("encoder_A__fc_mu__weight", torch.zeros(8, 64), "encoder_A.fc_mu.weight of shape [8, 64]"),
        ("encoder_A__fc_mu__bias", torch.zeros(16, 1), "encoder_A.fc_mu.bias of shape [16, 1]"),
        ("projection__proj_B__manifold__isp_c", torch.zeros(1), "projection.proj_B.manifold.isp_c of shape [1]"),
        ("encoder_B__fc_mu__bias", torch.zeros(16).int(), "encoder_B.fc_mu.bias of type torch.int32"),
        ("encoder_B__fc_mu__bias", torch.zeros(16).bool(), "encoder_B.fc_mu.bias of type torch.bool"),
        ("encoder_B__fc_mu__bias", torch.zeros(16).long(), "encoder_B.fc_mu.bias of type torch.int64"),
        ("encoder_B__fc_mu__bias", torch.full((16,), torch.nan), "values in encoder_B.fc_mu.bias that are not finite"),
        ("controller__net__5__bias", torch.ones(6) / 0, "values in controller.net.5.bias that are not finite"),
    ],
)  # fmt: skip
def test_a_tensor_that_does_not_fit_is_named(name: str, tensor: torch.Tensor, found: str) -> None:
    assert refusal(changed(RICH, **{name: tensor})).found == found


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({}, "no tensors"),
        ({"codon_embed.embedding.weight": torch.zeros(65, 8)}, "a codon or amino-acid encoder"),
        ({"embed.embedding.weight": torch.zeros(22, 8)}, "a codon or amino-acid encoder"),
        ({"net.0.weight": torch.zeros(2), "net.0.bias": torch.zeros(2)}, "2 tensors (net.0.bias, net.0.weight, ...)"),
        ({"x" * 200: torch.zeros(1)}, "1 tensor (" + "x" * 120 + ")"),
    ],
)
@pytest.mark.parametrize("key", ["model_state_dict", None])
def test_another_network_is_named_for_what_it_is(state: State, found: str, key: str | None) -> None:
    error = refusal(saved(state if key is None else {key: state}))
    assert error.found == found
    assert "Use a Ternary VAE checkpoint" in error.action


@pytest.mark.parametrize("key", ["base_model_state_dict", "snap_state_dict", "soft_proj_state_dict"])
def test_unsupported_layouts_are_named(key: str) -> None:
    error = refusal(saved({key: state_of(RICH), "epoch": 3}))
    assert error.found == f"weights under '{key}', a layout that is not supported"


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        ({"config": {"max_radius": -1.0}}, "a recorded max_radius of '-1.0'"),
        ({"config": {"max_radius": 0}}, "a recorded max_radius of '0'"),
        ({"config": {"max_radius": "0.95"}}, "a recorded max_radius of '0.95'"),
        ({"config": {"max_radius": True}}, "a recorded max_radius of 'True'"),
        ({"config": {"max_radius": float("nan")}}, "a recorded max_radius of 'nan'"),
        ({"config": {"max_radius": float("inf")}}, "a recorded max_radius of 'inf'"),
        ({"config": {"model": {"max_radius": [0.9]}}}, "a recorded max_radius of '[0.9]'"),
        ({"config": {"max_radius": 0.9, "curvature": -2}}, "a recorded curvature of '-2'"),
    ],
)
def test_an_invalid_recorded_setting_is_named(beside: dict[str, Any], found: str) -> None:
    assert refusal(saved({**beside, "model_state": state_of(RICH)})).found == found


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ((0,), "Linear layers at [0] of"),
        ((0, 5), "Linear layers at [0, 5] of"),
        ((0, 3, 7), "Linear layers at [0, 3, 7] of"),
        ((3, 6), "Linear layers at [3, 6] of"),
        (tuple(range(0, 30, 3)), "Linear layers at [0, 3, 6"),
    ],
)
def test_linear_layers_at_odd_places_are_named(places: tuple[int, ...], found: str) -> None:
    weights = {name: tensor for name, tensor in state_of(RICH).items() if "proj_A.direction_net" not in name}
    weights |= {f"projection.proj_A.direction_net.{place}.weight": torch.zeros(16, 16) for place in places}
    assert refusal(saved({"model": weights})).found.startswith(found)


def claims_of(layout: Layout, **changes: TensorSpec) -> dict[str, TensorSpec]:
    """What a file of the layout says of its tensors; two underscores stand for a dot."""
    claims = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in state_of(layout).items()}
    return claims | {name.replace("__", "."): claim for name, claim in changes.items()}


@pytest.mark.parametrize("width", [1, 64, 4_096])
def test_a_width_within_the_limit_is_read(width: int) -> None:
    first = TensorSpec(torch.float32, (width, 16))
    claims = claims_of(RICH, projection__proj_A__direction_net__0__weight=first)
    assert architecture.infer(Path("best.pt"), claims).hidden_dim == width


@pytest.mark.parametrize("width", [0, 4_097, 10_000, 10**12])
def test_another_width_is_refused_before_anything_is_made(width: int) -> None:
    first = TensorSpec(torch.float32, (width, 16))
    claims = claims_of(RICH, projection__proj_A__direction_net__0__weight=first)
    with pytest.raises(architecture.CheckpointFileError) as caught:
        architecture.infer(Path("best.pt"), claims)
    assert caught.value.found == f"a projection of width {width:,}"
    assert caught.value.expected == "a width from 1 to 4,096"


@pytest.mark.parametrize(("layers", "step"), [(1, 3), (8, 3), (1, 4), (8, 4)])
def test_up_to_eight_layers_are_read(layers: int, step: int) -> None:
    claims = {name: claim for name, claim in claims_of(RICH).items() if "proj_A.direction_net" not in name}
    for layer in range(layers + 1):
        claims[f"projection.proj_A.direction_net.{step * layer}.weight"] = TensorSpec(torch.float32, (64, 64))
    config = architecture.infer(Path("best.pt"), claims)
    assert (config.layers, config.dropout) == (layers, 0.1 if step == 4 else 0.0)
    claims[f"projection.proj_A.direction_net.{step * 9}.weight"] = TensorSpec(torch.float32, (64, 64))
    with pytest.raises(architecture.CheckpointFileError, match="Linear layers at"):
        architecture.infer(Path("best.pt"), claims)


def settings_of(config: ModelConfig, /, **metadata: Any) -> ModelConfig:
    recorded = metadata_of_files.parse(Path("best.pt"), metadata)
    return architecture.apply_recorded_settings(config, recorded, 0.9)[0]


@pytest.mark.parametrize(
    ("version", "reads"),
    [
        *((text, "mu") for text in ("5.11", "v5_11", "5.12", "v5_12_0", "5.12.0", "2024-05-12", "v6", "", None, 6)),
        *((text, "log0") for text in ("5.12.1", "v5_12_1", "5.12.10", "v5.13", "6.0", "10.0.0")),
    ],
)
@pytest.mark.parametrize("projection", ["single", "dual", "shared"])
def test_the_decoder_reads_the_ball_from_version_5_12_1(version: Any, reads: str, projection: Any) -> None:
    assert settings_of(ModelConfig(projection=projection), version=version).decoder_input == reads
    recorded = settings_of(ModelConfig(projection=projection), version=version, config={"decoder_input": "log0"})
    assert recorded.decoder_input == "log0"
    assert settings_of(ModelConfig(projection="none"), version=version).decoder_input == "mu"


def test_recorded_settings() -> None:
    config = ModelConfig()
    assert settings_of(config).max_radius == 0.9
    assert settings_of(config).curvature == 1.0
    for recorded in ({"max_radius": 0.8, "curvature": 2}, {"model": {"max_radius": 0.8, "curvature": 2}}):
        found = settings_of(config, config=recorded)
        assert (found.max_radius, found.curvature) == (0.8, 2.0)
    outer = settings_of(config, config={"max_radius": 0.7, "model": {"max_radius": 0.8}})
    assert outer.max_radius == 0.7
    assert settings_of(config, config=["max_radius"]).max_radius == 0.9
    for largest in (1e-6, 999_999):
        assert settings_of(config, config={"max_radius": largest}).max_radius == largest
    with pytest.raises(architecture.CheckpointFileError, match="a recorded max_radius of '1000000'"):
        settings_of(config, config={"max_radius": 1_000_000})


def test_descriptions() -> None:
    assert architecture.describe(parse(Path("a.pt"), saved(file_of(RICH, state_of(RICH)))).config) == (
        "dual projection, H64 L1, controller, learnable curvature"
    )
    improved = ModelConfig(encoder="improved", decoder="improved", dropout=0.1, projection="shared", layers=2)
    assert architecture.describe(improved) == ("shared projection, H64 L2, dropout, improved encoder, improved decoder")
    assert (
        architecture.describe(ModelConfig(projection="none", decoder_b=True)) == "Euclidean, two encoders, two decoders"
    )
