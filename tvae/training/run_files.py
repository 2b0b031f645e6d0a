"""Training runs and files: the state of a stopped run, the log, the trained checkpoint, and its row in the manifest.

Every file but the log is written whole or not at all; the log grows line by line, and a line that does not fit on the
disk is taken back. Training itself is `training.py`.
"""

import csv
import io
import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any, Final

import torch

from tvae.checkpoints.atomic_files import storage_error, write_atomically
from tvae.checkpoints.checkpoint_file import read_bytes
from tvae.errors import StorageError, TrainingError, TvaeError
from tvae.training.loop import (
    Progress,
    Run,
    begin_phase,
    headline_metrics,
    start,
)
from tvae.training.objectives import homeostasis
from tvae.training.recipes.recipe import Recipe, with_objective_weights
from tvae.training.recipes.table import recipe

FORMAT: Final = "tvae training state 2"
LOG_SUFFIXES: Final = (".csv", ".jsonl")


def state_file(output: Path) -> Path:
    """Where the state of a stopped run goes: beside the checkpoint that it would have become."""
    return output.with_name(f"{output.stem}.state.pt")


def save_state(path: Path, run: Run) -> Path:
    """Write everything that `load_state` needs to continue `run` bit for bit; raises StorageError."""
    return write_state(
        path,
        {
            "format": FORMAT,
            "recipe": run.plan.name,
            "emphasis": run.plan.emphasis,
            "phases": [(phase.steps, phase.learning_rate, phase.optimiser) for phase in run.plan.phases],
            "fingerprint": _fingerprint(run.plan),
            "seed": run.seed,
            "device": str(run.device),
            "step": run.step,
            "seconds": run.seconds,
            "model": run.model.state_dict(),
            "optimiser": run.optimiser.state_dict() if run.optimiser else None,
            "random": run.random.get_state(),
            "control": asdict(run.control) if run.control else None,
            "events": [asdict(event) for event in run.events],
            "history": run.history,
        },
    )


def write_state(path: Path, state: Mapping[str, Any]) -> Path:
    """Write the state of a stopped run, tensors and plain values; raises StorageError."""
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return write_atomically(path, buffer.getvalue())


@contextmanager
def reading_state(path: Path, form: str, refused: str) -> Iterator[dict[str, Any]]:
    """What `write_state` wrote, while it is made use of; whatever does not fit ends in TrainingError(refused).

    Raises CheckpointFileError for a file that cannot be read; a TvaeError of the block goes on as it is.
    """
    try:
        state = torch.load(io.BytesIO(read_bytes(path)), map_location="cpu", weights_only=True)
        if state["format"] != form:
            raise TrainingError(refused)
        yield state
    except TvaeError:
        raise
    except Exception as error:  # of any kind: torch's unpickler raises whatever it stumbles over
        raise TrainingError(refused) from error


def load_state(path: Path) -> Run:
    """The run of a state file, ready for `training.resume`.

    Raises CheckpointFileError for a file that cannot be read, TrainingError for one that is no state, or is the state
    of a recipe that has changed since.
    """
    refused = (
        f"{path.name} is not the state of a stopped training run. Give the file that the interrupted command named."
    )
    with reading_state(path, FORMAT, refused) as state:
        plan = with_objective_weights(recipe(state["recipe"]), dict(state["emphasis"]))
        phases = zip(plan.phases, state["phases"], strict=True)
        plan = replace(
            plan, phases=tuple(replace(p, steps=s, learning_rate=lr, optimiser=o) for p, (s, lr, o) in phases)
        )
        if _fingerprint(plan) != state["fingerprint"]:
            raise TrainingError(f"The recipe {plan.name!r} has changed since {path.name} was written. Train it anew.")
        return _restored(plan, state)


def _restored(plan: Recipe, state: dict[str, Any]) -> Run:
    run = start(plan, seed=state["seed"], device=state["device"])
    run.model.load_state_dict(state["model"])
    run.random.set_state(state["random"])
    run.step, run.seconds, run.history = state["step"], state["seconds"], state["history"]
    run.events = [homeostasis.Event(**event) for event in state["events"]]
    if state["optimiser"] is not None:
        begin_phase(run, plan.phases[plan.phase_at(run.step)[0]])
        assert run.optimiser is not None  # noqa: S101 (for the type checker)
        run.optimiser.load_state_dict(state["optimiser"])
    run.control = homeostasis.State(**state["control"]) if state["control"] else None
    return run


_FINGERPRINT_NAMES: Final = {"level_balanced_share": "even"}


def _fingerprint(plan: Recipe) -> str:
    """sha256 of what decides the weights; the words of a recipe may change.

    State files fix the spelling: a field that is renamed keeps its old name here.
    """
    fields = asdict(replace(plan, summary="", notes=""))
    named = {_FINGERPRINT_NAMES.get(name, name): value for name, value in fields.items()}
    return sha256(json.dumps(named).encode()).hexdigest()


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """A function that says whether Ctrl-C was pressed; a second Ctrl-C interrupts as usual.

    Between the two a training step ends whole. Outside the main thread, where signals do not arrive, it is never so.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


class RowLog:
    """A CSV or JSON-lines file, by its suffix, that grows row by row; a resumed run appends to it."""

    def __init__(self, path: Path, columns: Sequence[str], *, append: bool) -> None:
        if path.suffix not in LOG_SUFFIXES:
            raise StorageError(f"{path.name!r} is no name for a log. Let it end in .csv or .jsonl.")
        self.path, self.columns = path, columns
        fresh = not (append and path.exists() and path.stat().st_size)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if fresh:
                path.write_bytes(b"")
        except OSError as error:
            raise storage_error(path, error) from error
        if fresh and path.suffix == ".csv":
            self.append(",".join(self.columns) + "\n")

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one row; raises StorageError."""
        if self.path.suffix == ".jsonl":
            self.append(json.dumps(row) + "\n")
            return
        text = io.StringIO()
        csv.DictWriter(text, self.columns, lineterminator="\n").writerow(row)
        self.append(text.getvalue())

    def append(self, line: str) -> None:
        """Write a line; one that does not fit on the disk is taken back. Raises StorageError."""
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            with self.path.open("r+b") as file:
                file.truncate(size)
            raise storage_error(self.path, error) from error


class Log:
    """The log of a training run: one row a progress."""

    def __init__(self, path: Path, plan: Recipe, *, append: bool) -> None:
        self.rows = RowLog(path, _columns(plan), append=append)

    def add(self, progress: Progress) -> None:
        """Write one row; raises StorageError."""
        self.rows.add(
            {
                "step": progress.step,
                "phase": progress.phase,
                "loss": progress.loss,
                **progress.parts,
                "seconds": round(progress.seconds, 3),
                **(headline_metrics(progress.metrics) if progress.metrics else {}),
            }
        )


def _columns(plan: Recipe) -> list[str]:
    """Every column that a row of this plan may have."""
    tables = [(side, asdict(w)) for p in plan.phases for side, w in (("a", p.weights_a), ("b", p.weights_b))]
    parts = {f"{name}_{side}": None for side, table in tables for name, weight in table.items() if weight}
    sides = [f"{name}_{side}" for name in ("hierarchy", "overlaps", "richness") for side in "ab"]
    coverage = ["coverage", *(["coverage_ball"] if plan.config.decoder_input != "mu" else [])]
    coverage += ["coverage_b"] if plan.config.decoder_b else []
    return ["step", "phase", "seconds", "loss", *parts, *coverage, *sides]
