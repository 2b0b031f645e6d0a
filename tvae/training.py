"""Training: one visible loop that yields its progress, and what turns its end into a file and a manifest row.

    for progress in train(recipe("homeostatic_rich"), seed=0): ...     progress.model is trained after the last one

Axes: B operations of a batch, N all of them, D latent dimensions. The same recipe, seed, machine and thread count give
the same weights bit for bit: every random number comes from the seed, and the caller's random state is left alone.
"""

import hashlib
import json
import math
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from tvae import ball, losses, ternary
from tvae.checkpoint_file import save
from tvae.embedding import embed
from tvae.errors import StorageError, TrainingError
from tvae.metrics import Metrics, evaluate
from tvae.models import TernaryVAE
from tvae.recipes import Layout, Recipe, recipe, targets_of
from tvae.storage import storage_error, write_atomically

REPORT_EVERY = 50  # steps; only then are the losses read and checked
METRICS_EVERY = 500  # steps; an evaluation without the tree metrics takes as long as about 15 of them


@dataclass(frozen=True)
class Progress:
    """The state after `step` of `steps` steps."""

    step: int
    steps: int
    loss: float
    parts: Mapping[str, float]  # unweighted, names as in `recipes.Weights`
    seconds: float  # since the start
    metrics: Metrics | None  # of all operations; now and then, and always after the last step
    model: TernaryVAE  # the one being trained, not a copy


def train(plan: Recipe, *, seed: int = 0, device: str = "cpu") -> Iterator[Progress]:
    """Train a new model by `plan`; yields every 50 steps and after the last, whose `metrics` are never None.

    Raises TrainingError when the loss or a weight stops being finite, and for an impossible seed or no steps.
    """
    if not (0 <= seed < 2**63 and plan.steps > 0):
        raise TrainingError(
            f"Found seed {seed} and {plan.steps} steps; a seed is in 0..2^63 - 1, and steps at least 1."
        )
    started = time.perf_counter()
    model = _new_model(plan, seed).to(device)
    data = _data(plan, device)
    random = torch.Generator(device).manual_seed(seed)
    weights = asdict(plan.weights)
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=plan.weight_decay, fused=True)
    for step in range(1, plan.steps + 1):
        rate = _learning_rate(plan, step)
        for group in optimiser.param_groups:
            group["lr"] = rate
        parts = _parts(model, _batch(data, plan.batch_size, random), random)
        loss = torch.stack([weight * parts[name] for name, weight in weights.items()]).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if step % REPORT_EVERY == 0 or step == plan.steps:
            _check_finite(loss, model, plan, step)
            measured = _measured(model, plan, step)
            values = {name: part.item() for name, part in parts.items()}
            yield Progress(step, plan.steps, loss.item(), values, time.perf_counter() - started, measured, model)


def _measured(model: TernaryVAE, plan: Recipe, step: int) -> Metrics | None:
    """Everything after the last step, all but the slow tree metrics every 500 steps before it, else None."""
    if step == plan.steps:
        return evaluate(embed(model))
    return evaluate(embed(model), tree=False) if step % METRICS_EVERY == 0 else None


class _Data(NamedTuple):
    """Everything a batch is drawn from, on the training device."""

    trits: Tensor  # (N, 9) -1, 0, 1 as floats
    classes: Tensor  # (N, 9) trit + 1
    targets_a: Tensor  # (N, 3) low, high, norm
    targets_b: Tensor  # (N, 3)
    by_level: Tensor  # (N,) operations sorted by valuation
    first: Tensor  # (B/2,) where in by_level the level of this place in a batch begins
    size: Tensor  # (B/2,) how many operations that level has


class _Batch(NamedTuple):
    trits: Tensor  # (B, 9)
    classes: Tensor  # (B, 9)
    targets_a: Tensor  # (B, 3)
    targets_b: Tensor  # (B, 3)


def _new_model(plan: Recipe, seed: int) -> TernaryVAE:
    """A model with weights from the seed; the global random state, which torch's layers draw from, is put back."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TernaryVAE(plan.config).train()


def _data(plan: Recipe, device: str) -> _Data:
    trits = torch.from_numpy(ternary.ALL_TRITS.astype(np.float32)).to(device)
    sizes = np.array(ternary.LEVEL_SIZES)
    level = np.arange(plan.batch_size // 2) % len(sizes)  # (B/2,) the levels in turn
    return _Data(
        trits=trits,
        classes=trits.long() + 1,
        targets_a=_columns(plan.layout_a, device),
        targets_b=_columns(plan.layout_b, device),
        by_level=torch.from_numpy(np.argsort(ternary.VALUATIONS, kind="stable")).to(device),
        first=torch.from_numpy((np.cumsum(sizes) - sizes)[level]).to(device),
        size=torch.from_numpy(sizes[level]).to(device),
    )


def _columns(layout: Layout, device: str) -> Tensor:
    """Low, high and target norm of every operation, (N, 3)."""
    targets = targets_of(layout)
    return torch.from_numpy(np.stack([targets.low, targets.high, targets.norm], axis=1)).float().to(device)


def _batch(data: _Data, size: int, random: torch.Generator) -> _Batch:
    """Half drawn evenly over the levels, the rest from all operations."""
    even = len(data.first)
    share = torch.rand(even, generator=random, device=random.device)  # (B/2,) in [0, 1), finer than 1 / level size
    place = data.first + (share * data.size).long()
    free = torch.randint(ternary.N, (size - even,), generator=random, device=random.device)
    chosen = torch.cat([free, data.by_level[place]])  # (B,)
    return _Batch(data.trits[chosen], data.classes[chosen], data.targets_a[chosen], data.targets_b[chosen])


def _parts(model: TernaryVAE, batch: _Batch, random: torch.Generator) -> dict[str, Tensor]:
    """Every part of the objective, named as in `recipes.Weights`; points at the mean, the decoder at a sample."""
    mu_a, logvar_a = model.encoder_A(batch.trits)  # (B, D)
    mu_b = model.encoder_B.mean(batch.trits)  # (B, D)
    norm_a, norm_b = (ball.norm(point) for point in model.project(mu_a, mu_b))  # (B,)
    noise = torch.randn(mu_a.shape, generator=random, device=random.device)
    logits = model.decoder_A(losses.sample(mu_a, logvar_a, noise))  # (B, 9, 3)
    low_a, high_a, target_a = batch.targets_a.unbind(1)  # (B,)
    low_b, high_b, target_b = batch.targets_b.unbind(1)
    return {
        "reconstruction": losses.reconstruction(logits, batch.classes),
        "kl": losses.kl_divergence(mu_a, logvar_a),
        "outside_a": losses.outside(norm_a, low_a, high_a),
        "pull_a": losses.pull(norm_a, target_a),
        "outside_b": losses.outside(norm_b, low_b, high_b),
        "pull_b": losses.pull(norm_b, target_b),
    }


def _learning_rate(plan: Recipe, step: int) -> float:
    """One cycle: a linear rise to the peak, then half a cosine down to 0 at the last step; `step` counts from 1."""
    rise = plan.warmup * plan.steps
    if step <= rise:
        return plan.learning_rate * step / rise
    return plan.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / (plan.steps - rise)))


def _check_finite(loss: Tensor, model: TernaryVAE, plan: Recipe, step: int) -> None:
    if loss.isfinite() and all(bool(weight.isfinite().all()) for weight in model.parameters()):
        return
    raise TrainingError(
        f"Training {plan.name!r} is no longer finite at step {step} of {plan.steps} (loss {loss.item()}, learning rate "
        f"{plan.learning_rate}). Lower the learning rate, or take another seed."
    )


def train_to_file(name: str, *, seed: int = 0, output: Path, device: str = "cpu", show: bool = True) -> dict[str, Any]:
    """Train the recipe of that name, save the model, and return its manifest row (JSON values).

    `show` draws a progress bar on standard error. The file holds nothing but what recipe and seed decide, no times and
    no versions. Raises RecipeError, TrainingError, or StorageError; a place that cannot be written is noticed first.
    """
    plan = recipe(name)
    _check_writable(output)
    with tqdm(total=plan.steps, desc=name, unit="step", disable=not show) as bar:
        for progress in train(plan, seed=seed, device=device):
            bar.update(progress.step - bar.n)
            bar.set_description_str(f"{name}, loss {progress.loss:.4f}")
            if progress.metrics is not None:
                bar.set_postfix_str(_in_words(progress.metrics))
    measured = progress.metrics or evaluate(embed(progress.model))
    record = {"recipe": name, "seed": seed, "steps": plan.steps, "metrics": _main_numbers(measured)}
    save(output, progress.model, record)
    return {
        "recipe": name,
        "seed": seed,
        "steps": plan.steps,
        "file": output.name,
        "sha256": hashlib.sha256(output.read_bytes()).hexdigest(),
        "duration_s": round(progress.seconds, 1),
        "threads": torch.get_num_threads(),
        "versions": _versions(),
        "metrics": asdict(measured),
    }


def write_manifest(path: Path, row: dict[str, Any]) -> None:
    """Put a row of `train_to_file` into the table {recipe: row} at `path`; other rows stay, the file may be new."""
    rows: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    rows[row["recipe"]] = row
    write_atomically(path, (json.dumps(dict(sorted(rows.items())), indent=2) + "\n").encode())


def summary(row: dict[str, Any]) -> str:
    """A row of `train_to_file` as a table for people."""
    covered, a, b = row["metrics"]["at_mu"], row["metrics"]["a"], row["metrics"]["b"]
    lines = [
        f"{row['recipe']}  seed {row['seed']}, {row['steps']:,} steps, {row['duration_s']} s, {row['threads']} threads",
        f"file      {row['file']}",
        f"sha256    {row['sha256']}",
        f"coverage  {covered['reconstructed']:,} of {covered['total']:,}",
        f"{'':24}{'encoder A':>14}{'encoder B':>14}",
    ]
    for label, name, form in _TABLE:
        cells = "".join(f"{'undefined' if side[name] is None else format(side[name], form):>14}" for side in (a, b))
        lines.append(f"{label:24}{cells}")
    return "\n".join(lines)


_TABLE = (
    ("hierarchy", "hierarchy", ".10f"),
    ("level overlaps", "overlaps", "d"),
    ("ordering accuracy", "ordering_accuracy", ".6f"),
    ("richness", "richness", ".6f"),
    ("distance correlation", "distance_correlation", ".4f"),
    ("Q", "q", ".4f"),
    ("tree fidelity", "tree_fidelity", ".4f"),
    ("triplet agreement", "triplet_agreement", ".4f"),
)


def _versions() -> dict[str, str]:
    try:
        own = version("tvae")
    except PackageNotFoundError:  # run from a plain copy of the source
        own = "not installed"
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__, "tvae": own}


def _check_writable(output: Path) -> None:
    """Find out now, rather than after the training, that `output` cannot be written."""
    if output.suffix not in (".safetensors", ".pt"):
        raise StorageError(f"{output.name!r} is no name for a checkpoint. Let it end in .safetensors or .pt.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=output.parent).close()
    except OSError as error:
        raise storage_error(output, error) from error


def _main_numbers(measured: Metrics) -> dict[str, float | None]:
    """What the file itself records."""
    a, b = measured.a, measured.b
    return {
        "coverage": measured.at_mu.coverage,
        "hierarchy_a": a.hierarchy,
        "hierarchy_b": b.hierarchy,
        "overlaps_a": a.overlaps,
        "overlaps_b": b.overlaps,
        "richness_a": a.richness,
        "richness_b": b.richness,
    }


def _in_words(measured: Metrics) -> str:
    return (
        f"{measured.at_mu.reconstructed} of {measured.at_mu.total} operations, "
        f"overlaps A {measured.a.overlaps} B {measured.b.overlaps}, richness A {measured.a.richness:.5f}"
    )
