"""What one training step looks at: a batch drawn from all operations, and the parts of the objective on it.

Axes: B operations of a batch, N all of them, D latent dimensions. Everything is on the training device and nothing
waits for it: the batch, its pairs and its noise come from a generator there.
"""

from dataclasses import asdict
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
    targets_a: Tensor  # (N, 3) low, high, norm
    targets_b: Tensor  # (N, 3)
    by_level: Tensor  # (N,) operations sorted by valuation
    first: Tensor  # (B/2,) where in by_level the level of this place in a batch begins
    size: Tensor  # (B/2,) how many operations that level has
    step_a: float  # mean distance of neighbouring levels in A's layout
    step_b: float


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
        targets_a=_columns(plan.layout_a, device),
        targets_b=_columns(plan.layout_b, device),
        by_level=torch.from_numpy(np.argsort(ternary.VALUATIONS, kind="stable")).to(device),
        first=torch.from_numpy((np.cumsum(sizes) - sizes)[level]).to(device),
        size=torch.from_numpy(sizes[level]).to(device),
        step_a=plan.layout_a.width + plan.layout_a.gap,
        step_b=plan.layout_b.width + plan.layout_b.gap,
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
    in_ball = [any(_in_ball(weights)) for weights in (phase.weights_a, phase.weights_b)]
    latents = _latents(model, phase, batch)
    points: tuple[Tensor | None, ...] = (None, None)
    if any(in_ball):
        points = model.project(latents[0][0], latents[1][0])
    found: dict[str, Tensor] = {}
    for side, (mu, logvar), point, wanted in zip("ab", latents, points, in_ball, strict=True):
        weights = phase.weights_a if side == "a" else phase.weights_b
        parts: dict[str, Tensor] = {}
        if point is not None and wanted:
            parts |= _ball_parts(side, point, weights, data, batch, model.curvatures()[side == "b"])
        if weights.reconstruction:
            noise = torch.randn(mu.shape, generator=random, device=random.device)
            decoder = getattr(model, "decoder_B", model.decoder_A) if side == "b" else model.decoder_A
            parts["reconstruction"] = losses.reconstruction(decoder(losses.sample(mu, logvar, noise)), batch.classes)
        if weights.kl:
            parts["kl"] = losses.kl_divergence(mu, logvar, phase.free_bits)
        if weights.repulsion:
            parts["repulsion"] = losses.repulsion(mu, mu.roll(batch.shift, 0))
        found |= {f"{name}_{side}": part for name, part in parts.items()}
    named = {f"{name}_{side}": weight for side, table in _tables(phase) for name, weight in table.items()}
    return {name: (named[name], found[name]) for name in named if name in found}


def _tables(phase: Phase) -> tuple[tuple[str, dict[str, float]], ...]:
    return ("a", asdict(phase.weights_a)), ("b", asdict(phase.weights_b))


def _in_ball(weights: Weights) -> tuple[float, ...]:
    return weights.outside, weights.pull, weights.geodesic, weights.rank, weights.steps


def _latents(model: TernaryVAE, phase: Phase, batch: Batch) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Mean and log-variance of A and of B; the log-variance of B only where something needs it, else the mean again."""
    weights = phase.weights_b
    if weights.reconstruction or weights.kl:
        return model.encoder_A(batch.trits), model.encoder_B(batch.trits)
    mean = model.encoder_B.mean(batch.trits)
    return model.encoder_A(batch.trits), (mean, mean)


def _ball_parts(
    side: str, points: Tensor, weights: Weights, data: Data, batch: Batch, curvature: Tensor
) -> dict[str, Tensor]:
    """The parts that look at the points (B, D) of one encoder."""
    norms = ball.norm(points)  # (B,)
    low, high, target = (data.targets_a if side == "a" else data.targets_b)[batch.chosen].unbind(1)  # (B,)
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
        parts["steps"] = losses.steps(points, others, gap, data.step_a if side == "a" else data.step_b)
    return parts
