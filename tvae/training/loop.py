"""The training loop: it yields its progress, and can be stopped after any step and continued.

    run = start(recipe("homeostatic_rich"), seed=0)
    for progress in resume(run): ...     run.model is trained after the last one

The same recipe, seed, machine and number of threads (1 by default) give the same weights bit for bit, even if the run
was stopped and continued: every random number comes from the seed, and the caller's random state and number of threads
do not change. On a CUDA device the loop waits for the device only when it reports, every 50 steps. Files and the
progress bar are in `train_to_file`.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from tvae.analysis.metrics.metrics import Metrics, evaluate
from tvae.errors import TrainingError
from tvae.geometry.exact_tree import Tree
from tvae.geometry.sarkar_tree import SarkarTree
from tvae.models.embedding import embed
from tvae.models.ternary_vae import TernaryVAE
from tvae.training import weight_scaling
from tvae.training.kfac.optimiser import Kfac
from tvae.training.objectives import homeostasis
from tvae.training.objectives.objective import data_of
from tvae.training.recipes.recipe import Phase, Recipe
from tvae.training.step import Learner, StepSettings, take_step
from tvae.training.threads import THREADS, check_threads, in_threads, torch_threads

REPORT_EVERY = 50  # steps; the losses are read and checked only then
METRICS_EVERY = 500  # steps; an evaluation without tree metrics takes as long as about 15 steps


@dataclass
class Run:
    """The current state of a training run: the only mutable object here, and what a state file stores."""

    recipe: Recipe
    seed: int
    device: torch.device
    model: TernaryVAE
    random: torch.Generator
    step: int = 0  # steps done, of recipe.steps
    optimiser: torch.optim.Optimizer | None = None  # of the current phase
    control: homeostasis.State | None = None  # only in a controlled phase
    events: list[homeostasis.Event] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)  # one row per evaluation
    seconds: float = 0.0  # of training, without pauses
    threads: int = THREADS  # of torch, in 1..64


@dataclass(frozen=True)
class Progress:
    """The state after `step` of `steps` steps."""

    step: int
    steps: int
    phase: str
    loss: float
    parts: Mapping[str, float]  # unweighted loss terms, TERM_a and TERM_b with the field names of `Weights`
    seconds: float  # since the start
    metrics: Metrics | None  # of all operations; every 500 steps, at checks, and after the last step


def start(recipe: Recipe, *, seed: int = 0, device: str = "cpu", threads: int = THREADS) -> Run:
    """A run before its first step. Raises TrainingError for an impossible seed, device, length or number of threads."""
    check_seed(seed)
    check_threads(threads)
    if recipe.steps < 1:
        raise TrainingError(f"Found {recipe.steps} steps; a run has at least 1.")
    place = device_of(device)
    with torch_threads(threads):
        model = _new_model(recipe, seed).to(place)
    return Run(recipe, seed, place, model, torch.Generator(place).manual_seed(seed), threads=threads)


def check_seed(seed: int) -> None:
    """Raise TrainingError for a seed that torch does not take."""
    if not 0 <= seed < 2**63:
        raise TrainingError(f"Found the seed {seed}; a seed is in 0..2^63 - 1.")


def device_of(name: str) -> torch.device:
    """The device of that name, cpu or cuda. Raises TrainingError if it is not available."""
    known = "cpu, cuda or cuda:0, cuda:1, ..." if torch.cuda.is_available() else "cpu; there is no CUDA device"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise TrainingError(f"There is no device {name!r}. Use {known}.") from error
    if device.type not in ("cpu", "cuda") or (
        device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count()
    ):
        raise TrainingError(f"Cannot train on the device {name!r}. Use {known}.")
    return device


def resume(run: Run, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Progress]:
    """Train a run from its current step to its end; yields every 50 steps, and after the last one with metrics.

    `stop` is called after every step; once it returns True, one more progress is yielded and training ends. Raises
    TrainingError if the loss or a weight is not finite, or if memory runs out.
    """
    try:
        yield from in_threads(run.threads, _steps(run, stop))
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and "allocate" not in str(error):
            raise
        raise TrainingError(
            f"Memory ran out at step {run.step} of {run.recipe.steps} on {run.device}. Close other programs, or train "
            "on another device."
        ) from error


def _steps(run: Run, stop: Callable[[], bool]) -> Iterator[Progress]:
    """The training loop."""
    recipe, before, began = run.recipe, run.seconds, time.perf_counter()
    data = data_of(recipe, run.device)
    learning: tuple[bool, ...] = ()
    while run.step < recipe.steps:
        number, local = recipe.phase_at(run.step + 1)
        phase = recipe.phases[number]
        if local == 1 or run.optimiser is None:
            begin_phase(run, phase)
        assert run.optimiser is not None  # noqa: S101 (for the type checker)
        rates = _rates(phase, local, run.control)
        learning = _unfreeze_learning_groups(run.model, rates, learning)
        learner = Learner(run.model, run.optimiser, phase, data, recipe.batch_size, run.random)
        loss, parts = take_step(learner, StepSettings(run.step + 1, local, rates, _near(phase, local)))
        run.step += 1
        stopped = stop()
        if run.step % REPORT_EVERY == 0 or run.step == recipe.steps or stopped or _check_is_due(run, local):
            _check_finite(loss, run)
            values = {name: part.item() for name, part in parts.items()}
            measured = _measured(run, phase, local, loss.item())
            run.seconds = before + time.perf_counter() - began
            yield Progress(run.step, recipe.steps, phase.name, loss.item(), values, run.seconds, measured)
        if stopped:
            return


def groups_of(model: TernaryVAE) -> tuple[list[nn.Parameter], ...]:
    """The parameters of encoder A, encoder B, the decoders, and the projection (none in a Euclidean model)."""
    modules = (("encoder_A",), ("encoder_B",), ("decoder_A", "decoder_B"), ("projection",))
    return tuple(
        [p for name in names if hasattr(model, name) for p in getattr(model, name).parameters()] for names in modules
    )


def begin_phase(run: Run, phase: Phase) -> None:
    """Make a new optimiser and, for a controlled phase, a new controller state."""
    groups = [{"params": parameters} for parameters in groups_of(run.model)]
    if phase.optimiser == "kfac":
        run.optimiser = Kfac(run.model, groups, weight_decay=run.recipe.weight_decay)
    else:
        run.optimiser = torch.optim.AdamW(groups, weight_decay=run.recipe.weight_decay, fused=True)
        if run.recipe.tree:  # K-FAC adapts to the scales without this
            weight_scaling.scale_steps(
                run.optimiser, run.model, _scales(run.recipe.tree).to(run.device), run.recipe.tree_sides
            )
    settings = run.recipe.controller
    run.control = homeostasis.start(settings) if phase.controlled and settings else None


def _rates(phase: Phase, step: int, control: homeostasis.State | None) -> tuple[float, ...]:
    """Learning rate of each group of `groups_of` at a step of the phase, counted from 1; 0 means frozen."""
    cycle, share = learning_rate(phase, step), phase.rates
    thawed = max(0.0, (step / phase.steps - phase.thaw) / (1 - phase.thaw)) if phase.thaw else 1.0
    encoder_a, encoder_b = share.encoder_a * thawed, share.encoder_b
    if control:
        encoder_a, encoder_b = encoder_a * (not control.frozen[0]), encoder_b * (not control.frozen[1])
    return tuple(cycle * rate for rate in (encoder_a, encoder_b, share.decoder, share.projection))


def learning_rate(phase: Phase, step: int) -> float:
    """One cycle: a linear rise to the peak, then half a cosine down to 0 at the last step; steps count from 1."""
    rise = phase.warmup * phase.steps
    if step <= rise:
        return phase.learning_rate * step / rise
    return phase.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / (phase.steps - rise)))


def _near(phase: Phase, step: int) -> float:
    """The factor, 0 to 1, of the weights of the terms on near pairs at a step of the phase, counted from 1."""
    return min(1.0, max(0.0, (step / phase.steps - phase.near_from) / phase.near_rise))


def _unfreeze_learning_groups(
    model: TernaryVAE, rates: tuple[float, ...], before: tuple[bool, ...]
) -> tuple[bool, ...]:
    """Make autograd and the optimiser skip groups with learning rate 0; does nothing if these are as before."""
    learning = tuple(rate > 0 for rate in rates)
    if learning != before and any(learning):
        for parameters, free in zip(groups_of(model), learning, strict=True):
            for parameter in parameters:
                parameter.requires_grad_(free)
    return learning


def _check_is_due(run: Run, local: int) -> bool:
    """Whether the controller checks the run after this step of the phase."""
    settings = run.recipe.controller
    return run.control is not None and settings is not None and local % settings.every == 0


def _measured(run: Run, phase: Phase, local: int, loss: float) -> Metrics | None:
    """All metrics after the last step; without the slow tree metrics every 500 steps and at checks; else None."""
    due, last = _check_is_due(run, local), run.step == run.recipe.steps
    if not (due or last or run.step % METRICS_EVERY == 0):
        return None
    measured = evaluate(embed(run.model), tree=last)
    q = {"q_a": measured.a.q, "q_b": measured.b.q}
    run.history.append({"step": run.step, "phase": phase.name, "loss": loss, **headline_metrics(measured), **q})
    if due and run.control and run.recipe.controller:
        a, b = measured.a, measured.b
        seen = homeostasis.Observation(
            run.step, measured.at_mu.coverage, a.hierarchy or 0.0, b.hierarchy or 0.0, max(a.q or 0.0, b.q or 0.0)
        )
        run.control, events = homeostasis.observe(run.recipe.controller, run.control, seen)
        run.events += events
    return measured


def headline_metrics(measured: Metrics) -> dict[str, float | None]:
    """The metrics that a checkpoint file records about its model."""
    a, b = measured.a, measured.b
    return {
        "coverage": measured.at_mu.coverage,
        **({} if measured.at_ball is None else {"coverage_ball": measured.at_ball.coverage}),
        **({} if measured.at_mu_b is None else {"coverage_b": measured.at_mu_b.coverage}),
        "hierarchy_a": a.hierarchy,
        "hierarchy_b": b.hierarchy,
        "overlaps_a": a.overlaps,
        "overlaps_b": b.overlaps,
        "richness_a": a.richness,
        "richness_b": b.richness,
    }


def _new_model(recipe: Recipe, seed: int) -> TernaryVAE:
    """A model with weights drawn from the seed; the global random state of torch is restored."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = TernaryVAE(recipe.config).train()
    if recipe.tree:
        weight_scaling.scale_weights(model, _scales(recipe.tree), recipe.tree_sides)
    return model


def _scales(tree: Tree | SarkarTree) -> Tensor:
    return torch.from_numpy(tree.scales()).float()


def _check_finite(loss: Tensor, run: Run) -> None:
    rate = max(phase.learning_rate for phase in run.recipe.phases)
    check_finite(f"Training {run.recipe.name!r}", loss, run.model, f"step {run.step} of {run.recipe.steps}", rate)


def check_finite(subject: str, loss: Tensor, model: nn.Module, step: str, learning_rate: float) -> None:
    """Raise TrainingError, a sentence about `subject`, unless the loss and all weights are finite."""
    if loss.isfinite() and all(bool(weight.isfinite().all()) for weight in model.parameters()):
        return
    raise TrainingError(
        f"{subject} is no longer finite at {step} (loss {loss.item()}, learning rate {learning_rate}). Lower the "
        "learning rate, or use another seed."
    )
