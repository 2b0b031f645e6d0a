"""Every published layout loads strictly from the file alone, and its output matches its description."""

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from archives import edited, saved
from layouts import BY_NAME, LAYOUTS, Layout, expected, file_of, second_decoder, state_of
from paths import DATA

from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.checkpoint_file import build, parse, read
from tvae.geometry import poincare_ball
from tvae.models.config import ModelConfig
from tvae.models.embedding import embed
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary

SAMPLE = np.arange(0, ternary.N, 397)  # (50,)
TRITS = torch.from_numpy(ternary.ALL_TRITS[SAMPLE].astype(np.float32))
TOLERANCE = 1e-5


def loaded(layout: Layout, seed: int = 0) -> tuple[TernaryVAE, dict[str, torch.Tensor], checkpoint_file.Checkpoint]:
    weights = state_of(layout, seed)
    checkpoint = parse(Path("best.pt"), saved(file_of(layout, weights)))
    return build(checkpoint), weights, checkpoint


def assert_close(found: Any, wanted: Any) -> None:
    assert (found is None) == (wanted is None)
    if found is not None:
        np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=TOLERANCE, atol=TOLERANCE)


def assert_computes(model: TernaryVAE, layout: Layout, weights: dict[str, torch.Tensor]) -> None:
    """On a sample of operations."""
    with torch.no_grad():
        out = model(TRITS)
    wanted = expected(layout, weights, ternary.ALL_TRITS[SAMPLE])
    for name in ("mu_a", "mu_b", "point_a", "point_b", "logits"):
        assert_close(getattr(out, name), getattr(wanted, name))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_embeds_as_described(layout: Layout) -> None:
    model, weights, checkpoint = loaded(layout)
    if layout.values is not None:
        assert sum(tensor.numel() for tensor in weights.values()) == layout.values
    assert set(checkpoint.weights) | set(checkpoint.ignored) == set(weights)
    found, every = embed(model), slice(None, None, 7)
    wanted = expected(layout, weights, ternary.ALL_TRITS[every])
    for side, mu, point in ((found.a, wanted.mu_a, wanted.point_a), (found.b, wanted.mu_b, wanted.point_b)):
        assert_close(side.mu[every], mu)
        assert_close(None if side.point is None else side.point[every], point)
        if point is None:
            assert_close(side.radius[every], mu.norm(dim=-1))
            assert side.curvature is None
            assert side.norm is None
    assert_close(found.logits[every], wanted.logits)
    assert_close(found.mu_logits[every], wanted.mu_logits)
    for side, c in zip((found.a, found.b), wanted.curvatures, strict=False):
        assert side.curvature == pytest.approx(c, abs=TOLERANCE)
        assert_close(side.norm, np.linalg.norm(side.point.astype(np.float64), axis=-1))
        assert_close(side.radius, 2 / c**0.5 * np.arctanh(c**0.5 * side.norm))


GRID = [
    Layout(
        f"{projection} H{hidden} L{layers} {'dropout' * dropout} {'isp_c' * bool(learned)}",
        projection=projection,
        hidden=hidden,
        layers=layers,
        dropout=dropout,
        isp_c=(0.3, 0.1)[: 1 if projection != "dual" else 2] if learned else (),
        improved_encoder=improved,
        improved_decoder=not improved,
        controller=improved,
    )
    for (projection, layers, dropout, learned), (hidden, improved) in zip(
        itertools.product(("single", "dual", "shared"), (1, 2, 3), (False, True), (False, True)),
        itertools.cycle(((64, True), (128, False), (32, False), (64, False), (100, True))),
        strict=False,
    )
]


@pytest.mark.parametrize("layout", GRID, ids=lambda layout: layout.name)
def test_every_combination_is_inferred_from_its_keys(layout: Layout) -> None:
    model, weights, checkpoint = loaded(layout)
    config = checkpoint.config
    assert (config.projection, config.hidden_dim, config.layers) == (layout.projection, layout.hidden, layout.layers)
    assert ((config.dropout > 0), config.learnable_curvature) == (layout.dropout, bool(layout.isp_c))
    assert (config.encoder == "improved", config.decoder == "improved") == (
        layout.improved_encoder,
        layout.improved_decoder,
    )
    assert config.controller == layout.controller
    assert checkpoint.ignored == ()
    assert_computes(model, layout, weights)


@pytest.mark.parametrize("key", ["model", "model_state", "model_state_dict", None])
@pytest.mark.parametrize("projection", ["none", "dual"])
def test_weights_are_found_under_each_key(key: str | None, projection: Any) -> None:
    layout = Layout("any", key, projection=projection, extra={} if key is None else {"epoch": 3})
    model, weights, checkpoint = loaded(layout)
    assert_computes(model, layout, weights)
    assert checkpoint.metadata == ({} if key is None else {"epoch": 3})


def test_v5_5_keeps_its_second_decoder_and_names_what_is_ignored() -> None:
    model, weights, checkpoint = loaded(BY_NAME["v5_5"])
    latent = torch.randn(20, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert_close(model.decoder_B(latent), second_decoder(weights, latent))
    assert {name.split(".")[0] for name in checkpoint.ignored} == {"state_net", "grad_norm_A_ema", "grad_norm_B_ema"}
    assert checkpoint.metadata["loss_history"] == [1.0, 0.5, 0.25]
    assert not embed(model).has_ball


@pytest.mark.parametrize("name", ["homeostatic_rich", "v5_11_homeostasis"])
def test_golden_files_give_their_golden_outputs(name: str) -> None:
    model = build(read(DATA / f"{name}_layout.pt"))
    golden = np.load(DATA / f"{name}_layout.expected.npz")
    found, index = embed(model), golden["index"]
    assert found.a.curvature == pytest.approx(float(golden["curvature"]), abs=1e-6)
    for side, encoder in ((found.a, "a"), (found.b, "b")):
        assert_close(side.mu[index], golden[f"mu_{encoder}"])
        assert_close(side.point[index], golden[f"ball_{encoder}"])
        np.testing.assert_allclose(side.radius[index], golden[f"radius_{encoder}"], rtol=0, atol=1e-4)  # float32's own
    assert_close(found.mu_logits[index], golden["logits"])


@pytest.mark.parametrize("numpy_1", [False, True])
def test_numpy_scalars_are_read_under_both_names(numpy_1: bool) -> None:
    layout = BY_NAME["v5_11"]
    data = saved(file_of(layout, state_of(layout)))
    if numpy_1:
        data = edited(data, b"numpy._core.multiarray", b"numpy.core.multiarray")
    stored = parse(Path("best.pt"), data).stored
    assert stored == {"coverage": 1.0, "radial_corr_A": -0.75, "epoch": 7, "best": True}
    assert [type(value) for value in stored.values()] == [float, float, int, bool]


@pytest.mark.parametrize(
    ("beside", "taken", "radius", "origin"),
    [
        ({}, None, 0.99, "assumed"),
        ({}, 0.97, 0.97, "catalogue"),
        ({"config": {"max_radius": 0.9}}, 0.97, 0.9, "file"),
        ({"config": {"max_radius": np.float64(0.9)}}, None, 0.9, "file"),
        ({"config": {"model": {"max_radius": 0.91}}}, None, 0.91, "file"),
        ({"config": "max_radius: 0.5"}, None, 0.99, "assumed"),
    ],
)
def test_max_radius_comes_from_the_file_then_the_catalogue(
    beside: dict[str, Any], taken: float | None, radius: float, origin: str
) -> None:
    layout = Layout("any", extra=beside)
    checkpoint = parse(Path("best.pt"), saved(file_of(layout, state_of(layout))), taken)
    assert (checkpoint.config.max_radius, checkpoint.max_radius_from) == (radius, origin)


@pytest.mark.parametrize(
    ("version", "reads"),
    [("5.11.8", "mu"), ("5.12.0", "mu"), ("5.12.1", "log0"), ("v5_12_3", "log0"), ("5.13", "log0"), (5.12, "mu")],
)
def test_the_version_says_what_the_decoder_reads(version: Any, reads: str) -> None:
    layout = Layout("any", extra={"version": version})
    assert parse(Path("best.pt"), saved(file_of(layout, state_of(layout)))).config.decoder_input == reads


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_what_we_write_reads_back_the_same(layout: Layout, suffix: str, tmp_path: Path) -> None:
    model, weights, checkpoint = loaded(layout)
    path = checkpoint_file.save(tmp_path / f"best{suffix}", model, checkpoint.metadata)
    again = read(path)
    assert again.config == checkpoint.config
    assert again.max_radius_from == "file"
    assert again.weights.keys() == checkpoint.weights.keys()
    assert all(torch.equal(again.weights[name], tensor) for name, tensor in checkpoint.weights.items())
    assert again.stored == checkpoint.stored
    assert_computes(build(again), layout, weights)
    first = path.read_bytes()
    assert checkpoint_file.save(tmp_path / f"best{suffix}", model, checkpoint.metadata).read_bytes() == first


def test_a_start_value_of_curvature_is_the_curvature() -> None:
    for c in (0.5, 1.0, 2.0):
        model = TernaryVAE(ModelConfig(learnable_curvature=True, curvature=c))
        assert [value.item() for value in model.curvatures()] == pytest.approx([c, c], rel=1e-6)
        fixed = TernaryVAE(dataclasses.replace(model.config, learnable_curvature=False))
        assert [value.item() for value in fixed.curvatures()] == [c, c]
    isp_c = TernaryVAE(ModelConfig(learnable_curvature=True)).state_dict()["projection.proj_A.manifold.isp_c"]
    assert float(isp_c) == pytest.approx(0.5413, abs=5e-5)
    assert float(poincare_ball.radius(torch.tensor([0.95]))) == pytest.approx(3.6636, abs=5e-5)
