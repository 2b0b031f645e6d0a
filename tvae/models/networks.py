"""The parts of the Ternary VAE: encoders, decoders and projections. Axes as in `ternary_vae`."""

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tvae.models.config import Block, ModelConfig
from tvae.operations import ternary

ENCODER_WIDTHS = (256, 128, 64)
DECODER_WIDTHS = (32, 64)
RESIDUAL_WIDTH = 128  # of decoder B


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
