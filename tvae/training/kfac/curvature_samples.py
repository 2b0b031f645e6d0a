"""The curvature that K-FAC divides by, as random gradients at the outputs of the network.

`sampled_log_likelihood` returns a sum over the B operations of a batch. Its gradient g with respect to the outputs of
the network (logits, mean, log-variance, norm or point) of one operation is random, with mean 0 and second moment

    E[g g^T] = H, the curvature of the weighted objective of that operation at that output,

so that E[J^T g g^T J] = J^T H J is its generalised Gauss-Newton matrix (Schraudolph 2002), J the derivative of
the outputs. One backward pass draws it. Loss terms are drawn independently; their curvatures add up.

- Cross-entropies (reconstruction, at_mu, at_ball): exact. Labels are drawn from the decoder's own probabilities, so
  that H is the Fisher matrix of the categorical (the true one; on the empirical one, from the training gradient, see
  Kunstner, Balles and Hennig 2019), and for logits also the Hessian. The decoder reads a sample of the posterior.
- kl: exact. H = diag(1, exp(logvar) / 2) is its Hessian in (mu, logvar). With free bits, which leave out some
  dimensions, it is an upper bound.
- Absolute values and Huber losses of an error e (pull, outside, stray, geodesic, near_geodesic, steps, place,
  near_place): they have no curvature except near 0. H = 1 / |e| is that of the quadratic that touches |e| from above
  at the current error (iteratively reweighted least squares): a Gaussian likelihood whose variance is |e|, not a Fisher
  matrix of the training objective. |e| counts as at least FLOOR, for Huber losses as at least the width of their
  quadratic part. relu(e) = (|e| + e) / 2 has half.
- rank and repulsion are not convex in any output and are left out: only damping and trust region limit them.
- Terms on pairs: both operations of a pair get the draw of the pair; a layer's block ignores that the draw is shared.
  The loss on near pairs is a mean over P of them, so in the sum over B operations each has the weight B / P.

K-FAC's own approximation, the Kronecker product, is in addition to these (`optimiser.py`).
"""

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from tvae.geometry import poincare_ball
from tvae.models.ternary_vae import TernaryVAE
from tvae.training.objectives import losses
from tvae.training.objectives.objective import (
    Batch,
    Data,
    decoder_of,
    digit_of_pairs,
    latents_of,
    near_depth,
    near_pairs,
    tree_error,
    uses_ball,
)
from tvae.training.recipes.recipe import Phase, Weights

FLOOR: Final = 1e-3  # least |e| of norms; a quarter of the narrowest interval of any recipe's levels


def sampled_log_likelihood(
    model: TernaryVAE, phase: Phase, data: Data, batch: Batch, random: torch.Generator, near: float | Tensor = 1.0
) -> Tensor:
    """The sum that the module's docstring describes, a scalar; only its gradient has a meaning.

    `near` is that of `loss_terms`.
    """
    latents = latents_of(model, phase, batch)
    points: tuple[Tensor, ...] = ()
    if uses_ball(phase.weights_a) or uses_ball(phase.weights_b):
        points = model.project(latents[0][0], latents[1][0])
    drawn: list[Tensor] = []
    for side, weights in enumerate((phase.weights_a, phase.weights_b)):
        decode, (mu, logvar) = decoder_of(model, side), latents[side]
        if weights.reconstruction:
            noise = torch.randn(mu.shape, generator=random, device=random.device)
            drawn.append(_categorical(decode(losses.sample(mu, logvar, noise)), weights.reconstruction, random))
        if weights.at_mu:
            drawn.append(_categorical(decode(mu), weights.at_mu, random))
        if weights.at_ball:
            latent = poincare_ball.log0(points[side], model.curvatures()[side])
            drawn.append(_categorical(decode(latent), weights.at_ball, random))
        if weights.kl:
            curved = weights.kl * 0.5 * logvar.detach().exp()
            drawn += [_drawn(mu, torch.full_like(mu, weights.kl), random), _drawn(logvar, curved, random)]
        if uses_ball(weights):
            drawn += _of_norms(side, points[side], weights, data, batch, random, near)
            drawn += _of_pairs(side, points[side], weights, data, batch, model.curvatures()[side], random, near)
    return torch.stack(drawn).sum() if drawn else latents[0][0].new_zeros(())


def _categorical(logits: Tensor, weight: float, random: torch.Generator) -> Tensor:
    """Log-likelihood of labels drawn from the logits (B, 9, 3); H is that of weight / 9 times the sum over trits."""
    flat = logits.flatten(0, 1)
    below = flat.detach().softmax(-1).cumsum(-1)[:, :-1]  # (9 B, 2)
    place = torch.rand(len(flat), 1, generator=random, device=random.device)
    labels = (place > below).sum(-1)  # (9 B,) in 0..2
    return math.sqrt(weight / logits.shape[1]) * F.cross_entropy(flat, labels, reduction="sum")


def _drawn(output: Tensor, curved: Tensor, random: torch.Generator) -> Tensor:
    """Sum of random signs times the root of the curvature times the output; `curved` broadcasts to the output."""
    signs = torch.randn(output.shape, generator=random, device=random.device).sign()
    return (signs * curved.detach().sqrt() * output).sum()


def _error(error: Tensor, weight: float | Tensor, random: torch.Generator, floor: float = FLOOR) -> Tensor:
    """For weight |e|, or a Huber loss whose quadratic part is as wide as the floor."""
    return _drawn(error, weight / error.detach().abs().clamp(min=floor), random)


def _of_norms(
    side: int,
    points: Tensor,
    weights: Weights,
    data: Data,
    batch: Batch,
    random: torch.Generator,
    near: float | Tensor,
) -> list[Tensor]:
    """Terms on single points (B, D), and `near_place`, which has the errors of `place`."""
    norms = poincare_ball.norm(points)
    low, high, target = data.targets[side][batch.chosen].unbind(1)  # (B,)
    drawn: list[Tensor] = []
    if weights.outside:
        drawn += [_error(norms - end, 0.5 * weights.outside, random) for end in (low, high)]
    if weights.pull:
        drawn.append(_error(norms - target, weights.pull, random))
    if data.tree is None:
        return drawn
    if weights.place or weights.near_place:
        offset = tree_error(points, data.tree, batch)  # (B, D)
        error = offset / data.tree.tolerances
        drawn.append(_error(error, weights.place / error.shape[1], random, floor=0.5))
        if weights.near_place:
            one, other = near_pairs(offset, data)
            apart = (one - other) / (0.5 * digit_of_pairs(data, batch))  # (P, D)
            share = len(points) / len(apart)  # B / P
            drawn.append(_error(apart, near * share * weights.near_place / apart.shape[1], random, floor=0.5))
    if weights.stray:
        low, high = data.tree.shells[batch.chosen].unbind(1)
        drawn += [_error((norms - end) / high, 0.5 * weights.stray, random) for end in (low, high)]
    return drawn


def _of_pairs(
    side: int,
    points: Tensor,
    weights: Weights,
    data: Data,
    batch: Batch,
    curvature: Tensor,
    random: torch.Generator,
    near: float | Tensor,
) -> list[Tensor]:
    """Terms on each point (B, D) and its partner, and on the distances of near pairs."""
    others = points.index_select(0, batch.partners)
    drawn: list[Tensor] = []
    if weights.near_geodesic:
        one, other = near_pairs(points, data)
        target = losses.tree_distance(near_depth(data, batch))
        error = 3.0 * (poincare_ball.distance(one, other, curvature) / target - 1.0)  # (P,)
        drawn.append(_error(error, near * len(points) / len(error) * weights.near_geodesic, random, floor=0.5))
    if weights.geodesic:
        depth = data.levels[(batch.chosen - batch.chosen[batch.partners]).abs()]
        error = poincare_ball.distance(points, others, curvature) - losses.tree_distance(depth)
        drawn.append(_error(error, weights.geodesic, random, floor=1.0))
    if weights.steps:
        level = data.levels[batch.chosen]
        error = poincare_ball.norm(points - others) - data.step[side] * (level - level[batch.partners]).abs()
        drawn.append(_error(error, weights.steps, random))
    return drawn
