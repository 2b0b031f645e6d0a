"""One training step: batch, objective, gradient and optimiser. Nothing here waits for a CUDA device."""

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import torch
from torch import Tensor

from tvae.models.ternary_vae import TernaryVAE
from tvae.training.kfac.curvature_samples import sampled_log_likelihood
from tvae.training.kfac.optimiser import Kfac
from tvae.training.objectives.objective import Data, batch_of, loss_terms
from tvae.training.recipes.recipe import Phase

REFRESH_EVERY: Final = 10  # steps between K-FAC's curvature updates, an extra forward and half a backward pass each


class Taken(NamedTuple):
    """The loss of a step, and its unweighted terms, scalars on the device."""

    loss: Tensor
    parts: dict[str, Tensor]


class Learner(NamedTuple):
    """What the steps of one phase have in common."""

    model: TernaryVAE
    optimiser: torch.optim.Optimizer
    phase: Phase
    data: Data
    batch_size: int
    random: torch.Generator


class Now(NamedTuple):
    """What differs from step to step."""

    step: int  # of the run, counted from 1
    local: int  # of the phase
    rates: Sequence[float]  # learning rate of each group of the optimiser
    near: float  # share of their weights that the terms on near pairs have


def take(learner: Learner, now: Now) -> Taken:
    """Take a step."""
    for group, rate in zip(learner.optimiser.param_groups, now.rates, strict=True):
        group["lr"] = rate
    return one_step(learner, now.step, now.near, refresh=now.local % REFRESH_EVERY == 1)


def one_step(learner: Learner, number: int | Tensor, near: float | Tensor, *, refresh: bool) -> Taken:
    """Take a step at the optimiser's learning rates; with tensors on the device, it can be captured as a CUDA graph."""
    model, optimiser, phase, data, batch_size, random = learner
    batch = batch_of(data, batch_size, number, random)
    if isinstance(optimiser, Kfac) and refresh:
        optimiser.refresh(partial(sampled_log_likelihood, model, phase, data, batch, random, near))
    terms = loss_terms(model, phase, data, batch, random, near)
    loss = torch.stack([weight * part for weight, part in terms.values()]).sum()
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return Taken(loss.detach(), {name: part.detach() for name, (_, part) in terms.items()})
