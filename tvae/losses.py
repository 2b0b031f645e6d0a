"""The parts of the training objective: pure functions of torch tensors, each a mean over the batch, each a scalar.

Axes: B operations of a batch, T = 9 trits, D = latent dimension. A *norm* is the Euclidean |z| of a point of the ball.
Every part is at least 0 and has finite gradients for finite inputs; which parts a recipe adds up, and with which
weights, is data in `recipes.py`.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def reconstruction(logits: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy of the trits in nats, mean over operations and positions; range [0, inf), chance is ln 3 = 1.0986.

    -(1 / 9B) sum log softmax(logits[b, t])[classes[b, t]], logits (B, 9, 3), classes (B, 9) in 0..2 = trit + 1
    (Kingma and Welling, "Auto-Encoding Variational Bayes" (2014), section 3; categorical instead of Bernoulli).
    """
    return F.cross_entropy(logits.flatten(0, 1), classes.flatten())


def kl_divergence(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp logvar) || N(0, 1)) in nats, mean over operations; range [0, inf), 0 at mu = 0, logvar = 0.

    (1 / 2B) sum (mu^2 + exp(logvar) - 1 - logvar), both (B, D) (Kingma and Welling 2014, appendix B).
    """
    return 0.5 * (mu.square() + logvar.exp() - 1.0 - logvar).sum(-1).mean()


def sample(mu: Tensor, logvar: Tensor, noise: Tensor) -> Tensor:
    """One draw from the posterior, mu + exp(logvar / 2) noise, all (B, D) (Kingma and Welling 2014, section 2.4)."""
    return mu + torch.exp(0.5 * logvar) * noise


def outside(norms: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """How far norms lie outside their own level's interval: mean of relu(low - r) + relu(r - high); range [0, 1).

    All (B,). It is 0 exactly when every norm is inside its interval; where the intervals of the levels are disjoint,
    that means no level overlaps. Ours; it takes the place of the published ordering term, the sum over v of
    relu(mean r_{v+1} - mean r_v + 0.01), which sees the means of neighbouring levels and no single operation that
    strays.
    """
    return (F.relu(low - norms) + F.relu(norms - high)).mean()


def pull(norms: Tensor, targets: Tensor) -> Tensor:
    """Mean |r - target|, all (B,); range [0, 1), 0 when every norm is its target.

    Ours, for the published 5 (mean r_v - target_v)^2: a target for each operation fixes the variance within a level as
    well as its mean. The absolute value rather than the square: its gradient does not fade near the target.
    """
    return (norms - targets).abs().mean()
