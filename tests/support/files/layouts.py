"""Every published checkpoint layout, built from its description, and a reference implementation of its network.

Independent of `tvae.models`: names and shapes of the tensors follow rules, and `expected` computes the outputs in
float64 by plain formulas. Tests compare these with the outputs of the package.

Notation: H width of the projection, R = max(32, H // 2), L its number of hidden layers, p its dropout.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

State = dict[str, Tensor]
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Layout:
    """One generation of checkpoint files."""

    name: str
    key: str | None = "model_state_dict"  # key of the weights; None: the file is the state dict
    improved_encoder: bool = False
    improved_decoder: bool = False
    projection: Literal["none", "single", "dual", "shared"] = "dual"
    hidden: int = 64  # H
    layers: int = 1  # L
    dropout: bool = False  # p > 0
    isp_c: tuple[float, ...] = ()  # of A and B; empty for files before 2025-12-24
    controller: bool = False
    extra: dict[str, Any] = field(default_factory=dict)  # other entries of the file
    max_radius: float = 0.99
    curvature: float = 1.0  # if isp_c is empty
    reads_ball: bool = False  # logits = decoder_A(log0(z_A)) rather than decoder_A(mu_A)
    values: int | None = None  # number of values in all tensors


ONE = 0.5413  # isp_c of c = 1
METRICS = {
    "coverage": np.float64(1.0),
    "radial_corr_A": np.float32(-0.75),
    "epoch": np.int64(7),
    "best": np.bool_(True),
}
OPTIMIZER = {"state": {0: {"exp_avg": torch.zeros(3), "step": torch.tensor(5.0)}}, "param_groups": [{"lr": 1e-3}]}
RUN_V5_11 = {
    "epoch": 49,
    "optimizer_state": OPTIMIZER,
    "metrics": METRICS,
    "train_metrics": {"loss": 0.1},
    "composite_score": 0.9,
    "tau": 0.5,
    "tau_frozen": True,
    "config": {"max_radius": 0.95, "lr": 1e-3},
}
RUN_V5_12 = {
    "epoch": 30,
    "optimizer_state": OPTIMIZER,
    "metrics": METRICS,
    "config": {"model": {"max_radius": 0.95, "latent_dim": 16}, "training": {"lr": 1e-3}},
}
RUN_V5_5 = {
    "epoch": 103,
    "optimizer": OPTIMIZER,
    "loss_history": [1.0, 0.5, 0.25],
    "H_A_history": [0.1] * 50,
    "lambda1": 0.7,
    "rho": 0.1,
    "grad_norm_A_ema": 1.5,
}
SWEEP = {"epoch": 12, "metrics": METRICS}

LAYOUTS = (
    Layout("v5_5", "model", projection="none", extra=RUN_V5_5, values=168_772),
    Layout("v5_11", "model_state", extra=RUN_V5_11, max_radius=0.95, values=101_661),
    Layout("v5_11_homeostasis", "model_state", dropout=True, extra=RUN_V5_11, max_radius=0.95, values=101_661),
    Layout(
        "v5_11_structural",
        "model_state",
        hidden=128,
        layers=2,
        dropout=True,
        extra=RUN_V5_11,
        max_radius=0.95,
        values=149_149,
    ),
    Layout(
        "homeostatic_rich",
        isp_c=(ONE, ONE),
        controller=True,
        extra={"metrics": METRICS, "recommended_usage": ["general"], "usage_metadata": {"added": "2025-12-28"}},
        values=103_269,
    ),
    Layout("without controller", isp_c=(ONE, ONE), extra=SWEEP, values=101_663),
    Layout("two layers", layers=2, isp_c=(ONE, ONE), controller=True, extra=SWEEP, values=113_957),
    Layout("one projection", projection="single", isp_c=(ONE,), extra=SWEEP, values=98_829),
    Layout("shared direction", projection="shared", layers=2, dropout=True, isp_c=(0.1,), extra=SWEEP),
    Layout("curvature learned", isp_c=(0.1, -0.4), dropout=True, extra=SWEEP),
    Layout("curvature given", "model_state", extra={"config": {"curvature": 0.5, "max_radius": 1.2}},
           max_radius=1.2, curvature=0.5),
    Layout("v5_12_0", improved_encoder=True, improved_decoder=True, isp_c=(ONE, ONE), max_radius=0.95,
           extra={**RUN_V5_12, "version": "5.12.0"}),
    Layout("v5_12_1", improved_encoder=True, isp_c=(0.2, 0.3), max_radius=0.95, reads_ball=True,
           extra={**RUN_V5_12, "version": "5.12.1"}),
    Layout("v5_12_1 named otherwise", improved_decoder=True, layers=3, max_radius=0.95, reads_ball=True,
           extra={**RUN_V5_12, "version": "v5_12_1"}),
    Layout("bare", key=None, isp_c=(ONE, ONE)),
)  # fmt: skip
BY_NAME = {layout.name: layout for layout in LAYOUTS}


def state_of(layout: Layout, seed: int = 0) -> State:
    """Seeded weights of a layout under the published names, scaled so that activations do not vanish."""
    generator = torch.Generator().manual_seed(seed)
    weights: State = {}
    for name, shape in shapes_of(layout).items():
        noise = torch.randn(shape, generator=generator)
        if name.endswith(("isp_c", "_ema")):
            weights[name] = noise
        elif len(shape) == 2:
            weights[name] = 1.5 * noise / shape[1] ** 0.5
        else:
            weights[name] = 0.2 * noise + (1.0 if name.endswith("weight") else 0.0)  # LayerNorm weights are about 1
    for encoder, value in zip("AB", layout.isp_c, strict=False):
        part = "" if layout.projection == "single" else f"proj_{encoder}."
        weights[f"projection.{part}manifold.isp_c"] = torch.tensor(value)
    return weights


def file_of(layout: Layout, weights: State) -> dict[str, Any]:
    """The object to give to torch.save."""
    return dict(weights) if layout.key is None else {**layout.extra, layout.key: weights}


def shapes_of(layout: Layout) -> Shapes:
    shapes: Shapes = {}
    for encoder in ("encoder_A", "encoder_B"):
        shapes |= _stack(f"{encoder}.encoder", (9, 256, 128, 64), layout.improved_encoder)
        shapes |= _linear(f"{encoder}.fc_mu", 64, 16) | _linear(f"{encoder}.fc_logvar", 64, 16)
    shapes |= _stack("decoder_A.decoder", (16, 32, 64), layout.improved_decoder)
    shapes |= _linear("decoder_A.decoder.8" if layout.improved_decoder else "decoder_A.decoder.4", 64, 27)
    match layout.projection:
        case "none":
            shapes |= _second_decoder() | _state_net()
        case "single":
            shapes |= _projection("projection", layout)
        case "dual":
            shapes |= _projection("projection.proj_A", layout) | _projection("projection.proj_B", layout)
        case "shared":
            shapes |= _projection("projection.proj_A", layout)
            shapes |= _radius_net("projection.proj_B_radius", layout.hidden, 1, layout.dropout)
    if layout.controller:
        shapes |= _linear("controller.net.0", 8, 32) | _norm("controller.net.1", 32)
        shapes |= _linear("controller.net.3", 32, 32) | _linear("controller.net.5", 32, 6)
    return shapes


def _linear(name: str, before: int, after: int) -> Shapes:
    return {f"{name}.weight": (after, before), f"{name}.bias": (after,)}


def _norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _stack(name: str, widths: tuple[int, ...], improved: bool) -> Shapes:
    """Plain: Linears at 0, 2, 4. Improved: at 0, 4, 8 with a LayerNorm after each."""
    shapes: Shapes = {}
    for k in range(len(widths) - 1):
        place = 4 * k if improved else 2 * k
        shapes |= _linear(f"{name}.{place}", widths[k], widths[k + 1])
        shapes |= _norm(f"{name}.{place + 1}", widths[k + 1]) if improved else {}
    return shapes


def _projection(name: str, layout: Layout) -> Shapes:
    shapes: Shapes = {f"{name}.manifold.isp_c": ()} if layout.isp_c else {}
    step = 4 if layout.dropout else 3
    for k in range(layout.layers):
        shapes |= _linear(f"{name}.direction_net.{step * k}", 16 if k == 0 else layout.hidden, layout.hidden)
        shapes |= _norm(f"{name}.direction_net.{step * k + 1}", layout.hidden)
    shapes |= _linear(f"{name}.direction_net.{step * layout.layers}", layout.hidden, 16)
    return shapes | _radius_net(f"{name}.radius_net", layout.hidden, layout.layers, layout.dropout)


def _radius_net(name: str, hidden: int, layers: int, dropout: bool) -> Shapes:
    shapes: Shapes = {}
    width, step = max(32, hidden // 2), 3 if dropout else 2
    for k in range(layers):
        shapes |= _linear(f"{name}.{step * k}", 16 if k == 0 else width, width)
    return shapes | _linear(f"{name}.{step * layers}", width, 1)


def _second_decoder() -> Shapes:
    shapes = _linear("decoder_B.fc_in", 16, 128) | _linear("decoder_B.fc_out", 128, 27)
    for block in ("residual1", "residual2"):
        for place in (0, 2):
            shapes |= _linear(f"decoder_B.{block}.block.{place}", 128, 128)
    return shapes


def _state_net() -> Shapes:
    """A network that inference does not use. Only its name is published; the shapes here give the right total."""
    return _linear("state_net.0", 20, 32) | _linear("state_net.2", 32, 12) | {
        "grad_norm_A_ema": (),
        "grad_norm_B_ema": (),
    }  # fmt: skip


class Outputs(NamedTuple):
    """Outputs of the network for N operations, in float64."""

    mu_a: Tensor  # (N, 16)
    mu_b: Tensor
    point_a: Tensor | None  # (N, 16); None without a projection
    point_b: Tensor | None
    curvatures: tuple[float, ...]
    mu_logits: Tensor  # (N, 9, 3) of decoder_A(mu_A)
    logits: Tensor  # (N, 9, 3) for the decoder input of the file


def expected(layout: Layout, weights: State, trits: np.ndarray) -> Outputs:
    """The forward pass from the raw tensors, by plain formulas."""
    wide = {name: tensor.double() for name, tensor in weights.items()}
    x = torch.from_numpy(trits.astype(np.float64))
    mu_a, mu_b = (_encode(wide, layout, f"encoder_{side}", x) for side in "AB")
    mu_logits = _decode(wide, layout, mu_a)
    if layout.projection == "none":
        return Outputs(mu_a, mu_b, None, None, (), mu_logits, mu_logits)
    name_a, name_b, radius_b = {
        "single": ("projection", "projection", "projection.radius_net"),
        "dual": ("projection.proj_A", "projection.proj_B", "projection.proj_B.radius_net"),
        "shared": ("projection.proj_A", "projection.proj_A", "projection.proj_B_radius"),
    }[layout.projection]
    point_a = _project(wide, layout, mu_a, f"{name_a}.direction_net", f"{name_a}.radius_net")
    point_b = _project(wide, layout, mu_b, f"{name_b}.direction_net", radius_b)
    curvatures = tuple(_curvature(wide, layout, name) for name in (name_a, name_b))
    if not layout.reads_ball:
        return Outputs(mu_a, mu_b, point_a, point_b, curvatures, mu_logits, mu_logits)
    unit = curvatures[0] ** 0.5 * point_a.norm(dim=-1, keepdim=True)
    logits = _decode(wide, layout, torch.atanh(unit) / unit * point_a)
    return Outputs(mu_a, mu_b, point_a, point_b, curvatures, mu_logits, logits)


def _apply(weights: State, name: str, x: Tensor) -> Tensor:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normalised(weights: State, name: str, x: Tensor) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    return (
        centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt() * weights[f"{name}.weight"]
        + weights[f"{name}.bias"]
    )


def _silu(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x))


def _hidden(weights: State, name: str, x: Tensor, blocks: int, improved: bool) -> Tensor:
    for k in range(blocks):
        if improved:
            x = _silu(_normalised(weights, f"{name}.{4 * k + 1}", _apply(weights, f"{name}.{4 * k}", x)))
        else:
            x = F.relu(_apply(weights, f"{name}.{2 * k}", x))
    return x


def _encode(weights: State, layout: Layout, name: str, x: Tensor) -> Tensor:
    hidden = _hidden(weights, f"{name}.encoder", x, 3, layout.improved_encoder)
    return _apply(weights, f"{name}.fc_mu", hidden)


def _decode(weights: State, layout: Layout, latent: Tensor) -> Tensor:
    hidden = _hidden(weights, "decoder_A.decoder", latent, 2, layout.improved_decoder)
    return _apply(weights, f"decoder_A.decoder.{8 if layout.improved_decoder else 4}", hidden).reshape(-1, 9, 3)


def _project(weights: State, layout: Layout, z: Tensor, direction_net: str, radius_net: str) -> Tensor:
    hidden, step = z, 4 if layout.dropout else 3
    for k in range(layout.layers):
        linear = _apply(weights, f"{direction_net}.{step * k}", hidden)
        hidden = _silu(_normalised(weights, f"{direction_net}.{step * k + 1}", linear))
    direction = z + _apply(weights, f"{direction_net}.{step * layout.layers}", hidden)
    direction = direction / direction.norm(dim=-1, keepdim=True)
    layers = 1 if radius_net.endswith("proj_B_radius") else layout.layers
    hidden, step = z, 3 if layout.dropout else 2
    for k in range(layers):
        hidden = _silu(_apply(weights, f"{radius_net}.{step * k}", hidden))
    return layout.max_radius / (1 + torch.exp(-_apply(weights, f"{radius_net}.{step * layers}", hidden))) * direction


def _curvature(weights: State, layout: Layout, name: str) -> float:
    if not layout.isp_c:
        return layout.curvature
    return float(torch.log1p(torch.exp(weights[f"{name}.manifold.isp_c"])))


def second_decoder(weights: State, z: Tensor) -> Tensor:
    """Logits (N, 9, 3) of v5_5's decoder B."""
    h = F.relu(_apply(weights, "decoder_B.fc_in", z))
    for block in ("residual1", "residual2"):
        inner = F.relu(_apply(weights, f"decoder_B.{block}.block.0", h))
        h = h + _apply(weights, f"decoder_B.{block}.block.2", inner)
        h = F.relu(h) if block == "residual1" else h
    return _apply(weights, "decoder_B.fc_out", h).reshape(-1, 9, 3)
