"""What one training step looks at: a batch drawn from all operations, and the parts of the objective on it.

Axes: B operations of a batch, N all of them, D latent dimensions. Everything is on the training device and nothing
waits for it: the batch, its pairs and its noise come from a generator there.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from tvae import ball, losses, ternary
from tvae.models import TernaryVAE
from tvae.plan import Layout, Phase, Recipe, Weights, targets_of


class Data(NamedTuple):
    """Everything a batch is drawn from, on the training device."""

    trits: Tensor  # (N, 9) -1, 0, 1 as floats
    classes: Tensor  # (N, 9) trit + 1
    levels: Tensor  # (N,) valuation as floats, 9 for operation 0
    targets: tuple[Tensor, Tensor]  # of A and of B, (N, 3) low, high, norm
    by_level: Tensor  # (N,) operations sorted by valuation
    first: Tensor  # (B/2,) where in by_level the level of this place in a batch begins
    size: Tensor  # (B/2,) how many operations that level has
    step: tuple[float, float]  # distance of neighbouring levels in the layouts of A and of B


class Batch(NamedTuple):
    """B operations, and each one's partner in the parts of pairs: the operation `shift` places before it."""

    chosen: Tensor  # (B,) indices
    trits: Tensor  # (B, 9)
    classes: Tensor  # (B, 9)
    shift: int


def data_of(plan: Recipe, device: torch.device) -> Data:
    """All operations as tensors, for batches of the plan's size."""
    trits = torch.from_numpy(ternary.ALL_TRITS.astype(np.float32)).to(device)
    sizes = np.array(ternary.LEVEL_SIZES)
    level = np.arange(plan.batch_size // 2) % len(sizes)  # (B/2,) the levels in turn
    return Data(
        trits=trits,
        classes=trits.long() + 1,
        levels=torch.from_numpy(ternary.VALUATIONS.astype(np.float32)).to(device),
        targets=(_columns(plan.layout_a, device), _columns(plan.layout_b, device)),
        by_level=torch.from_numpy(np.argsort(ternary.VALUATIONS, kind="stable")).to(device),
        first=torch.from_numpy((np.cumsum(sizes) - sizes)[level]).to(device),
        size=torch.from_numpy(sizes[level]).to(device),
        step=(plan.layout_a.width + plan.layout_a.gap, plan.layout_b.width + plan.layout_b.gap),
    )


def _columns(layout: Layout, device: torch.device) -> Tensor:
    """Low, high and target norm of every operation, (N, 3)."""
    targets = targets_of(layout)
    return torch.from_numpy(np.stack([targets.low, targets.high, targets.norm], axis=1)).float().to(device)


def batch_of(data: Data, size: int, step: int, random: torch.Generator) -> Batch:
    """Half drawn evenly over the levels, the rest from all operations; the shift goes through all distances."""
    even = len(data.first)
    share = torch.rand(even, generator=random, device=random.device)  # (B/2,) in [0, 1), finer than 1 / level size
    place = data.first + (share * data.size).long()
    free = torch.randint(ternary.N, (size - even,), generator=random, device=random.device)
    chosen = torch.cat([free, data.by_level[place]])  # (B,)
    return Batch(chosen, data.trits[chosen], data.classes[chosen], 1 + 37 * step % (size - 1))


def parts_of(
    model: TernaryVAE, phase: Phase, data: Data, batch: Batch, random: torch.Generator
) -> dict[str, tuple[float, Tensor]]:
    """Weight and value of every part of the phase's objective, named PART_a or PART_b; points at the mean."""
    latents = _latents(model, phase, batch)
    points: tuple[Tensor, ...] = ()
    if _looks_at_ball(phase.weights_a) or _looks_at_ball(phase.weights_b):
        points = model.project(latents[0][0], latents[1][0])
    found: dict[str, tuple[float, Tensor]] = {}
    for side, weights in enumerate((phase.weights_a, phase.weights_b)):
        parts: dict[str, Tensor] = {}
        if _looks_at_ball(weights):
            parts = _ball_parts(side, points[side], weights, data, batch, model.curvatures()[side])
        parts |= _latent_parts(model, side, latents[side], phase, batch, random)
        found |= {f"{name}_{'ab'[side]}": (getattr(weights, name), part) for name, part in parts.items()}
    return found


def _looks_at_ball(weights: Weights) -> bool:
    return any((weights.outside, weights.pull, weights.geodesic, weights.rank, weights.steps))


def _latents(model: TernaryVAE, phase: Phase, batch: Batch) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Mean and log-variance of A and of B; the log-variance of B only where something needs it, else the mean again."""
    weights = phase.weights_b
    if weights.reconstruction or weights.kl:
        return model.encoder_A(batch.trits), model.encoder_B(batch.trits)
    mean = model.encoder_B.mean(batch.trits)
    return model.encoder_A(batch.trits), (mean, mean)


def _latent_parts(
    model: TernaryVAE, side: int, latent: tuple[Tensor, Tensor], phase: Phase, batch: Batch, random: torch.Generator
) -> dict[str, Tensor]:
    """The parts that look at the posterior of encoder A (side 0) or B (side 1), and at a decoder on a sample of it."""
    (mu, logvar), weights = latent, (phase.weights_a, phase.weights_b)[side]
    parts: dict[str, Tensor] = {}
    if weights.reconstruction:
        noise = torch.randn(mu.shape, generator=random, device=random.device)
        decoder = getattr(model, "decoder_B", model.decoder_A) if side else model.decoder_A
        parts["reconstruction"] = losses.reconstruction(decoder(losses.sample(mu, logvar, noise)), batch.classes)
    if weights.kl:
        parts["kl"] = losses.kl_divergence(mu, logvar, phase.free_bits)
    if weights.repulsion:
        parts["repulsion"] = losses.repulsion(mu, mu.roll(batch.shift, 0))
    return parts


def _ball_parts(
    side: int, points: Tensor, weights: Weights, data: Data, batch: Batch, curvature: Tensor
) -> dict[str, Tensor]:
    """The parts that look at the points (B, D) of encoder A (side 0) or B (side 1)."""
    norms = ball.norm(points)  # (B,)
    low, high, target = data.targets[side][batch.chosen].unbind(1)  # (B,)
    parts: dict[str, Tensor] = {}
    if weights.outside:
        parts["outside"] = losses.outside(norms, low, high)
    if weights.pull:
        parts["pull"] = losses.pull(norms, target)
    if not (weights.geodesic or weights.rank or weights.steps):
        return parts
    others = points.roll(batch.shift, 0)
    level = data.levels[batch.chosen]
    gap = level - level.roll(batch.shift)
    if weights.geodesic:
        depth = data.levels[(batch.chosen - batch.chosen.roll(batch.shift)).abs()]
        parts["geodesic"] = losses.geodesic(points, others, depth, curvature)
    if weights.rank:
        parts["rank"] = losses.rank(norms, norms.roll(batch.shift), gap)
    if weights.steps:
        parts["steps"] = losses.steps(points, others, gap, data.step[side])
    return parts
