"""The published constructor call and the documented lines; parameter counts; modes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from layouts import BY_NAME, state_of
from paths import DATA, ROOT

from tvae.checkpoints.checkpoint_file import build, read
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE, TernaryVAEV5_11_PartialFreeze

GOLDEN = DATA / "homeostatic_rich_layout.pt"

# Word for word from the user's document, `src.utils` and `src` replaced by `tvae`; the last lines only look at it.
DOCUMENT = """
import torch
from tvae.models import TernaryVAEV5_11_PartialFreeze
from tvae.checkpoint_hub import ensure_checkpoint

# Ensure checkpoint is available
ckpt_path = ensure_checkpoint("homeostatic_rich/best.pt")

# Load checkpoint
checkpoint = torch.load(ckpt_path, map_location="cpu")

# Create model
model = TernaryVAEV5_11_PartialFreeze(
    latent_dim=16,
    hidden_dim=64,
    max_radius=0.99,
    curvature=1.0,
    use_controller=True,
    use_dual_projection=True
)

# Load weights
model.load_state_dict(checkpoint["model_state_dict"])
model.eval()

print(checkpoint["metrics"]["coverage"], float(model(torch.zeros(1, 9)).logits.sum()))
"""


def values_of(config: ModelConfig) -> int:
    return sum(tensor.numel() for tensor in TernaryVAE(config).state_dict().values())


def published(**changes: object) -> TernaryVAEV5_11_PartialFreeze:
    arguments = {
        "latent_dim": 16,
        "hidden_dim": 64,
        "max_radius": 0.99,
        "curvature": 1.0,
        "use_controller": True,
        "use_dual_projection": True,
    }
    return TernaryVAEV5_11_PartialFreeze(**{**arguments, **changes})


def test_the_published_call_loads_the_published_weights_strictly() -> None:
    model = published()
    model.load_state_dict(torch.load(GOLDEN, map_location="cpu")["model_state_dict"])
    trits = torch.randint(-1, 2, (20, 9), generator=torch.Generator().manual_seed(0)).float()
    with torch.no_grad():
        found, expected = model.eval()(trits), build(read(GOLDEN))(trits)
    assert found.logits_b is expected.logits_b is None
    assert all(torch.equal(one, other) for one, other in zip(found[:-1], expected[:-1], strict=True))
    assert published().config == TernaryVAEV5_11_PartialFreeze().config


def test_the_published_call_rejects_files_with_another_architecture() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)Missing key.*radius_net\.2.*Unexpected key.*radius_net\.3"):
        published().load_state_dict(state_of(BY_NAME["v5_11_homeostasis"]))


def test_each_published_argument_has_its_effect() -> None:
    single = published(use_dual_projection=False, use_controller=False)
    single.load_state_dict(state_of(BY_NAME["one projection"]))
    assert sum(tensor.numel() for tensor in single.parameters()) == 98_829
    wide = published(latent_dim=8, hidden_dim=128, max_radius=0.9, curvature=2.0)
    point = wide(torch.zeros(3, 9)).point_a
    assert point is not None
    assert point.shape == (3, 8)
    assert wide.curvatures()[0].item() == pytest.approx(2.0)
    assert wide.config.max_radius == 0.9


def test_the_lines_of_the_document_work_as_written(tmp_path: Path) -> None:
    place = tmp_path / "homeostatic_rich" / "best.pt"
    place.parent.mkdir()
    shutil.copyfile(GOLDEN, place)
    environment = {**os.environ, "TVAE_CHECKPOINT_DIR": str(tmp_path), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", DOCUMENT], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        logits = build(read(GOLDEN))(torch.zeros(1, 9)).logits.sum()
    coverage, total = done.stdout.split()
    assert float(coverage) == 1.0
    assert float(total) == pytest.approx(float(logits), abs=1e-4)


def test_parameter_counts() -> None:
    learned = ModelConfig(learnable_curvature=True)
    assert values_of(learned) == 101_663
    assert values_of(ModelConfig()) == 101_661
    assert values_of(ModelConfig(learnable_curvature=True, controller=True)) == 103_269
    assert values_of(ModelConfig(hidden_dim=128, layers=2, dropout=0.1)) == 149_149
    assert values_of(ModelConfig(learnable_curvature=True, controller=True, layers=2)) == 113_957
    assert values_of(ModelConfig(learnable_curvature=True, projection="single")) == 98_829


def test_dropout_acts_in_training_only() -> None:
    torch.manual_seed(0)
    model = TernaryVAE(ModelConfig(dropout=0.5, layers=2))
    trits = torch.ones(50, 9)
    assert model.training
    assert not torch.equal(model(trits).point_a, model(trits).point_a)
    model.eval()
    assert torch.equal(model(trits).point_a, model(trits).point_a)


def test_the_improved_encoder_clamps_its_log_variance() -> None:
    torch.manual_seed(0)
    for kind, clamped in (("plain", False), ("improved", True)):
        encoder = TernaryVAE(ModelConfig(encoder=kind)).encoder_A
        torch.nn.init.constant_(encoder.fc_logvar.bias, 50.0)
        mu, logvar = encoder(torch.ones(4, 9))
        assert torch.equal(mu, encoder.mean(torch.ones(4, 9)))
        assert bool((logvar == 2).all()) == clamped


def test_points_lie_within_the_maximal_radius_also_for_zero_latents() -> None:
    torch.manual_seed(0)
    for kind in ("single", "dual", "shared"):
        model = TernaryVAE(ModelConfig(projection=kind, max_radius=0.7))
        for latent in (torch.zeros(5, 16), 100 * torch.randn(200, 16)):
            for point in model.project(latent, latent):
                assert point.isfinite().all()
                assert (point.norm(dim=-1) <= 0.7 + 1e-6).all()


def test_every_parameter_of_inference_gets_a_gradient() -> None:
    torch.manual_seed(0)
    config = ModelConfig(projection="shared", layers=2, learnable_curvature=True, decoder_input="log0")
    model = TernaryVAE(config)
    out = model(torch.randint(-1, 2, (30, 9)).float())
    (out.logits.square().sum() + out.point_b.sum()).backward()
    without = {name for name, parameter in model.named_parameters() if parameter.grad is None}
    assert {name.split(".")[1] for name in without} == {"fc_logvar"}


def test_a_model_without_a_ball_raises() -> None:
    model = TernaryVAE(ModelConfig(projection="none"))
    assert model(torch.zeros(2, 9)).point_a is None
    for use in (model.curvatures, lambda: model.project(torch.zeros(1, 16), torch.zeros(1, 16))):
        with pytest.raises(TypeError, match="has no ball"):
            use()
