"""One training step: batch, objective, gradient and optimiser. Nothing here waits for a CUDA device.

`take_step` is the step of the training loop. `step_of` is the part of it that can be captured as a CUDA graph.
"""

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


class StepResult(NamedTuple):
    """The objective and its terms before the step, scalars on the device without gradients."""

    loss: Tensor
    parts: dict[str, Tensor]  # unweighted


class Learner(NamedTuple):
    """What the steps of one phase have in common; model, optimiser and random state change with each."""

    model: TernaryVAE
    optimiser: torch.optim.Optimizer
    phase: Phase
    data: Data
    batch_size: int
    random: torch.Generator


class StepSettings(NamedTuple):
    """What the schedules of a phase give for one step."""

    step: int  # of the run, counted from 1
    local: int  # of the phase, counted from 1
    rates: Sequence[float]  # learning rate of each group of the optimiser
    near: float  # factor of the weights of the terms on near pairs, 0 to 1


def take_step(learner: Learner, settings: StepSettings) -> StepResult:
    """Take a step with these settings; with K-FAC, every tenth step of a phase also updates the curvature."""
    for group, rate in zip(learner.optimiser.param_groups, settings.rates, strict=True):
        group["lr"] = rate
    return step_of(learner, settings.step, settings.near, refresh=settings.local % REFRESH_EVERY == 1)


def step_of(learner: Learner, number: int | Tensor, near: float | Tensor, *, refresh: bool) -> StepResult:
    """Take a step at the learning rates that the optimiser has.

    With AdamW, and with `number`, `near` and rates that are tensors on the device, it can be captured as a CUDA graph.
    """
    model, optimiser, phase, data, batch_size, random = learner
    batch = batch_of(data, batch_size, number, random)
    if isinstance(optimiser, Kfac) and refresh:
        optimiser.refresh(partial(sampled_log_likelihood, model, phase, data, batch, random, near))
    terms = loss_terms(model, phase, data, batch, random, near)
    loss = torch.stack([weight * part for weight, part in terms.values()]).sum()
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return StepResult(loss.detach(), {name: part.detach() for name, (_, part) in terms.items()})
