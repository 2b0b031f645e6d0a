"""Networks that are small enough to enumerate their Fisher matrix, and the scores to do so."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tvae.training.kfac.optimiser import Kfac


def made(model: nn.Module, **changes: Any) -> Kfac:
    return Kfac(model, [{"params": list(model.parameters())}], **{"lr": 1.0, "trust": 1e9, **changes})


def stacked(seed: int, *widths: int, activation: type[nn.Module] = nn.Tanh) -> nn.Sequential:
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after).double(), activation()]
    return nn.Sequential(*layers[:-1])


def enumerated(model: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    """Scores of every label of every input, weighted by the root of its probability: an expectation without draws.

    Each input occurs C times, once for each of its C labels, so a mean over all rows is 1 / C of the expectation; the
    factor root C corrects it.
    """

    def scores() -> Tensor:
        classes = model(inputs[:1]).shape[1]
        logits = model(inputs.repeat_interleave(classes, 0))
        labels = torch.arange(classes).repeat(len(inputs))
        chance = logits.detach().softmax(-1).gather(1, labels[:, None])[:, 0]
        return ((classes * chance).sqrt() * F.cross_entropy(logits, labels, reduction="none")).sum()

    return scores


def gaussian(model: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    """The same for a Gaussian of variance 1, with every unit vector of the output in place of draws."""

    def scores() -> Tensor:
        width = model(inputs[:1]).shape[1]
        units = torch.eye(width, dtype=inputs.dtype).repeat(len(inputs), 1)
        return math.sqrt(width) * (units * model(inputs.repeat_interleave(width, 0))).sum()

    return scores


def linears(model: nn.Module) -> list[nn.Linear]:
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear)]


def trained(model: nn.Module, kfac: Kfac, inputs: Tensor, labels: Tensor, steps: int = 1) -> None:
    for _ in range(steps):
        kfac.refresh(enumerated(model, inputs))
        kfac.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        kfac.step()
