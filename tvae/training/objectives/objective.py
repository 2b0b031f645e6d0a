"""The data of one training step: a batch drawn from all operations, and the loss terms on it.

Axes: B operations of a batch, N all operations, D latent dimensions. Everything is on the training device, and nothing
waits for it: batch, pairs and noise come from a generator on that device.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from tvae.geometry import poincare_ball
from tvae.geometry.exact_tree import Tree
from tvae.geometry.sarkar_tree import SarkarTree
from tvae.models.networks import Encoder
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary
from tvae.training.objectives import losses
from tvae.training.recipes.recipe import (
    Phase,
    Recipe,
    ShellLayout,
    Weights,
    targets_of,
)

# The terms that use points of the ball.
_BALL = ("outside", "pull", "geodesic", "rank", "steps", "at_ball", "place", "stray", "near_geodesic", "near_place")

NEAR = ("near_geodesic", "near_place")  # of these, the terms on near pairs

# Least number of leading digits that the operations of a near pair share, in rotation. With 8 they are siblings or, one
# time in three, the same operation. Low numbers are rare, as random pairs often share one or two digits; 7 is frequent,
# as it decides the average precision of the 8 others in a subtree of 9.
SHARED = (8, 7, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1)


class Data(NamedTuple):
    """All data that batches are drawn from, on the training device."""

    trits: Tensor  # (N, 9) -1, 0, 1 as floats
    classes: Tensor  # (N, 9) trit + 1
    levels: Tensor  # (N,) valuation as floats, 9 for operation 0
    targets: tuple[Tensor, Tensor]  # of A and of B, (N, 3) low, high, norm
    by_level: Tensor  # (N,) operations sorted by valuation
    first: Tensor  # (E,) start in by_level of the level of each of the E balanced operations of a batch
    size: Tensor  # (E,) number of operations of that level
    step: tuple[float, float]  # distance of neighbouring levels in the layouts of A and of B
    shared: Tensor  # (P,) 3^k for each of the P near pairs of a batch, which share at least k leading digits
    tree: "Places | None"  # None if the recipe has no tree


class Places(NamedTuple):
    """The recipe's tree on the training device; the target point of an operation is centre (+) exp0(offset)."""

    centres: Tensor  # (N, D) points
    offsets: Tensor  # (N, D) tangent vectors at the origin, log0 of the `offsets` of the tree
    tolerances: Tensor  # (D,) unit of the error of each coordinate of an offset
    digit_sizes: Tensor  # (9,) size of each digit in the offsets
    shells: Tensor  # (N, 2) least and largest norm of the operation's level


class Batch(NamedTuple):
    """B operations: the first of each of P near pairs, then the second of each, then B - 2 P that are not in pairs."""

    chosen: Tensor  # (B,) indices
    trits: Tensor  # (B, 9)
    classes: Tensor  # (B, 9)
    partners: Tensor  # (B,) row of the partner of each in terms on random pairs: the rows, rotated


def data_of(recipe: Recipe, device: torch.device) -> Data:
    """All operations as tensors, for batches of the recipe's size."""
    trits = torch.from_numpy(ternary.ALL_TRITS.astype(np.float32)).to(device)
    sizes = np.array(ternary.LEVEL_SIZES)
    level = np.arange(int(recipe.batch_size * recipe.level_balanced_share)) % len(sizes)  # (E,) the levels in rotation
    return Data(
        trits=trits,
        classes=trits.long() + 1,
        levels=torch.from_numpy(ternary.VALUATIONS.astype(np.float32)).to(device),
        targets=(_columns(recipe.layout_a, device), _columns(recipe.layout_b, device)),
        by_level=torch.from_numpy(np.argsort(ternary.VALUATIONS, kind="stable")).to(device),
        first=torch.from_numpy((np.cumsum(sizes) - sizes)[level]).to(device),
        size=torch.from_numpy(sizes[level]).to(device),
        shared=3 ** torch.tensor(SHARED, device=device)[torch.arange(recipe.near_pairs, device=device) % len(SHARED)],
        step=(recipe.layout_a.width + recipe.layout_a.gap, recipe.layout_b.width + recipe.layout_b.gap),
        tree=_places(recipe.tree, device) if recipe.tree else None,
    )


def _places(tree: Tree | SarkarTree, device: torch.device) -> Places:
    shells = tree.shells()[ternary.VALUATIONS]
    offsets = poincare_ball.log0(torch.from_numpy(tree.offsets())).numpy()
    tables = (tree.centres(), offsets, tree.tolerances(), tree.digit_sizes(), shells)
    return Places(*(torch.from_numpy(table).float().to(device) for table in tables))


def _columns(layout: ShellLayout, device: torch.device) -> Tensor:
    """Low, high and target norm of every operation, (N, 3)."""
    targets = targets_of(layout)
    return torch.from_numpy(np.stack([targets.low, targets.high, targets.norm], axis=1)).float().to(device)


def batch_of(data: Data, size: int, step: int | Tensor, random: torch.Generator) -> Batch:
    """Near pairs, a share drawn evenly over the levels, the rest from all operations; `partners` vary with the step.

    Near pairs replace operations of the rest first. `step` is that of the run, counted from 1.
    """
    even = len(data.first)
    share = torch.rand(even, generator=random, device=random.device)  # (E,) in [0, 1), finer than 1 / level size
    place = data.first + (share * data.size).long()
    free = torch.randint(ternary.N, (size - even,), generator=random, device=random.device)
    chosen = torch.cat([free, data.by_level[place]])  # (B,)
    if pairs := len(data.shared):
        one = torch.randint(ternary.N, (pairs,), generator=random, device=random.device)
        others = torch.rand(pairs, generator=random, device=random.device) * (ternary.N // data.shared)
        other = one % data.shared + data.shared * others.long()
        chosen = torch.cat([one, other, chosen[2 * pairs :]])
    partners = (torch.arange(size, device=random.device) - 1 - 37 * step % (size - 1)) % size
    return Batch(chosen, data.trits[chosen], data.classes[chosen], partners)


def loss_terms(
    model: TernaryVAE, phase: Phase, data: Data, batch: Batch, random: torch.Generator, near: float | Tensor = 1.0
) -> dict[str, tuple[float | Tensor, Tensor]]:
    """Weight and value of every part of the phase's objective, named PART_a or PART_b; points at the mean.

    `near`, 0 to 1, is a factor of the weights of the terms on near pairs.
    """
    latents = latents_of(model, phase, batch)
    points: tuple[Tensor, ...] = ()
    if uses_ball(phase.weights_a) or uses_ball(phase.weights_b):
        points = model.project(latents[0][0], latents[1][0])
    found: dict[str, tuple[float | Tensor, Tensor]] = {}
    for side, weights in enumerate((phase.weights_a, phase.weights_b)):
        parts: dict[str, Tensor] = {}
        if uses_ball(weights):
            parts = _ball_parts(side, points[side], weights, data, batch, model.curvatures()[side])
            parts |= _tree_parts(points[side], weights, data, batch)
        if weights.at_ball:
            latent = poincare_ball.log0(points[side], model.curvatures()[side])
            parts["at_ball"] = losses.reconstruction(decoder_of(model, side)(latent), batch.classes)
        parts |= _latent_parts(model, side, latents[side], phase, batch, random)
        for name, part in parts.items():
            weight = getattr(weights, name) * (near if name in NEAR else 1.0)
            found[f"{name}_{'ab'[side]}"] = (weight, part)
    return found


def uses_ball(weights: Weights) -> bool:
    """Whether any part of these weights needs the points of the ball."""
    return any(getattr(weights, name) for name in _BALL)


def decoder_of(model: TernaryVAE, side: int) -> nn.Module:
    """The decoder of encoder A (side 0) or B (side 1); B uses A's decoder if it has none."""
    decoder: nn.Module = getattr(model, "decoder_B", model.decoder_A) if side else model.decoder_A
    return decoder


def latents_of(model: TernaryVAE, phase: Phase, batch: Batch) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Mean and log-variance of A and of B; the mean twice where no term needs the log-variance."""

    def latent(encoder: Encoder, weights: Weights) -> tuple[Tensor, Tensor]:
        if weights.reconstruction or weights.kl:
            found: tuple[Tensor, Tensor] = encoder(batch.trits)
            return found
        return (mean := encoder.mean(batch.trits)), mean

    return latent(model.encoder_A, phase.weights_a), latent(model.encoder_B, phase.weights_b)


def _latent_parts(
    model: TernaryVAE, side: int, latent: tuple[Tensor, Tensor], phase: Phase, batch: Batch, random: torch.Generator
) -> dict[str, Tensor]:
    """The terms on the posterior of encoder A (side 0) or B (side 1), and on the decoder at a sample of it."""
    (mu, logvar), weights = latent, (phase.weights_a, phase.weights_b)[side]
    parts: dict[str, Tensor] = {}
    if weights.reconstruction:
        noise = torch.randn(mu.shape, generator=random, device=random.device)
        drawn = losses.sample(mu, logvar, noise)
        parts["reconstruction"] = losses.reconstruction(decoder_of(model, side)(drawn), batch.classes)
    if weights.at_mu:
        parts["at_mu"] = losses.reconstruction(decoder_of(model, side)(mu), batch.classes)
    if weights.kl:
        parts["kl"] = losses.kl_divergence(mu, logvar, phase.free_bits)
    if weights.repulsion:
        parts["repulsion"] = losses.repulsion(mu, mu.index_select(0, batch.partners))
    return parts


def _tree_parts(points: Tensor, weights: Weights, data: Data, batch: Batch) -> dict[str, Tensor]:
    """The terms that compare points (B, D) of either encoder with the recipe's tree; none without a tree."""
    if data.tree is None:
        return {}
    parts: dict[str, Tensor] = {}
    if weights.place or weights.near_place:
        error = tree_error(points, data.tree, batch)  # (B, D)
        parts["place"] = losses.scaled_huber(error, data.tree.tolerances)
        if weights.near_place:
            one, other = near_pairs(error, data)
            parts["near_place"] = losses.scaled_huber(one - other, 0.5 * digit_of_pairs(data, batch))
    if weights.stray:
        low, high = data.tree.shells[batch.chosen].unbind(1)  # (B,)
        parts["stray"] = losses.relative_interval_hinge(poincare_ball.norm(points), low, high)
    return parts


def tree_error(points: Tensor, tree: Places, batch: Batch) -> Tensor:
    """Points (B, D) minus their targets, both as tangent vectors at the operation's centre; (B, D).

    A Moebius translation takes the centre to the origin, where log0 gives the tangent vector. Without log0, in the
    coordinates of the ball, the error of a point that is far away hardly changes as the point moves, so a branch at
    the place of another one would have nearly no gradient.
    """
    moved = poincare_ball.mobius_add(-tree.centres[batch.chosen], points)
    return poincare_ball.log0(moved) - tree.offsets[batch.chosen]


def near_pairs(rows: Tensor, data: Data) -> tuple[Tensor, Tensor]:
    """Of the rows (B, ...) of a batch, those of the first and of the second operation of each near pair, (P, ...)."""
    pairs = len(data.shared)
    return rows[:pairs], rows[pairs : 2 * pairs]


def near_depth(data: Data, batch: Batch) -> Tensor:
    """Valuation (P,) of the difference of the two indices of each near pair, a float; 9 if they are equal."""
    one, other = near_pairs(batch.chosen, data)
    return data.levels[(one - other).abs()]


def digit_of_pairs(data: Data, batch: Batch) -> Tensor:
    """Size (P, 1) of the first digit in which each near pair differs; of the last digit for equal operations."""
    assert data.tree is not None  # noqa: S101 (for the type checker)
    return data.tree.digit_sizes[near_depth(data, batch).long().clamp(max=ternary.T - 1)][:, None]


def _ball_parts(
    side: int, points: Tensor, weights: Weights, data: Data, batch: Batch, curvature: Tensor
) -> dict[str, Tensor]:
    """The terms on the points (B, D) of encoder A (side 0) or B (side 1)."""
    norms = poincare_ball.norm(points)  # (B,)
    low, high, target = data.targets[side][batch.chosen].unbind(1)  # (B,)
    parts: dict[str, Tensor] = {}
    if weights.outside:
        parts["outside"] = losses.interval_hinge(norms, low, high)
    if weights.pull:
        parts["pull"] = losses.target_norm_l1(norms, target)
    if weights.near_geodesic:
        one, other = near_pairs(points, data)
        parts["near_geodesic"] = losses.relative_geodesic(one, other, near_depth(data, batch), curvature)
    if not (weights.geodesic or weights.rank or weights.steps):
        return parts
    others = points.index_select(0, batch.partners)
    level = data.levels[batch.chosen]
    gap = level - level[batch.partners]
    if weights.geodesic:
        depth = data.levels[(batch.chosen - batch.chosen[batch.partners]).abs()]
        parts["geodesic"] = losses.geodesic(points, others, depth, curvature)
    if weights.rank:
        parts["rank"] = losses.rank(norms, norms.index_select(0, batch.partners), gap)
    if weights.steps:
        parts["steps"] = losses.level_distance_l1(points, others, gap, data.step[side])
    return parts
