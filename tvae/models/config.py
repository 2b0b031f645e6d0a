"""Everything that determines a network; `tvae.checkpoints` reads it from a file."""

from dataclasses import dataclass
from typing import Literal

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
