"""The Ternary VAE as torch modules, with the parameter names of the published files.

Axes: N operations, T = 9 trits, D = latent dimension (16). Inference uses the posterior mean, never a sample:

    trits (N, 9) -> encoder_A, encoder_B -> mu (N, D) -> projection -> point in the ball (N, D)
    mu_A, or log0(point_A) if `decoder_input` is "log0" -> decoder_A -> logits (N, 9, 3)

`ModelConfig` holds everything that determines the network; `tvae.checkpoints` reads it from a file.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tvae.geometry import poincare_ball
from tvae.operations import ternary

ENCODER_WIDTHS = (256, 128, 64)
DECODER_WIDTHS = (32, 64)
RESIDUAL_WIDTH = 128  # of decoder B

Block = Literal["plain", "improved"]
ProjectionKind = Literal["none", "single", "dual", "shared"]
DecoderInput = Literal["mu", "log0"]


@dataclass(frozen=True)
class ModelConfig:
    """Everything that determines the shape of the network and how its weights are used."""

    encoder: Block = "plain"  # plain: Linear, ReLU; improved: Linear, LayerNorm, SiLU
    decoder: Block = "plain"
    projection: ProjectionKind = "dual"  # none: Euclidean; single: one for A and B; shared: one direction net
    latent_dim: int = 16  # D
    hidden_dim: int = 64  # H, width of the projection
    layers: int = 1  # L, hidden layers of the projection
    dropout: float = 0.0  # rate inside the projection; any rate > 0 shifts the published key numbers
    learnable_curvature: bool = False  # one scalar isp_c for each projection, c = softplus(isp_c)
    curvature: float = 1.0  # c > 0; the initial value if it is learnable
    max_radius: float = 0.95  # largest Euclidean norm, 0 < max_radius
    decoder_input: DecoderInput = "mu"
    controller: bool = False  # weights of the published training's controller; no effect on embedding or logits
    decoder_b: bool = False  # v5_5 has a second, residual decoder


class Encoder(nn.Module):
    """Trits (N, 9) -> posterior mean and log-variance (N, D)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.encoder = _stack(config.encoder, (ternary.T, *ENCODER_WIDTHS))
        self.improved = config.encoder == "improved"
        self.fc_mu = nn.Linear(ENCODER_WIDTHS[-1], config.latent_dim)
        self.fc_logvar = nn.Linear(ENCODER_WIDTHS[-1], config.latent_dim)

    def mean(self, trits: Tensor) -> Tensor:
        """Posterior mean (N, D), which is all that inference needs."""
        mu: Tensor = self.fc_mu(self.encoder(trits))
        return mu

    def forward(self, trits: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior mean and log-variance, each (N, D); the improved type clamps the latter to [-10, 2]."""
        hidden = self.encoder(trits)
        logvar = self.fc_logvar(hidden)
        return self.fc_mu(hidden), logvar.clamp(-10, 2) if self.improved else logvar


class Decoder(nn.Module):
    """Latent (N, D) -> logits (N, 9, 3); class - 1 is the trit."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        hidden = _stack(config.decoder, (config.latent_dim, *DECODER_WIDTHS))
        self.decoder = nn.Sequential(*hidden, nn.Linear(DECODER_WIDTHS[-1], 3 * ternary.T))

    def forward(self, latent: Tensor) -> Tensor:
        """Logits of the three trit values at each of the nine positions."""
        logits: Tensor = self.decoder(latent)
        return logits.reshape(*logits.shape[:-1], ternary.T, 3)


class ResidualBlock(nn.Module):
    """block(h) = Linear(ReLU(Linear(h))); the caller adds h."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, hidden: Tensor) -> Tensor:
        """(N, width) -> (N, width)."""
        out: Tensor = self.block(hidden)
        return out


class ResidualDecoder(nn.Module):
    """Decoder B of v5_5: latent (N, D) -> logits (N, 9, 3)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.fc_in = nn.Linear(config.latent_dim, RESIDUAL_WIDTH)
        self.residual1 = ResidualBlock(RESIDUAL_WIDTH)
        self.residual2 = ResidualBlock(RESIDUAL_WIDTH)
        self.fc_out = nn.Linear(RESIDUAL_WIDTH, 3 * ternary.T)

    def forward(self, latent: Tensor) -> Tensor:
        """h = ReLU(fc_in z); h = ReLU(h + block1 h); h = h + block2 h; logits = fc_out h."""
        hidden = F.relu(self.fc_in(latent))
        hidden = F.relu(hidden + self.residual1(hidden))
        hidden = hidden + self.residual2(hidden)
        logits: Tensor = self.fc_out(hidden)
        return logits.reshape(*logits.shape[:-1], ternary.T, 3)


class Manifold(nn.Module):
    """Learnable curvature: c = softplus(isp_c), so c > 0; c = 1 is isp_c = 0.5413."""

    def __init__(self, curvature: float) -> None:
        super().__init__()
        self.isp_c = nn.Parameter(torch.tensor(math.log(math.expm1(curvature))))


class Projection(nn.Module):
    """Latent (N, D) -> ball (N, D). One network gives the direction and one the norm; there is no exponential map.

    direction = normalize(z + direction_net(z)); norm = max_radius * sigmoid(radius_net(z)).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        if config.learnable_curvature:
            self.manifold = Manifold(config.curvature)
        self.direction_net = _direction_net(config)
        self.radius_net = _radius_net(config, config.layers)
        self.max_radius = config.max_radius
        self.fixed_curvature = config.curvature

    @property
    def curvature(self) -> Tensor:
        """c, a scalar tensor."""
        if hasattr(self, "manifold"):
            return F.softplus(self.manifold.isp_c)
        return torch.tensor(self.fixed_curvature)

    def direction(self, latent: Tensor) -> Tensor:
        """Unit vectors (N, D); lengths below 1e-12 are treated as 1e-12."""
        return F.normalize(latent + self.direction_net(latent), dim=-1, eps=1e-12)

    def forward(self, latent: Tensor) -> Tensor:
        """Points (N, D) of norm at most max_radius."""
        length: Tensor = self.max_radius * torch.sigmoid(self.radius_net(latent))  # (N, 1)
        return length * self.direction(latent)


class DualProjection(nn.Module):
    """Separate projections for A and B."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.proj_A = Projection(config)
        self.proj_B = Projection(config)


class SharedProjection(nn.Module):
    """B shares A's direction net and has a separate radius net with one hidden layer."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.proj_A = Projection(config)
        self.proj_B_radius = _radius_net(config, 1)


class Controller(nn.Module):
    """The published loss controller, 8 -> 6. It has no effect here; it exists so that its weights load and save."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(8, 32), nn.LayerNorm(32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 6)
        )


class ModelOutput(NamedTuple):
    """Output of one deterministic forward pass for N operations."""

    mu_a: Tensor  # (N, D)
    mu_b: Tensor  # (N, D)
    point_a: Tensor | None  # (N, D) in the ball; None without a projection
    point_b: Tensor | None
    logits: Tensor  # (N, 9, 3), for the input that the checkpoint's decoder reads
    logits_b: Tensor | None  # (N, 9, 3) of decoder_B at mu_b; None without a second decoder


class TernaryVAE(nn.Module):
    """Both encoders, the projection and the decoder of one checkpoint, as `config` describes them."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder_A = Encoder(config)
        self.encoder_B = Encoder(config)
        self.decoder_A = Decoder(config)
        if config.decoder_b:
            self.decoder_B = ResidualDecoder(config)
        kinds = {"none": None, "single": Projection, "dual": DualProjection, "shared": SharedProjection}
        if make := kinds[config.projection]:
            self.projection = make(config)
        if config.controller:
            self.controller = Controller()

    def project(self, mu_a: Tensor, mu_b: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (N, D) of A and B -> points (N, D) of the ball. Needs a projection."""
        match getattr(self, "projection", None):
            case DualProjection() as dual:
                return dual.proj_A(mu_a), dual.proj_B(mu_b)
            case SharedProjection() as shared:
                length = shared.proj_A.max_radius * torch.sigmoid(shared.proj_B_radius(mu_b))
                return shared.proj_A(mu_a), length * shared.proj_A.direction(mu_b)
            case Projection() as single:
                return single(mu_a), single(mu_b)
        raise TypeError("a model without a projection has no ball")

    def curvatures(self) -> tuple[Tensor, Tensor]:
        """c of A's and of B's ball, scalar tensors."""
        match getattr(self, "projection", None):
            case DualProjection() as dual:
                return dual.proj_A.curvature, dual.proj_B.curvature
            case SharedProjection() as shared:
                return shared.proj_A.curvature, shared.proj_A.curvature
            case Projection() as single:
                return single.curvature, single.curvature
        raise TypeError("a model without a projection has no ball")

    def ball_latent(self, point_a: Tensor) -> Tensor:
        """log0 of A's points (N, D): the input of a decoder that reads the ball."""
        return poincare_ball.log0(point_a, self.curvatures()[0])

    def forward(self, trits: Tensor) -> ModelOutput:
        """Trits (N, 9), values -1, 0, 1 as floats -> means, points and logits; deterministic in eval mode."""
        mu_a, mu_b = self.encoder_A.mean(trits), self.encoder_B.mean(trits)
        logits_b = self.decoder_B(mu_b) if self.config.decoder_b else None
        if self.config.projection == "none":
            return ModelOutput(mu_a, mu_b, None, None, self.decoder_A(mu_a), logits_b)
        point_a, point_b = self.project(mu_a, mu_b)
        latent = mu_a if self.config.decoder_input == "mu" else self.ball_latent(point_a)
        return ModelOutput(mu_a, mu_b, point_a, point_b, self.decoder_A(latent), logits_b)


class TernaryVAEV5_11_PartialFreeze(TernaryVAE):  # noqa: N801 (the published name)
    """`TernaryVAE` with the published class name and the published constructor arguments.

    Its projections have one hidden layer, no dropout and learnable curvature, as in the published files
    `homeostatic_rich/best.pt` and `max_hierarchy/best.pt`. For every other file use `tvae.load`, which reads the
    architecture from the file.
    """

    def __init__(
        self,
        latent_dim: int = 16,
        hidden_dim: int = 64,
        max_radius: float = 0.99,
        curvature: float = 1.0,
        use_controller: bool = True,
        use_dual_projection: bool = True,
    ) -> None:
        super().__init__(
            ModelConfig(
                projection="dual" if use_dual_projection else "single",
                latent_dim=latent_dim,
                hidden_dim=hidden_dim,
                learnable_curvature=True,
                curvature=curvature,
                max_radius=max_radius,
                controller=use_controller,
            )
        )


def _stack(block: Block, widths: tuple[int, ...]) -> nn.Sequential:
    """Hidden layers of these `widths`; the improved type has a dropout after each of its first two blocks.

    The dropouts shift the published key numbers (0, 4, 8). Their rate is not recorded, and is 0 here.
    """
    layers: list[nn.Module] = []
    for k, (before, after) in enumerate(itertools.pairwise(widths)):
        layers.append(nn.Linear(before, after))
        if block == "plain":
            layers.append(nn.ReLU(inplace=True))  # saves a tenth of the forward pass; nothing else needs the input
            continue
        layers += [nn.LayerNorm(after), nn.SiLU()]
        if k < 2:
            layers.append(nn.Dropout(0.0))
    return nn.Sequential(*layers)


def _direction_net(config: ModelConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    width = config.latent_dim
    for _ in range(config.layers):
        layers += [nn.Linear(width, config.hidden_dim), nn.LayerNorm(config.hidden_dim), nn.SiLU()]
        layers += [nn.Dropout(config.dropout)] if config.dropout else []
        width = config.hidden_dim
    return nn.Sequential(*layers, nn.Linear(width, config.latent_dim))


def _radius_net(config: ModelConfig, hidden_layers: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    width, inner = config.latent_dim, max(32, config.hidden_dim // 2)
    for _ in range(hidden_layers):
        layers += [nn.Linear(width, inner), nn.SiLU()]
        layers += [nn.Dropout(config.dropout)] if config.dropout else []
        width = inner
    return nn.Sequential(*layers, nn.Linear(width, 1))
