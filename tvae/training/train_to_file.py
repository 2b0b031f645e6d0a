"""A recipe's name -> a trained checkpoint file and its row in the manifest: what `python -m tvae train` does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tvae.analysis.comparison.rules import DIGITS
from tvae.analysis.metrics.metrics import Metrics, evaluate
from tvae.analysis.tree_measures.tree_measures import distortion
from tvae.checkpoints.checkpoint_file import digest, save
from tvae.errors import TrainingError, TrainingInterrupted
from tvae.models.embedding import embed
from tvae.training.loop import (
    Progress,
    Run,
    headline_metrics,
    resume,
    start,
)
from tvae.training.recipes.match import settings_of
from tvae.training.recipes.overrides import effective_settings, overridden
from tvae.training.recipes.recipe import Recipe, objectives
from tvae.training.run_files.keeper import StateKeeper, interruptible
from tvae.training.run_files.log import RowLog
from tvae.training.run_files.manifest import check_writable, made_with, provenance
from tvae.training.run_files.run_state import load_state, save_state
from tvae.training.run_files.state import check_no_options, state_file
from tvae.training.run_files.tracking import Tracker
from tvae.training.sweeps.job import id_of, tracked_name
from tvae.training.threads import THREADS, torch_threads

Row = dict[str, Any]


def train_to_file(
    name: str,
    *,
    seed: int | None = None,
    steps: int | None = None,
    epochs: float | None = None,
    learning_rate: float | None = None,
    device: str | None = None,
    optimiser: str | None = None,
    weights: Mapping[str, float] | None = None,
    width: int | None = None,
    curvature: float | None = None,
    threads: int | None = None,
    output: Path,
    state: Path | None = None,
    log: Path | None = None,
    tracker: Tracker | None = None,
    show: bool = True,
) -> dict[str, Any]:
    """Train the recipe of that name, save the model, and return its manifest row (JSON values).

    Length, learning rate, optimiser, weights, width and curvature are those of `recipes.overrides`. `state` is the
    state file of a run to continue; it decides all of these, seed, device and threads as well, and it is removed once
    the checkpoint is written. `threads` is the number of torch threads, 1 by default; the caller's number holds again
    afterwards. A `tracker` gets the settings and the curves; the caller ends its run. `show` draws a progress bar on
    standard error. The checkpoint records recipe, seed and settings alone: no times, no versions, no machine. The state
    is written next to `output` every minute, for a run that is killed, and after Ctrl-C, which raises
    TrainingInterrupted with its path. Raises RecipeError, TrainingError, TrackerError, or StorageError; whether
    `output` can be written is checked first.
    """
    settings: dict[str, Any] = {
        "steps": steps,
        "epochs": epochs,
        "optimiser": optimiser,
        "width": width,
        "curvature": curvature,
    }
    recipe = overridden(name, learning_rate=learning_rate, weights=weights, **settings)
    check_writable(output)
    if state is None:
        run = start(recipe, seed=seed or 0, device=device or "cpu", threads=THREADS if threads is None else threads)
    else:
        options = {"seed": seed, "lr": learning_rate, "device": device, "weight": weights or None, "threads": threads}
        check_no_options(state, settings | options)
        run = _continued(name, state)
    if tracker:
        _track(tracker, run, resumed=state is not None)
    keeper = StateKeeper(state_file(output), lambda path: save_state(path, run))
    with interruptible() as stop, torch_threads(run.threads):
        rows = RowLog(log, log_columns(run.recipe), after=run.step if state else None) if log else None
        logs = [keep for keep in (rows and rows.add, tracker and tracker.log) if keep]
        progress = _run(run, keeper.watch(resume(run, stop=stop)), logs, show)
        if run.step < run.recipe.steps:
            saved = save_state(keeper.path, run)
            raise TrainingInterrupted(name, run.step, run.recipe.steps, saved, output)
        measured = (progress and progress.metrics) or evaluate(embed(run.model))
        save(output, run.model, checkpoint_metadata(run, measured))
    keeper.remove(state, output)
    return _row(run, output, measured)


def _track(tracker: Tracker, run: Run, *, resumed: bool) -> None:
    """Begin the run in a tracker. Its name is that of a sweep with these settings, so a continued run has it again."""
    name, seed, settings = run.recipe.name, run.seed, effective_settings(run.recipe)
    config = {"recipe": name, "seed": seed, **settings}
    tracker.begin(tracked_name(name, seed, id_of(name, seed, settings)), config, resumed=resumed)


def _continued(name: str, state: Path) -> Run:
    """The run of a state file; TrainingError if it is another recipe's, or complete."""
    run = load_state(state)
    if run.recipe.name != name:
        raise TrainingError(f"{state.name} is the state of {run.recipe.name!r}, not of {name!r}. Name that recipe.")
    if run.step >= run.recipe.steps:
        raise TrainingError(f"{state.name} has completed all its {run.recipe.steps} steps. Start a new run instead.")
    return run


def _run(run: Run, steps: Iterator[Progress], logs: Sequence[Callable[[Row], None]], show: bool) -> Progress | None:
    """Train to the end or to Ctrl-C, with progress bar and log; returns the last progress."""
    name, progress = run.recipe.name, None
    with tqdm(total=run.recipe.steps, initial=run.step, desc=name, unit="step", disable=not show) as bar:
        for progress in steps:
            bar.update(progress.step - bar.n)
            bar.set_description_str(f"{name}, {progress.phase}, loss {progress.loss:.4f}")
            if progress.metrics is not None:
                bar.set_postfix_str(_metrics_text(progress.metrics))
            for add in logs:
                add(log_row(progress))
    return progress


def log_columns(recipe: Recipe) -> list[str]:
    """Every column that a row of the log may have."""
    tables = [(side, asdict(w)) for p in recipe.phases for side, w in (("a", p.weights_a), ("b", p.weights_b))]
    parts = {f"{name}_{side}": None for side, weights in tables for name, weight in weights.items() if weight}
    sides = [f"{name}_{side}" for name in ("hierarchy", "overlaps", "richness") for side in "ab"]
    coverage = ["coverage", *(["coverage_ball"] if recipe.config.decoder_input != "mu" else [])]
    coverage += ["coverage_b"] if recipe.config.decoder_b else []
    return ["step", "phase", "seconds", "loss", *parts, *coverage, *sides]


def log_row(progress: Progress) -> dict[str, Any]:
    """One row of the log; a column without a value at this step is missing."""
    return {
        "step": progress.step,
        "phase": progress.phase,
        "loss": progress.loss,
        **progress.parts,
        "seconds": round(progress.seconds, 3),
        **(headline_metrics(progress.metrics) if progress.metrics else {}),
    }


def checkpoint_metadata(run: Run, measured: Metrics) -> dict[str, Any]:
    """Metadata that the checkpoint stores."""
    record: dict[str, Any] = {"recipe": run.recipe.name, "seed": run.seed, **settings_of(run.recipe)}
    if run.step < run.recipe.steps:
        record["stopped_after"] = run.step
    record["metrics"] = headline_metrics(measured)
    if run.recipe.controller:
        record["events"] = [asdict(event) for event in run.events]
    if run.recipe.keep_history:
        record["history"] = run.history
    return record


def _row(run: Run, output: Path, measured: Metrics) -> dict[str, Any]:
    """The row of the manifest."""
    settings = settings_of(run.recipe)
    return {
        "recipe": run.recipe.name,
        "seed": run.seed,
        **{name: settings[name] for name in ("steps", "optimiser") if name in settings},
        "file": output.name,
        "sha256": digest(output.read_bytes()),
        **provenance(run),
        "metrics": asdict(measured),
        **({"events": [asdict(event) for event in run.events]} if run.recipe.controller else {}),
        **({"average_distortion": _distortion(run)} if "distances" in objectives(run.recipe) else {}),
    }


def _distortion(run: Run) -> dict[str, float | None]:
    embedding = embed(run.model)
    return {"a": distortion(embedding.a), "b": distortion(embedding.b)}


def summary(row: dict[str, Any]) -> str:
    """A row of `train_to_file` as a table for a terminal."""
    covered, inside, second = (row["metrics"][name] for name in ("at_mu", "at_ball", "at_mu_b"))
    lines = [
        f"{row['recipe']}  seed {row['seed']}, {row['steps']:,} steps, {row['duration_s']} s"
        + (f", {row['optimiser']}" if "optimiser" in row else ""),
        f"file      {row['file']}",
        f"sha256    {row['sha256']}",
        made_with(row),
        f"coverage  {covered['reconstructed']:,} of {covered['total']:,}",
        *([f"  at ball {inside['reconstructed']:,} of {inside['total']:,}"] if inside else []),
        *([f"  of B    {second['reconstructed']:,} of {second['total']:,}"] if second else []),
        f"{'':24}{'encoder A':>14}{'encoder B':>14}",
    ]
    a, b = row["metrics"]["a"], row["metrics"]["b"]
    found = {name: (a[name], b[name]) for name in _TABLE if name in a}
    if (measured := row.get("average_distortion")) is not None:
        found["average_distortion"] = measured["a"], measured["b"]
    for name, values in found.items():
        shown = ("undefined" if value is None else f"{value:.{DIGITS[name]}f}" for value in values)
        label, cells = _TABLE[name], "".join(f"{one:>14}" for one in shown)
        lines.append(f"{label:24}{cells}")
    lines += [
        f"step {event['step']:>5}: {event['action']} {event['part']}, {event['reason']}"
        for event in row.get("events", [])
    ]
    return "\n".join(lines)


_TABLE = {
    "hierarchy": "hierarchy",
    "overlaps": "level overlaps",
    "ordering_accuracy": "ordering accuracy",
    "richness": "richness",
    "distance_correlation": "distance correlation",
    "q": "Q",
    "tree_fidelity": "tree fidelity",
    "triplet_agreement": "triplet agreement",
    "average_distortion": "average distortion",
}


def _metrics_text(measured: Metrics) -> str:
    a, b = measured.a, measured.b
    second = f" (B {measured.at_mu_b.reconstructed})" if measured.at_mu_b else ""
    rich = "" if a.richness is None else f", overlaps A {a.overlaps} B {b.overlaps}, richness A {a.richness:.5f}"
    covered = measured.at_ball or measured.at_mu
    return f"{covered.reconstructed} of {covered.total} operations{second}{rich}"
