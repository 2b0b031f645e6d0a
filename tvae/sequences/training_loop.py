"""The training loop of the codon and amino-acid VAE, as `tvae.training.loop` is for operations.

    data = prepared(read_file(path), plan, seed=0)
    run = start(plan, data, seed=0)
    for progress in resume(run): ...     run.model is trained after the last one

The loss is the published one: mean cross-entropy over all 100 positions, padding included, plus 0.1 times the KL
divergence from the standard normal, a mean over sequences and dimensions. The optimiser is AdamW, the learning rate
half a cosine down to 0.

Of sequences with the same first 100 tokens only one is kept, so that none is in both the training and the held-out
set; similar sequences may be in both. Compare held-out accuracy with `Data.guess`, the most frequent token at each
position. The same sequences, settings, seed, machine and thread count give the same weights bit for bit, even if the
run was stopped and continued.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tvae.errors import RecipeError, SequenceError
from tvae.operations.genetic_codes import STANDARD, code_number
from tvae.sequences.encoding import reconstruct
from tvae.sequences.fasta import (
    LENGTH,
    Alphabet,
    Record,
    Tokens,
    all_tokens,
    padded,
)
from tvae.sequences.model import SequenceConfig, SequenceVAE
from tvae.training.loop import check_finite, check_seed, device_of
from tvae.training.threads import THREADS, check_threads, in_threads, torch_threads

REPORT_EVERY: Final = 50  # steps
MEASURE_EVERY: Final = 200  # steps
MAX_STEPS: Final = 10**7


@dataclass(frozen=True)
class SequencePlan:
    """Settings of a run, apart from its sequences and its seed."""

    alphabet: Alphabet = "codons"
    epochs: float = 300.0  # an epoch uses every training sequence once
    learning_rate: float = 1e-3  # at the start
    batch_size: int = 16
    kl_weight: float = 0.1
    weight_decay: float = 0.01
    held_out: float = 0.2  # share of the distinct sequences that is not trained on
    code: int = STANDARD  # NCBI's number of the sequences' genetic code, which changes notes only


@dataclass(frozen=True)
class Accuracy:
    """Tokens reconstructed from the posterior mean."""

    sequences: int
    tokens: int  # without padding
    right: int
    share: float | None  # right / tokens; None if there are no sequences
    share_100: float | None  # over all 100 positions, padding included


@dataclass(frozen=True)
class Data:
    """Training and held-out sequences, S each, in an order from the seed."""

    inputs: Tensor  # (S, 100) padded tokens
    lengths: Tokens  # (S,) tokens without padding, 1..100
    held_inputs: Tensor
    held_lengths: Tokens
    given: int  # number of sequences before equal ones were merged
    digest: str  # sha256 of all distinct sequences

    @property
    def guess(self) -> Accuracy:
        """Baseline on the held-out sequences: the most frequent training token at each position."""
        inputs, true = self.inputs.numpy(), _true(self.lengths)
        best = np.array([np.bincount(inputs[true[:, i], i], minlength=1).argmax() for i in range(LENGTH)])
        held = self.held_inputs.numpy()
        return _accuracy(held, np.broadcast_to(best, held.shape), self.held_lengths)


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
    given = {"epochs": epochs, "learning_rate": learning_rate, "held_out": held_out, "code": code}
    return replace(plan, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def plan_values(plan: SequencePlan) -> dict[str, Any]:
    """The settings as files record them: without the code if it is the standard one, as in files from before codes."""
    return {name: value for name, value in asdict(plan).items() if (name, value) != ("code", STANDARD)}


def steps_of(plan: SequencePlan, sequences: int) -> int:
    """Number of steps for this number of training sequences; raises RecipeError if it is 0 or too large."""
    steps = plan.epochs * math.ceil(sequences / plan.batch_size)
    if not 0.5 <= steps <= MAX_STEPS:
        raise RecipeError(
            f"{plan.epochs:g} epochs of {sequences:,} sequences are {steps:,.1f} steps; a run has 1 to {MAX_STEPS:,}. "
            "Change the number of epochs."
        )
    return max(round(steps), 1)


def prepared(records: Sequence[Record], plan: SequencePlan, seed: int = 0) -> Data:
    """Read the sequences, merge equal ones, and hold out a random share, rounded to whole sequences.

    Raises SequenceError for an invalid sequence, and if fewer than two distinct ones are left to train on;
    TrainingError for a seed out of range.
    """
    check_seed(seed)
    found = all_tokens(records, plan.alphabet)
    different = {(padded(tokens).tobytes(), min(len(tokens), LENGTH)): tokens[:LENGTH] for tokens in found}
    kept = list(different.values())  # in the order of the input
    order = np.random.default_rng(seed).permutation(len(kept))
    held = round(plan.held_out * len(kept))
    if len(kept) - held < 2:
        raise SequenceError(
            f"{len(records):,} sequences were given, {len(kept):,} of them different, and {held:,} held out; at least "
            "2 different ones are needed for training. Give more sequences, or hold out fewer."
        )
    digest = hashlib.sha256(b"".join(tokens.tobytes() + b"|" for tokens in kept)).hexdigest()
    held_inputs, held_lengths = _stacked([kept[i] for i in order[:held]])
    return Data(*_stacked([kept[i] for i in order[held:]]), held_inputs, held_lengths, len(records), digest)


def _stacked(kept: list[Tokens]) -> tuple[Tensor, Tokens]:
    rows = np.stack([padded(tokens) for tokens in kept]) if kept else np.empty((0, LENGTH), np.int64)
    return torch.from_numpy(rows), np.array([len(tokens) for tokens in kept], np.int64)


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
        cross_entropy, kl = losses(run.model, _batch(run), run.random)
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


def losses(model: SequenceVAE, tokens: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Cross-entropy (nats per position) of tokens (B, 100) at a sample of the posterior, and KL (nats per dimension).

    KL(N(mu, sigma^2) | N(0, 1)) = (mu^2 + sigma^2 - 1 - log sigma^2) / 2 (Kingma, Welling 2014, appendix B).
    """
    mu, logvar = model.encode(tokens)
    noise = torch.randn(mu.shape, generator=random).to(mu.device)
    logits = model.decode(mu + noise * (logvar / 2).exp())
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean()
    return F.cross_entropy(logits.flatten(0, 1), tokens.flatten()), kl


def _batch(run: SequenceRun) -> Tensor:
    """The tokens of the next step, (B, 100); every epoch has each training sequence once, in a new order."""
    count = len(run.data.inputs)
    place = run.step % math.ceil(count / run.plan.batch_size)
    if place == 0:
        run.order = torch.randperm(count, generator=run.random)
    chosen = run.order[place * run.plan.batch_size : (place + 1) * run.plan.batch_size]
    return run.data.inputs[chosen].to(run.device)


def measure(model: SequenceVAE, inputs: Tensor, lengths: Tokens) -> Accuracy:
    """Accuracy of padded sequences (S, 100) reconstructed from the posterior mean."""
    if not len(inputs):
        return Accuracy(0, 0, 0, None, None)
    _, decoded = reconstruct(model, inputs.numpy())
    return _accuracy(inputs.numpy(), decoded, lengths)


def _accuracy(inputs: Tokens, decoded: Tokens, lengths: Tokens) -> Accuracy:
    same, tokens = inputs == decoded, int(lengths.sum())
    right = int((same & _true(lengths)).sum())
    return Accuracy(
        len(inputs), tokens, right, right / tokens if tokens else None, float(same.mean()) if len(inputs) else None
    )


def _true(lengths: Tokens) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(S, 100) which positions are not padding."""
    true: np.ndarray[Any, np.dtype[np.bool_]] = np.arange(LENGTH)[None] < lengths[:, None]
    return true


def _measured(run: SequenceRun) -> tuple[Accuracy | None, Accuracy | None]:
    if run.step % MEASURE_EVERY and run.step != run.steps:
        return None, None
    trained = measure(run.model, run.data.inputs, run.data.lengths)
    held = measure(run.model, run.data.held_inputs, run.data.held_lengths)
    run.history.append({"step": run.step, "trained": trained.share, "held_out": held.share})
    return trained, held
