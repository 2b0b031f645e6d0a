"""A recipe's name -> a trained checkpoint file and its row in the manifest: what `python -m tvae train` does."""

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from tvae.analysis.metrics import Metrics, evaluate
from tvae.checkpoints.atomic_files import storage_error, write_atomically
from tvae.checkpoints.checkpoint_file import digest, save
from tvae.checkpoints.versions import versions
from tvae.errors import StorageError, TrainingError, TrainingInterrupted
from tvae.models.embedding import embed
from tvae.training.loop import (
    Progress,
    Run,
    headline_metrics,
    resume,
    start,
)
from tvae.training.recipes.recipe import with_overrides
from tvae.training.recipes.table import recipe
from tvae.training.run_files import (
    Log,
    interruptible,
    load_state,
    save_state,
    state_file,
)


def train_to_file(
    name: str,
    *,
    seed: int | None = None,
    epochs: float | None = None,
    learning_rate: float | None = None,
    device: str | None = None,
    optimiser: str | None = None,
    output: Path,
    state: Path | None = None,
    log: Path | None = None,
    show: bool = True,
) -> dict[str, Any]:
    """Train the recipe of that name, save the model, and return its manifest row (JSON values).

    `state` is the state file of a stopped run to continue; seed, length, learning rate, device and optimiser then come
    from it. Once the checkpoint is written, the state file is removed. `show` draws a progress bar on standard error.
    The checkpoint holds nothing but what recipe, seed and settings decide, no times and no versions. After Ctrl-C the
    state is written beside `output`, and TrainingInterrupted says where. Raises RecipeError, TrainingError, or
    StorageError; a place that cannot be written is noticed first.
    """
    plan = with_overrides(recipe(name), epochs=epochs, learning_rate=learning_rate, optimiser=optimiser)
    check_writable(output)
    if state is None:
        run = start(plan, seed=seed or 0, device=device or "cpu")
    else:
        given = {"seed": seed, "epochs": epochs, "lr": learning_rate, "device": device, "optimiser": optimiser}
        run = _continued(name, state, [word for word, value in given.items() if value is not None])
    with interruptible() as stop:
        table = Log(log, run.plan, append=state is not None) if log else None
        progress = _run(run, stop, table, show)
        if progress is None or progress.step < progress.steps:
            kept = save_state(state_file(output), run)
            raise TrainingInterrupted(name, run.step, run.plan.steps, kept, output)
        measured = progress.metrics or evaluate(embed(run.model))
        save(output, run.model, checkpoint_metadata(run, measured))
    if state is not None and state.resolve() != output.resolve():
        with suppress(OSError):  # a state that stays does no harm, and the checkpoint is there
            state.unlink()
    return _row(run, output, progress.seconds, measured)


def _continued(name: str, state: Path, given: list[str]) -> Run:
    """The run of a state file, after a check that nothing else was asked for."""
    run = load_state(state)
    if run.plan.name != name:
        raise TrainingError(f"{state.name} is the state of {run.plan.name!r}, not of {name!r}. Name that recipe.")
    if given:
        options = ", ".join(f"--{word}" for word in given)
        raise TrainingError(f"{state.name} decides what {options} would change. Leave these options out with --resume.")
    if run.step >= run.plan.steps:
        raise TrainingError(f"{state.name} has all its {run.plan.steps} steps behind it. Train anew for another run.")
    return run


def _run(run: Run, stop: Callable[[], bool], log: Log | None, show: bool) -> Progress | None:
    """Train to the end or to Ctrl-C, with the bar and the log; the last progress."""
    name, progress = run.plan.name, None
    with tqdm(total=run.plan.steps, initial=run.step, desc=name, unit="step", disable=not show) as bar:
        for progress in resume(run, stop=stop):
            bar.update(progress.step - bar.n)
            bar.set_description_str(f"{name}, {progress.phase}, loss {progress.loss:.4f}")
            if progress.metrics is not None:
                bar.set_postfix_str(_in_words(progress.metrics))
            if log:
                log.add(progress)
    return progress


def checkpoint_metadata(run: Run, measured: Metrics) -> dict[str, Any]:
    """What the checkpoint says about itself."""
    record: dict[str, Any] = {"recipe": run.plan.name, "seed": run.seed, "steps": run.plan.steps}
    record["learning_rate"] = max(phase.learning_rate for phase in run.plan.phases)
    record |= _optimisers(run)
    if run.plan.emphasis:
        record["emphasis"] = dict(run.plan.emphasis)
    if run.step < run.plan.steps:
        record["stopped_after"] = run.step
    record["metrics"] = headline_metrics(measured)
    if run.plan.controller:
        record["events"] = [asdict(event) for event in run.events]
    if run.plan.keep_history:
        record["history"] = run.history
    return record


def _optimisers(run: Run) -> dict[str, str]:
    """Which optimisers a file was trained with; one that does not say was trained with AdamW."""
    found = run.plan.optimisers
    return {} if found == ["adamw"] else {"optimiser": ", ".join(found)}


def _row(run: Run, output: Path, seconds: float, measured: Metrics) -> dict[str, Any]:
    """The row of the manifest."""
    return {
        "recipe": run.plan.name,
        "seed": run.seed,
        "steps": run.plan.steps,
        **_optimisers(run),
        "file": output.name,
        "sha256": digest(output.read_bytes()),
        "duration_s": round(seconds, 1),
        "threads": torch.get_num_threads(),
        "versions": versions(),
        "metrics": asdict(measured),
        **({"events": [asdict(event) for event in run.events]} if run.plan.controller else {}),
    }


def write_manifest(path: Path, row: dict[str, Any]) -> None:
    """Put a row of `train_to_file` into the table {recipe: row} at `path`; other rows stay, the file may be new."""
    rows: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    rows[row["recipe"]] = row
    write_atomically(path, (json.dumps(dict(sorted(rows.items())), indent=2) + "\n").encode())


def summary(row: dict[str, Any]) -> str:
    """A row of `train_to_file` as a table for people."""
    covered, inside, second = (row["metrics"][name] for name in ("at_mu", "at_ball", "at_mu_b"))
    lines = [
        f"{row['recipe']}  seed {row['seed']}, {row['steps']:,} steps, {row['duration_s']} s, {row['threads']} threads"
        + (f", {row['optimiser']}" if "optimiser" in row else ""),
        f"file      {row['file']}",
        f"sha256    {row['sha256']}",
        f"coverage  {covered['reconstructed']:,} of {covered['total']:,}",
        *([f"  at ball {inside['reconstructed']:,} of {inside['total']:,}"] if inside else []),
        *([f"  of B    {second['reconstructed']:,} of {second['total']:,}"] if second else []),
        f"{'':24}{'encoder A':>14}{'encoder B':>14}",
    ]
    a, b = row["metrics"]["a"], row["metrics"]["b"]
    for label, name, form in _TABLE:
        cells = "".join(f"{'undefined' if side[name] is None else format(side[name], form):>14}" for side in (a, b))
        lines.append(f"{label:24}{cells}")
    lines += [
        f"step {event['step']:>5}: {event['action']} {event['part']}, {event['reason']}"
        for event in row.get("events", [])
    ]
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


def check_writable(output: Path) -> None:
    """Find out now, rather than after the training, that `output` cannot be written."""
    if output.suffix not in (".safetensors", ".pt"):
        raise StorageError(f"{str(output)!r} is no name for a checkpoint. Let it end in .safetensors or .pt.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=output.parent).close()
    except OSError as error:
        raise storage_error(output, error) from error


def _in_words(measured: Metrics) -> str:
    a, b = measured.a, measured.b
    second = f" (B {measured.at_mu_b.reconstructed})" if measured.at_mu_b else ""
    rich = "" if a.richness is None else f", overlaps A {a.overlaps} B {b.overlaps}, richness A {a.richness:.5f}"
    covered = measured.at_ball or measured.at_mu
    return f"{covered.reconstructed} of {covered.total} operations{second}{rich}"
