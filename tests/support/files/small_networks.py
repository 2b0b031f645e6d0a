"""Networks small enough for their Fisher matrix to be enumerated, and the scores that do it."""

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
    """Every label of every input once, its score weighted by the root of its probability: no draw, the expectation.

    Each input stands C times, for its C labels, so that a mean over them is 1 / C of the one that is wanted; hence the
    root of C.
    """

    def scores() -> Tensor:
        classes = model(inputs[:1]).shape[1]
        logits = model(inputs.repeat_interleave(classes, 0))
        labels = torch.arange(classes).repeat(len(inputs))
        chance = logits.detach().softmax(-1).gather(1, labels[:, None])[:, 0]
        return ((classes * chance).sqrt() * F.cross_entropy(logits, labels, reduction="none")).sum()

    return scores


def gaussian(model: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    """The same for a Gaussian of variance 1: every unit vector of the output once, in place of draws."""

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
