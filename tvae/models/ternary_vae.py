"""The Ternary VAE as torch modules, with the parameter names of the published files.

Axes: N operations, T = 9 trits, D = latent dimension (16). Inference uses the posterior mean, never a sample:

    trits (N, 9) -> encoder_A, encoder_B -> mu (N, D) -> projection -> point in the ball (N, D)
    mu_A, or log0(point_A) if `decoder_input` is "log0" -> decoder_A -> logits (N, 9, 3)

`config` holds everything that determines the network, and `networks` its parts.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from tvae.geometry import poincare_ball
from tvae.models.config import ModelConfig
from tvae.models.networks import (
    Controller,
    Decoder,
    DualProjection,
    Encoder,
    Projection,
    ResidualDecoder,
    SharedProjection,
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
