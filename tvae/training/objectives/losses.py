"""The terms of the training objective: pure functions of torch tensors, each a scalar, the mean over a batch.

Axes: B operations of a batch, T = 9 trits, D = latent dimension. A *norm* is the Euclidean |z| of a point of the ball.
Every term is at least 0 and has finite gradients for finite inputs. A recipe determines which terms are summed, with
which weights.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from tvae.geometry import poincare_ball
from tvae.operations import ternary


def reconstruction(logits: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy of the trits in nats, mean over operations and positions; range [0, inf), chance is ln 3 = 1.0986.

    -(1 / 9B) sum log softmax(logits[b, t])[classes[b, t]], logits (B, 9, 3), classes (B, 9) in 0..2 = trit + 1
    (Kingma and Welling, "Auto-Encoding Variational Bayes" (2014), section 3; categorical instead of Bernoulli).
    """
    return F.cross_entropy(logits.flatten(0, 1), classes.flatten())


def kl_divergence(mu: Tensor, logvar: Tensor, free_bits: float = 0.0) -> Tensor:
    """KL(N(mu, diag exp logvar) || N(0, 1)) in nats, mean over operations; range [0, inf), 0 at mu = 0, logvar = 0.

    (1 / 2B) sum (mu^2 + exp(logvar) - 1 - logvar), both (B, D) (Kingma and Welling 2014, appendix B). With free bits,
    each dimension counts only the nats by which its mean over the batch exceeds them (Kingma et al. 2016, section 8 of
    the appendix, "free bits").
    """
    nats = 0.5 * (mu.square() + logvar.exp() - 1.0 - logvar)  # (B, D)
    return F.relu(nats.mean(0) - free_bits).sum() if free_bits else nats.sum(-1).mean()


def repulsion(latent: Tensor, other: Tensor) -> Tensor:
    """Mean exp(-|z - z'|^2 / 0.25) over pairs, both (B, D); range (0, 1], near 0 when no two means are close.

    The published repulsion of encoder B.
    """
    return torch.exp(-4.0 * (latent - other).square().sum(-1)).mean()


def sample(mu: Tensor, logvar: Tensor, noise: Tensor) -> Tensor:
    """One draw from the posterior, mu + exp(logvar / 2) noise, all (B, D) (Kingma and Welling 2014, section 2.4)."""
    return mu + torch.exp(0.5 * logvar) * noise


def interval_hinge(norms: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Distance of norms from their own level's interval: mean of relu(low - r) + relu(r - high); range [0, 1).

    All (B,). It is 0 exactly when every norm is inside its interval; if the intervals of the levels are disjoint, no
    level overlaps then. Ours; it replaces the published ordering term, the sum over v of
    relu(mean r_{v+1} - mean r_v + 0.01), which only depends on the means of neighbouring levels and misses single
    operations outside them.
    """
    return (F.relu(low - norms) + F.relu(norms - high)).mean()


def relative_interval_hinge(norms: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """`interval_hinge` relative to `high`: mean of (relu(low - r) + relu(r - high)) / high; range [0, inf), all (B,).

    Ours, for levels whose norms shrink by a constant factor: at level 8 of a `Tree` an absolute distance is too small
    to have an effect. It is 0 exactly when every norm is inside its interval.
    """
    return ((F.relu(low - norms) + F.relu(norms - high)) / high).mean()


def scaled_huber(errors: Tensor, scales: Tensor) -> Tensor:
    """Mean h(e / s) over all errors; range [0, inf), 0 when every error is 0.

    errors e (any shape), scales s that broadcast to them; h(x) = x^2 where |x| < 1/2 and |x| - 1/4 elsewhere, the
    smooth L1 (Huber 1964). Ours, for points that differ from their targets by e: s is the size of the digit that a
    coordinate encodes, so that the last digit, a hundredth of the first, has the same weight.
    """
    return F.smooth_l1_loss(errors / scales, torch.zeros_like(errors), beta=0.5)


def target_norm_l1(norms: Tensor, targets: Tensor) -> Tensor:
    """Mean |r - target|, all (B,); range [0, 1), 0 when every norm is its target.

    Ours; it replaces the published 5 (mean r_v - target_v)^2. A target for each operation fixes the variance within a
    level as well as its mean. The gradient of the absolute value, unlike that of the square, does not vanish near the
    target.
    """
    return (norms - targets).abs().mean()


def geodesic(points: Tensor, others: Tensor, depth: Tensor, curvature: float | Tensor = 1.0) -> Tensor:
    """Mean SmoothL1(d(z, z') - t), t = `tree_distance`, over pairs; range [0, inf), 0 when distances follow the tree.

    points and others (B, D) in the ball, depth (B,) the valuation of the difference of their indices, d the Poincare
    distance. The published `geo`.
    """
    return F.smooth_l1_loss(poincare_ball.distance(points, others, curvature), tree_distance(depth))


def tree_distance(depth: Tensor) -> Tensor:
    """3 exp(-v / 3), the published distance of two operations; `depth` is v, as for `geodesic`."""
    return 3.0 * torch.exp(depth / -3.0)


def relative_geodesic(points: Tensor, others: Tensor, depth: Tensor, curvature: float | Tensor = 1.0) -> Tensor:
    """Mean h(3 (d(z, z') - t) / t) over pairs, t = `tree_distance`, h of `scaled_huber`; range [0, inf).

    Arguments as for `geodesic`. Ours: an error that hardly matters at the distance of random pairs is larger than the
    whole distance of siblings, so `geodesic` leaves most siblings apart. A pair of equal operations adds 0.
    """
    distance, target = poincare_ball.distance(points, others, curvature), tree_distance(depth)
    error = torch.where(depth < ternary.MAX_VALUATION, distance / target - 1.0, 0.0)
    return scaled_huber(error, torch.full_like(error, 1 / 3))


def rank(norms: Tensor, others: Tensor, gap: Tensor) -> Tensor:
    """Mean |dv| sigmoid(s dr / 0.1) over pairs; range (0, 9), small when the larger valuation has the smaller norm.

    norms r, others r' and gap dv = v - v' (B,), dr = r - r', s the sign of dv. The published `rank`.
    """
    return (gap.abs() * torch.sigmoid(10.0 * gap.sign() * (norms - others))).mean()


def level_distance_l1(points: Tensor, others: Tensor, gap: Tensor, step: float) -> Tensor:
    """Mean | |z - z'| - step |dv| | over pairs; range [0, inf), 0 when the distance of points counts levels.

    points and others (B, D), gap dv (B,), |z - z'| Euclidean. Ours, for max_hierarchy: at 0 the distance correlation,
    and with it Q, is at its limit. The gradient of the length is 0 for equal points.
    """
    return (poincare_ball.norm(points - others) - step * gap.abs()).abs().mean()
