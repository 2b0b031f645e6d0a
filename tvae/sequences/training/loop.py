"""The training loop of the codon and amino-acid VAE, as `tvae.training.loop` is for operations.

    data = prepared(read_file(path), plan, seed=0)
    run = start(plan, data, seed=0)
    for progress in resume(run): ...     run.model is trained after the last one

The loss is the published one: mean cross-entropy over all 100 positions, padding included, plus 0.1 times the KL
divergence from the standard normal, a mean over sequences and dimensions. The optimiser is AdamW, the learning rate
half a cosine down to 0.

Tokens that are missing are not part of the mean. The same sequences, settings, seed, machine and thread count give the
same weights bit for bit, even if the run was stopped and continued.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from tvae.errors import RecipeError
from tvae.operations.genetic_codes import code_number
from tvae.operations.validation import quoted
from tvae.sequences.encoding import reconstruct
from tvae.sequences.model import SequenceConfig, SequenceVAE
from tvae.sequences.training.data import (
    MISSING_TOKENS,
    UNSCORED,
    Accuracy,
    Data,
    Missing,
    SequencePlan,
    accuracy,
)
from tvae.sequences.windows import Windows, check_window
from tvae.training.loop import check_finite, check_seed, device_of
from tvae.training.threads import THREADS, check_threads, in_threads, torch_threads

REPORT_EVERY: Final = 50  # steps
MEASURE_EVERY: Final = 200  # steps
MAX_STEPS: Final = 10**7
# The settings that `adjusted` accepts.
ADJUSTED: Final = ("epochs", "learning_rate", "held_out", "code", "window", "stride", "hold_out", "missing")


@dataclass
class SequenceRun:
    """The current state of a run: the only mutable object here."""

    plan: SequencePlan
    data: Data
    seed: int
    device: torch.device
    model: SequenceVAE
    random: torch.Generator
    order: Tensor  # (S,) order of the training sequences in this epoch
    step: int = 0  # steps done
    optimiser: torch.optim.Optimizer | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    threads: int = THREADS  # of torch

    @property
    def steps(self) -> int:
        """Number of steps of the whole run."""
        return steps_of(self.plan, len(self.data.inputs))


@dataclass(frozen=True)
class SequenceProgress:
    """The state after `step` of `steps` steps."""

    step: int
    steps: int
    loss: float
    cross_entropy: float  # nats per position
    kl: float  # nats per dimension, unweighted
    seconds: float
    trained: Accuracy | None  # every 200 steps, and after the last
    held_out: Accuracy | None


def adjusted(
    plan: SequencePlan,
    *,
    epochs: float | None = None,
    learning_rate: float | None = None,
    held_out: float | None = None,
    code: int | None = None,
    window: int | None = None,
    stride: int | None = None,
    hold_out: tuple[str, ...] | None = None,
    missing: Missing | None = None,
) -> SequencePlan:
    """The plan with other settings; raises RecipeError or InputError for values that are not possible."""
    if epochs is not None and not (math.isfinite(epochs) and epochs > 0):
        raise RecipeError(f"Found {epochs} epochs; give a positive number, such as {plan.epochs:g}.")
    if learning_rate is not None and not (math.isfinite(learning_rate) and learning_rate > 0):
        raise RecipeError(f"Found the learning rate {learning_rate}; give a positive number, such as 0.001.")
    if held_out is not None and not 0 <= held_out <= 0.9:  # also for nan
        raise RecipeError(f"Found {held_out} as the share to hold out; give a number from 0 to 0.9, such as 0.2.")
    if code is not None:
        code = code_number(code)
    check_window(window, stride)
    if missing is not None and missing not in MISSING_TOKENS:
        raise RecipeError(f"Found {quoted(missing)} for missing tokens; give {', '.join(MISSING_TOKENS)}.")
    given: dict[str, Any] = {"epochs": epochs, "learning_rate": learning_rate, "held_out": held_out, "code": code}
    given |= {"window": window, "stride": stride, "hold_out": hold_out, "missing": missing}
    return replace(plan, **{name: value for name, value in given.items() if value is not None})


def steps_of(plan: SequencePlan, sequences: int) -> int:
    """Number of steps for this number of training sequences; raises RecipeError if it is 0 or too large."""
    steps = plan.epochs * math.ceil(sequences / plan.batch_size)
    if not 0.5 <= steps <= MAX_STEPS:
        raise RecipeError(
            f"{plan.epochs:g} epochs of {sequences:,} sequences are {steps:,.1f} steps; a run has 1 to {MAX_STEPS:,}. "
            "Change the number of epochs."
        )
    return max(round(steps), 1)


def start(plan: SequencePlan, data: Data, *, seed: int = 0, device: str = "cpu", threads: int = THREADS) -> SequenceRun:
    """A run before its first step.

    Raises TrainingError for a wrong seed, device or number of threads, RecipeError for a wrong length.
    """
    check_seed(seed)
    check_threads(threads)
    place = device_of(device)
    steps_of(plan, len(data.inputs))
    with torch_threads(threads), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = SequenceVAE(SequenceConfig(plan.alphabet)).train()
    random = torch.Generator().manual_seed(seed)
    order = torch.empty(0, dtype=torch.int64)
    return SequenceRun(plan, data, seed, place, model.to(place), random, order, threads=threads)


def optimiser_of(run: SequenceRun) -> torch.optim.Optimizer:
    """A new optimiser for the run's model."""
    return torch.optim.AdamW(
        run.model.parameters(), lr=run.plan.learning_rate, weight_decay=run.plan.weight_decay, fused=True
    )


def resume(run: SequenceRun, *, stop: Callable[[], bool] = lambda: False) -> Iterator[SequenceProgress]:
    """Train a run from its current step to its end; yields every 50 steps and after the last.

    `stop` is called after every step; once it returns True, one more progress is yielded and training ends. Raises
    TrainingError if the loss or a weight is not finite.
    """
    yield from in_threads(run.threads, _steps(run, stop))


def _steps(run: SequenceRun, stop: Callable[[], bool]) -> Iterator[SequenceProgress]:
    """The training loop."""
    before, began = run.seconds, time.perf_counter()
    run.optimiser = run.optimiser or optimiser_of(run)
    run.model.train()
    while run.step < run.steps:
        rate = run.plan.learning_rate * 0.5 * (1 + math.cos(math.pi * run.step / run.steps))
        for group in run.optimiser.param_groups:
            group["lr"] = rate
        cross_entropy, kl = losses(run.model, *_batch(run), run.random)
        loss = cross_entropy + run.plan.kl_weight * kl
        run.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        run.optimiser.step()
        run.step += 1
        stopped = stop()
        if run.step % REPORT_EVERY == 0 or run.step == run.steps or stopped:
            step = f"step {run.step} of {run.steps}"
            check_finite(f"Training on {run.plan.alphabet}", loss, run.model, step, run.plan.learning_rate)
            trained, held = _measured(run)
            run.seconds = before + time.perf_counter() - began
            yield SequenceProgress(
                run.step, run.steps, loss.item(), cross_entropy.item(), kl.item(), run.seconds, trained, held
            )
        if stopped:
            return


def losses(model: SequenceVAE, tokens: Tensor, targets: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Cross-entropy (nats per position) of tokens (B, 100) at a sample of the posterior, and KL (nats per dimension).

    `targets` are the tokens, with `UNSCORED` at those that are missing.
    KL(N(mu, sigma^2) | N(0, 1)) = (mu^2 + sigma^2 - 1 - log sigma^2) / 2 (Kingma, Welling 2014, appendix B).
    """
    mu, logvar = model.encode(tokens)
    noise = torch.randn(mu.shape, generator=random).to(mu.device)
    logits = model.decode(mu + noise * (logvar / 2).exp())
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean()
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=UNSCORED), kl


def _batch(run: SequenceRun) -> tuple[Tensor, Tensor]:
    """Tokens and targets of the next step, (B, 100); every epoch has each training sequence once, in a new order."""
    count = len(run.data.inputs)
    place = run.step % math.ceil(count / run.plan.batch_size)
    if place == 0:
        run.order = torch.randperm(count, generator=run.random)
    chosen = run.order[place * run.plan.batch_size : (place + 1) * run.plan.batch_size]
    return run.data.inputs[chosen].to(run.device), run.data.targets[chosen].to(run.device)


def measure(model: SequenceVAE, windows: Windows) -> Accuracy:
    """Accuracy of windows reconstructed from the posterior mean."""
    decoded = reconstruct(model, windows.inputs)[1] if len(windows) else windows.inputs
    return accuracy(windows, decoded)


def _measured(run: SequenceRun) -> tuple[Accuracy | None, Accuracy | None]:
    if run.step % MEASURE_EVERY and run.step != run.steps:
        return None, None
    trained, held = measure(run.model, run.data.train), measure(run.model, run.data.held)
    run.history.append({"step": run.step, "trained": trained.share, "held_out": held.share})
    return trained, held
